package main

import (
	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/language"
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
	root.AddCommand(serveCommand(), checkCommand(), runCommand(), jobsCommand(), schedulesCommand())
	return root
}

// one wants one argument and says which.
func one(what language.ID) cobra.PositionalArgs {
	return func(command *cobra.Command, args []string) error {
		if len(args) == 1 {
			return nil
		}
		return language.Errorf("reports_program.one", "command", command.CommandPath(), "what", what, "usage", command.UseLine())
	}
}
