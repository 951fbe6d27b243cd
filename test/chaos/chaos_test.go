package main

import (
	"fmt"
	"os"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == natsArgument { // the test started itself as a NATS server
		if err := runNATS(os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// A node of three is killed, and every connection gets one $disconnect. It takes as long
// as a lease, ten seconds, and what is left of a node's start.
func TestANodeIsKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for a lease to run out")
	}
	o := options{seed: 3, lasting: time.Second, sockets: 150, pushes: 20, pace: 1, faults: "kill-node"}
	v, err := o.run(t.Context(), t.Output())
	if err != nil {
		t.Fatal(err)
	}
	if !v.ok() || v.Connections < o.sockets || v.MissedInWindow > 0 || v.Pushes == 0 {
		t.Error(v)
	}
}
