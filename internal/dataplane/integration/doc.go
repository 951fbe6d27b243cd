// Package integration calls backends: HTTP, HTTP_PROXY, MOCK, AWS and AWS_PROXY
// integrations, compiled once at deployment and invoked once for each event. Calls are
// made by package backend, which bounds targets, time and size.
package integration
