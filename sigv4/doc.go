// Package sigv4 checks AWS Signature Version 4 of requests that arrive at a
// server: the Authorization header form, the presigned (query) form, and both
// with session tokens. It signs nothing; clients bring their own signers.
//
// A request is checked in two steps, because a server that speaks for several
// services must know the service before it knows who may ask:
//
//	sig, err := sigv4.Parse(r)                       // who says what, unchecked
//	err = verifier.Verify(r, sig, body, want, lookup) // is it true
//
// Every refusal is an [*Error] that knows the status, code and sentence AWS uses
// for it in the rest-json and in the query protocol.
//
// The rules are those that AWS's own clients sign by: the path that came over
// the wire is encoded once more (all services but S3), query parameters are
// decoded once and encoded strictly, header values are trimmed and their inner
// blanks collapsed.
package sigv4
