package gateway_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// url is where the stage is served, by path.
func (y *system) url(rest string) string {
	return "ws" + strings.TrimPrefix(y.server.URL, "http") + "/" + apiID + "/" + stageName + rest
}

// connect opens a WebSocket; the test ends when it is refused.
func (y *system) connect(rest string, options ...func(*websocket.DialOptions)) *client {
	y.t.Helper()
	c, response := y.dial(rest, options...)
	if c == nil {
		body := ""
		if response != nil {
			b, _ := io.ReadAll(response.Body)
			body = response.Status + " " + string(b)
		}
		y.t.Fatalf("refused: %s", body)
	}
	return c
}

// refuse connects and expects the status.
func (y *system) refuse(rest string, status int, options ...func(*websocket.DialOptions)) (body string, header http.Header) {
	y.t.Helper()
	c, response := y.dial(rest, options...)
	if c != nil {
		y.t.Fatal("connected, which should have been refused")
	}
	if response == nil {
		y.t.Fatal("no answer")
	}
	b, _ := io.ReadAll(response.Body)
	if response.StatusCode != status {
		y.t.Fatalf("status %d, want %d: %s", response.StatusCode, status, b)
	}
	return string(b), response.Header
}

func (y *system) dial(rest string, options ...func(*websocket.DialOptions)) (*client, *http.Response) {
	y.t.Helper()
	o := &websocket.DialOptions{HTTPHeader: http.Header{"User-Agent": {"test"}}}
	for _, option := range options {
		option(o)
	}
	ctx, cancel := context.WithTimeout(y.t.Context(), patience)
	defer cancel()
	conn, response, err := websocket.Dial(ctx, y.url(rest), o)
	if err != nil {
		return nil, response
	}
	conn.SetReadLimit(1 << 20)
	y.t.Cleanup(func() { _ = conn.CloseNow() })
	return &client{y.t, conn, response}, response
}

func header(name, value string) func(*websocket.DialOptions) {
	return func(o *websocket.DialOptions) { o.HTTPHeader.Set(name, value) }
}

func host(name string) func(*websocket.DialOptions) {
	return func(o *websocket.DialOptions) { o.Host = name }
}

// client is an independent WebSocket client.
type client struct {
	t         *testing.T
	conn      *websocket.Conn
	handshake *http.Response
}

func (c *client) send(text string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	if err := c.conn.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) read() string {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	kind, text, err := c.conn.Read(ctx)
	if err != nil {
		c.t.Fatal(err)
	}
	if kind != websocket.MessageText {
		c.t.Errorf("a message of kind %v", kind)
	}
	return string(text)
}

// closed waits for the close frame.
func (c *client) closed() (websocket.StatusCode, string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	for {
		_, _, err := c.conn.Read(ctx)
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

// message reads an error frame.
func errorFrame(t *testing.T, frame string) (message, connectionID, requestID string) {
	t.Helper()
	var e struct{ Message, ConnectionID, RequestID string }
	if err := json.Unmarshal([]byte(frame), &e); err != nil {
		t.Fatalf("%q: %v", frame, err)
	}
	if want := fmt.Sprintf(`{"message": %q, "connectionId":%q, "requestId":%q}`, e.Message, e.ConnectionID, e.RequestID); frame != want {
		t.Errorf("error frame %s\nwant        %s", frame, want)
	}
	return e.Message, e.ConnectionID, e.RequestID
}
