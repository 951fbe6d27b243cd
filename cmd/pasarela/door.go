package main

import (
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/awsapi/extension"
	"github.com/pasarela-ws/pasarela/internal/node"
)

// door is how the commands reach a node that runs: with the credentials in its
// data directory, or with AWS's usual environment variables.
type door struct{ dataDir string }

func (d *door) flag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&d.dataDir, "data", "", "data directory of the node, for its credentials (default: AWS_* from the environment, else data/serve or data/dev)")
}

// credentials looks where a person would: what was said, the environment, the
// default directories.
func (d *door) credentials(lookup func(string) string) (node.Credentials, error) {
	if d.dataDir != "" {
		return node.ReadCredentials(d.dataDir)
	}
	c := node.Credentials{
		AccessKeyID: lookup("AWS_ACCESS_KEY_ID"), SecretAccessKey: lookup("AWS_SECRET_ACCESS_KEY"),
		Region: lookup("AWS_REGION"), Endpoint: lookup("AWS_ENDPOINT_URL"),
	}
	if c.AccessKeyID != "" && c.SecretAccessKey != "" && c.Endpoint != "" {
		if c.Region == "" {
			c.Region = node.DefaultRegion
		}
		return c, nil
	}
	found, err := credentialsIn("")
	if err != nil {
		return c, fmt.Errorf("%w, or set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_ENDPOINT_URL", err)
	}
	return found, nil
}

// client signs with these credentials. A session's token counts only with the
// environment's key.
func (d *door) client() (*extension.Client, error) {
	c, err := d.credentials(os.Getenv)
	if err != nil {
		return nil, err
	}
	key := aws.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey}
	if key.AccessKeyID == os.Getenv("AWS_ACCESS_KEY_ID") {
		key.SessionToken = os.Getenv("AWS_SESSION_TOKEN")
	}
	return &extension.Client{Endpoint: c.Endpoint, Region: c.Region, Credentials: key}, nil
}
