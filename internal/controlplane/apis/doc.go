// Package apis has the operations of apigatewayv2, and those of the v1 API that WebSocket
// APIs use (API keys, usage plans, client certificates, account), as plain Go methods.
//
// Inputs carry pointers: nil is a member that was not given, which a create fills with
// AWS's default and an update leaves alone; a pointer to "" clears. Maps and lists follow
// the same rule with nil. Outputs marshal to AWS's JSON; their maps and lists are shared
// and must not be changed. Errors are [pasarela.Error]s with AWS's codes and, where they
// are known, its sentences. Tags uri, query and json on inputs name the members on the
// wire; this package does not read them.
package apis
