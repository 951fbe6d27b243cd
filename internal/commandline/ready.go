package commandline

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
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/networkerror"
)

// ReadyURL is the URL at which a program that listens at an address is asked, from its own
// machine, whether it is ready. For an unspecified address (0.0.0.0, ::) it has the loopback
// address.
func ReadyURL(listen string, secure bool) (string, error) {
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

// A Dialer opens the connection to the program.
type Dialer func(ctx context.Context, network, address string) (net.Conn, error)

// AskReady prints the program's status; an error says why it is not ready. The
// certificate is not checked: it is for public names and not for this address, and
// nothing secret is sent.
func AskReady(ctx context.Context, out io.Writer, at string, dial Dialer) error {
	client := &http.Client{Transport: &http.Transport{DialContext: dial, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return language.Errorf("healthcheck.unreachable", "url", at, "error", err)
	}
	response, err := client.Do(request)
	if err != nil {
		if wrapped, ok := errors.AsType[*url.Error](err); ok {
			err = wrapped.Err // the URL is in the message already
		}
		return language.Errorf("healthcheck.unreachable", "url", at, "error", networkerror.Explain(err))
	}
	defer response.Body.Close()
	const longest = 4 << 10
	body, _ := io.ReadAll(io.LimitReader(response.Body, longest)) // what could be read is shown
	var health struct {
		Status, Reason string
		Checks         []struct { // of reports
			Name   string
			OK     bool
			Reason string
		}
	}
	if err := json.Unmarshal(body, &health); err != nil {
		health.Status = strconv.Quote(string(body))
	}
	for _, check := range health.Checks {
		if check.OK {
			continue
		}
		if check.Reason != "" {
			check.Name += " (" + check.Reason + ")"
		}
		health.Reason = strings.TrimPrefix(health.Reason+", "+check.Name, ", ")
	}
	if response.StatusCode != http.StatusOK {
		return language.Errorf("healthcheck.not_ready", "url", at, "status", response.Status, "reason", health.Status+" "+health.Reason)
	}
	_, err = fmt.Fprintln(out, strings.TrimSpace(health.Status+" "+health.Reason))
	return err
}
