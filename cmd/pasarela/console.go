package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/commandline"
	"github.com/pasarela-ws/pasarela/internal/language"
)

func newConsole(l language.Language) *cobra.Command {
	var d nodeAccess
	cmd := &cobra.Command{
		Use:   "console",
		Short: l.Say("console.short"),
		Long:  l.Say("console.long"),
		Args:  commandline.None,
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := d.client()
			if err != nil {
				return err
			}
			url, err := client.SignInURL(cmd.Context())
			if err == nil {
				fmt.Fprintln(newTerminal(cmd.OutOrStdout()), url)
			}
			return d.describe(err)
		},
	}
	d.flags(cmd, l)
	return cmd
}
