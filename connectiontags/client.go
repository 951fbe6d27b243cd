// Package connectiontags is a client of the calls to @connections that AWS does not have:
// tags of connections, the list of those that have a tag, and one message for all of them
// (docs/fanout.md). The stage needs the tag pasarela:connectionTags.
package connectiontags

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// Client calls @connections of one stage. It is safe for concurrent use.
type Client struct {
	Endpoint    string // of the stage, as for AWS's client of @connections: http://127.0.0.1:4566/a1b2c3d4e5/prod
	Region      string
	Credentials aws.CredentialsProvider
	HTTP        *http.Client // http.DefaultClient when nil
}

// Sent is the outcome of one message for many connections (A-GATEWAY-55).
type Sent struct {
	Sent    int `json:"sent"`
	Queued  int `json:"queued"`  // for clients that are away or read slowly
	Gone    int `json:"gone"`    // ended meanwhile
	Refused int `json:"refused"` // too much waits for them, or their node cannot take it now: they may be posted to again

	GoneIDs    []string `json:"goneConnectionIds"` // at most 1,000
	RefusedIDs []string `json:"refusedConnectionIds"`
	Missing    []string `json:"missingNodes"` // nodes that did not answer: their connections may have it or not
}

// Connection is one that has a tag.
type Connection struct {
	ConnectionID string    `json:"connectionId"`
	Tags         []string  `json:"tags"` // those that the caller may list
	ConnectedAt  time.Time `json:"connectedAt"`
	Away         bool      `json:"away"` // its client has no socket now
}

// Page is a part of a list of connections, by their ids.
type Page struct {
	Connections []Connection `json:"connections"`
	NextToken   string       `json:"nextToken"`    // of the next page; empty: there is none
	Missing     []string     `json:"missingNodes"` // nodes that did not answer
}

// Error is an error response of the gateway.
type Error struct {
	Status  int
	Code    string // ForbiddenException; empty where the response has none
	Message string
}

func (e *Error) Error() string {
	return fmt.Sprintf("@connections answered %d %s: %s", e.Status, e.Code, e.Message)
}

// Post posts a message to all connections that have a tag. For clients that are away it
// is kept for lifetime, in whole seconds; 0: as long as their connections last.
func (c *Client) Post(ctx context.Context, tag string, body []byte, lifetime time.Duration) (sent Sent, err error) {
	header := http.Header{}
	if lifetime > 0 {
		header.Set("Pasarela-Expires", strconv.Itoa(int(lifetime.Seconds())))
	}
	return sent, c.call(ctx, http.MethodPost, "", url.Values{"tag": {tag}}, header, body, &sent)
}

// List lists the connections that have a tag, a page at a time. after is the NextToken of
// the page before, "" for the first page.
func (c *Client) List(ctx context.Context, tag, after string) (page Page, err error) {
	query := url.Values{"tag": {tag}}
	if after != "" {
		query.Set("nextToken", after)
	}
	return page, c.call(ctx, http.MethodGet, "", query, nil, nil, &page)
}

// Tag replaces the tags of a connection.
func (c *Client) Tag(ctx context.Context, connectionID string, tags ...string) error {
	body, err := json.Marshal(map[string][]string{"tags": append([]string{}, tags...)})
	if err != nil {
		return err
	}
	return c.call(ctx, http.MethodPut, "/"+url.PathEscape(connectionID)+"/tags", nil, nil, body, nil)
}

// call makes one signed call and decodes its response into the value that into points at, unless
// that is nil.
func (c *Client) call(ctx context.Context, method, path string, query url.Values, header http.Header, body []byte, into any) error {
	address := strings.TrimSuffix(c.Endpoint, "/") + "/@connections" + path
	if len(query) > 0 {
		address += "?" + query.Encode() // sorted by name, as the signature requires
	}
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	for name, values := range header {
		request.Header[name] = values
	}
	who, err := c.Credentials.Retrieve(ctx)
	if err != nil {
		return err
	}
	hash := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(ctx, who, request, hex.EncodeToString(hash[:]), "execute-api", c.Region, time.Now()); err != nil {
		return err
	}
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode >= http.StatusMultipleChoices {
		return refused(response)
	}
	if into == nil {
		_, err = io.Copy(io.Discard, response.Body)
		return err
	}
	return json.NewDecoder(response.Body).Decode(into)
}

func refused(response *http.Response) error {
	text, _ := io.ReadAll(io.LimitReader(response.Body, 64<<10)) // an error of reading leaves the text short
	var said struct{ Message string }                            // the member is "message" or, on denials, "Message"
	if json.Unmarshal(text, &said) != nil || said.Message == "" {
		said.Message = strings.TrimSpace(string(text))
	}
	return &Error{response.StatusCode, response.Header.Get("X-Amzn-Errortype"), said.Message}
}
