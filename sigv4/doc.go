// Package sigv4 checks AWS Signature Version 4 of requests to a server: the
// Authorization header form, the presigned (query) form, and both with session
// tokens. It does not sign: clients have their own signers.
//
// A request is checked in two steps, because a server of several services must
// know the service before it can look up the caller's permissions:
//
//	sig, err := sigv4.Parse(r)                       // who says what, unchecked
//	err = verifier.Verify(r, sig, body, want, lookup) // is it true
//
// Every refusal is an [*Error] with the status, code and message that AWS uses
// for it in the rest-json and in the query protocol.
//
// The rules are those that AWS's own clients sign by: the path as sent is
// encoded once more (all services but S3), query parameters are decoded once
// and encoded strictly, header values are trimmed and runs of spaces in them
// collapsed.
package sigv4
