// Command pasarela is AWS API Gateway's WebSocket API service as one program.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if cmd, err := newRoot().ExecuteContextC(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "pasarela:", err)
		if misused(err) {
			fmt.Fprintf(os.Stderr, "see: %s --help\n", cmd.CommandPath())
		}
		os.Exit(1)
	}
}

// misused says whether the command line itself was wrong. Cobra has no type for its
// errors; these are how they begin.
func misused(err error) bool {
	for _, begin := range []string{"unknown command", "unknown flag", "unknown shorthand", "accepts ", "requires ", "flag needs", "invalid argument"} {
		if strings.HasPrefix(err.Error(), begin) {
			return true
		}
	}
	return false
}

// one lets a command have exactly one argument, and says which when it has not.
func one(what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return fmt.Errorf("accepts one %s, %d were given", what, len(args))
		}
		return nil
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
	root.AddCommand(newDev(), newServe(), newCredentials(), newConnect(), newConsole(), newExplain(), newLogs(), newExport(), newApply(), newTemplate(), newVersion())
	return root
}
