package main

import (
	"fmt"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/commandline"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/state"
)

func newStore(l language.Language) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "store",
		Short: l.Say("store.short"),
	}
	cmd.AddCommand(newStoreCheck(l), newStoreRepair(l))
	return cmd
}

func newStoreCheck(l language.Language) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "check",
		Short: l.Say("store.check_short"),
		Long:  l.Say("store.check_long"),
		Args:  commandline.None,
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, err := storeDir(dir)
			if err != nil {
				return err
			}
			report, err := state.CheckStore(cmd.Context(), dir)
			if err != nil {
				return err
			}
			printReport(newTerminal(cmd.OutOrStdout()), l, dir, report)
			if !report.Whole() {
				return language.Errorf("store.not_whole", "dir", shellWord(dir), "command", program())
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&dir, "data", "", l.Say("store.data", "serve", serveData, "dev", devData))
	return cmd
}

func newStoreRepair(l language.Language) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "repair",
		Short: l.Say("store.repair_short"),
		Long:  l.Say("store.repair_long"),
		Args:  commandline.None,
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, err := storeDir(dir)
			if err != nil {
				return err
			}
			done, err := state.RepairStore(cmd.Context(), dir, slog.New(slog.DiscardHandler))
			if err != nil {
				return err
			}
			screen := newTerminal(cmd.OutOrStdout())
			printReport(screen, l, dir, done.Report)
			if done.Aside == "" {
				fmt.Fprintln(screen, l.Say("store.nothing_done"))
				return nil
			}
			fmt.Fprintln(screen, l.Say("store.repaired", "n", done.Kept, "aside", done.Aside))
			return nil
		},
	}
	cmd.Flags().StringVar(&dir, "data", "", l.Say("store.data", "serve", serveData, "dev", devData))
	return cmd
}

// storeDir is the directory that was said, or the first of the usual ones that is there.
func storeDir(said string) (string, error) {
	if said != "" {
		return said, nil
	}
	for _, dir := range []string{serveData, devData} {
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return dir, nil
		}
	}
	return "", language.Errorf("store.no_dir", "serve", serveData, "dev", devData)
}

func printReport(out *terminal, l language.Language, dir string, r state.Report) {
	if r.Interrupted {
		fmt.Fprintln(out, l.Say("store.refuses", "error", r.Refusal))
		return
	}
	fmt.Fprintln(out, l.Say("store.holds", "dir", dir, "n", r.Keys, "revision", r.Revision))
	if r.Tasks+r.DeadLetters > 0 {
		fmt.Fprintln(out, l.Say("store.calls", "tasks", r.Tasks, "letters", r.DeadLetters))
	}
	for _, place := range r.Damaged {
		fmt.Fprintln(out, l.Say("store.damaged", "place", place))
	}
	for _, place := range r.Torn {
		fmt.Fprintln(out, l.Say("store.torn", "place", place))
	}
	for _, write := range r.Lost {
		fmt.Fprintln(out, l.Say("store.lost", "write", write))
	}
	switch {
	case r.Whole():
		fmt.Fprintln(out, l.Say("store.whole"))
	case r.Refusal != nil && len(r.Damaged)+len(r.Lost) == 0:
		fmt.Fprintln(out, l.Say("store.refuses", "error", r.Refusal))
	}
}
