// Package wire implements AWS's protocols without any service: it finds the service of a
// request, authenticates the caller, checks permissions, decodes members, and encodes
// results and errors. Services have a table of [Operation]s whose functions take and
// return plain structs; a request that is unsigned, badly signed or not allowed never
// reaches them.
//
// Three protocols are implemented: rest-json (API Gateway, Lambda and the extension;
// restjson*.go), query (IAM, STS, CloudFormation; query*.go) and JSON 1.1 (Systems Manager; awsjson.go). Errors of the first two are
// made in errors.go.
//
// # Where a call passes
//
//	Router.ServeHTTP (router.go)          finds the service
//	RESTService.serve (restjson.go)       match (restjson_route.go) -> Guard.Admit (guard.go)
//	                                      -> Bodies.Read (body.go) -> Guard.Authenticate
//	act (restjson.go)                     decode (restjson_operation.go) -> authorize
//	                                      (restjson_resource.go) -> refuseDeclined -> invoke
//	invoke                                the operation's function: its row in table.go of the service
//	controlplane/apis, and the like       CreateIntegration -> editDefinition (service.go) -> change
//	state/document                        Store.Update -> Bucket.Put, which returns when it is on disk
//
// Nodes learn of it by Bucket.Watch: stage.Watcher compiles deployments and swaps them in.
package wire
