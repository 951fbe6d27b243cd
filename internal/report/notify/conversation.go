package notify

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// A connection whose report is younger than this may still be connecting, so
	// a 410 is not believed yet: it is asked again after 100, 200, 400 ms, then
	// every second.
	young     = 10 * time.Second
	firstWait = 100 * time.Millisecond
	mostWait  = time.Second
	// ProgressEvery is how often a client hears of progress, at most.
	ProgressEvery = time.Second
	// QuietEvery is after how long without news a client is sent the newest progress
	// again. It finds out that a client has left, and it is traffic: API Gateway closes
	// a connection after ten minutes without any (A-REPORT-23).
	QuietEvery = 10 * time.Second
)

// A Conversation is what one client is told about one report while this process
// works on it: accepted first, then progress, the end last.
type Conversation struct {
	client       *Client
	endpoint     string
	connectionID string
	began        time.Time

	mu     sync.Mutex // held while a frame is on its way: frames keep their order
	opened bool
	heard  bool // a frame was delivered
	gone   bool
	opener *Frame

	place atomic.Int64 // of the opener; set from outside while a frame may be on its way
}

// Converse begins a conversation about a report created at that time. Opener is
// the first frame, nil if an earlier process may have sent it.
func (c *Client) Converse(endpoint, connectionID string, created time.Time, opener *Frame) *Conversation {
	return &Conversation{client: c, endpoint: endpoint, connectionID: connectionID, began: created, opener: opener}
}

// Place tells the opener how many reports come first; one that is sent already
// said nothing of it.
func (c *Conversation) Place(place int) {
	c.place.Store(int64(place))
}

// Open sends the opener unless it is sent.
func (c *Conversation) Open(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open(ctx)
}

// Gone tells whether the connection is gone, and whether any frame was delivered
// before.
func (c *Conversation) Gone() (gone, heard bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.gone, c.heard
}

// Send sends a frame, after the opener. ErrGone means that nobody will hear this
// or any later frame.
func (c *Conversation) Send(ctx context.Context, frame Frame) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.open(ctx); err != nil && !errors.Is(err, ErrGone) {
		return err
	}
	return c.post(ctx, frame)
}

func (c *Conversation) open(ctx context.Context) error {
	if c.gone {
		return ErrGone
	}
	if c.opened || c.opener == nil {
		return nil
	}
	opener := *c.opener
	opener.Place = int(c.place.Load())
	err := c.post(ctx, opener)
	c.opened = err == nil || errors.Is(err, ErrGone)
	return err
}

func (c *Conversation) post(ctx context.Context, frame Frame) error {
	if c.gone {
		return ErrGone
	}
	for wait := firstWait; ; wait = min(2*wait, mostWait) {
		err := c.client.Post(ctx, c.endpoint, c.connectionID, frame)
		if !errors.Is(err, ErrGone) {
			c.heard = c.heard || err == nil
			return err
		}
		if time.Since(c.began) > young {
			c.gone = true
			return ErrGone
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
