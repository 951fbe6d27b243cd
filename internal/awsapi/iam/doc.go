// Package iam is IAM on the wire: one table of operations of the query protocol
// over [identity.Service]. Documents in answers are percent-encoded with %20 for
// blanks; what AWS leaves out of some answers is left out here too
// (aws-controlplane §6).
package iam
