package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

func newExport() *cobra.Command {
	var d door
	var secrets bool
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write everything that is configured into one file",
		Long: `Write everything that is configured to standard output, as one YAML file: APIs with
their deployments and stages, domains, links, usage plans, and identities. Access keys,
API keys, client certificates and the account's own keys are in it with --secrets only.

    pasarela export --secrets > backup.yaml
    pasarela apply backup.yaml`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := d.client()
			if err != nil {
				return err
			}
			file, err := client.Export(cmd.Context(), secrets)
			if err != nil {
				return err
			}
			defer file.Close()
			_, err = io.Copy(cmd.OutOrStdout(), file)
			return err
		},
	}
	d.flag(cmd)
	cmd.Flags().BoolVar(&secrets, "secrets", false, "with access keys, API keys and private keys")
	return cmd
}

func newApply() *cobra.Command {
	var d door
	var yes, prune, plan bool
	cmd := &cobra.Command{
		Use:   "apply FILE",
		Short: "Bring an export back, after showing what it would change",
		Long: `Bring an export back: shows what the file would change, asks, and changes it. Applying
the same file twice changes nothing the second time. What the file does not have stays,
unless --prune. FILE may be - for standard input (with --yes or --plan).`,
		Args: one("FILE"),
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
			return err
		}
		fmt.Fprint(cmd.OutOrStdout(), would)
		if would.Empty() || plan {
			return nil
		}
		if !yes && !confirmed(cmd.InOrStdin(), cmd.OutOrStdout()) {
			return fmt.Errorf("nothing was changed")
		}
		did, err := client.Apply(cmd.Context(), data, prune)
		if err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%d changes made\n", len(did.Changes))
		return nil
	}
	d.flag(cmd)
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	cmd.Flags().BoolVar(&plan, "plan", false, "show the plan and change nothing")
	cmd.Flags().BoolVar(&prune, "prune", false, "delete what the file does not have")
	return cmd
}

func readFile(name string, in io.Reader) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(in)
	}
	return os.ReadFile(name)
}

func confirmed(in io.Reader, out io.Writer) bool {
	fmt.Fprint(out, "apply? [y/N] ")
	var answer string
	_, _ = fmt.Fscanln(in, &answer)
	return strings.HasPrefix(strings.ToLower(answer), "y")
}
