// Package integration asks backends: HTTP, HTTP_PROXY, MOCK, AWS and AWS_PROXY
// integrations, compiled once at deployment and invoked once an event, and the
// HTTP client below them, which bounds what may be called, for how long, and how
// much may come back.
package integration
