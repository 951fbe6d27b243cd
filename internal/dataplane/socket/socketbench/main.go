//go:build linux

// Command socketbench serves and measures package socket by itself:
//
//	socketbench echo -addr 127.0.0.1:9300 [-tls] [-unlimited]
//	        an echo server, for conformance suites and load generators
//	socketbench idle [-tls] [-from 10000] [-to 18000]
//	        bytes per idle connection, as the slope between two fills
//	socketbench close [-n 18000]
//	        CPU and time of as many clients closing at once
//	socketbench roundtrip [-tls] [-conns 64] [-n 200000]
//	        CPU of an echo of 64 bytes
//
// Clients run in a process of their own, so that descriptors, memory and CPU are
// the server's alone.
package main

import (
	"errors"
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "socketbench:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return errors.New("name one of echo, idle, close, roundtrip")
	}
	commands := map[string]func([]string) error{
		"echo": runEcho, "idle": runIdle, "close": runClose, "roundtrip": runRoundTrip, "clients": runClients,
	}
	command, ok := commands[args[0]]
	if !ok {
		return fmt.Errorf("no command %q: name one of echo, idle, close, roundtrip", args[0])
	}
	return command(args[1:])
}
