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
	// a 410 is not final yet (A-REPORT-2): the frame is sent again after 100, 200,
	// 400 ms, then every second.
	connectingAge = 10 * time.Second
	firstWait     = 100 * time.Millisecond
	longestWait   = time.Second
	// ProgressEvery is the shortest time between two frames of progress.
	ProgressEvery = time.Second
	// QuietEvery is how long after the last frame the newest progress is sent again. It
	// detects a client that has left, and keeps the connection from being idle: API
	// Gateway closes one after ten minutes without traffic (A-REPORT-23).
	QuietEvery = 10 * time.Second
	// A client that comes back is to get the newest progress and none of what came before, so
	// a frame waits for it until the next one is there (A-REPORT-26).
	progressLifetime = 2 * ProgressEvery
	quietLifetime    = QuietEvery + progressLifetime
)

// A Conversation is the sequence of frames to one client about one report: accepted
// first, then progress, the end last. One is on its way at a time.
type Conversation struct {
	client       *Client
	endpoint     string
	connectionID string
	began        time.Time

	mu        sync.Mutex // held while a frame is on its way: frames keep their order
	opened    bool
	delivered bool // a frame was delivered
	gone      bool
	opener    *Frame

	place atomic.Int64 // of the opener; set from outside while a frame may be on its way
}

// Converse begins a conversation about a report created at that time. Opener is
// the first frame, nil if an earlier process may have sent it.
func (c *Client) Converse(endpoint, connectionID string, created time.Time, opener *Frame) *Conversation {
	return &Conversation{client: c, endpoint: endpoint, connectionID: connectionID, began: created, opener: opener}
}

// Place sets the place in the queue that the opener states; one that was sent before has
// none.
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
func (c *Conversation) Gone() (gone, delivered bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.gone, c.delivered
}

// Send sends a frame, after the opener. ErrGone means that neither this nor any later
// frame can be delivered.
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
	if !c.opened && !errors.Is(err, ErrRefused) { // it may have been delivered all the same
		opener.Repeated = true
		c.opener = &opener
	}
	return err
}

func (c *Conversation) post(ctx context.Context, frame Frame) error {
	if c.gone {
		return ErrGone
	}
	for wait := firstWait; ; wait = min(2*wait, longestWait) {
		posting, done := uncut(ctx)
		err := c.client.Post(posting, c.endpoint, c.connectionID, frame)
		done()
		if !errors.Is(err, ErrGone) {
			c.delivered = c.delivered || err == nil
			return err
		}
		if time.Since(c.began) > connectingAge {
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

// uncut is a context for one post: when ctx ends during it, the post has lastPost more. A
// post that is cancelled may have been delivered, so its frame would be sent twice, above
// all the first one of a report that takes only a moment.
func uncut(ctx context.Context) (posting context.Context, done context.CancelFunc) {
	posting, cut := context.WithCancel(context.WithoutCancel(ctx))
	kept := context.AfterFunc(ctx, func() {
		select {
		case <-time.After(lastPost):
			cut()
		case <-posting.Done():
		}
	})
	return posting, func() { kept(); cut() }
}
