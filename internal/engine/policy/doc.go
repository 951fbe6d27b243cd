// Package policy parses IAM policy documents with AWS's errors, compiles them
// once, and decides whether a request is allowed and by which statement.
// Identity policies, permissions boundaries, session policies, trust policies
// of roles and the policies that Lambda authorizers return are the same
// language with different rules of syntax ([Kind]).
//
// The package is pure: the caller, the policies that apply and the time are arguments. Semantics:
// aws-controlplane §6.5 and aws-controlplane §11 of the reference, and AWS's "policy evaluation
// logic" and "IAM JSON policy elements" pages.
package policy
