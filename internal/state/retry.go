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
	// storeTimeout bounds one read or write whose caller sets no earlier limit. A
	// cluster that lost its leader has a new one after 4 to 10 seconds.
	storeTimeout = 20 * time.Second
	// tryTimeout is how long a request of a cluster may be unanswered until it is sent
	// again, and transferRate what is added for a value: so many bytes a second. It is
	// doubled each time, up to longestTimeout. A single server gets the whole time: it
	// will still process a request that it has not answered.
	tryTimeout     = 2 * time.Second
	longestTimeout = 8 * time.Second
	transferRate   = 4 << 20
	firstPause     = 20 * time.Millisecond // after a failed attempt; doubled each time
	longestPause   = 500 * time.Millisecond
)

// request is what a bucket asks the store for.
type request[T any] struct {
	what string // for errors
	size int    // bytes of the value that is written
	// try must be the same write each time (see publish). Several may be under way at
	// the same time.
	try func(context.Context) (T, error)
}

// answer is how an attempt ended.
type answer[T any] struct {
	value T
	err   error
}

// retry repeats a request until the store accepts or refuses, or the time is over. The
// error is nil, one that proves that nothing was written ([pasarela.ErrNotFound],
// [pasarela.ErrConflict]), or [pasarela.ErrUnavailable] with the cause.
//
// In a cluster another server may answer a request that one leaves unanswered, so it is
// sent again. The attempts before stay open, and the first answer to any of them counts:
// a server that is slow because it has much to do is not made to do all of it again. At
// most four are open, because of their times.
func retry[T any](ctx context.Context, b *bucket, r request[T]) (T, error) {
	within, cancel := context.WithTimeout(ctx, storeTimeout)
	broken := b.health.now()
	defer context.AfterFunc(broken, cancel)()
	var attempts sync.WaitGroup
	defer attempts.Wait()
	defer cancel()
	answers := make(chan answer[T])
	ask := func() {
		attempts.Go(func() {
			value, err := r.try(within)
			select {
			case answers <- answer[T]{value, bucketError(err)}:
			case <-within.Done(): // another answer came first, or the time is over
			}
		})
	}
	pause, resend := firstPause, b.resendAfter(r.size)
	next := time.NewTimer(resend)
	defer next.Stop()
	ask()
	for failed := error(nil); ; {
		select {
		case a := <-answers:
			if over, err := r.outcome(a.err, broken, within); over {
				return a.value, err
			}
			failed = a.err
			next.Reset(pause)
			pause = min(2*pause, longestPause)
		case <-next.C:
			if failed == nil {
				resend = max(resend, min(2*resend, longestTimeout))
			}
			failed = nil
			ask()
			next.Reset(resend)
		case <-within.Done():
			err := within.Err()
			if failed != nil {
				err = fmt.Errorf("%w, after %w", err, failed)
			}
			_, err = r.outcome(err, broken, within)
			return *new(T), err
		}
	}
}

// resendAfter is how long a request with a value of so many bytes may be unanswered until it
// is sent again.
func (b *bucket) resendAfter(size int) time.Duration {
	if !b.replicated {
		return 2 * storeTimeout // never
	}
	return tryTimeout + time.Duration(size)*time.Second/transferRate
}

// outcome is what the end of an attempt means for the request; over is false when another
// attempt may succeed.
func (r *request[T]) outcome(err error, broken, within context.Context) (over bool, _ error) {
	switch {
	case err == nil, errors.Is(err, pasarela.ErrConflict), errors.Is(err, pasarela.ErrNotFound):
		return true, err
	case errors.Is(err, nats.ErrMaxPayload): // it was never sent
		return true, fmt.Errorf("%s: %w", r.what, err)
	case broken.Err() != nil:
		return true, unavailable(r.what, context.Cause(broken))
	case within.Err() != nil || !passing(err):
		return true, unavailable(r.what, err)
	}
	return false, nil
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
	return plain(err)
}

// notConnected is the error of nats.go for what is sent while no server is connected, in words
// that say so: nothing is buffered meanwhile, and nats.go says that its buffer is full.
type notConnected struct{ error }

func (notConnected) Error() string   { return "no NATS server is connected" }
func (e notConnected) Unwrap() error { return e.error }

func plain(err error) error {
	if errors.Is(err, nats.ErrReconnectBufExceeded) {
		return notConnected{err}
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
	// restarted is closed when the server was restarted.
	restarted chan struct{}
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
	if h.state != nil && h.state.Err() == nil {
		return
	}
	h.state, h.fail = context.WithCancelCause(context.Background())
	if h.restarted != nil {
		close(h.restarted)
	}
	h.restarted = make(chan struct{})
}

// restart is closed when the server is restarted the next time; nil while the store is
// being opened.
func (h *health) restart() <-chan struct{} {
	if h == nil {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.restarted
}
