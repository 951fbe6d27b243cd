package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/commandline"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/proxies"
)

func newHealthcheck(l language.Language) *cobra.Command {
	var listen, certificate string
	var domains []string
	var proxied node.Settings
	var timeout time.Duration
	cmd := &cobra.Command{Use: "healthcheck", Short: l.Say("healthcheck.short"), Long: l.Say("healthcheck.long"), Args: commandline.None}
	f := cmd.Flags()
	f.StringVar(&listen, "listen", node.DefaultListen, l.Say("setting.listen"))
	f.StringVar(&certificate, "tls-cert", "", l.Say("setting.tls_cert"))
	f.StringSliceVar(&domains, "acme-domain", nil, l.Say("setting.acme_domain"))
	addProxies(f, &proxied, l)
	f.DurationVar(&timeout, "timeout", 3*time.Second, l.Say("healthcheck.timeout"))
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := fromEnvironment(f, os.LookupEnv); err != nil {
			return err
		}
		if timeout <= 0 {
			return language.Errorf("healthcheck.bad_timeout", "value", timeout.String())
		}
		at, err := commandline.ReadyURL(listen, certificate != "" || len(domains) > 0)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(cmd.Context(), timeout)
		defer cancel()
		dial, err := dialAsProxy(proxied)
		if err != nil {
			return err
		}
		return commandline.AskReady(ctx, newTerminal(cmd.OutOrStdout()), at, dial)
	}
	return cmd
}

// dialAsProxy opens connections as the node expects them: where it takes this machine for a
// proxy that speaks the PROXY protocol, they begin with its header for a connection of the
// proxy's own.
func dialAsProxy(s node.Settings) (commandline.Dialer, error) {
	trusted, err := proxies.Parse(s.TrustedProxies)
	if err != nil {
		return nil, fmt.Errorf("--trusted-proxies: %w", err)
	}
	plain := new(net.Dialer).DialContext
	if proxies.Header(s.ProxyHeader) != proxies.ProxyProtocol {
		return plain, nil
	}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		nc, err := plain(ctx, network, address)
		if err != nil {
			return nil, err
		}
		own, ok := nc.LocalAddr().(*net.TCPAddr)
		if !ok || !trusted.Contains(own.AddrPort().Addr()) {
			return nc, nil
		}
		if _, err := io.WriteString(nc, "PROXY UNKNOWN\r\n"); err != nil {
			return nil, errors.Join(err, nc.Close())
		}
		return nc, nil
	}, nil
}
