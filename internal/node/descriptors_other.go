//go:build !unix

package node

// maxConnections leaves the bound to the gateway: there is no limit to ask for.
func maxConnections() int { return 0 }
