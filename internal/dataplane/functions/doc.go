// Package functions runs Lambda functions as processes of this machine that speak the
// Lambda Runtime API (aws-lambda §2). A function's configuration, code and policy come
// from the store; one process serves one invocation at a time and is kept for the next
// one. All processes are children of the node and end with it.
//
// The code of functions is not the operator's own. It gets no variable of the node's
// environment, resource limits where the system has some, and a user of its own where the
// node may change users; it is not a sandbox (A-FUNCTIONS-1).
package functions
