// Command pasarela is AWS API Gateway's WebSocket API service as one program.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := newRoot().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "pasarela:", err)
		os.Exit(1)
	}
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "pasarela",
		Short:         "AWS API Gateway's WebSocket APIs on your own machine or cluster",
		SilenceUsage:  true,
		SilenceErrors: true,
		CompletionOptions: cobra.CompletionOptions{
			HiddenDefaultCmd: true,
		},
	}
	root.AddCommand(newDev(), newServe(), newCredentials(), newConnect(), newExplain(), newLogs(), newExport(), newApply(), newTemplate(), newVersion())
	return root
}
