package state

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/pasarela-ws/pasarela"
)

const (
	// storePatience bounds one read or write whose caller sets no earlier limit. A
	// cluster that lost its leader has a new one after 4 to 10 seconds.
	storePatience = 20 * time.Second
	// tryPatience is how long a server of a cluster may take at the first attempt before
	// the request is sent again; it is doubled after each timeout, since a large value
	// takes longer. A single server gets the whole time: it will still process a request
	// that it has not answered.
	tryPatience = 2 * time.Second
	firstPause  = 20 * time.Millisecond // doubled after every try
	longPause   = 500 * time.Millisecond
)

// retry repeats try until the store accepts or refuses, or the time is over. What is
// repeated must be the same write (see publish). The result is nil, an error that proves
// that nothing was written ([pasarela.ErrNotFound], [pasarela.ErrConflict]), or
// [pasarela.ErrUnavailable] with the cause.
func (b *bucket) retry(ctx context.Context, what string, try func(context.Context) error) error {
	within, cancel := context.WithTimeout(ctx, storePatience)
	defer cancel()
	broken := b.health.now()
	defer context.AfterFunc(broken, cancel)()
	pause := firstPause
	limit := tryPatience
	for {
		err := bucketError(b.attempt(within, limit, try))
		switch {
		case err == nil, errors.Is(err, pasarela.ErrConflict), errors.Is(err, pasarela.ErrNotFound):
			return err
		case errors.Is(err, nats.ErrMaxPayload): // it was never sent
			return fmt.Errorf("%s: %w", what, err)
		case broken.Err() != nil:
			return unavailable(what, context.Cause(broken))
		case within.Err() != nil || !passing(err):
			return unavailable(what, err)
		case errors.Is(err, context.DeadlineExceeded):
			limit *= 2
		}
		select {
		case <-time.After(pause):
			pause = min(2*pause, longPause)
		case <-within.Done():
		}
	}
}

// attempt is one attempt. In a cluster it has a limit of its own within ctx, since
// another server may answer a request that this one leaves unanswered.
func (b *bucket) attempt(ctx context.Context, limit time.Duration, try func(context.Context) error) error {
	if b.replicated {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	return try(ctx)
}

func unavailable(what string, cause error) error {
	return fmt.Errorf("%s: %w: %w", what, pasarela.ErrUnavailable, cause)
}

// Codes by which a server says that the expected revision is not the last: nats-server
// errors.json, JSStreamWrongLastSequenceErrF and, on replicated streams,
// JSStreamWrongLastSequenceConstantErr. The other two say that the same write is still
// under way, and that the server has no JetStream, which waiting does not change.
const (
	codeWrongLastSequence         = 10071
	codeWrongLastSequenceConstant = 10164
	codeDuplicateUnderWay         = 10158
	codeNotEnabledForAccount      = 10039
	codeNotEnabled                = 10076
)

// bucketError converts the server's errors to those of pasarela.Bucket.
func bucketError(err error) error {
	var api *jetstream.APIError
	if errors.As(err, &api) && (api.ErrorCode == codeWrongLastSequence || api.ErrorCode == codeWrongLastSequenceConstant) {
		return pasarela.ErrConflict
	}
	return err
}

// passing says whether an error may be gone at the next attempt: no leader, a connection
// that is being re-established, a server that does not respond.
func passing(err error) bool {
	var api *jetstream.APIError
	if errors.As(err, &api) {
		switch api.ErrorCode {
		case codeDuplicateUnderWay:
			return true
		case codeNotEnabled, codeNotEnabledForAccount:
			return false
		}
		return api.Code >= 500
	}
	for _, known := range [...]error{
		context.DeadlineExceeded, nats.ErrTimeout, nats.ErrNoResponders, nats.ErrNoServers, nats.ErrDisconnected,
		nats.ErrReconnectBufExceeded, nats.ErrConnectionReconnecting, nats.ErrStaleConnection, jetstream.ErrNoStreamResponse,
	} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}

// health says whether the store can write: until a write fails, and again once the server
// was restarted.
type health struct {
	mu    sync.Mutex
	state context.Context // done when the store can write no more; its cause says why
	fail  context.CancelCauseFunc
}

func newHealth() *health {
	h := &health{}
	h.recover()
	return h
}

func (h *health) now() context.Context {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.state
}

func (h *health) failed(cause error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.fail(cause)
}

func (h *health) recover() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.state == nil || h.state.Err() != nil {
		h.state, h.fail = context.WithCancelCause(context.Background())
	}
}
