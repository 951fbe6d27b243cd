package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/awsapi/extension"
	"github.com/pasarela-ws/pasarela/internal/commandline"
	"github.com/pasarela-ws/pasarela/internal/language"
)

func newExplain(l language.Language) *cobra.Command {
	var d nodeAccess
	var last bool
	cmd := &cobra.Command{
		Use:   "explain CONNECTION_ID|REQUEST_ID",
		Short: l.Say("explain.short"),
		Long:  l.Say("explain.long"),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 && args[0] == "" {
				args = nil // of a shell's variable that nothing set
			}
			if last && len(args) == 0 || !last && len(args) == 1 {
				return nil
			}
			if last {
				return language.Errorf("explain.last_alone", "given", strconv.Quote(args[0]))
			}
			return language.Errorf("explain.either", "n", len(args))
		},
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		client, err := d.client()
		if err != nil {
			return err
		}
		screen := newTerminal(cmd.OutOrStdout())
		if last {
			failures, err := client.Failures(cmd.Context())
			if err == nil {
				printFailures(screen, l, failures.Failures)
				printMissing(cmd, failures.Missing)
			}
			return d.describe(err)
		}
		text, missing, err := client.Explain(cmd.Context(), args[0])
		fmt.Fprint(screen, text)
		printMissing(cmd, missing)
		return d.describe(err)
	}
	d.flags(cmd, l)
	cmd.Flags().BoolVar(&last, "last", false, l.Say("explain.last"))
	return cmd
}

func printFailures(out io.Writer, l language.Language, failures []extension.Failure) {
	if len(failures) == 0 {
		fmt.Fprintln(out, l.Say("explain.no_failures"))
	}
	for _, f := range failures {
		at := strings.TrimSpace(place(f.APIID, f.Stage) + "  " + f.Node)
		fmt.Fprintf(out, "%s  %s  %d  %s\n    %s\n    explain %s\n", commandline.Moment(f.At), f.Name, f.Status, at, f.Summary, f.RequestID)
	}
}

// printMissing tells of the nodes whose part is not in an answer, beside it.
func printMissing(cmd *cobra.Command, missing []extension.Missing) {
	for _, m := range missing {
		fmt.Fprintln(newTerminal(cmd.ErrOrStderr()), m.Text)
	}
}

// place is a stage as people write it.
func place(apiID, stage string) string { return strings.TrimSuffix(apiID+"/"+stage, "/") }

func newConnections(l language.Language) *cobra.Command {
	var d nodeAccess
	cmd := &cobra.Command{
		Use:   "connections",
		Short: l.Say("connections.short"),
		Long:  l.Say("connections.long"),
		Args:  commandline.None,
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := d.client()
			if err != nil {
				return err
			}
			open, err := client.Connections(cmd.Context())
			if err != nil {
				return d.describe(err)
			}
			printMissing(cmd, open.Missing)
			return printConnections(newTerminal(cmd.OutOrStdout()), l, open)
		},
	}
	d.flags(cmd, l)
	return cmd
}

func printConnections(out io.Writer, l language.Language, open extension.Connections) error {
	if len(open.Connections) == 0 {
		_, err := fmt.Fprintln(out, l.Say("connections.none"))
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, l.Say("connections.head"))
	for _, c := range open.Connections {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s %s\n", c.ConnectionID, place(c.APIID, c.Stage), c.Node, connectionState(l, c),
			commandline.Moment(c.ConnectedAt), commandline.Moment(c.LastActiveAt), c.SourceIP, commandline.Cell(c.UserAgent))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	counts := make([]string, 0, len(open.Nodes))
	for _, n := range open.Nodes {
		counts = append(counts, fmt.Sprintf("%s %d", n.Node, n.Open))
	}
	_, err := fmt.Fprintln(out, l.Say("connections.total", "n", open.Total, "nodes", strings.Join(counts, ", ")))
	return err
}

// connectionState is whether the client is there, or by when it may come back, and how many
// messages it has not confirmed.
func connectionState(l language.Language, c extension.Connection) string {
	switch {
	case c.Away:
		return l.Say("connections.away", "n", c.Waiting, "time", c.AwayUntil.Local().Format(time.TimeOnly))
	case c.Waiting > 0:
		return l.Say("connections.unconfirmed", "n", c.Waiting)
	}
	return l.Say("connections.open")
}

func newLogs(l language.Language) *cobra.Command {
	var d nodeAccess
	var follow bool
	cmd := &cobra.Command{
		Use:   "logs",
		Short: l.Say("logs.short"),
		Long:  l.Say("logs.long"),
		Args:  commandline.None,
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := d.client()
			if err != nil {
				return err
			}
			lines, err := client.Logs(cmd.Context(), follow)
			if err != nil {
				return d.describe(err)
			}
			defer lines.Close()
			if follow {
				if err := hintWhenSilent(cmd, client, l); err != nil {
					return d.describe(err)
				}
			}
			copied, err := io.Copy(newTerminal(cmd.OutOrStdout()), lines)
			if copied == 0 && !follow && err == nil {
				howToLog(newTerminal(cmd.ErrOrStderr()), l)
			}
			if cmd.Context().Err() != nil {
				return nil // Ctrl-C is how following ends
			}
			return d.describe(err)
		},
	}
	d.flags(cmd, l)
	cmd.Flags().BoolVarP(&follow, "follow", "f", false, l.Say("logs.follow"))
	return cmd
}

// hintWhenSilent tells a person who follows logs, of which there are none yet, how to
// switch them on.
func hintWhenSilent(cmd *cobra.Command, client *extension.Client, l language.Language) error {
	recent, err := client.Logs(cmd.Context(), false)
	if err != nil {
		return err
	}
	defer recent.Close()
	if n, err := io.CopyN(io.Discard, recent, 1); n == 0 && err == io.EOF {
		howToLog(newTerminal(cmd.ErrOrStderr()), l)
	}
	return nil
}

// howToLog says how to switch logs on.
func howToLog(out io.Writer, l language.Language) {
	fmt.Fprintf(out, "%s\n\n    aws apigatewayv2 update-stage --api-id API_ID --stage-name STAGE \\\n      --default-route-settings LoggingLevel=INFO\n\n%s\n", l.Say("logs.nothing"), l.Say("logs.data"))
}
