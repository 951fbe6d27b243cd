// Package policy thinks about IAM policy documents: it parses them with AWS's
// refusals, compiles them once, and returns whether a request is allowed and
// which statement said so. Identity policies, permissions boundaries, session
// policies, trust policies of roles and the policies that Lambda authorizers
// return are the same language with different rules of form ([Kind]).
//
// The package is pure: who a caller is, which policies apply and what the time
// is are given to it. Semantics: aws-controlplane §6.5 and aws-controlplane §11 of the reference,
// and AWS's "policy evaluation logic" and "IAM JSON policy elements" pages.
package policy
