package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/commandline"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/node"
)

func newCredentials(l language.Language) *cobra.Command {
	var dataDir string
	cmd := &cobra.Command{
		Use:   "credentials",
		Short: l.Say("credentials.short"),
		Long:  l.Say("credentials.long"),
		Args:  commandline.None,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := fromEnvironment(cmd.Flags(), os.LookupEnv); err != nil {
				return err
			}
			c, err := credentialsIn(cmd, l, dataDir)
			if err != nil {
				return err
			}
			printExports(newTerminal(cmd.OutOrStdout()), "", c)
			return nil
		},
	}
	cmd.Flags().StringVar(&dataDir, "data", "", l.Say("credentials.data", "serve", serveData, "dev", devData))
	return cmd
}

// credentialsIn reads the credentials in a data directory; without one, those of the node
// that a command would call.
func credentialsIn(cmd *cobra.Command, l language.Language, dataDir string) (node.Credentials, error) {
	if dataDir != "" {
		return node.ReadCredentials(dataDir)
	}
	a, err := defaultNode(cmd.Context())
	printAsked(cmd, l, a)
	return a.Credentials, err
}

func printExports(out io.Writer, indent string, c node.Credentials) {
	for _, e := range [][2]string{
		{"AWS_ACCESS_KEY_ID", c.AccessKeyID},
		{"AWS_SECRET_ACCESS_KEY", c.SecretAccessKey},
		{"AWS_DEFAULT_REGION", c.Region},
		{"AWS_REGION", c.Region},
		{"AWS_ENDPOINT_URL", c.Endpoint},
	} {
		fmt.Fprintf(out, "%sexport %s=%s\n", indent, e[0], shellWord(e[1]))
	}
}
