package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
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
	var patience time.Duration
	cmd := &cobra.Command{Use: "healthcheck", Short: l.Say("healthcheck.short"), Long: l.Say("healthcheck.long"), Args: commandline.None}
	f := cmd.Flags()
	f.StringVar(&listen, "listen", node.DefaultListen, l.Say("setting.listen"))
	f.StringVar(&certificate, "tls-cert", "", l.Say("setting.tls_cert"))
	f.StringSliceVar(&domains, "acme-domain", nil, l.Say("setting.acme_domain"))
	addProxies(f, &proxied, l)
	f.DurationVar(&patience, "timeout", 3*time.Second, l.Say("healthcheck.timeout"))
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := fromEnvironment(f, os.LookupEnv); err != nil {
			return err
		}
		if patience <= 0 {
			return language.Errorf("healthcheck.bad_timeout", "value", patience.String())
		}
		at, err := readyURL(listen, certificate != "" || len(domains) > 0)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(cmd.Context(), patience)
		defer cancel()
		dial, err := dialAsProxy(proxied)
		if err != nil {
			return err
		}
		return askReady(ctx, newTerminal(cmd.OutOrStdout()), at, dial)
	}
	return cmd
}

// A dialer opens the connection to the node.
type dialer func(ctx context.Context, network, address string) (net.Conn, error)

// dialAsProxy opens connections as the node expects them: where it takes this machine for a
// proxy that speaks the PROXY protocol, they begin with its header for a connection of the
// proxy's own.
func dialAsProxy(s node.Settings) (dialer, error) {
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

// readyURL is where a node that listens there is asked from its own machine: at the
// loopback address where it listens at all of them.
func readyURL(listen string, secure bool) (string, error) {
	host, port, err := net.SplitHostPort(listen)
	if number, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil || number == 0 {
		return "", language.Errorf("healthcheck.bad_listen", "value", strconv.Quote(listen))
	}
	switch ip := net.ParseIP(host); {
	case host == "" || ip != nil && ip.IsUnspecified() && ip.To4() != nil:
		host = "127.0.0.1"
	case ip != nil && ip.IsUnspecified():
		host = "::1"
	}
	at := url.URL{Scheme: "http", Host: net.JoinHostPort(host, port), Path: "/readyz"}
	if secure {
		at.Scheme = "https"
	}
	return at.String(), nil
}

// askReady prints the node's status. The certificate is made for names of the outside and
// not for the address that is asked, and nothing secret is sent: it is not checked.
func askReady(ctx context.Context, out io.Writer, at string, dial dialer) error {
	client := &http.Client{Transport: &http.Transport{DialContext: dial, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return language.Errorf("healthcheck.unreachable", "url", at, "error", err)
	}
	response, err := client.Do(request)
	if err != nil {
		if wrapped, ok := errors.AsType[*url.Error](err); ok {
			err = wrapped.Err // the URL is said already
		}
		return language.Errorf("healthcheck.unreachable", "url", at, "error", err)
	}
	defer response.Body.Close()
	const longest = 4 << 10
	body, _ := io.ReadAll(io.LimitReader(response.Body, longest)) // what came of it is told
	var told struct{ Status, Reason string }
	if err := json.Unmarshal(body, &told); err != nil {
		told.Status = strconv.Quote(string(body))
	}
	if response.StatusCode != http.StatusOK {
		return language.Errorf("healthcheck.not_ready", "url", at, "status", response.Status, "reason", told.Status+" "+told.Reason)
	}
	_, err = fmt.Fprintln(out, strings.TrimSpace(told.Status+" "+told.Reason))
	return err
}
