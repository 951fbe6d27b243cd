package notify

import "net/http"

// Through makes a client post through another transport than the network.
func (c *Client) Through(transport http.RoundTripper) { c.http.Transport = transport }
