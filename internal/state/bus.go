package state

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/pasarela-ws/pasarela"
)

// bus is a [pasarela.Bus] of plain NATS requests. No responders on a node's
// subject means that the node is gone: no registry to keep true.
type bus struct {
	conn *nats.Conn
	node string
}

const (
	subjectPrefix = "pasarela.node."
	patienceKey   = "Pasarela-Patience-Ms" // how long the asker will still wait
	grace         = 10 * time.Millisecond  // added to it, so that the asker is the first to give up
	flushTimeout  = 2 * time.Second
	maxBacklog    = 64 // requests that wait per slot before new ones are dropped
)

func newBus(conn *nats.Conn, node string) *bus { return &bus{conn, node} }

func subjectOf(node, subject string) string {
	return subjectPrefix + pasarela.EscapeKey(node) + "." + pasarela.EscapeKey(subject)
}

func (b *bus) Request(ctx context.Context, node, subject string, data []byte) ([]byte, error) {
	request := &nats.Msg{Subject: subjectOf(node, subject), Data: data}
	if deadline, ok := ctx.Deadline(); ok {
		patience := max((time.Until(deadline) + grace).Milliseconds(), 1)
		request.Header = nats.Header{patienceKey: []string{strconv.FormatInt(patience, 10)}}
	}
	answer, err := b.conn.RequestMsgWithContext(ctx, request)
	switch {
	case errors.Is(err, nats.ErrNoResponders):
		return nil, pasarela.ErrNodeGone
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, fmt.Errorf("ask node %s for %s: %w", node, subject, err)
	}
	return answer.Data, nil
}

func (b *bus) Handle(subject string, limit int, handle func(ctx context.Context, data []byte) []byte) (stop func(), err error) {
	if limit < 1 {
		return nil, fmt.Errorf("handle %s: a limit of %d lets nothing through", subject, limit)
	}
	served := &service{handle: handle, slots: make(chan struct{}, limit)}
	served.ctx, served.cancel = context.WithCancel(context.Background())
	subscription, err := b.conn.Subscribe(subjectOf(b.node, subject), served.receive)
	if err != nil {
		served.cancel()
		return nil, fmt.Errorf("handle %s: %w", subject, err)
	}
	if err := subscription.SetPendingLimits(limit*maxBacklog, -1); err != nil {
		served.cancel()
		return nil, fmt.Errorf("handle %s: %w", subject, err)
	}
	// Requests of other connections must find the subscription when Handle is back.
	if err := b.conn.Flush(); err != nil {
		served.cancel()
		return nil, fmt.Errorf("handle %s: %w", subject, err)
	}
	return func() { b.end(served, subscription) }, nil
}

// service runs the handler of one subject, each call in a goroutine that holds
// one of its slots.
type service struct {
	handle func(context.Context, []byte) []byte
	slots  chan struct{}
	ctx    context.Context
	cancel context.CancelFunc
	calls  sync.WaitGroup

	mu    sync.Mutex
	ended bool
}

// receive is called by the subscription, one message at a time: while all slots
// are taken the rest waits in the subscription's bounded backlog.
func (s *service) receive(request *nats.Msg) {
	select {
	case s.slots <- struct{}{}:
	case <-s.ctx.Done():
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		<-s.slots
		return
	}
	s.calls.Go(func() {
		defer func() { <-s.slots }()
		ctx, cancel := patient(s.ctx, request.Header.Get(patienceKey))
		defer cancel()
		_ = request.Respond(s.handle(ctx, request.Data)) // the asker's own wait tells it of a lost answer
	})
}

func patient(ctx context.Context, milliseconds string) (context.Context, context.CancelFunc) {
	if wait, err := strconv.ParseInt(milliseconds, 10, 64); err == nil {
		return context.WithTimeout(ctx, time.Duration(wait)*time.Millisecond)
	}
	return context.WithCancel(ctx)
}

// end takes no further request, cancels the calls under way and waits for them.
// The flush makes sure that askers from now on hear that nobody responds.
func (b *bus) end(s *service, subscription *nats.Subscription) {
	if subscription.Unsubscribe() == nil { // it fails when the connection is closed already
		_ = b.conn.FlushTimeout(flushTimeout)
	}
	s.mu.Lock()
	s.ended = true
	s.mu.Unlock()
	s.cancel()
	s.calls.Wait()
}
