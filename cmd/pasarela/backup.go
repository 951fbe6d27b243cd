package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/awsapi/extension"
	"github.com/pasarela-ws/pasarela/internal/commandline"
	"github.com/pasarela-ws/pasarela/internal/controlplane/backup"
	"github.com/pasarela-ws/pasarela/internal/language"
)

func newExport(l language.Language) *cobra.Command {
	var d nodeAccess
	var secrets bool
	cmd := &cobra.Command{
		Use:   "export",
		Short: l.Say("export.short"),
		Long:  l.Say("export.long"),
		Args:  commandline.None,
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := d.client()
			if err != nil {
				return err
			}
			file, err := client.Export(cmd.Context(), secrets)
			if err != nil {
				return d.describe(err)
			}
			defer file.Close()
			text, err := io.ReadAll(file)
			if err != nil {
				return d.describe(err)
			}
			omitted, err := backup.OmittedOf(text)
			if err != nil {
				return err
			}
			for _, name := range omitted {
				fmt.Fprintln(newTerminal(cmd.ErrOrStderr()), l.Say("export.omitted", "name", name, "limit", backup.MaxData>>20))
			}
			_, err = newTerminal(cmd.OutOrStdout()).payload().Write(text)
			return err
		},
	}
	d.flags(cmd, l)
	cmd.Flags().BoolVar(&secrets, "secrets", false, l.Say("export.secrets"))
	return cmd
}

func newApply(l language.Language) *cobra.Command {
	var d nodeAccess
	var yes, prune, plan bool
	cmd := &cobra.Command{
		Use:   "apply FILE",
		Short: l.Say("apply.short"),
		Long:  l.Say("apply.long"),
		Args:  commandline.One("FILE"),
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		data, err := readFile(args[0], cmd.InOrStdin())
		if err != nil {
			return err
		}
		client, err := d.client()
		if err != nil {
			return err
		}
		would, err := client.Plan(cmd.Context(), data, prune)
		if err != nil {
			return ofFile(args[0], d.describe(err))
		}
		screen := newTerminal(cmd.OutOrStdout())
		printPlan(screen, l, would)
		if would.Empty() || plan {
			return nil
		}
		if !yes && !askConfirmation(l, cmd.InOrStdin(), screen) {
			return language.Errorf("apply.nothing")
		}
		did, err := client.Apply(cmd.Context(), data, prune)
		if err != nil {
			return d.describe(err)
		}
		fmt.Fprintln(screen, l.Say("apply.done", "n", len(did.Changes)))
		return nil
	}
	d.flags(cmd, l)
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, l.Say("apply.yes"))
	cmd.Flags().BoolVar(&plan, "plan", false, l.Say("apply.plan"))
	cmd.Flags().BoolVar(&prune, "prune", false, l.Say("apply.prune"))
	return cmd
}

func readFile(name string, in io.Reader) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(in)
	}
	return os.ReadFile(name)
}

// ofFile names the file that a node refuses.
func ofFile(name string, err error) error {
	if _, ok := errors.AsType[*extension.RefusedError](err); ok && name != "-" {
		return fmt.Errorf("%s: %w", name, err)
	}
	return err
}

func askConfirmation(l language.Language, in io.Reader, out io.Writer) bool {
	fmt.Fprint(out, l.Say("apply.ask"))
	var response string
	_, _ = fmt.Fscanln(in, &response)
	response = strings.ToLower(response)
	return strings.HasPrefix(response, "y") || l == language.Spanish && strings.HasPrefix(response, "s")
}

// printPlan prints what would change, one resource a line.
func printPlan(out io.Writer, l language.Language, plan backup.Plan) {
	if plan.Empty() {
		fmt.Fprintln(out, l.Say("plan.nothing"))
		return
	}
	sign := map[string]string{backup.Create: "+", backup.Update: "~", backup.Delete: "-"}
	counts := map[string]int{}
	for _, c := range plan.Changes {
		counts[c.Action]++
		fmt.Fprintf(out, "%s %s%s\n", sign[c.Action], c.Resource, inBrackets(c.Name))
		for _, d := range c.Members {
			fmt.Fprintf(out, "    %s%s: %s -> %s\n", d.Member, inBrackets(d.Name), orAbsent(l, d.Before), orAbsent(l, d.After))
		}
	}
	for _, name := range plan.Omitted {
		fmt.Fprintln(out, l.Say("plan.omitted", "name", name))
	}
	fmt.Fprintln(out, l.Say("plan.counts", "create", counts[backup.Create], "update", counts[backup.Update], "delete", counts[backup.Delete]))
}

// inBrackets is a name beside an id; nothing where there is none.
func inBrackets(name string) string {
	if name == "" {
		return ""
	}
	return " (" + name + ")"
}

func orAbsent(l language.Language, value string) string {
	if value == "" {
		return l.Say("plan.absent")
	}
	return value
}
