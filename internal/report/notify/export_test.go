package notify

import "net/http"

// Through has a client post through something else than the network.
func (c *Client) Through(transport http.RoundTripper) { c.http.Transport = transport }
