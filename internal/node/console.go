package node

import (
	"context"
	"net"
	"net/url"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/console"
	"github.com/pasarela-ws/pasarela/internal/dataplane/functions"
)

// openConsole makes the web console.
func (n *Node) openConsole() error {
	endpoint, err := apiEndpoint(n.endpoint, n.options.DomainSuffix, n.regionAccount.Region)
	if err != nil {
		return err
	}
	socket, err := socketSource(endpoint("*"))
	if err != nil {
		return err
	}
	facts := console.Facts{Version: n.options.Version, Region: n.regionAccount.Region, AccountID: n.regionAccount.AccountID, Endpoint: n.endpoint}
	if !n.options.Strict {
		facts.StageSettings = pasarela.KnownStageSettings()
	}
	if n.options.Functions {
		facts.Runtimes = functions.Runtimes()
	}
	n.pages, err = console.New(console.Options{
		Facts:    facts,
		Loopback: n.loopback(),
		Sockets:  []string{socket},
		Key:      n.consoleKey,
	})
	return err
}

// SignInURL is an address that signs a browser on this machine in to the console as
// the administrator, once.
func (n *Node) SignInURL() (string, error) {
	key, ok := n.identity.Administrator()
	if !ok {
		return "", pasarela.Errorf(pasarela.CodeAccessDenied, "the account's root has no active access key")
	}
	return n.pages.SignInURL(key.AccessKeyID)
}

func (n *Node) consoleKey(ctx context.Context, accessKeyID string) (console.AccessKey, error) {
	secret, _, err := n.identity.Key(ctx, accessKeyID, "")
	return console.AccessKey{AccessKeyID: accessKeyID, SecretAccessKey: secret}, err
}

// loopback is how a browser on this machine reaches the node, empty when it cannot.
func (n *Node) loopback() string {
	host, port, err := net.SplitHostPort(n.listener.base.Addr().String())
	ip := net.ParseIP(host)
	switch {
	case err != nil || ip == nil:
		return ""
	case ip.IsUnspecified():
		host = "127.0.0.1"
	case !ip.IsLoopback():
		return ""
	}
	if n.options.servesTLS() {
		return "https://" + net.JoinHostPort("localhost", port) // certificates are made for names, not addresses
	}
	return "http://" + net.JoinHostPort(host, port)
}

// socketSource is what a Content-Security-Policy calls the hosts of that endpoint
// for any API: ws://*.execute-api.us-east-1.example.com, or ws://127.0.0.1:4566
// where all APIs have one host.
func socketSource(endpoint string) (string, error) {
	u, err := url.Parse(endpoint)
	if err != nil {
		return "", err
	}
	return u.Scheme + "://" + u.Host, nil
}
