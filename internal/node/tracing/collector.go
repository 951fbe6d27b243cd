package tracing

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// Limits of a call to the collector.
const (
	defaultTimeout  = 10 * time.Second // of OpenTelemetry's specification
	firstPause      = time.Second
	longestPause    = 30 * time.Second
	longestResponse = 64 << 10 // bytes of a refusal that are read
)

// collector posts spans as OTLP over HTTP, in protobuf. OpenTelemetry's own exporter does
// the same, but adds gRPC: 2 MB of program for nothing that is used here.
type collector struct {
	url     string
	headers http.Header
	gzip    bool
	timeout time.Duration // of one batch, with its repetitions
	client  *http.Client
}

// newCollector reads OpenTelemetry's variables: a value for traces wins over one for
// every signal. An error says which variable is wrong.
// https://opentelemetry.io/docs/specs/otel/protocol/exporter/
func newCollector(lookup func(string) string) (*collector, error) {
	v := variables{lookup: lookup}
	c := &collector{url: v.endpoint(), headers: v.headers(), gzip: v.gzip(), timeout: v.timeout()}
	config := v.tls()
	if v.err != nil {
		return nil, v.err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = config
	c.client = &http.Client{Transport: transport}
	return c, nil
}

// ExportSpans posts a batch. A collector that is busy or away is asked again, until the
// timeout ends; what it refuses for another reason is lost, with the reason in the error.
func (c *collector) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	if len(spans) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	body, err := c.body(encode(spans))
	if err != nil {
		return err
	}
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		wait, err := c.post(ctx, body)
		if err == nil || wait == never {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(max(wait, pause)):
		}
	}
}

// Shutdown closes what is kept open. Batches have ended before.
func (c *collector) Shutdown(context.Context) error {
	c.client.CloseIdleConnections()
	return nil
}

func (c *collector) body(plain []byte) ([]byte, error) {
	if !c.gzip {
		return plain, nil
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err := w.Write(plain)
	err = errors.Join(err, w.Close()) // writes the rest, before the bytes are taken
	return packed.Bytes(), err
}

// never says that a retry would change nothing.
const never time.Duration = -1

// post sends once. Besides an error it returns how long the collector asks clients to
// wait.
func (c *collector) post(ctx context.Context, body []byte) (time.Duration, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return never, err
	}
	req.Header = c.headers.Clone()
	req.Header.Set("Content-Type", "application/x-protobuf")
	if c.gzip {
		req.Header.Set("Content-Encoding", "gzip")
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	response, _ := io.ReadAll(io.LimitReader(resp.Body, longestResponse)) // only quoted, never parsed
	switch resp.StatusCode {
	case http.StatusOK, http.StatusAccepted, http.StatusNoContent:
		return 0, nil
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After")) // none: its own pause
		return time.Duration(max(seconds, 0)) * time.Second, fmt.Errorf("%s answered %s", c.url, resp.Status)
	}
	return never, fmt.Errorf("%s answered %s: %q", c.url, resp.Status, response)
}

// variables reads the environment; err is the first thing that was wrong.
type variables struct {
	lookup func(string) string
	err    error
}

func (v *variables) get(name string) (variable, value string) {
	for _, variable = range []string{"OTEL_EXPORTER_OTLP_TRACES_" + name, "OTEL_EXPORTER_OTLP_" + name} {
		if value = strings.TrimSpace(v.lookup(variable)); value != "" {
			return variable, value
		}
	}
	return variable, ""
}

func (v *variables) fail(variable string, err error) {
	if v.err == nil {
		v.err = fmt.Errorf("%s: %w", variable, err)
	}
}

func (v *variables) endpoint() string {
	variable, value := v.get("ENDPOINT")
	u, err := url.Parse(value)
	switch {
	case err != nil:
		v.fail(variable, err)
		return ""
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		v.fail(variable, fmt.Errorf("%q is no http or https URL", value))
		return ""
	}
	if !strings.Contains(variable, "TRACES") {
		u = u.JoinPath("v1/traces")
	} else if u.Path == "" {
		u.Path = "/"
	}
	return u.String()
}

func (v *variables) headers() http.Header {
	headers := http.Header{}
	variable, value := v.get("HEADERS")
	for pair := range strings.SplitSeq(value, ",") {
		if strings.TrimSpace(pair) == "" {
			continue
		}
		name, text, ok := strings.Cut(pair, "=")
		text, err := url.PathUnescape(strings.TrimSpace(text))
		if !ok || err != nil || strings.TrimSpace(name) == "" {
			v.fail(variable, errors.New("want name=value, separated by commas, with % and , escaped"))
			return nil
		}
		headers.Set(strings.TrimSpace(name), text)
	}
	return headers
}

func (v *variables) gzip() bool {
	variable, value := v.get("COMPRESSION")
	switch value {
	case "", "none":
		return false
	case "gzip":
		return true
	}
	v.fail(variable, fmt.Errorf("%q is neither gzip nor none", value))
	return false
}

func (v *variables) timeout() time.Duration {
	variable, value := v.get("TIMEOUT")
	if value == "" {
		return defaultTimeout
	}
	milliseconds, err := strconv.Atoi(value)
	if err != nil || milliseconds <= 0 {
		v.fail(variable, fmt.Errorf("%q is no number of milliseconds above 0", value))
	}
	return time.Duration(milliseconds) * time.Millisecond
}

// tls is the configuration of OTEL_EXPORTER_OTLP_CERTIFICATE and of the client's certificate;
// what is wrong with a file is noted in v.
func (v *variables) tls() *tls.Config {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if variable, file := v.get("CERTIFICATE"); file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			v.fail(variable, err)
			return config
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(text) {
			v.fail(variable, fmt.Errorf("%s holds no certificate in PEM", file))
		}
	}
	variable, file := v.get("CLIENT_CERTIFICATE")
	if _, key := v.get("CLIENT_KEY"); file != "" || key != "" {
		pair, err := tls.LoadX509KeyPair(file, key)
		if err != nil {
			v.fail(variable, err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config
}
