package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/controlplane/backup"
	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/node/operator"
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
	for _, dir := range []string{serveData, devData} {
		if found, err := node.ReadCredentials(dir); err == nil {
			return found, nil
		}
	}
	return c, fmt.Errorf("no credentials: give --data DIR, or set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_ENDPOINT_URL")
}

// call asks the node and returns its answer; the caller closes the body.
func (d *door) call(ctx context.Context, method, operation string, query url.Values, body []byte) (*http.Response, error) {
	c, err := d.credentials(os.Getenv)
	if err != nil {
		return nil, err
	}
	address := c.Endpoint + operator.Path + operation + "?" + query.Encode()
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	hash := sha256.Sum256(body)
	key := aws.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: os.Getenv("AWS_SESSION_TOKEN")}
	if d.dataDir != "" {
		key.SessionToken = ""
	}
	err = v4.NewSigner().SignHTTP(ctx, key, request, hex.EncodeToString(hash[:]), operator.SigningName, c.Region, time.Now())
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("no pasarela answers at %s: %w", c.Endpoint, err)
	}
	if answer.StatusCode != http.StatusOK {
		defer answer.Body.Close()
		return nil, refused(answer)
	}
	return answer, nil
}

func refused(answer *http.Response) error {
	var said struct{ Message string } // the key is "message" or, on denials, "Message"
	text, _ := io.ReadAll(io.LimitReader(answer.Body, 64<<10))
	if json.Unmarshal(text, &said) == nil && said.Message != "" {
		return fmt.Errorf("%s: %s", answer.Header.Get("X-Amzn-Errortype"), said.Message)
	}
	return fmt.Errorf("%s: %s", answer.Status, strings.TrimSpace(string(text)))
}

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
			answer, err := d.call(cmd.Context(), http.MethodGet, "export", url.Values{"secrets": {fmt.Sprint(secrets)}}, nil)
			if err != nil {
				return err
			}
			defer answer.Body.Close()
			_, err = io.Copy(cmd.OutOrStdout(), answer.Body)
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
		Args: cobra.ExactArgs(1),
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		data, err := readFile(args[0], cmd.InOrStdin())
		if err != nil {
			return err
		}
		query := url.Values{"prune": {fmt.Sprint(prune)}, "plan": {"true"}}
		would, err := d.apply(cmd.Context(), query, data)
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
		query.Set("plan", "false")
		did, err := d.apply(cmd.Context(), query, data)
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

func (d *door) apply(ctx context.Context, query url.Values, data []byte) (backup.Plan, error) {
	var p backup.Plan
	answer, err := d.call(ctx, http.MethodPost, "apply", query, data)
	if err != nil {
		return p, err
	}
	defer answer.Body.Close()
	return p, json.NewDecoder(answer.Body).Decode(&p)
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
