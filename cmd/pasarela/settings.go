package main

import (
	"io"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/proxies"
)

// Default data directories.
const (
	serveData = "data/serve"
	devData   = "data/dev"
)

// drainDelay is for balancers that ask about every second.
const drainDelay = time.Second

// addSettings declares the flags of a node. Each may also come from the
// environment: --domain-suffix from PASARELA_DOMAIN_SUFFIX. A flag wins.
func addSettings(cmd *cobra.Command, l language.Language, dataDir string) *node.Settings {
	s := new(node.Settings)
	f := cmd.Flags()
	f.StringVar(&s.DataDir, "data", dataDir, l.Say("setting.data"))
	f.StringVar(&s.Listen, "listen", node.DefaultListen, l.Say("setting.listen"))
	f.StringVar(&s.PublicEndpoint, "public-endpoint", "", l.Say("setting.public_endpoint"))
	f.StringVar(&s.DomainSuffix, "domain-suffix", "", l.Say("setting.domain_suffix"))
	f.StringVar(&s.Region, "region", "", l.Say("setting.region", "region", node.DefaultRegion))
	f.StringVar(&s.AccountID, "account-id", "", l.Say("setting.account_id"))
	f.StringVar(&s.TLSCert, "tls-cert", "", l.Say("setting.tls_cert"))
	f.StringVar(&s.TLSKey, "tls-key", "", l.Say("setting.tls_key"))
	f.StringSliceVar(&s.ACMEDomains, "acme-domain", nil, l.Say("setting.acme_domain"))
	f.StringVar(&s.ACMEEmail, "acme-email", "", l.Say("setting.acme_email"))
	f.StringVar(&s.ACMEDirectory, "acme-directory", "", l.Say("setting.acme_directory"))
	addProxies(f, s, l)
	f.StringVar(&s.NATSURL, "nats-url", "", l.Say("setting.nats_url"))
	f.StringVar(&s.NodeName, "node-name", "", l.Say("setting.node_name"))
	f.StringVar(&s.LogLevel, "log-level", "info", l.Say("setting.log_level"))
	f.StringVar(&s.Egress, "egress", "", l.Say("setting.egress"))
	f.DurationVar(&s.StopPatience, "stop-patience", node.DefaultStopPatience, l.Say("setting.stop_patience"))
	f.DurationVar(&s.DrainDelay, "drain-delay", drainDelay, l.Say("setting.drain_delay"))
	f.DurationVar(&s.DisconnectPatience, "disconnect-patience", 2*time.Minute, l.Say("setting.disconnect_patience"))
	f.IntVar(&s.BackendConnections, "backend-connections", backend.DefaultMaxConns, l.Say("setting.backend_connections"))
	f.IntVar(&s.BackendWaiting, "backend-waiting", backend.DefaultMaxWaiting, l.Say("setting.backend_waiting"))
	f.BoolVar(&s.NodeCredentialsForIntegrations, "node-credentials-for-integrations", false, l.Say("setting.lend_credentials"))
	f.DurationVar(&s.ExportEvery, "export-every", 0, l.Say("setting.export_every"))
	f.StringSliceVar(&s.IgnoreTypes, "ignore-types", nil, l.Say("setting.ignore_types"))
	f.BoolVar(&s.PlainHTTP, "plain-http", false, l.Say("setting.plain_http"))
	f.BoolVar(&s.NoIOUring, "no-io-uring", false, l.Say("setting.no_io_uring"))
	f.BoolVar(&s.Functions, "functions", false, l.Say("setting.functions"))
	f.StringVar(&s.FunctionsUser, "functions-user", "", l.Say("setting.functions_user"))
	f.BoolVar(&s.Local, "local", false, l.Say("setting.local"))
	f.StringVar(&s.LocalInit, "local-init", node.DefaultLocalInit, l.Say("setting.local_init"))
	f.BoolVar(&s.Strict, "strict", false, l.Say("setting.strict"))
	return s
}

func addProxies(f *pflag.FlagSet, s *node.Settings, l language.Language) {
	f.StringVar(&s.TrustedProxies, "trusted-proxies", "", l.Say("setting.trusted_proxies"))
	f.StringVar(&s.ProxyHeader, "proxy-header", string(proxies.XForwarded), l.Say("setting.proxy_header"))
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
			failed = language.Errorf("usage.environment", "name", name, "value", strconv.Quote(value), "error", err)
		}
	})
	return failed
}

// newLog writes for a person on a terminal and JSON lines elsewhere.
func newLog(out io.Writer, level string) (*slog.Logger, error) {
	options := new(slog.HandlerOptions)
	var at slog.Level
	if err := at.UnmarshalText([]byte(level)); err != nil {
		return nil, language.Errorf("setting.bad_log_level", "value", strconv.Quote(level))
	}
	options.Level = at
	screen := newTerminal(out) // handlers write whole lines, one at a time
	if screen.terminal {
		return slog.New(slog.NewTextHandler(screen, options)), nil
	}
	options.ReplaceAttr = durationsAsText
	return slog.New(slog.NewJSONHandler(screen, options)), nil
}

// durationsAsText has JSON lines say "1m30s", where encoding/json would say nanoseconds.
func durationsAsText(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		a.Value = slog.StringValue(a.Value.Duration().String())
	}
	return a
}
