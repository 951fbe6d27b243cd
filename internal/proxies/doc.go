// Package proxies finds the client behind the proxies that a node trusts. What anybody
// else says of where a request comes from is not believed (A-NODE-14).
//
//	client -- proxy -- proxy --> Handler: r.RemoteAddr is the client's, r.TLS what it spoke
package proxies
