// Package gateway is the data plane as clients meet it: it serves handshakes, keeps
// the connections of this node, runs their events through the stage that they came
// in by, and delivers to a connection here or on another node.
//
//	g, err := gateway.New(gateway.Options{...})
//	http.Handle("/", g)                       // handshakes
//	err = g.Post(ctx, apiID, connectionID, body) // @connections
//	g.Drain(ctx, 30*time.Second)              // before stopping
//	g.Close(ctx)
//
// A connection is in one node's memory and nowhere else; its id names the node.
package gateway
