package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newConsole() *cobra.Command {
	var d door
	cmd := &cobra.Command{
		Use:   "console",
		Short: "Print an address that opens the web console signed in",
		Long: `Print an address that opens the web console of a node on this machine signed in with
the key that the command finds. It works in one browser, once, within 12 hours.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := d.client()
			if err != nil {
				return err
			}
			url, err := client.SignInURL(cmd.Context())
			if err == nil {
				fmt.Fprintln(cmd.OutOrStdout(), url)
			}
			return err
		},
	}
	d.flag(cmd)
	return cmd
}
