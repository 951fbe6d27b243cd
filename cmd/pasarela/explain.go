package main

import (
	"io"
	"net/http"
	"net/url"

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
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			answer, err := d.call(cmd.Context(), http.MethodGet, "explain", url.Values{"id": {args[0]}}, nil)
			if err != nil {
				return err
			}
			defer answer.Body.Close()
			_, err = io.Copy(cmd.OutOrStdout(), answer.Body)
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
			query := url.Values{}
			if follow {
				query.Set("follow", "true")
			}
			answer, err := d.call(cmd.Context(), http.MethodGet, "logs", query, nil)
			if err != nil {
				return err
			}
			defer answer.Body.Close()
			_, err = io.Copy(cmd.OutOrStdout(), answer.Body)
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
