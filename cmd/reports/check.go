package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/commandline"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report"
)

func checkCommand(l language.Language) *cobra.Command {
	var sources []string
	command := &cobra.Command{
		Use:     "check DIR",
		Short:   l.Say("reports_check.short"),
		Long:    l.Say("reports_check.long"),
		Example: "  reports check ./definitions\n  reports check ./definitions --source shop=postgres://reports@db/shop",
		Args:    one("reports_program.a_directory"),
		RunE: func(command *cobra.Command, args []string) error {
			addresses, err := commandline.Pairs("--source", commandline.SourcePrefix, sources)
			if err != nil {
				return err
			}
			types, err := report.Check(command.Context(), args[0], addresses)
			for _, t := range types {
				for _, warning := range t.Warnings {
					fmt.Fprintln(command.ErrOrStderr(), l.Say("reports_check.warning", "file", warning.File, "line", warning.Line, "why", warning.Reason))
				}
			}
			if err != nil {
				return err
			}
			said := language.ID("reports_program.checked")
			if len(addresses) > 0 {
				said = "reports_check.read"
			}
			for _, t := range types {
				fmt.Fprintln(command.OutOrStdout(), l.Say(said, "file", t.File, "type", t.Type, "parameters", len(t.Parameters), "columns", len(t.Columns), "source", t.Source))
			}
			return nil
		},
	}
	command.Flags().StringArrayVar(&sources, "source", nil, l.Say("reports_run.source"))
	return command
}
