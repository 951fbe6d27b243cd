package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/awsapi/extension"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/networkerror"
	"github.com/pasarela-ws/pasarela/internal/node"
)

// nodeAccess is how the commands reach a node that runs: with the credentials in its data
// directory, or with AWS's usual environment variables.
type nodeAccess struct {
	language          language.Language
	dataDir, endpoint string
	used              accessKey // by the client
	cmd               *cobra.Command
}

func (d *nodeAccess) flags(cmd *cobra.Command, l language.Language) {
	d.language, d.cmd = l, cmd
	cmd.Flags().StringVar(&d.dataDir, "data", "", l.Say("node_of.data"))
	cmd.Flags().StringVar(&d.endpoint, "endpoint", "", l.Say("node_of.endpoint", "serve", serveData, "dev", devData))
}

// accessKey is the credentials that a command uses, and where they were found.
type accessKey struct {
	node.Credentials
	sessionToken string
	source       string // for people: a directory, or the environment
	// elsewhere says that nothing named the node but that it runs on this machine.
	elsewhere bool
	// others are keys of other directories whose node had the same address. The last that
	// started there is asked first; where that is not known a refused key says so.
	others []accessKey
}

// find looks where a person would: flags, the environment, the directories of nodes that
// ran here. If a URL is given the key must be that node's, since another node's key would
// be refused as unknown.
func (d *nodeAccess) find(ctx context.Context, lookup func(string) string) (accessKey, error) {
	endpoint, err := endpointOf(d.endpoint)
	if err != nil {
		return accessKey{}, err
	}
	if d.dataDir != "" {
		c, err := node.ReadCredentials(d.dataDir)
		if endpoint != "" {
			c.Endpoint = endpoint
		}
		return accessKey{Credentials: c, source: d.dataDir}, err
	}
	if a, ok := fromAWS(lookup, d.language); ok && (endpoint == "" && a.Endpoint != "" || sameNode(a.Endpoint, endpoint)) {
		return a, nil
	}
	if endpoint == "" {
		return defaultNode(ctx)
	}
	here, elsewhere := usualDirs()
	looked := slices.Concat(here, elsewhere)
	if found := atEndpoint(looked, endpoint); len(found) > 0 {
		found[0].others = found[1:]
		return found[0], nil
	}
	if a, ok := fromAWS(lookup, d.language); ok && a.Endpoint == "" { // a key that says no node
		a.Endpoint = endpoint
		return a, nil
	}
	if err := listening(ctx, endpoint); err != nil {
		return accessKey{}, language.Errorf("node_of.nothing_listens", "endpoint", endpoint, "error", err)
	}
	return accessKey{}, language.Errorf("node_of.none_here", "endpoint", endpoint, "where", strings.Join(looked, ", "))
}

// fromAWS reads AWS's variables. Endpoint may be missing.
func fromAWS(lookup func(string) string, l language.Language) (accessKey, bool) {
	c := node.Credentials{
		AccessKeyID: lookup("AWS_ACCESS_KEY_ID"), SecretAccessKey: lookup("AWS_SECRET_ACCESS_KEY"),
		Region: lookup("AWS_REGION"), Endpoint: strings.TrimSuffix(lookup("AWS_ENDPOINT_URL"), "/"),
	}
	if c.Region == "" {
		c.Region = node.DefaultRegion
	}
	a := accessKey{Credentials: c, sessionToken: lookup("AWS_SESSION_TOKEN"), source: l.Say("node_of.source_env")}
	return a, c.AccessKeyID != "" && c.SecretAccessKey != ""
}

// endpointOf is the node that a URL leads to: that of a stage's socket will do.
func endpointOf(given string) (string, error) {
	if given == "" {
		return "", nil
	}
	u, err := url.Parse(given)
	if err != nil || u.Host == "" {
		return "", language.Errorf("node_of.bad_endpoint", "value", strconv.Quote(given))
	}
	switch u.Scheme {
	case "ws", "http":
		return "http://" + u.Host, nil
	case "wss", "https":
		return "https://" + u.Host, nil
	}
	return "", language.Errorf("node_of.bad_endpoint", "value", strconv.Quote(given))
}

// sameNode compares two endpoints; the names of this machine are one.
func sameNode(a, b string) bool {
	first, err := url.Parse(a)
	second, wrong := url.Parse(b)
	if err != nil || wrong != nil || first.Host == "" {
		return false
	}
	return portOf(first) == portOf(second) && (strings.EqualFold(first.Hostname(), second.Hostname()) || local(first.Hostname()) && local(second.Hostname()))
}

func portOf(u *url.URL) string {
	if port := u.Port(); port != "" {
		return port
	}
	if u.Scheme == "https" || u.Scheme == "wss" {
		return "443"
	}
	return "80"
}

func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

// client makes a client of the node that was found.
func (d *nodeAccess) client() (*extension.Client, error) {
	a, err := d.find(d.cmd.Context(), os.Getenv)
	if err != nil {
		return nil, err
	}
	d.used = a
	printAsked(d.cmd, d.language, a)
	key := a.key()
	client := &extension.Client{Endpoint: a.Endpoint, Region: key.Region, Credentials: key.Credentials, Language: string(d.language)}
	for _, other := range a.others {
		client.OtherKeys = append(client.OtherKeys, other.key())
	}
	return client, nil
}

// printAsked says which node is called, if neither the command line nor this folder names
// it.
func printAsked(cmd *cobra.Command, l language.Language, a accessKey) {
	if a.elsewhere {
		fmt.Fprintln(newTerminal(cmd.ErrOrStderr()), l.Say("node_of.asked", "endpoint", a.Endpoint, "source", a.source))
	}
}

func (a accessKey) key() extension.Key {
	return extension.Key{Region: a.Region, Credentials: aws.Credentials{AccessKeyID: a.AccessKeyID, SecretAccessKey: a.SecretAccessKey, SessionToken: a.sessionToken}}
}

// describe adds to a client's error which node was called with which credentials, if that
// may be the reason.
func (d *nodeAccess) describe(err error) error {
	if unreachable, ok := errors.AsType[*extension.UnreachableError](err); ok && !errors.Is(err, context.Canceled) {
		return language.Errorf("node_of.unreachable", "endpoint", d.used.Endpoint, "source", d.used.source, "error", networkerror.Explain(unreachable.Err))
	}
	if refused, ok := errors.AsType[*extension.RefusedError](err); ok && refused.OfTheKey() {
		return language.Errorf("node_of.refused", "error", err, "endpoint", d.used.Endpoint, "keys", strings.Join(d.keys(), ", "))
	}
	return err
}

// keys are those that were tried, for people.
func (d *nodeAccess) keys() (keys []string) {
	for _, a := range slices.Concat([]accessKey{d.used}, d.used.others) {
		keys = append(keys, d.language.Say("node_of.key", "key", a.AccessKeyID, "source", a.source))
	}
	return keys
}
