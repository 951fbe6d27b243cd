package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report"
)

func checkCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check DIR",
		Short: "Say what is wrong with report definitions",
		Long: `check reads every *.yaml of the directory and prints what is wrong as
file:line: reason. It exits with 1 if anything is. Queries are not run; "reports
run" does that.`,
		Example: "  reports check ./definitions",
		Args:    one(language.ID("reports_program.a_directory")),
		RunE: func(command *cobra.Command, args []string) error {
			types, err := report.Check(args[0])
			if err != nil {
				return err
			}
			for _, t := range types {
				fmt.Fprintln(command.OutOrStdout(), spoken().Say("reports_program.checked", "file", t.File, "type", t.Type, "parameters", len(t.Parameters), "columns", len(t.Columns), "source", t.Source))
			}
			return nil
		},
	}
}
