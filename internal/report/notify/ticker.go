package notify

import (
	"context"
	"errors"
	"time"
)

// A Ticker sends the newest progress about once a second, in its own goroutine,
// so that a slow gateway never slows a report.
type Ticker struct {
	newest chan Frame
	done   chan struct{}
	stop   context.CancelFunc
}

// Tick begins to send. Gone is called once if the client turns out to be gone;
// from then on nothing is sent.
func Tick(ctx context.Context, conversation *Conversation, gone func()) *Ticker {
	ctx, stop := context.WithCancel(ctx)
	t := &Ticker{newest: make(chan Frame, 1), done: make(chan struct{}), stop: stop}
	go func() {
		defer close(t.done)
		t.run(ctx, conversation, gone)
	}()
	return t
}

// Show offers a frame; it takes the place of one that is not sent yet. Only one
// goroutine may call it.
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

func (t *Ticker) run(ctx context.Context, conversation *Conversation, gone func()) {
	pace := time.NewTicker(ProgressEvery)
	defer pace.Stop()
	if errors.Is(conversation.Open(ctx), ErrGone) {
		gone()
		return
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-pace.C:
		}
		select {
		case <-ctx.Done():
			return
		case frame := <-t.newest:
			// An error other than gone is the next second's hope.
			if errors.Is(conversation.Say(ctx, frame), ErrGone) {
				gone()
				return
			}
		}
	}
}
