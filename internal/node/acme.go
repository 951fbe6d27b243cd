package node

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// An issuer gets the certificates of the node's domains from a certificate authority by
// ACME (RFC 8555), with the challenge that the node's own port answers (TLS-ALPN, RFC
// 8737), and renews them a month before they expire. Keys, certificates and challenge
// responses are in the store, so any node of a cluster can answer the challenge of
// another.
type issuer struct {
	manager *autocert.Manager
	domains []string
	log     *slog.Logger

	mu     sync.Mutex
	states map[string]*issued
}

// issued is the result of the last attempt for a domain.
type issued struct {
	until time.Time     // the certificate is good
	next  time.Time     // the earliest next attempt, after one that failed
	pause time.Duration // between that attempt and the next
	err   error
}

// Pauses after failures double. Let's Encrypt takes five that fail for a name in an hour.
// Source: letsencrypt.org/docs/rate-limits, "Authorization Failures per Identifier per Account".
const (
	firstPause   = 2 * time.Minute
	longestPause = time.Hour
)

func newIssuer(running context.Context, s Settings, bucket pasarela.Bucket, log *slog.Logger) *issuer {
	return &issuer{
		manager: &autocert.Manager{
			Prompt: autocert.AcceptTOS, HostPolicy: autocert.HostWhitelist(s.ACMEDomains...), Email: s.ACMEEmail,
			Cache:  issuerCache{document.NewStore[cached](bucket)},
			Client: &acme.Client{DirectoryURL: s.ACMEDirectory, HTTPClient: &http.Client{Transport: cancelOnStop{running}, Timeout: time.Minute}, UserAgent: "pasarela"},
		},
		domains: s.ACMEDomains, log: log, states: map[string]*issued{},
	}
}

// config is the TLS configuration of the listener; see [certificate.config].
func (i *issuer) config() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"http/1.1", acme.ALPNProto},
		GetCertificate: i.get,
	}
}

// get is the certificate for a handshake. A client that names no host, such as a health check
// by address, has that of the first domain.
func (i *issuer) get(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if slices.Contains(hello.SupportedProtos, acme.ALPNProto) {
		return i.manager.GetCertificate(hello)
	}
	named := *hello
	if named.ServerName == "" {
		named.ServerName = i.domains[0]
	}
	domain := strings.ToLower(strings.TrimSuffix(named.ServerName, "."))
	if !slices.Contains(i.domains, domain) {
		return i.manager.GetCertificate(&named) // which refuses
	}
	if err := i.held(domain, time.Now()); err != nil {
		return nil, err
	}
	pair, err := i.manager.GetCertificate(&named)
	i.note(domain, pair, err, time.Now())
	return pair, err
}

// held is the error of the last attempt, until the next attempt is due.
func (i *issuer) held(domain string, now time.Time) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if state := i.states[domain]; state != nil && now.Before(state.next) {
		return state.err
	}
	return nil
}

// note logs what has changed since the last look.
func (i *issuer) note(domain string, pair *tls.Certificate, err error, now time.Time) {
	i.mu.Lock()
	defer i.mu.Unlock()
	state := i.states[domain]
	if state == nil {
		state = &issued{}
		i.states[domain] = state
	}
	switch {
	case err != nil && now.Before(state.next): // a handshake that had begun earlier
	case err != nil:
		state.pause = min(max(2*state.pause, firstPause), longestPause)
		state.next, state.err = now.Add(state.pause), err
		i.log.Error("no certificate for a domain of --acme-domain: its name must lead to this server, and the authority must reach port 443 of that address",
			"domain", domain, "again", state.pause, "error", err)
	default:
		if until := pair.Leaf.NotAfter; !until.Equal(state.until) {
			i.log.Info("the certificate of a domain is served", "domain", domain, "expires", until)
			state.until = until
		}
		state.pause, state.next, state.err = 0, time.Time{}, nil
	}
}

// run requests the certificates before the first client connects, and again after
// failures; autocert does the renewals.
func (i *issuer) run(ctx context.Context) error {
	for {
		for _, domain := range i.domains {
			// The ClientHello of a current client, so that the certificate is of the kind
			// that clients will be given.
			hello := &tls.ClientHelloInfo{
				ServerName: domain, SupportedProtos: []string{"http/1.1"}, SupportedCurves: []tls.CurveID{tls.CurveP256},
				CipherSuites:     []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_AES_128_GCM_SHA256},
				SignatureSchemes: []tls.SignatureScheme{tls.ECDSAWithP256AndSHA256},
			}
			i.ask(ctx, hello)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Minute):
		}
	}
}

// ask is get until the node ends. What autocert waits for between two requests, such as an
// order that the authority is slow with, it waits for to its own limit of five minutes: the
// node does not, and no request is sent any more.
func (i *issuer) ask(ctx context.Context, hello *tls.ClientHelloInfo) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = i.get(hello) // get logs the error
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// cancelOnStop cancels requests to the authority when the node ends: autocert's own limit is
// five minutes.
type cancelOnStop struct{ running context.Context }

func (u cancelOnStop) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := u.running.Err(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(r.Context())
	forget := context.AfterFunc(u.running, cancel)
	end := func() {
		forget()
		cancel()
	}
	response, err := http.DefaultTransport.RoundTrip(r.WithContext(ctx))
	if err != nil {
		end()
		return nil, err
	}
	response.Body = &endingBody{response.Body, end}
	return response, nil
}

// endingBody ends its request when it is closed.
type endingBody struct {
	io.ReadCloser
	end func()
}

func (b *endingBody) Close() error {
	defer b.end()
	return b.ReadCloser.Close()
}

// issuerCache keeps what autocert keeps in the store.
type issuerCache struct{ documents *document.Store[cached] }

type cached struct {
	Data []byte `json:"data"`
}

// issuerKey is a name of autocert's, such as ws.example.com+rsa, as a key of the store.
func issuerKey(name string) string { return "tls/acme/" + strings.ReplaceAll(name, "+", "=") }

func (c issuerCache) Get(ctx context.Context, name string) ([]byte, error) {
	found, err := c.documents.Get(ctx, issuerKey(name))
	if errors.Is(err, pasarela.ErrNotFound) {
		return nil, autocert.ErrCacheMiss
	}
	if err != nil {
		return nil, err
	}
	return found.Value.Data, nil
}

func (c issuerCache) Put(ctx context.Context, name string, data []byte) error {
	_, err := c.documents.Upsert(ctx, issuerKey(name), func(kept *cached) error { kept.Data = data; return nil })
	return err
}

func (c issuerCache) Delete(ctx context.Context, name string) error {
	err := c.documents.Delete(ctx, issuerKey(name), func(*cached) error { return nil })
	if errors.Is(err, pasarela.ErrNotFound) {
		return nil
	}
	return err
}

// checkACME refuses names that are no host names, and a second source of certificates.
func (s *Settings) checkACME() error {
	if len(s.ACMEDomains) == 0 {
		if s.ACMEEmail != "" || s.ACMEDirectory != "" {
			return language.Errorf("node.acme_alone")
		}
		return nil
	}
	if s.TLSCert != "" || s.Local {
		return language.Errorf("node.acme_and_other")
	}
	if s.ACMEDirectory == "" {
		s.ACMEDirectory = acme.LetsEncryptURL
	}
	for _, domain := range s.ACMEDomains {
		if !hostForm.MatchString(domain) || !strings.Contains(domain, ".") {
			return notForm("--acme-domain", domain, "node.form_host")
		}
	}
	return nil
}

// servesTLS says whether the listener speaks TLS to everybody.
func (s *Settings) servesTLS() bool { return s.TLSCert != "" || len(s.ACMEDomains) > 0 }
