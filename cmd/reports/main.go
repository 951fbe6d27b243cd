// Command reports is the report backend as a program of its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/pasarela-ws/pasarela/internal/commandline"
	"github.com/pasarela-ws/pasarela/internal/fileerror"
	"github.com/pasarela-ws/pasarela/internal/printable"
	"github.com/pasarela-ws/pasarela/internal/report/definition"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(execute(ctx, os.Args[1:], os.Stdout, os.Stderr, os.Getenv))
}

// execute runs one command line and returns its exit status. Names of callers, causes and
// what services and files say are printed with every character made visible.
func execute(ctx context.Context, args []string, out, problems io.Writer, lookup func(string) string) int {
	out, problems = printable.NewWriter(out), terminal{printable.NewWriter(problems), problems}
	l, err := commandline.LanguageOf(args, lookup)
	if err != nil {
		fmt.Fprintln(problems, "reports:", l.Of(err))
		return 1
	}
	root := program(l)
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(problems)
	command, err := root.ExecuteContextC(ctx)
	if err == nil {
		return 0
	}
	var wrong definition.Problems
	if errors.As(err, &wrong) { // file:line: first, for editors
		fmt.Fprintln(problems, l.Of(err))
		return 1
	}
	err = fileerror.Explain(commandline.Rephrase(err))
	fmt.Fprintln(problems, "reports:", l.Of(err))
	if commandline.Misused(err) {
		fmt.Fprintln(problems, l.Say("root.see", "command", command.CommandPath()))
	}
	return 1
}

// terminal is the standard error of a command: text for people, and what a progress bar
// draws with on a terminal.
type terminal struct {
	io.Writer
	drawn io.Writer
}
