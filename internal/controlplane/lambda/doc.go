// Package lambda does the operations on Lambda functions (aws-lambda §1): functions,
// their code, versions, aliases and permissions, and invocations. The functions
// themselves run in the data plane, which follows what is stored here.
package lambda
