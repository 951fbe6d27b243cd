// Package wire is the AWS wire without any service in it: which service a
// request is for, who signed it, whether they may, how its members are read and
// its answer or error is written. Services bring a table of [Operation]s whose
// functions take and return plain structs; nothing that is unsigned, badly
// signed or not allowed reaches them.
//
// Three protocols are spoken: rest-json (API Gateway; restjson*.go), query (IAM, STS;
// query*.go) and JSON 1.1 (Systems Manager; awsjson.go). Errors of the first two are made
// in errors.go.
package wire
