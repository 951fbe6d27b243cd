package main_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"github.com/coder/websocket"
)

// A received frame is a frame as a client reads it.
type received struct {
	ConnectionID string `json:"connectionId"` // the gateway's own answer

	Event    string `json:"event"`
	ReportID string `json:"reportId"`
	FrameID  string `json:"frameId"`
	Repeated bool   `json:"repeated"`
	Link     string `json:"link"`
	Rows     int64  `json:"rows"`
}

func (h received) ends() bool {
	return h.Event == "ready" || h.Event == "failed" || h.Event == "cancelled"
}

// A client is connected to the gateway and records every frame that it reads.
type client struct {
	t     *testing.T
	ctx   context.Context
	conn  *websocket.Conn
	id    string
	ended chan struct{} // closed at the first frame that ends a report
	done  chan struct{} // closed when the gateway responds to a message that is sent last

	mu     sync.Mutex
	frames []received
	lost   error // why nothing more is read
}

// connect connects clients, which ask the gateway for their own connection's id.
func connect(ctx context.Context, t *testing.T, address string, count int) []*client {
	t.Helper()
	clients := make([]*client, count)
	var all sync.WaitGroup
	slots := make(chan struct{}, 32)
	for i := range clients {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			clients[i] = dial(ctx, t, address)
		})
	}
	all.Wait()
	for _, c := range clients {
		if c == nil {
			t.Fatal("not every client could connect")
		}
		go c.read()
	}
	return clients
}

func dial(ctx context.Context, t *testing.T, address string) *client {
	conn, _, err := websocket.Dial(ctx, address, nil)
	if err != nil {
		t.Error(err)
		return nil
	}
	t.Cleanup(func() { conn.CloseNow() })
	c := &client{t: t, ctx: ctx, conn: conn, ended: make(chan struct{}), done: make(chan struct{})}
	c.send()
	first, err := c.next()
	if err != nil || first.ConnectionID == "" {
		t.Errorf("the gateway answered %+v, %v", first, err)
		return nil
	}
	c.id = first.ConnectionID
	return c
}

func (c *client) send() {
	if err := c.conn.Write(c.ctx, websocket.MessageText, []byte(`{}`)); err != nil {
		c.t.Errorf("client %s: %v", c.id, err)
	}
}

func (c *client) next() (frame received, err error) {
	_, content, err := c.conn.Read(c.ctx)
	if err == nil {
		err = json.Unmarshal(content, &frame)
	}
	return frame, err
}

func (c *client) read() {
	defer close(c.done)
	once := sync.OnceFunc(func() { close(c.ended) })
	for {
		frame, err := c.next()
		if err != nil || frame.ConnectionID != "" {
			c.mu.Lock()
			c.lost = err
			c.mu.Unlock()
			return
		}
		c.mu.Lock()
		c.frames = append(c.frames, frame)
		c.mu.Unlock()
		if frame.ends() {
			once()
		}
	}
}

// state is what the client got and whether it is still connected, for failures.
func (c *client) state() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return fmt.Sprintf("frames %+v, connection lost: %v", c.frames, c.lost)
}

// drain sends a message and waits for its response: every frame before it has
// been read then.
func (c *client) drain() {
	c.send()
	<-c.done
}

// ends are the frames that ended a report.
func (c *client) ends() []received {
	c.mu.Lock()
	defer c.mu.Unlock()
	var ends []received
	for _, frame := range c.frames {
		if frame.ends() {
			ends = append(ends, frame)
		}
	}
	return ends
}
