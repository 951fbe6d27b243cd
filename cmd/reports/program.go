package main

import (
	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/commandline"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// program is the command line, in the language of the person who runs it.
func program(l language.Language) *cobra.Command {
	root := &cobra.Command{
		Use:           "reports",
		Short:         l.Say("reports_root.short"),
		Long:          l.Say("reports_root.long"),
		Version:       commandline.Version(),
		SilenceUsage:  true,
		SilenceErrors: true,

		SuggestionsMinimumDistance: 2,
		CompletionOptions:          cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.Args = func(_ *cobra.Command, args []string) error { return commandline.UnknownCommand(root, args) }
	root.RunE = func(command *cobra.Command, _ []string) error { return command.Help() }
	root.PersistentFlags().String(commandline.LanguageFlag, "", l.Say("root.lang"))
	root.AddCommand(serveCommand(l), checkCommand(l), runCommand(l), jobsCommand(l), schedulesCommand(l), healthcheckCommand(l),
		commandline.NewVersion(l))
	for _, command := range root.Commands() {
		if command.HasSubCommands() {
			commandline.NeedCommand(command)
		}
	}
	commandline.Localize(root, l)
	return root
}

// one wants one argument and says which.
func one(what language.ID) cobra.PositionalArgs {
	return func(command *cobra.Command, args []string) error {
		if len(args) == 1 {
			return nil
		}
		return language.Errorf("reports_program.one", "command", command.CommandPath(), "what", what, "usage", usage(command))
	}
}

// several wants arguments and says which.
func several(what language.ID) cobra.PositionalArgs {
	return func(command *cobra.Command, args []string) error {
		if len(args) > 0 {
			return nil
		}
		return language.Errorf("reports_program.several", "command", command.CommandPath(), "what", what, "usage", usage(command))
	}
}

// usage is how a command is called, without its flags.
func usage(command *cobra.Command) string { return command.Parent().CommandPath() + " " + command.Use }
