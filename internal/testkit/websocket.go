package testkit

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/coder/websocket"
)

// maxIncoming is the longest message that a [Client] takes, in bytes.
const maxIncoming = 1 << 20

// Client is a WebSocket client that shares no code with pasarela's server.
type Client struct {
	Conn     *websocket.Conn
	Response *http.Response // of the handshake

	t testing.TB
}

// DialOption changes a handshake.
type DialOption = func(*websocket.DialOptions)

// Header adds a header to the handshake.
func Header(name, value string) DialOption {
	return func(o *websocket.DialOptions) { o.HTTPHeader.Add(name, value) }
}

// Headers are the headers of the handshake, in place of all others.
func Headers(all http.Header) DialOption {
	return func(o *websocket.DialOptions) { o.HTTPHeader = all.Clone() }
}

// Through is the HTTP client that makes the handshake.
func Through(client *http.Client) DialOption {
	return func(o *websocket.DialOptions) { o.HTTPClient = client }
}

// Host is the host that the handshake names, in place of the URL's; "" leaves that.
func Host(name string) DialOption {
	return func(o *websocket.DialOptions) { o.Host = name }
}

// Dial opens a connection. When the server refuses it the client is nil and the
// response says how; without any response the test fails.
func Dial(t testing.TB, url string, options ...DialOption) (*Client, *http.Response) {
	t.Helper()
	o := &websocket.DialOptions{HTTPHeader: http.Header{}}
	for _, option := range options {
		option(o)
	}
	if o.HTTPHeader.Get("User-Agent") == "" {
		o.HTTPHeader.Set("User-Agent", "testkit")
	}
	ctx, cancel := context.WithTimeout(t.Context(), WaitLimit)
	defer cancel()
	conn, response, err := websocket.Dial(ctx, url, o)
	if err != nil {
		if response == nil {
			t.Fatalf("%s: %v", url, err)
		}
		return nil, response
	}
	conn.SetReadLimit(maxIncoming)
	t.Cleanup(func() { _ = conn.CloseNow() }) // it may be closed already
	return &Client{conn, response, t}, response
}

// Connect opens a connection and fails when the server refuses it.
func Connect(t testing.TB, url string, options ...DialOption) *Client {
	t.Helper()
	c, response := Dial(t, url, options...)
	if c == nil {
		t.Fatalf("%s: refused with %s: %s", url, response.Status, Body(response))
	}
	return c
}

// Refused expects the server to refuse the connection with a status, and returns the
// body and the headers of the refusal.
func Refused(t testing.TB, url string, status int, options ...DialOption) (body string, header http.Header) {
	t.Helper()
	c, response := Dial(t, url, options...)
	if c != nil {
		t.Fatalf("%s: connected, want a refusal with %d", url, status)
	}
	body = Body(response)
	if response.StatusCode != status {
		t.Fatalf("%s: refused with %s, want %d: %s", url, response.Status, status, body)
	}
	return body, response.Header
}

// Status tries a connection, which is closed again, and returns the status of the handshake.
func Status(t testing.TB, url string, options ...DialOption) int {
	t.Helper()
	c, response := Dial(t, url, options...)
	if c != nil {
		_ = c.Conn.CloseNow() // the handshake is all that was asked for
	}
	return response.StatusCode
}

// Body is the body of a response, as far as it can be read.
func Body(response *http.Response) string {
	text, _ := io.ReadAll(response.Body) // an error leaves the body short
	return string(text)
}

// Send sends a text message.
func (c *Client) Send(text string) {
	c.t.Helper()
	c.SendAs(websocket.MessageText, text)
}

// SendAs sends a message of a kind.
func (c *Client) SendAs(kind websocket.MessageType, text string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), WaitLimit)
	defer cancel()
	if err := c.Conn.Write(ctx, kind, []byte(text)); err != nil {
		c.t.Fatal(err)
	}
}

// Read returns the next message, which must be text.
func (c *Client) Read() string {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), WaitLimit)
	defer cancel()
	kind, text, err := c.Conn.Read(ctx)
	if err != nil {
		c.t.Fatal(err)
	}
	if kind != websocket.MessageText {
		c.t.Errorf("a message of kind %v, want text", kind)
	}
	return string(text)
}

// Ask sends a text message and returns the next one.
func (c *Client) Ask(text string) string {
	c.t.Helper()
	c.Send(text)
	return c.Read()
}

// Closed reads until the server's close frame and returns its code and reason.
func (c *Client) Closed() (websocket.StatusCode, string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), WaitLimit)
	defer cancel()
	for {
		_, _, err := c.Conn.Read(ctx)
		if err == nil {
			continue
		}
		var closed websocket.CloseError
		if !errors.As(err, &closed) {
			c.t.Fatalf("no close frame: %v", err)
		}
		return closed.Code, closed.Reason
	}
}
