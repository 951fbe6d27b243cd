package main

import (
	"context"
	"fmt"

	"github.com/pasarela-ws/pasarela/internal/node"
)

// printReady runs the scripts of --local-init and then prints the line that tools made for
// LocalStack wait for (A-NODE-24). Without --local it does nothing.
func printReady(ctx context.Context, screen *terminal, n *node.Node) {
	if !n.IsLocal() {
		return
	}
	n.RunInit(ctx)
	if ctx.Err() == nil {
		fmt.Fprintln(screen, "Ready.") // in every language
	}
}
