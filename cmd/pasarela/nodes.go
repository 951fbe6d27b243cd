package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/awsapi/extension"
	"github.com/pasarela-ws/pasarela/internal/commandline"
	"github.com/pasarela-ws/pasarela/internal/language"
)

func newNodes(l language.Language) *cobra.Command {
	var d nodeAccess
	var stages bool
	cmd := &cobra.Command{
		Use:   "nodes",
		Short: l.Say("nodes.short"),
		Long:  l.Say("nodes.long"),
		Args:  commandline.None,
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		client, err := d.client()
		if err != nil {
			return err
		}
		found, err := client.Nodes(cmd.Context())
		if err != nil {
			return d.describe(err)
		}
		printMissing(cmd, found.Missing)
		screen := newTerminal(cmd.OutOrStdout())
		if stages {
			return printServed(screen, l, found.Nodes)
		}
		return printNodes(screen, l, found.Nodes)
	}
	d.flags(cmd, l)
	cmd.Flags().BoolVar(&stages, "stages", false, l.Say("nodes.stages"))
	return cmd
}

func printNodes(out io.Writer, l language.Language, nodes []extension.Node) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, l.Say("nodes.head"))
	for _, n := range nodes {
		state := stateOf(l, n)
		if n.Now == nil {
			host, renewed := "", ""
			if n.Lease != nil {
				host, renewed = fmt.Sprintf("%s/%d", n.Lease.Host, n.Lease.Process), commandline.Moment(n.Lease.RenewedAt)
			}
			fmt.Fprintf(table, "%s\t%s\t\t%s\t\t\t\t\t%s\n", n.Node, state, host, renewed)
			continue
		}
		renewed := "-"
		if n.Lease != nil {
			renewed = commandline.Moment(n.Lease.RenewedAt)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s/%d\t%s\t%s\t%d\t%d\t%s\n", n.Node, state, n.Now.Address, n.Now.Host, n.Now.Process, n.Now.Version,
			commandline.Moment(n.Now.StartedAt), n.Now.Connections, n.Now.Revision, renewed)
	}
	return table.Flush()
}

func stateOf(l language.Language, n extension.Node) string {
	switch {
	case n.State == extension.NodeSilent:
		return l.Say("nodes.state_silent")
	case n.State == extension.NodeGone:
		return l.Say("nodes.state_gone")
	case n.Now != nil && n.Now.Draining:
		return l.Say("nodes.state_stopping")
	}
	return l.Say("nodes.state_live")
}

// printServed prints which node serves which deployment.
func printServed(out io.Writer, l language.Language, nodes []extension.Node) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, l.Say("nodes.stages_head"))
	for _, n := range nodes {
		if n.Now == nil {
			continue
		}
		for _, s := range n.Now.Stages {
			deployment := s.DeploymentID
			if deployment == "" {
				deployment = "-"
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", place(s.APIID, s.Stage), n.Node, deployment, s.Problem)
		}
		if more := n.Now.StageCount - len(n.Now.Stages); more > 0 {
			fmt.Fprintf(table, "\t%s\t%s\t\n", n.Node, l.Say("nodes.more_stages", "n", more))
		}
	}
	return table.Flush()
}
