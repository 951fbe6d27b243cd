// Command pasarela is AWS API Gateway's WebSocket API service as one program.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/commandline"
	"github.com/pasarela-ws/pasarela/internal/fileerror"
	"github.com/pasarela-ws/pasarela/internal/language"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(execute(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv))
}

// execute runs one command line and returns its exit status.
func execute(ctx context.Context, args []string, in io.Reader, out, stderr io.Writer, lookup func(string) string) int {
	screen := newTerminal(stderr)
	l, err := commandline.LanguageOf(args, lookup)
	if err != nil {
		fmt.Fprintln(screen, "pasarela:", l.Of(err))
		return 1
	}
	root := newRoot(l)
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(stderr)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return 0
	}
	err = fileerror.Explain(commandline.Rephrase(err))
	fmt.Fprintln(screen, "pasarela:", l.Of(err))
	if commandline.Misused(err) {
		fmt.Fprintln(screen, l.Say("root.see", "command", cmd.CommandPath()))
	}
	return 1
}

func newRoot(l language.Language) *cobra.Command {
	root := &cobra.Command{
		Use:           "pasarela",
		Short:         l.Say("root.short"),
		Version:       commandline.Version(),
		SilenceUsage:  true,
		SilenceErrors: true,

		SuggestionsMinimumDistance: 2,
		CompletionOptions: cobra.CompletionOptions{
			HiddenDefaultCmd: true,
		},
	}
	root.Args = func(_ *cobra.Command, args []string) error { return commandline.UnknownCommand(root, args) }
	root.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	root.PersistentFlags().String(commandline.LanguageFlag, "", l.Say("root.lang"))
	root.AddCommand(newDev(l), newServe(l), newCredentials(l), newConnect(l), newConsole(l), newNodes(l), newConnections(l), newDeadLetters(l), newExplain(l),
		newLogs(l), newExport(l), newApply(l), newStore(l), newTemplate(l), newHealthcheck(l), commandline.NewVersion(l))
	for _, cmd := range root.Commands() {
		if cmd.HasSubCommands() {
			commandline.NeedCommand(cmd)
		}
	}
	commandline.Localize(root, l)
	return root
}
