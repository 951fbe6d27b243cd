// Package extension has the calls that AWS does not offer: what a deployment would change
// and what in it would fail, a template rendered for a sample event, a policy checked
// while it is typed, the connections of a stage, the timeline of one connection, the logs
// as they are written, backups and their restoration, a profile of the process. The
// command line, the console, the tests' gateway and the benchmark all use these calls.
//
// Calls are rest-json like apigatewayv2's, below [Prefix], and signed like them, for the
// service "pasarela". IAM decides them as it decides API Gateway's own: the action is the
// verb and the resource is the path, such as pasarela:GET on
// arn:aws:apigateway:{region}::/pasarela/explain/{id}, so one statement gives a team the
// timelines of its API and nothing else (docs/extension.md has the table and examples).
// What must be granted separately has a path of its own: /pasarela/export/secrets beside
// /pasarela/export, /pasarela/plan beside /pasarela/apply. A caller that may POST
// /pasarela/apply may do everything, because a file contains identities and policies.
//
// The account's root may do everything. Responses that are not JSON (a file, a profile,
// log lines) are streamed; errors are always rest-json's.
package extension
