// Package commandline is what the command lines of both programs share: the language that
// help and errors are printed in, the errors of a wrong command line, and what a program was
// built from.
package commandline

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// LanguageFlag chooses the language; it is read first, because help texts depend on the
// language.
const LanguageFlag = "lang"

// LanguageOf is the language that args ask for, else that of the environment.
func LanguageOf(args []string, lookup func(string) string) (language.Language, error) {
	l := language.Locale(lookup)
	for i, arg := range args {
		if arg == "--" {
			break
		}
		value, given := strings.CutPrefix(arg, "--"+LanguageFlag+"=")
		if arg == "--"+LanguageFlag && i+1 < len(args) {
			value, given = args[i+1], true
		}
		if !given {
			continue
		}
		chosen, ok := language.Parse(value)
		if !ok {
			return l, language.Errorf("root.bad_lang", "value", strconv.Quote(value))
		}
		l = chosen
	}
	return l, nil
}

// Misused says whether the command line itself was wrong.
func Misused(err error) bool {
	own, ok := errors.AsType[*language.Error](err)
	if !ok {
		return false
	}
	for _, begin := range []language.ID{"usage.", "root.", "explain.either", "explain.last_alone"} {
		if strings.HasPrefix(string(own.ID), string(begin)) {
			return true
		}
	}
	return false
}

// Rephrase replaces pflag's errors by this program's, in its languages.
func Rephrase(err error) error {
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok {
		return language.Errorf("usage.unknown_flag", "name", dashed(unknown.GetSpecifiedName(), unknown.GetSpecifiedShortnames()))
	}
	if needs, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		return language.Errorf("usage.flag_needs", "name", dashed(needs.GetSpecifiedName(), needs.GetSpecifiedShortnames()))
	}
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return language.Errorf("usage.flag_value", "value", strconv.Quote(invalid.GetValue()), "name", "--"+invalid.GetFlag().Name, "error", errors.Unwrap(invalid))
	}
	if syntax, ok := errors.AsType[*pflag.InvalidSyntaxError](err); ok {
		return language.Errorf("usage.flag_syntax", "name", syntax.GetSpecifiedFlag())
	}
	return err
}

func dashed(name, shorthands string) string {
	if shorthands != "" {
		return fmt.Sprintf("-%s (-%s)", name, shorthands)
	}
	return "--" + name
}

// UnknownCommand is the error for a word that is no command, with the one that was
// probably meant.
func UnknownCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if near := root.SuggestionsFor(args[0]); len(near) > 0 {
		return language.Errorf("root.suggest", "name", strconv.Quote(args[0]), "other", near[0])
	}
	return language.Errorf("root.unknown", "name", strconv.Quote(args[0]))
}

// NeedCommand makes a command that only groups subcommands refuse a call without a
// subcommand or with an unknown one.
func NeedCommand(cmd *cobra.Command) {
	var names []string
	for _, child := range cmd.Commands() {
		names = append(names, child.Name())
	}
	cmd.SuggestionsMinimumDistance = 2
	cmd.Args = func(cmd *cobra.Command, args []string) error { return UnknownCommand(cmd, args) }
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return language.Errorf("usage.a_command", "command", cmd.CommandPath(), "names", strings.Join(names, ", "))
	}
}

// AtMostOne accepts one argument or none.
func AtMostOne(what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) > 1 {
			return language.Errorf("usage.at_most_one", "what", what, "n", len(args))
		}
		return nil
	}
}

// None accepts no arguments.
func None(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return language.Errorf("usage.no_arguments", "given", strconv.Quote(args[0]))
	}
	return nil
}

// One accepts exactly one argument; the error says which one is expected.
func One(what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return language.Errorf("usage.one", "what", what, "n", len(args))
		}
		return nil
	}
}

// OneFile accepts exactly one argument, the file that the command works on.
func OneFile(l language.Language, what language.ID, usage string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) == 1 {
			return nil
		}
		return language.Errorf("usage.one_file", "what", l.Say(what), "usage", usage)
	}
}

// Localize translates cobra's own texts into the language.
func Localize(root *cobra.Command, l language.Language) {
	root.SetUsageFunc(func(cmd *cobra.Command) error {
		_, err := fmt.Fprint(cmd.OutOrStderr(), usageOf(cmd, l))
		return err
	})
	root.InitDefaultHelpCmd()
	if root.Version != "" {
		addVersionFlag(root, l)
	}
	localizeFlags(root, l)
}

func localizeFlags(cmd *cobra.Command, l language.Language) {
	cmd.InitDefaultHelpFlag()
	cmd.Flag("help").Usage = l.Say("help.flag")
	if cmd.Name() == "help" {
		cmd.Short, cmd.Long = l.Say("help.help"), l.Say("help.help")
	}
	for _, child := range cmd.Commands() {
		localizeFlags(child, l)
	}
}

// addVersionFlag adds the flag --version to a program. Cobra's own prints by a template, as
// its own usage text does: text/template finds methods by their names, so a program that
// uses it keeps all methods of all its types (docs/performance.md, "Size of the program").
func addVersionFlag(root *cobra.Command, l language.Language) {
	version, run := root.Version, root.RunE
	root.Version = ""
	asked := root.Flags().BoolP("version", "v", false, l.Say("help.version"))
	root.RunE = func(cmd *cobra.Command, args []string) error {
		if *asked {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), root.Name(), version)
			return err
		}
		if run == nil {
			return cmd.Help()
		}
		return run(cmd, args)
	}
}

// usageOf is the usage text of a command: cobra's own, without the parts that no
// command here has.
func usageOf(cmd *cobra.Command, l language.Language) string {
	var b strings.Builder
	list := func(title language.ID, content string) {
		fmt.Fprintf(&b, "\n\n%s\n%s", l.Say(title), strings.TrimRightFunc(content, unicode.IsSpace))
	}
	b.WriteString(l.Say("help.usage") + "\n  ")
	switch parent := cmd.Parent(); {
	case cmd.HasAvailableSubCommands():
		fmt.Fprintf(&b, "%s [%s]", cmd.CommandPath(), l.Say("help.command"))
		list("help.commands", commandsOf(cmd))
	case parent != nil:
		fmt.Fprintf(&b, "%s %s [%s]", parent.CommandPath(), cmd.Use, l.Say("help.flags"))
	default:
		fmt.Fprintf(&b, "%s [%s]", cmd.Use, l.Say("help.flags"))
	}
	if cmd.HasAvailableLocalFlags() {
		list("help.flags_title", cmd.LocalFlags().FlagUsages())
	}
	if cmd.HasAvailableInheritedFlags() {
		list("help.global_flags", cmd.InheritedFlags().FlagUsages())
	}
	if cmd.HasAvailableSubCommands() {
		b.WriteString("\n\n" + l.Say("help.more", "command", cmd.CommandPath()))
	}
	return b.String() + "\n"
}

func commandsOf(cmd *cobra.Command) string {
	var b strings.Builder
	for _, child := range cmd.Commands() {
		if child.IsAvailableCommand() || child.Name() == "help" {
			fmt.Fprintf(&b, "  %-*s %s\n", child.NamePadding(), child.Name(), child.Short)
		}
	}
	return b.String()
}

// Moment is a time as a table shows it, with the zone: what the server writes is in UTC.
func Moment(at time.Time) string { return at.Local().Format(time.DateTime + " MST") }

// Cell is text from outside as a cell of a table: tabs and line ends, which would begin a
// column or a row, become spaces.
func Cell(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\v' || r == '\f' {
			return ' '
		}
		return r
	}, text)
}
