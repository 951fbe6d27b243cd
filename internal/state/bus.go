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
	"github.com/pasarela-ws/pasarela/internal/workerpool"
)

// bus is a [pasarela.Bus] of plain NATS requests.
//
// A request carries the caller's deadline, converted to the clock of the node that is
// asked. It may wait in a stalled server or in a queue for longer than that; then it must
// not be served, because the caller has already reported a failure.
type bus struct {
	conn   *nats.Conn
	node   string
	clocks sync.Map               // node -> *clock
	ended  func(node string) bool // whether a node without responders is known to have ended
}

const (
	subjectPrefix = "pasarela.node."
	clockSubject  = "clock" // for the time; see clock

	deadlineKey = "Pasarela-Deadline-Us" // microseconds since 1970, clock of the node that is asked
	askClockKey = "Pasarela-Ask-Clock"   // in requests whose replies are to say the time
	clockKey    = "Pasarela-Clock-Us"    // as deadlineKey, in replies: when the node answered
	lateKey     = "Pasarela-Late"        // the answer of a node that got the request after its deadline

	grace        = 10 * time.Millisecond // after the deadline: the caller is to time out before the handler does
	flushTimeout = 2 * time.Second
	maxBacklog   = 64 // requests that wait per slot before new ones are dropped
)

// newBus serves other nodes' requests for this node's clock from the start: without it,
// they cannot send a deadline.
func newBus(conn *nats.Conn, node string) (*bus, error) {
	b := &bus{conn: conn, node: node, ended: func(string) bool { return true }}
	_, err := conn.Subscribe(subjectOf(node, clockSubject), func(m *nats.Msg) {
		_ = m.RespondMsg(&nats.Msg{Header: stamp()}) // a lost answer ends in the caller's timeout
	})
	if err != nil {
		return nil, err
	}
	return b, conn.Flush()
}

func subjectOf(node, subject string) string {
	return subjectPrefix + pasarela.EscapeKey(node) + "." + pasarela.EscapeKey(subject)
}

// Request sends again until the request was served or ctx ends. A node that responds that
// the request came too late shows its clock by that, so the next attempt has a better
// deadline. Without a deadline in ctx the handler may start at any time.
//
// A node without responders is [pasarela.ErrNodeGone] if its lease has ended, else
// [pasarela.ErrUnavailable]: it may be reconnecting. When ctx ends first its error is
// returned; then it is not known whether the request was served.
func (b *bus) Request(ctx context.Context, node, subject string, data []byte) ([]byte, error) {
	for {
		request := &nats.Msg{Subject: subjectOf(node, subject), Data: data}
		deadline, limited := ctx.Deadline()
		if limited {
			ahead, fresh, err := b.ahead(ctx, node)
			if err != nil {
				return nil, b.failed(ctx, node, subject, err)
			}
			request.Header = nats.Header{deadlineKey: []string{strconv.FormatInt(deadline.Add(ahead).UnixMicro(), 10)}}
			if !fresh {
				request.Header[askClockKey] = []string{"1"}
			}
		}
		sent := time.Now()
		response, err := b.conn.RequestMsgWithContext(ctx, request)
		if err != nil {
			return nil, b.failed(ctx, node, subject, err)
		}
		b.learn(node, sent, response)
		if response.Header.Get(lateKey) == "" {
			return response.Data, nil
		}
		// The request was not served: the node's clock was changed, or the deadline is
		// nearly reached.
		if limited && time.Until(deadline) <= 0 {
			return nil, b.failed(ctx, node, subject, context.DeadlineExceeded)
		}
	}
}

// failed says why a request has no response. A node without responders may be
// reconnecting: only one that is known to have ended is gone.
func (b *bus) failed(ctx context.Context, node, subject string, err error) error {
	switch {
	case errors.Is(err, nats.ErrNoResponders) && b.ended(node):
		return pasarela.ErrNodeGone
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		return err
	}
	return unavailable("ask node "+node+" for "+subject, err)
}

// Handle subscribes with a bounded backlog of [maxBacklog] requests for each of the limit
// slots: a slow node drops requests, whose callers time out, instead of running out of
// memory. When it returns the server has the subscription. stop waits for the calls under
// way; their context is cancelled first.
func (b *bus) Handle(subject string, limit int, handle func(ctx context.Context, data []byte) []byte) (stop func(), err error) {
	if limit < 1 {
		return nil, fmt.Errorf("handle %s: a limit of %d lets nothing through", subject, limit)
	}
	served := &service{handle: handle, slots: make(chan struct{}, limit)}
	served.calls = workerpool.New(served.call)
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
	// Wait until the server has the subscription, so that requests over other connections
	// find it when Handle returns.
	if err := b.conn.Flush(); err != nil {
		served.cancel()
		return nil, fmt.Errorf("handle %s: %w", subject, err)
	}
	return func() { b.end(served, subscription) }, nil
}

// service runs the handler of one subject, each call on a worker that holds
// one of its slots.
type service struct {
	handle func(context.Context, []byte) []byte
	slots  chan struct{}
	ctx    context.Context
	cancel context.CancelFunc
	calls  *workerpool.Pool[*nats.Msg]

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
	s.calls.Submit(request)
}

// call serves one request, which has a slot.
func (s *service) call(request *nats.Msg) {
	defer func() { <-s.slots }()
	var response nats.Msg
	at, limited := deadlineOf(request)
	switch {
	case limited && !time.Now().Before(at) || s.ctx.Err() != nil:
		response.Header = stamp()
		response.Header[lateKey] = []string{"1"}
	default:
		response.Data = s.serve(at, limited, request.Data)
		if request.Header.Get(askClockKey) != "" {
			response.Header = stamp()
		}
	}
	_ = request.RespondMsg(&response) // a lost answer ends in the caller's timeout
}

// serve runs the handler until the caller's deadline, and grace.
func (s *service) serve(at time.Time, limited bool, data []byte) []byte {
	if !limited {
		return s.handle(s.ctx, data)
	}
	ctx, cancel := context.WithDeadline(s.ctx, at.Add(grace))
	defer cancel()
	return s.handle(ctx, data)
}

// deadlineOf is the caller's deadline, by this node's clock.
func deadlineOf(request *nats.Msg) (at time.Time, limited bool) {
	micro, err := strconv.ParseInt(request.Header.Get(deadlineKey), 10, 64)
	return time.UnixMicro(micro), err == nil
}

// end takes no further request, cancels the calls under way and waits for them. The flush
// makes sure that the NATS server has processed the end of the subscription: later
// requests then get ErrNoResponders at once instead of waiting for their deadline. A
// server that is down has dropped the subscription with the connection.
func (b *bus) end(s *service, subscription *nats.Subscription) {
	if subscription.Unsubscribe() == nil && b.conn.IsConnected() { // it fails when the connection is closed already
		_ = b.conn.FlushTimeout(flushTimeout)
	}
	s.mu.Lock()
	s.ended = true
	s.mu.Unlock()
	s.cancel()
	s.calls.Close()
}
