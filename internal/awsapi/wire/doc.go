// Package wire implements AWS's protocols without any service: it finds the service of a
// request, authenticates the caller, checks permissions, decodes members, and encodes
// results and errors. Services have a table of [Operation]s whose functions take and
// return plain structs; a request that is unsigned, badly signed or not allowed never
// reaches them.
//
// Three protocols are implemented: rest-json (API Gateway; restjson*.go), query (IAM,
// STS; query*.go) and JSON 1.1 (Systems Manager; awsjson.go). Errors of the first two are
// made in errors.go.
package wire
