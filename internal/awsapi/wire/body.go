package wire

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	pasarela "github.com/pasarela-ws/pasarela"
)

// MaxBody bounds the body of a control-plane request: 10 MB, API Gateway's own
// limit on payloads.
const MaxBody = 10 << 20

// smallBody is a length that a client may claim before memory is taken for it, and
// up to which bodies need no budget.
const smallBody = 16 << 10

// Bodies bounds the memory of all request bodies that are read and not answered
// yet, those up to 16 KiB aside. A nil Bodies bounds nothing.
type Bodies struct {
	wait    time.Duration
	refused atomic.Int64

	mu    sync.Mutex
	free  int64
	freed chan struct{} // closed when there is more again
}

// NewBodies makes a budget of so many bytes. A request waits at most wait for its
// share and is refused with a ServiceUnavailableException then.
func NewBodies(bytes int64, wait time.Duration) *Bodies {
	return &Bodies{wait: wait, free: bytes, freed: make(chan struct{})}
}

// Refused is how many requests found no memory for their bodies.
func (b *Bodies) Refused() int64 { return b.refused.Load() }

func (b *Bodies) take(ctx context.Context, n int64) error {
	freed, ok := b.tryTake(n)
	if ok {
		return nil
	}
	timer := time.NewTimer(b.wait)
	defer timer.Stop()
	for {
		select {
		case <-freed:
		case <-ctx.Done():
			return cutShort(ctx.Err())
		case <-timer.C:
			b.refused.Add(1)
			return pasarela.Errorf(pasarela.CodeServiceUnavailable, "Other requests with large bodies are under way. Try again in a moment.")
		}
		if freed, ok = b.tryTake(n); ok {
			return nil
		}
	}
}

func (b *Bodies) tryTake(n int64) (freed <-chan struct{}, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.free >= n {
		b.free -= n
		return nil, true
	}
	return b.freed, false
}

func (b *Bodies) give(n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.free += n
	close(b.freed)
	b.freed = make(chan struct{})
}

// Body is the body of one request. Release it when the request is answered.
type Body struct {
	Bytes []byte

	share  int64
	bodies *Bodies
}

// Release gives the share of the budget back.
func (b *Body) Release() {
	if b.share > 0 {
		b.bodies.give(b.share)
		b.share = 0
	}
}

// Read reads at most limit bytes of r's body. Call it for requests that [Guard.Admit]
// let in only: it takes memory for them.
func (b *Bodies) Read(w http.ResponseWriter, r *http.Request, limit int64) (Body, error) {
	if r.Body == nil || r.ContentLength == 0 {
		return Body{}, nil
	}
	if r.ContentLength > limit {
		return Body{}, tooLarge(limit)
	}
	body := Body{bodies: b}
	if length := r.ContentLength; b != nil && (length < 0 || length > smallBody) {
		if length < 0 {
			length = limit
		}
		if err := b.take(r.Context(), length); err != nil {
			return Body{}, err
		}
		body.share = length
	}
	var err error
	if body.Bytes, err = readBody(w, r, limit, b != nil); err != nil {
		body.Release()
	}
	return body, err
}

// readBody takes memory for the length that the client claims at once when it is
// small or within the budget.
func readBody(w http.ResponseWriter, r *http.Request, limit int64, budgeted bool) ([]byte, error) {
	if r.ContentLength > 0 && (budgeted || r.ContentLength <= smallBody) {
		body := make([]byte, r.ContentLength)
		if _, err := io.ReadFull(r.Body, body); err != nil {
			return nil, cutShort(err)
		}
		return body, nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		return nil, tooLarge(limit)
	case err != nil:
		return nil, cutShort(err)
	}
	return body, nil
}

func cutShort(err error) error {
	return &pasarela.Error{Code: pasarela.CodeBadRequest, Message: "The request body could not be read to its end.", Cause: err}
}

func tooLarge(limit int64) error {
	return pasarela.Errorf(pasarela.CodePayloadTooLarge, "The request body is longer than %d bytes.", limit)
}
