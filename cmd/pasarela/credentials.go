package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/node"
)

func newCredentials() *cobra.Command {
	var dataDir string
	cmd := &cobra.Command{
		Use:   "credentials",
		Short: "Print the administrator's key as shell exports",
		Long: `Print the administrator's key as shell exports, for

    eval "$(pasarela credentials)"

AWS clients of version 2.13 and later then find the node by AWS_ENDPOINT_URL; older
ones want --endpoint-url "$AWS_ENDPOINT_URL".`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := fromEnvironment(cmd.Flags(), os.LookupEnv); err != nil {
				return err
			}
			c, err := credentialsIn(dataDir)
			if err != nil {
				return err
			}
			printExports(cmd.OutOrStdout(), "", c)
			return nil
		},
	}
	cmd.Flags().StringVar(&dataDir, "data", "", "data directory of the node (default: "+serveData+", else "+devData+")")
	return cmd
}

// credentialsIn reads a data directory or, unsaid, the first of the usual ones that
// a node has used.
func credentialsIn(dataDir string) (c node.Credentials, err error) {
	if dataDir != "" {
		return node.ReadCredentials(dataDir)
	}
	for _, dir := range []string{serveData, devData} {
		if c, err = node.ReadCredentials(dir); !errors.Is(err, fs.ErrNotExist) {
			return c, err
		}
	}
	return c, fmt.Errorf("no credentials in %s or %s: start pasarela serve or pasarela dev here once, or give --data DIR", serveData, devData)
}

func printExports(out io.Writer, indent string, c node.Credentials) {
	for _, e := range [][2]string{
		{"AWS_ACCESS_KEY_ID", c.AccessKeyID},
		{"AWS_SECRET_ACCESS_KEY", c.SecretAccessKey},
		{"AWS_DEFAULT_REGION", c.Region},
		{"AWS_REGION", c.Region},
		{"AWS_ENDPOINT_URL", c.Endpoint},
	} {
		fmt.Fprintf(out, "%sexport %s=%s\n", indent, e[0], e[1])
	}
}
