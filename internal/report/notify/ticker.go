package notify

import (
	"context"
	"errors"
	"time"
)

// A Ticker sends the newest progress about once a second, and the last one again
// where none comes for QuietEvery, in its own goroutine, so that a slow gateway
// never slows a report.
type Ticker struct {
	newest chan Frame
	done   chan struct{}
	stop   context.CancelFunc
}

// Tick begins to send; quiet is the frame that is sent while Show was not called yet.
// Gone is called once if the connection is gone; from then on nothing is sent.
func Tick(ctx context.Context, conversation *Conversation, quiet Frame, gone func()) *Ticker {
	ctx, stop := context.WithCancel(ctx)
	t := &Ticker{newest: make(chan Frame, 1), done: make(chan struct{}), stop: stop}
	go func() {
		defer close(t.done)
		t.run(ctx, conversation, quiet, gone)
	}()
	return t
}

// Show offers a frame; it replaces one that is not sent yet. Only one goroutine
// may call it.
func (t *Ticker) Show(frame Frame) {
	select {
	case <-t.newest:
	default:
	}
	t.newest <- frame
}

// Stop ends the sending and waits for a frame that is on its way.
func (t *Ticker) Stop() {
	t.stop()
	<-t.done
}

// lastPost bounds a frame that is on its way when the sending ends: it is not
// cancelled at once, since it might arrive after the frames that follow.
const lastPost = 3 * time.Second

func (t *Ticker) run(ctx context.Context, conversation *Conversation, last Frame, gone func()) {
	if err := conversation.Open(ctx); errors.Is(err, ErrGone) {
		gone()
		return
	}
	for first := true; ; first = false {
		frame, ok := t.next(ctx, first, last)
		if !ok {
			return
		}
		last = frame
		posting, done := context.WithTimeout(context.WithoutCancel(ctx), lastPost)
		err := conversation.Send(posting, frame)
		done()
		if errors.Is(err, ErrGone) { // after any other error the next frame is tried
			gone()
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(ProgressEvery):
		}
	}
}

// next waits for a frame and returns the last one again after QuietEvery without one.
// The first frame is sent even if the report is made already, so that every client
// receives some progress.
func (t *Ticker) next(ctx context.Context, first bool, last Frame) (frame Frame, ok bool) {
	quiet := time.NewTimer(QuietEvery)
	defer quiet.Stop()
	select {
	case frame = <-t.newest:
		frame.Lifetime = progressLifetime
		return frame, true
	case <-quiet.C:
		last.Lifetime = quietLifetime
		return last, true
	case <-ctx.Done():
	}
	if first {
		select {
		case frame = <-t.newest:
			frame.Lifetime = progressLifetime
			return frame, true
		default:
		}
	}
	return Frame{}, false
}
