package main

import (
	"os"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

func TestMain(m *testing.M) {
	if code, ok := runRole(); ok { // the test binary started itself in a role of a run
		os.Exit(code)
	}
	os.Exit(testkit.WithPrograms(m, "../..", map[string]*string{"./cmd/pasarela": &pasarelaProgram}))
}

// pasarelaProgram is the program under test, built once.
var pasarelaProgram string

// A node of three is killed, and every connection gets one $disconnect. It takes as long
// as a lease, ten seconds, and what is left of a node's start.
func TestANodeIsKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for a lease to run out")
	}
	t.Parallel() // it mostly waits
	o := options{program: pasarelaProgram, seed: 3, lasting: time.Second, sockets: 150, pushes: 20, pace: 1, faults: "kill-node"}
	v, err := o.run(t.Context(), t.Output())
	if err != nil {
		t.Fatal(err)
	}
	if !v.ok() || v.Connections < o.sockets || v.MissedInWindow > 0 || v.Pushes == 0 {
		t.Error(v)
	}
}

// Clients with sessions come back to any node, after cuts, kills and restarts, and get
// every push that was accepted, in order.
func TestClientsWithSessionsMissNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the program")
	}
	t.Parallel() // it mostly waits
	o := options{program: pasarelaProgram, seed: 4, lasting: 4 * time.Second, sockets: 60, pushes: 100, pace: 0.15, resume: true, share: 0.8, cut: 3 * time.Second, faults: "kill-node,restart-node"}
	v, err := o.run(t.Context(), t.Output())
	if err != nil {
		t.Fatal(err)
	}
	if !v.ok() || v.Pushes == 0 || v.Sockets == 0 {
		t.Error(v)
	}
}

// Every node is stopped and started again, one after the other, while messages are posted to
// all clients, which have sessions: each keeps its connection, the backend sees neither a
// second $connect nor a $disconnect until they leave, and what was accepted comes in sequence.
func TestARollingRestartIsNotSeenByBackends(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the program")
	}
	t.Parallel() // it mostly waits
	o := options{program: pasarelaProgram, seed: 5, roll: 1, sockets: 200, pushes: 200}
	v, err := o.run(t.Context(), t.Output())
	if err != nil {
		t.Fatal(err)
	}
	kept := v.Connections == o.sockets && v.Known == o.sockets && v.Disconnects == o.sockets && v.ReplacedLate+v.ReplacedInStall+v.ReplacedClosed == 0
	if !v.ok() || !kept || v.PushesCut+v.PushesLeft > 0 || v.Pushes < o.sockets || v.Sockets < o.sockets {
		t.Error(v)
	}
}

// A single node is killed with all its connections and starts again: every connection gets
// one $disconnect. By hand it is run with 18,000 (docs/reliability.md).
func TestASingleNodeIsKilledWithAllItsConnections(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the program")
	}
	t.Parallel() // it mostly waits
	o := options{program: pasarelaProgram, sockets: 400, massDisconnect: "single"}
	v, err := o.runMassDisconnect(t.Context(), t.Output())
	if err != nil {
		t.Fatal(err)
	}
	v.Bound = time.Minute // this test does not measure the time, which depends on the machine's load
	if !v.ok() || v.Opened != o.sockets {
		t.Error(v)
	}
}
