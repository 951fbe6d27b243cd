package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/atomicfile"
	"github.com/pasarela-ws/pasarela/internal/commandline"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report"
)

type runFlags struct {
	l          language.Language
	request    report.LocalRun
	parameters []string
	sources    []string
	out        string
	quiet      bool
}

func runCommand(l language.Language) *cobra.Command {
	flags := runFlags{l: l}
	command := &cobra.Command{
		Use:     "run TYPE",
		Short:   l.Say("reports_run.short"),
		Long:    l.Say("reports_run.long"),
		Example: "  reports run ventas -p year=2024 -o ventas.xlsx\n  reports run sales --definitions ./definitions --source shop=postgres://reports@db/shop",
		Args:    one("reports_program.a_type"),
		RunE: func(command *cobra.Command, args []string) error {
			flags.request.Type = args[0]
			return flags.run(command.Context(), command.OutOrStdout(), command.ErrOrStderr())
		},
	}
	set := command.Flags()
	set.StringArrayVarP(&flags.parameters, "parameter", "p", nil, l.Say("reports_run.parameter"))
	set.StringVarP(&flags.out, "output", "o", "", l.Say("reports_run.output"))
	set.StringVar(&flags.request.DefinitionsDir, "definitions", "", l.Say("reports_run.definitions"))
	set.StringVar(&flags.request.Language, "language", "", l.Say("reports_run.language"))
	set.StringVar(&flags.request.Format, "format", "", l.Say("reports_run.format"))
	set.StringArrayVar(&flags.sources, "source", nil, l.Say("reports_run.source"))
	set.BoolVarP(&flags.quiet, "quiet", "q", false, l.Say("reports_run.quiet"))
	return command
}

func (f *runFlags) run(ctx context.Context, said, seen io.Writer) error {
	var err error
	if f.request.Parameters, err = readPairs("-p", f.parameters); err != nil {
		return err
	}
	if err := f.formatByName(); err != nil {
		return err
	}
	if f.request.Sources, err = commandline.Pairs("--source", commandline.SourcePrefix, f.sources); err != nil {
		return err
	}
	folder := "."
	if f.out != "" {
		folder = filepath.Dir(f.out)
	}
	draft, err := os.CreateTemp(folder, ".report-*")
	if err != nil {
		return language.Errorf("reports_program.no_file", "folder", folder, "error", errors.Unwrap(err))
	}
	defer func() { _ = os.Remove(draft.Name()) }() // gone already when the report is whole
	f.request.Out = draft
	bar := &bar{l: f.l, out: seen}
	if on, ok := seen.(terminal); ok {
		bar.out = on.drawn
	}
	bar.quiet = f.quiet || !isTerminal(bar.out)
	f.request.Progress = bar.show
	began := time.Now()
	made, err := f.request.Make(ctx)
	bar.end()
	if err := errors.Join(err, draft.Close()); err != nil {
		return err
	}
	if f.out == "" {
		f.out = made.Name
	}
	if err := os.Chmod(draft.Name(), 0o644); err != nil {
		return err
	}
	if err := atomicfile.Move(draft.Name(), f.out); err != nil {
		return err
	}
	fmt.Fprintln(said, f.l.Say("reports_program.made", "file", f.out, "rows", made.Rows, "bytes", made.Bytes, "time", time.Since(began).Round(time.Millisecond)))
	return nil
}

// readPairs reads the values of a flag that is given as name=value.
func readPairs(flag string, given []string) (map[string]string, error) {
	pairs := map[string]string{}
	for _, pair := range given {
		name, value, found := strings.Cut(pair, "=")
		if !found {
			return nil, language.Errorf("reports_program.pair", "flag", flag, "value", pair)
		}
		pairs[name] = value
	}
	return pairs, nil
}

// isTerminal says whether a person sees what is written there.
func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	return ok && isatty.IsTerminal(file.Fd())
}

// formatByName takes the format from the output's name where no flag says it.
func (f *runFlags) formatByName() error {
	if f.out == "" || f.request.Format != "" {
		return nil
	}
	switch extension := filepath.Ext(f.out); extension {
	case ".csv", ".xlsx":
		f.request.Format = extension[1:]
		return nil
	}
	return language.Errorf("reports_program.extension", "file", f.out)
}

// bar draws progress on a terminal.
type bar struct {
	l     language.Language
	quiet bool
	out   io.Writer
	drawn *progressbar.ProgressBar
}

func (b *bar) show(rows, total int64) {
	if b.quiet {
		return
	}
	if b.drawn == nil {
		if total == 0 {
			total = -1 // a spinner
		}
		b.drawn = progressbar.NewOptions64(total, progressbar.OptionSetWriter(b.out), progressbar.OptionSetDescription(b.l.Say("reports_program.rows")),
			progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
	}
	_ = b.drawn.Set64(rows) // a bar that cannot be drawn stops no report
}

func (b *bar) end() {
	if b.drawn != nil {
		_ = b.drawn.Finish() // a bar that cannot be drawn stops no report
	}
}
