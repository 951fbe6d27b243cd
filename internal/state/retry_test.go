package state_test

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state"
)

// attemptAnswer is how the store answers one attempt.
type attemptAnswer struct {
	after time.Duration // 0: never
	err   error
}

const never = 0

// A request to a cluster is sent again when it stays unanswered, the attempts before stay
// open, and the first answer counts.
func TestARequestIsSentAgainWhileTheFirstStaysOpen(t *testing.T) {
	t.Parallel()
	slow := func(after time.Duration) []attemptAnswer { return slices.Repeat([]attemptAnswer{{after: after}}, 9) }
	lost := []attemptAnswer{{after: never}}
	for name, c := range map[string]struct {
		single  bool
		size    int
		limit   time.Duration // of the caller
		answers []attemptAnswer
		sent    []time.Duration
		took    time.Duration
		by      int // attempt whose answer counted, from 1
		err     error
	}{
		"an answer at once":               {answers: slow(time.Millisecond), sent: seconds(0), took: time.Millisecond, by: 1},
		"a slow server":                   {answers: slow(5 * time.Second), sent: seconds(0, 2), took: 5 * time.Second, by: 1},
		"a server that takes 15 seconds":  {answers: slow(15 * time.Second), sent: seconds(0, 2, 6, 14), took: 15 * time.Second, by: 1},
		"a lost request":                  {answers: append(lost, slow(time.Second)...), sent: seconds(0, 2), took: 3 * time.Second, by: 2},
		"a large value on a slow server":  {size: 10 << 20, answers: slow(4 * time.Second), sent: seconds(0), took: 4 * time.Second, by: 1},
		"a large value whose leader died": {size: 10 << 20, answers: append(lost, slow(time.Second)...), sent: seconds(0, 4.5), took: 5500 * time.Millisecond, by: 2},
		"no leader, then one": {
			answers: append([]attemptAnswer{{time.Millisecond, nats.ErrNoResponders}}, slow(time.Millisecond)...),
			sent:    []time.Duration{0, 21 * time.Millisecond}, took: 22 * time.Millisecond, by: 2,
		},
		"no answer at all":                {answers: slow(never), sent: seconds(0, 2, 6, 14), took: 20 * time.Second, err: pasarela.ErrUnavailable},
		"the caller's limit":              {limit: 3 * time.Second, answers: slow(5 * time.Second), sent: seconds(0, 2), took: 3 * time.Second, err: context.DeadlineExceeded},
		"a conflict counts":               {answers: append(lost, attemptAnswer{time.Second, pasarela.ErrConflict}), sent: seconds(0, 2), took: 3 * time.Second, err: pasarela.ErrConflict},
		"a single slow server":            {single: true, answers: slow(15 * time.Second), sent: seconds(0), took: 15 * time.Second, by: 1},
		"a single server does not answer": {single: true, answers: slow(never), sent: seconds(0), took: 20 * time.Second, err: pasarela.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				var mu sync.Mutex
				var sent []time.Duration
				var open atomic.Int32
				ctx := t.Context()
				if c.limit > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, c.limit)
					defer cancel()
				}
				by, err := state.Retry(ctx, !c.single, c.size, func(ctx context.Context) (int, error) {
					open.Add(1)
					defer open.Add(-1)
					mu.Lock()
					sent = append(sent, time.Since(began))
					n := len(sent)
					mu.Unlock()
					answer := c.answers[n-1]
					var answered <-chan time.Time
					if answer.after > 0 {
						answered = time.After(answer.after)
					}
					select {
					case <-answered:
						return n, answer.err
					case <-ctx.Done():
						return 0, ctx.Err()
					}
				})
				if !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
					t.Errorf("the error is %v, want %v", err, c.err)
				}
				if err == nil && by != c.by {
					t.Errorf("the answer is that of attempt %d, want %d", by, c.by)
				}
				if took := time.Since(began); took != c.took {
					t.Errorf("it took %s, want %s", took, c.took)
				}
				if !slices.Equal(sent, c.sent) {
					t.Errorf("it was sent after %s, want %s", sent, c.sent)
				}
				if n := open.Load(); n != 0 {
					t.Errorf("%d attempts are still under way", n)
				}
			})
		})
	}
}

func seconds(all ...float64) (durations []time.Duration) {
	for _, one := range all {
		durations = append(durations, time.Duration(one*float64(time.Second)))
	}
	return durations
}

// newLeader is a server that does not know the ids of earlier writes, and refuses them.
type newLeader struct {
	jetstream.JetStream
	last *lastWrite
}

// lastWrite is the stream of a newLeader.
type lastWrite struct {
	jetstream.Stream
	message jetstream.RawStreamMsg
	id      string // empty: that of the write that is refused
}

func (l newLeader) PublishMsg(_ context.Context, message *nats.Msg, _ ...jetstream.PublishOpt) (*jetstream.PubAck, error) {
	l.last.message.Header = nats.Header{nats.MsgIdHdr: {cmp.Or(l.last.id, message.Header.Get(nats.MsgIdHdr))}}
	return nil, &jetstream.APIError{Code: 400, ErrorCode: 10071, Description: "wrong last sequence: 7"}
}

func (l *lastWrite) GetLastMsgForSubject(context.Context, string) (*jetstream.RawStreamMsg, error) {
	return &l.message, nil
}

// A write that an earlier attempt has made is no conflict, also for a new leader.
func TestAWriteDoesNotConflictWithItself(t *testing.T) {
	last := &lastWrite{message: jetstream.RawStreamMsg{Sequence: 7}}
	if revision, err := state.PutTo(t.Context(), newLeader{last: last}, last, "api/a", 3); revision != 7 || err != nil {
		t.Errorf("its own: revision %d, %v", revision, err)
	}
	last.id = "another"
	if _, err := state.PutTo(t.Context(), newLeader{last: last}, last, "api/a", 3); !errors.Is(err, pasarela.ErrConflict) {
		t.Errorf("another's: %v", err)
	}
}
