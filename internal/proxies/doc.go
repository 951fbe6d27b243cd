// Package proxies finds the client behind the proxies that a node trusts. Headers
// about a request's origin from any other sender are ignored (A-NODE-14).
//
//	client -- proxy -- proxy --> Handler: r.RemoteAddr is the client's, r.TLS what it spoke
package proxies
