package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

func newExplain() *cobra.Command {
	var d door
	cmd := &cobra.Command{
		Use:   "explain CONNECTION_ID|REQUEST_ID",
		Short: "Say what happened to a connection or a refused request, and why",
		Long: `Say what happened to a connection, or to the connection of a request, and why. The
first line names the cause of the last failure and the field to change. A refused
handshake carries its request id in the header x-amz-apigw-id.`,
		Args: one("CONNECTION_ID or REQUEST_ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			client, err := d.client()
			if err != nil {
				return err
			}
			text, err := client.Explain(cmd.Context(), args[0])
			fmt.Fprint(cmd.OutOrStdout(), text)
			return err
		},
	}
	d.flag(cmd)
	return cmd
}

func newLogs() *cobra.Command {
	var d door
	var follow bool
	cmd := &cobra.Command{
		Use:   "logs",
		Short: "Print the execution and access logs of the stages",
		Long: `Print the newest lines of the execution and access logs of the stages that log, and
with --follow those to come. A stage logs when its route settings have a loggingLevel or
its accessLogSettings a format.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := d.client()
			if err != nil {
				return err
			}
			lines, err := client.Logs(cmd.Context(), follow)
			if err != nil {
				return err
			}
			defer lines.Close()
			_, err = io.Copy(cmd.OutOrStdout(), lines)
			if cmd.Context().Err() != nil {
				return nil // Ctrl-C is how following ends
			}
			return err
		},
	}
	d.flag(cmd)
	cmd.Flags().BoolVarP(&follow, "follow", "f", false, "go on with the lines to come, until Ctrl-C")
	return cmd
}
