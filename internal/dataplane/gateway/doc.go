// Package gateway is the data plane as clients meet it: it serves handshakes, keeps
// the connections of this node, runs their events through the stage that they came
// in by, and delivers to a connection here or on another node.
//
//	g, err := gateway.New(gateway.Options{...})
//	http.Handle("/", g) // handshakes
//	pushed, err := g.Push(ctx, apiID, connectionID, gateway.Push{Body: body}) // @connections
//	g.Drain(ctx, 30*time.Second) // before stopping
//	g.Close(ctx)
//
// A connection is in one node's memory and nowhere else; its id names the node.
//
// # Where each path begins
//
//	handshake     ServeHTTP (connect.go) -> serve -> admit -> check (connectchecks.go) -> Invoke -> upgrade (upgrade.go)
//	message       events.OnMessage (message.go) -> message -> route -> call (async.go) -> reply -> finish (executionend.go)
//	@connections  Push (push.go), Describe, Disconnect (connectionsapi.go) -> pushHere and its like, or ask (othernodes.go)
//	fan-out       FanOut (fanout.go) -> askAll (othernodes.go) and fanOutHere
//	$disconnect   events.OnClose (message.go) -> socketClosed -> endConnection -> disconnects.add (disconnectqueue.go) -> runDisconnect
//	queue         call (async.go) -> AsyncCalls.add; start (asyncworkers.go) -> run
//	sessions      resumeOrClaim (connect.go) -> resume (resume.go); events.OnClose -> resumable.socketClosed
//	other nodes   serveBus (bus.go) -> perform; resumeFromOtherNode -> moveIn (movein.go); Recover (journal.go)
//	stop          Drain, Close (drain.go)
//
// # Files by what they are part of
//
//	handshake     connect, connectparams, connectchecks, upgrade, refusal
//	connections   connection, connectiontable, connectionlist, stageconns, tags, taglist
//	messages      message, executionend, history, stats
//	@connections  connectionsapi, push, pushresumable, pushacks, pushkeys, pushoutcome,
//	              heldposts, fanout, fanoutmoves, callhistory
//	$disconnect   disconnect, disconnectqueue, undelivered
//	queue         async, asyncworkers, deadletters
//	sessions      session, resumable, resumablesend, resume, clientaway, durablemessages,
//	              resumehistory
//	other nodes   bus, busmessage, othernodes, forwarding, findsession; move, movein, incoming, moveresolve, pastconns;
//	              takeover, takeoverpending, recoverresumable, journal, clusterlimits
//	stop          drain, inflight
package gateway
