package extension

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
)

// connectionsService is what calls to @connections are signed for.
const connectionsService = "execute-api"

// TaggedConnections are a page of the connections that have a tag.
type TaggedConnections struct {
	Connections []gateway.Tagged
	NextToken   string   // of the next page; empty: there is none
	Missing     []string `json:"missingNodes"` // nodes that did not answer
}

// PostToTagged posts a message to all connections of a stage that have a tag. It may wait
// for lifetime, in whole seconds, for clients that are away; 0: for as long as they may
// (A-GATEWAY-55).
func (c *Client) PostToTagged(ctx context.Context, apiID, stageName, tag string, body []byte, lifetime time.Duration) (sent gateway.FanOut, err error) {
	header := http.Header{}
	if lifetime > 0 {
		header.Set("Pasarela-Expires", strconv.Itoa(int(lifetime.Seconds())))
	}
	return sent, c.connections(ctx, http.MethodPost, apiID, stageName, "", url.Values{"tag": {tag}}, header, body, &sent)
}

// Tagged lists the connections of a stage that have a tag, a page at a time: that behind the
// NextToken of the page before, "" for the first.
func (c *Client) Tagged(ctx context.Context, apiID, stageName, tag, after string) (page TaggedConnections, err error) {
	query := url.Values{"tag": {tag}}
	if after != "" {
		query.Set("nextToken", after)
	}
	return page, c.connections(ctx, http.MethodGet, apiID, stageName, "", query, nil, nil, &page)
}

// Tag replaces the tags of a connection.
func (c *Client) Tag(ctx context.Context, apiID, stageName, connectionID string, tags ...string) error {
	if tags == nil {
		tags = []string{}
	}
	body, err := json.Marshal(map[string][]string{"tags": tags})
	if err != nil {
		return err
	}
	return c.connections(ctx, http.MethodPut, apiID, stageName, "/"+url.PathEscape(connectionID)+"/tags", nil, nil, body, nil)
}

// connections makes a call to @connections of a stage.
func (c *Client) connections(ctx context.Context, method, apiID, stageName, path string, query url.Values, header http.Header, body []byte, into any) error {
	address := c.Endpoint + "/" + url.PathEscape(apiID) + "/" + url.PathEscape(stageName) + "/@connections" + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	for name, values := range header {
		request.Header[name] = values
	}
	response, err := c.send(ctx, Key{c.Region, c.Credentials}, connectionsService, request, body)
	if err != nil {
		return err
	}
	defer response.Close()
	if into == nil {
		_, err = io.Copy(io.Discard, response)
		return err
	}
	return json.NewDecoder(response).Decode(into)
}
