package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// program is the command line.
func program() *cobra.Command {
	root := &cobra.Command{
		Use:   "reports",
		Short: "Make reports in the background and notify clients that wait on a WebSocket",
		Long: `reports answers POST /api/reports/create at once, makes an Excel workbook in the
background, and notifies the client that waits on a WebSocket through the
@connections of API Gateway: pasarela's or AWS's own.`,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(serveCommand(), checkCommand(), runCommand(), jobsCommand())
	return root
}

// one wants one argument and says which.
func one(what string) cobra.PositionalArgs {
	return func(command *cobra.Command, args []string) error {
		if len(args) == 1 {
			return nil
		}
		return fmt.Errorf("%s needs %s, and nothing else besides flags: %s", command.CommandPath(), what, command.UseLine())
	}
}
