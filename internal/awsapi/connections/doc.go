// Package connections serves the API Gateway Management API: POST, GET and DELETE
// of {stage}/@connections/{connectionId} (aws-dataplane §8). Calls are signed for
// execute-api and need execute-api:ManageConnections.
package connections
