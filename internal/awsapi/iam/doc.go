// Package iam is IAM on the wire: one table of operations of the query protocol
// over [identity.Service]. Documents in responses are percent-encoded with %20 for
// blanks; what AWS leaves out of some responses is left out here too
// (aws-controlplane §6).
package iam
