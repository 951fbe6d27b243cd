package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"
	"github.com/pasarela-ws/pasarela/internal/node"
)

// Default data directories.
const (
	serveData = "data/serve"
	devData   = "data/dev"
)

// addSettings declares the flags of a node. Each may also come from the
// environment: --domain-suffix from PASARELA_DOMAIN_SUFFIX. A flag wins.
func addSettings(cmd *cobra.Command, dataDir string) *node.Settings {
	s := new(node.Settings)
	f := cmd.Flags()
	f.StringVar(&s.DataDir, "data", dataDir, "directory of state, credentials and logs")
	f.StringVar(&s.Listen, "listen", node.DefaultListen, "host:port for the AWS APIs and the sockets")
	f.StringVar(&s.PublicEndpoint, "public-endpoint", "", "http(s)://host[:port] as clients reach this node (default: made of --listen)")
	f.StringVar(&s.DomainSuffix, "domain-suffix", "", "serve APIs as {api}.execute-api.{region}.SUFFIX (default: by path)")
	f.StringVar(&s.Region, "region", "", "AWS region (default: as first started, else "+node.DefaultRegion+")")
	f.StringVar(&s.AccountID, "account-id", "", "12 digits (default: as first started, else drawn)")
	f.StringVar(&s.TLSCert, "tls-cert", "", "PEM certificate chain, read again when it changes")
	f.StringVar(&s.TLSKey, "tls-key", "", "PEM private key")
	f.StringVar(&s.NATSURL, "nats-url", "", "keep state in this NATS cluster instead of --data")
	f.StringVar(&s.NodeName, "node-name", "", "name of this node in a cluster (default: the host's)")
	f.StringVar(&s.LogLevel, "log-level", "info", "debug, info, warn or error")
	f.StringVar(&s.Egress, "egress", "", "backends that may be called: hosts and CIDR blocks by commas, !denied ones, link-local, own (default: all but link-local and metadata addresses and this server itself)")
	f.IntVar(&s.BackendConnections, "backend-connections", backend.DefaultMaxConns, "connections to one backend host:port; one route uses at most half of them")
	f.IntVar(&s.BackendWaiting, "backend-waiting", backend.DefaultMaxWaiting, "calls of one route that may wait for a connection to its backend; more are answered 503")
	f.BoolVar(&s.LendCredentials, "node-credentials-for-integrations", false, "sign AWS integrations without credentialsArn with this node's AWS credentials: whoever may create an integration has its permissions")
	f.BoolVar(&s.Strict, "strict", false, "answer as AWS also where pasarela is kinder")
	return s
}

// fromEnvironment sets the flags that are not given from PASARELA_* variables.
func fromEnvironment(flags *pflag.FlagSet, lookup func(string) (string, bool)) error {
	var failed error
	flags.VisitAll(func(flag *pflag.Flag) {
		name := "PASARELA_" + strings.ToUpper(strings.ReplaceAll(flag.Name, "-", "_"))
		value, ok := lookup(name)
		if !ok || flag.Changed || failed != nil {
			return
		}
		if err := flag.Value.Set(value); err != nil {
			failed = fmt.Errorf("%s=%q: %w", name, value, err)
		}
	})
	return failed
}

// newLog writes for a person on a terminal and JSON lines elsewhere.
func newLog(out io.Writer, level string) (*slog.Logger, error) {
	options := new(slog.HandlerOptions)
	var at slog.Level
	if err := at.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("--log-level: %q is not debug, info, warn or error", level)
	}
	options.Level = at
	if file, ok := out.(*os.File); ok && isatty.IsTerminal(file.Fd()) {
		return slog.New(slog.NewTextHandler(out, options)), nil
	}
	return slog.New(slog.NewJSONHandler(out, options)), nil
}
