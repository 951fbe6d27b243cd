package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/awsapi/extension"
	"github.com/pasarela-ws/pasarela/internal/commandline"
	"github.com/pasarela-ws/pasarela/internal/language"
)

func newDeadLetters(l language.Language) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "dead-letters",
		Short: l.Say("deadletters.short"),
		Long:  l.Say("deadletters.long"),
	}
	cmd.AddCommand(
		newDeadLettersCommand(l, "list", l.Say("deadletters.list"), listDeadLetters),
		newDeadLettersCommand(l, "replay", l.Say("deadletters.replay"), func(ctx context.Context, s deadLettersOf, ids []string) error {
			return s.each(ctx, ids, "deadletters.replayed", s.client.ReplayDeadLetter)
		}),
		newDeadLettersCommand(l, "delete", l.Say("deadletters.delete"), func(ctx context.Context, s deadLettersOf, ids []string) error {
			return s.each(ctx, ids, "deadletters.deleted", s.client.DeleteDeadLetter)
		}),
	)
	return cmd
}

// deadLettersOf is a stage whose dead letters a command is about.
type deadLettersOf struct {
	l          language.Language
	client     *extension.Client
	out        *terminal
	api, stage string
}

// newDeadLettersCommand is a command "NAME API/STAGE", with ids or --all where it changes any.
func newDeadLettersCommand(l language.Language, name, short string, run func(context.Context, deadLettersOf, []string) error) *cobra.Command {
	var d nodeAccess
	var all bool
	changes := name != "list"
	cmd := &cobra.Command{Use: name + " API/STAGE", Short: short, Args: cobra.ExactArgs(1)}
	if changes {
		cmd.Use, cmd.Args = name+" API/STAGE ID...", cobra.MinimumNArgs(1)
		cmd.Flags().BoolVar(&all, "all", false, l.Say("deadletters.all"))
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		api, stage, ok := strings.Cut(args[0], "/")
		if !ok || api == "" || stage == "" {
			return language.Errorf("deadletters.no_stage", "text", args[0])
		}
		if changes && all == (len(args) > 1) {
			return language.Errorf("deadletters.no_ids")
		}
		client, err := d.client()
		if err != nil {
			return err
		}
		s := deadLettersOf{l, client, newTerminal(cmd.OutOrStdout()), api, stage}
		ids := args[1:]
		if all {
			if ids, err = s.ids(cmd.Context()); err != nil {
				return d.describe(err)
			}
		}
		if err := run(cmd.Context(), s, ids); err != nil {
			return d.describe(err)
		}
		return nil
	}
	d.flags(cmd, l)
	return cmd
}

// visit calls each for every dead letter of the stage.
func (s deadLettersOf) visit(ctx context.Context, each func(extension.DeadLetter)) error {
	for after := ""; ; {
		page, err := s.client.DeadLetters(ctx, s.api, s.stage, after)
		if err != nil {
			return err
		}
		for _, letter := range page.DeadLetters {
			each(letter)
		}
		if after = page.Next; after == "" {
			return nil
		}
	}
}

// ids are those that are there now.
func (s deadLettersOf) ids(ctx context.Context) (ids []string, err error) {
	return ids, s.visit(ctx, func(letter extension.DeadLetter) { ids = append(ids, letter.ID) })
}

// each does something with every id, and says with how many.
func (s deadLettersOf) each(ctx context.Context, ids []string, said language.ID, do func(ctx context.Context, api, stage, id string) error) error {
	for _, id := range ids {
		if err := do(ctx, s.api, s.stage, id); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(s.out, s.l.Say(said, "n", len(ids)))
	return err
}

func listDeadLetters(ctx context.Context, s deadLettersOf, _ []string) error {
	table := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	found := 0
	err := s.visit(ctx, func(letter extension.DeadLetter) {
		if found++; found == 1 {
			fmt.Fprintln(table, s.l.Say("deadletters.head"))
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", letter.ID, letter.RouteKey, letter.ConnectionID,
			commandline.Moment(letter.QueuedAt), commandline.Moment(letter.FailedAt), strings.Join(strings.Fields(letter.Reason), " "))
	})
	if err != nil {
		return err
	}
	if found == 0 {
		_, err = fmt.Fprintln(s.out, s.l.Say("deadletters.none", "stage", place(s.api, s.stage)))
		return err
	}
	return table.Flush()
}
