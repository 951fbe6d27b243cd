package extension

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/pasarela-ws/pasarela/internal/controlplane/backup"
)

// Client calls a node. Its errors contain the node's message.
type Client struct {
	Endpoint    string // http://127.0.0.1:4566
	Region      string
	Credentials aws.Credentials
	OtherKeys   []Key        // tried in their order where the node does not take Credentials
	Language    string       // of sentences: es, else English
	HTTP        *http.Client // http.DefaultClient when nil
}

// Key is what a call is signed with.
type Key struct {
	Region      string
	Credentials aws.Credentials
}

// Explain is what happened to a connection or request, as a person reads it: the
// cause of the last failure and the field to change first; and the nodes that might
// have known more.
func (c *Client) Explain(ctx context.Context, id string) (text string, missing []Missing, err error) {
	var response explanation
	err = c.decode(ctx, http.MethodGet, "explain/"+url.PathEscape(id), c.language(), nil, &response)
	return response.Text, response.Missing, err
}

func (c *Client) language() url.Values { return url.Values{"language": {c.Language}} }

// Failures are the last executions that failed, newest first.
func (c *Client) Failures(ctx context.Context) (response Failures, err error) {
	return response, c.decode(ctx, http.MethodGet, "explain", c.language(), nil, &response)
}

// Connections are the open connections of all APIs.
func (c *Client) Connections(ctx context.Context) (response Connections, err error) {
	return response, c.decode(ctx, http.MethodGet, "connections", c.language(), nil, &response)
}

// Nodes are the nodes of the cluster.
func (c *Client) Nodes(ctx context.Context) (response NodesView, err error) {
	return response, c.decode(ctx, http.MethodGet, "nodes", c.language(), nil, &response)
}

// Logs are the newest lines of the stages' logs and, when following, those to come
// until ctx ends. The caller closes them.
func (c *Client) Logs(ctx context.Context, follow bool) (io.ReadCloser, error) {
	return c.call(ctx, http.MethodGet, "logs", url.Values{"follow": {strconv.FormatBool(follow)}, "language": {c.Language}}, nil)
}

// Export is everything that is configured as YAML. The caller closes it.
func (c *Client) Export(ctx context.Context, secrets bool) (io.ReadCloser, error) {
	if secrets {
		return c.call(ctx, http.MethodPost, "export/secrets", nil, nil)
	}
	return c.call(ctx, http.MethodGet, "export", nil, nil)
}

// Plan is what applying a file would change.
func (c *Client) Plan(ctx context.Context, file []byte, prune bool) (plan backup.Plan, err error) {
	return plan, c.decode(ctx, http.MethodPost, "plan", pruning(prune), file, &plan)
}

// Apply applies a file and tells what changed.
func (c *Client) Apply(ctx context.Context, file []byte, prune bool) (plan backup.Plan, err error) {
	return plan, c.decode(ctx, http.MethodPost, "apply", pruning(prune), file, &plan)
}

func pruning(prune bool) url.Values { return url.Values{"prune": {strconv.FormatBool(prune)}} }

// SignInURL is an address that signs a browser on the node's machine in to the
// console with the key of these credentials, once.
func (c *Client) SignInURL(ctx context.Context) (string, error) {
	var response signInOutput
	err := c.decode(ctx, http.MethodPost, "console/sign-in", nil, nil, &response)
	return response.URL, err
}

// Profile is a profile for "go tool pprof": cpu for so many seconds, heap, goroutine.
func (c *Client) Profile(ctx context.Context, kind string, seconds int) ([]byte, error) {
	body, err := c.call(ctx, http.MethodGet, "profiles/"+url.PathEscape(kind), url.Values{"seconds": {strconv.Itoa(seconds)}}, nil)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	return io.ReadAll(body)
}

func (c *Client) decode(ctx context.Context, method, path string, query url.Values, body []byte, into any) error {
	response, err := c.call(ctx, method, path, query, body)
	if err != nil {
		return err
	}
	defer response.Close()
	return json.NewDecoder(response).Decode(into)
}

// call asks the node and returns the body of its answer, which the caller closes.
func (c *Client) call(ctx context.Context, method, path string, query url.Values, body []byte) (io.ReadCloser, error) {
	response, err := c.callWith(ctx, Key{c.Region, c.Credentials}, method, path, query, body)
	for _, key := range c.OtherKeys {
		if refused, ok := errors.AsType[*RefusedError](err); !ok || !refused.OfTheKey() {
			break
		}
		response, err = c.callWith(ctx, key, method, path, query, body)
	}
	return response, err
}

func (c *Client) callWith(ctx context.Context, key Key, method, path string, query url.Values, body []byte) (io.ReadCloser, error) {
	address := c.Endpoint + Prefix + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return c.send(ctx, key, request, body)
}

// send signs a request and returns the body of the answer, which the caller
// closes.
func (c *Client) send(ctx context.Context, key Key, request *http.Request, body []byte) (io.ReadCloser, error) {
	hash := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(ctx, key.Credentials, request, hex.EncodeToString(hash[:]), SigningName, key.Region, time.Now()); err != nil {
		return nil, err
	}
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, &UnreachableError{c.Endpoint, err}
	}
	if response.StatusCode != http.StatusOK && response.StatusCode != http.StatusNoContent {
		defer response.Body.Close()
		return nil, refused(response)
	}
	return response.Body, nil
}

// UnreachableError says that no node answered.
type UnreachableError struct {
	Endpoint string
	Err      error
}

func (e *UnreachableError) Error() string {
	return fmt.Sprintf("no pasarela answers at %s: %v", e.Endpoint, e.Err)
}

func (e *UnreachableError) Unwrap() error { return e.Err }

// RefusedError is what a node answered in place of what it was asked for.
type RefusedError struct {
	Code    string // UnrecognizedClientException; the status line where there is none
	Message string
}

func (e *RefusedError) Error() string { return e.Code + ": " + e.Message }

// OfTheKey says whether the node does not take the key that signed, rather than what
// was asked.
func (e *RefusedError) OfTheKey() bool {
	switch e.Code {
	case "UnrecognizedClientException", "InvalidSignatureException", "ExpiredTokenException", "InvalidClientTokenId", "SignatureDoesNotMatch":
		return true
	}
	return false
}

func refused(response *http.Response) error {
	var said struct{ Message string } // the key is "message" or, on denials, "Message"
	text, _ := io.ReadAll(io.LimitReader(response.Body, 64<<10))
	if json.Unmarshal(text, &said) == nil && said.Message != "" {
		return &RefusedError{response.Header.Get("X-Amzn-Errortype"), said.Message}
	}
	return &RefusedError{response.Status, strings.TrimSpace(string(text))}
}
