package main

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/awsapi/extension"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/node"
)

// door is how the commands reach a node that runs: with the credentials in its data
// directory, or with AWS's usual environment variables.
type door struct {
	language          language.Language
	dataDir, endpoint string
	used              access // by the client
}

func (d *door) flags(cmd *cobra.Command, l language.Language) {
	d.language = l
	cmd.Flags().StringVar(&d.dataDir, "data", "", l.Say("node_of.data"))
	cmd.Flags().StringVar(&d.endpoint, "endpoint", "", l.Say("node_of.endpoint", "serve", serveData, "dev", devData))
}

// access is the credentials that a command uses, and where they were found.
type access struct {
	node.Credentials
	sessionToken string
	source       string // for people: a directory, or the environment
}

// find looks where a person would: what was said, the environment, the directories of
// nodes that ran here. A URL that is given must be that node's, since a key of
// another node would only be refused as unknown.
func (d *door) find(lookup func(string) string) (access, error) {
	endpoint, err := endpointOf(d.endpoint)
	if err != nil {
		return access{}, err
	}
	if d.dataDir != "" {
		c, err := node.ReadCredentials(d.dataDir)
		if endpoint != "" {
			c.Endpoint = endpoint
		}
		return access{Credentials: c, source: d.dataDir}, err
	}
	if a, ok := fromAWS(lookup, d.language); ok && (endpoint == "" && a.Endpoint != "" || sameNode(a.Endpoint, endpoint)) {
		return a, nil
	}
	looked := usualDirs()
	for _, dir := range looked {
		c, err := node.ReadCredentials(dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) && endpoint == "" {
			return access{}, err
		}
		if err == nil && (endpoint == "" || sameNode(c.Endpoint, endpoint)) {
			return access{Credentials: c, source: dir}, nil
		}
	}
	if endpoint == "" {
		return access{}, language.Errorf("node_of.none", "serve", serveData, "dev", devData)
	}
	if a, ok := fromAWS(lookup, d.language); ok && a.Endpoint == "" { // a key that says no node
		a.Endpoint = endpoint
		return a, nil
	}
	return access{}, language.Errorf("node_of.none_here", "endpoint", endpoint, "where", strings.Join(looked, ", "))
}

// fromAWS reads AWS's variables. Endpoint may be missing.
func fromAWS(lookup func(string) string, l language.Language) (access, bool) {
	c := node.Credentials{
		AccessKeyID: lookup("AWS_ACCESS_KEY_ID"), SecretAccessKey: lookup("AWS_SECRET_ACCESS_KEY"),
		Region: lookup("AWS_REGION"), Endpoint: strings.TrimSuffix(lookup("AWS_ENDPOINT_URL"), "/"),
	}
	if c.Region == "" {
		c.Region = node.DefaultRegion
	}
	a := access{c, lookup("AWS_SESSION_TOKEN"), l.Say("node_of.source_env")}
	return a, c.AccessKeyID != "" && c.SecretAccessKey != ""
}

// maxDirs bounds the search for data directories.
const maxDirs = 64

// usualDirs are the default data directories, those that lie where they do (./data and the
// folders in it), and those of nodes that run on this machine.
func usualDirs() []string {
	dirs := []string{serveData, devData, filepath.Dir(serveData)}
	entries, _ := os.ReadDir(filepath.Dir(serveData)) // none: nothing ran here
	for _, entry := range entries {
		dir := filepath.Join(filepath.Dir(serveData), entry.Name())
		if entry.IsDir() && dir != filepath.FromSlash(serveData) && dir != filepath.FromSlash(devData) && len(dirs) < maxDirs {
			if _, err := os.Stat(node.CredentialsPath(dir)); err == nil {
				dirs = append(dirs, dir)
			}
		}
	}
	return append(dirs, runningDirs()...)
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

// client asks the node that was found.
func (d *door) client() (*extension.Client, error) {
	a, err := d.find(os.Getenv)
	if err != nil {
		return nil, err
	}
	d.used = a
	key := aws.Credentials{AccessKeyID: a.AccessKeyID, SecretAccessKey: a.SecretAccessKey, SessionToken: a.sessionToken}
	return &extension.Client{Endpoint: a.Endpoint, Region: a.Region, Credentials: key, Language: string(d.language)}, nil
}

// describe adds to an error of the client which node was asked with which credentials,
// where that may be what is wrong.
func (d *door) describe(err error) error {
	if unreachable, ok := errors.AsType[*extension.UnreachableError](err); ok && !errors.Is(err, context.Canceled) {
		return language.Errorf("node_of.unreachable", "endpoint", d.used.Endpoint, "source", d.used.source, "error", unreachable.Err)
	}
	if refused, ok := errors.AsType[*extension.RefusedError](err); ok && refused.OfTheKey() {
		return language.Errorf("node_of.refused", "error", err, "endpoint", d.used.Endpoint, "key", d.used.AccessKeyID, "source", d.used.source)
	}
	return err
}
