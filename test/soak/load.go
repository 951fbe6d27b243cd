//go:build linux

package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"sync"
	"sync/atomic"
	"time"
)

// load has the clients, the operators and the faults that they found.
type load struct {
	plan    plan
	gateway *gateway
	backend *backend
	steady  []*steady
	names   atomic.Int64

	talking     sync.WaitGroup // the steady clients
	quietSteady context.CancelFunc

	lives, echoes, responses, pushes, gonePushes, slowPushes, deletes, changes, stages atomic.Int64

	mu     sync.Mutex
	faults []string        // one of each kind
	kinds  map[string]bool // their texts without ids and numbers
	count  int
}

// idsAndNumbers are ids and numbers in the text of a fault.
var idsAndNumbers = regexp.MustCompile(`[A-Za-z0-9_-]{14,}=|\d+`)

// fault records something that must not happen; the first of each kind is
// reported in full.
func (l *load) fault(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count++
	text := fmt.Sprintf(format, args...)
	kind := idsAndNumbers.ReplaceAllString(text, "_")
	if len(l.kinds) < 12 && !l.kinds[kind] {
		l.kinds[kind] = true
		l.faults = append(l.faults, time.Now().Format("15:04:05 ")+text)
	}
}

// name is a new client's; the backend treats it by its kind.
func (l *load) name(kind string) string { return fmt.Sprintf("%s-%d", kind, l.names.Add(1)) }

func (l *load) dial(name string) (*client, error) {
	return dial(l.gateway.addr, l.gateway.path(stageName)+"?name="+name)
}

// mix runs all kinds of load at once for that long and returns when all have
// ended.
func (l *load) mix(ctx context.Context, lasts time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, lasts)
	defer cancel()
	var all sync.WaitGroup
	for range l.plan.clients {
		all.Go(func() {
			for pause(ctx, time.Duration(rand.IntN(600))*time.Millisecond) {
				l.runClient(ctx)
				l.lives.Add(1)
			}
		})
	}
	all.Go(func() { l.operate(ctx) })
	all.Wait()
}

// pause waits and says whether there is time left.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// steady is a client that stays; everything that is pushed to it arrives, in order.
type steady struct {
	*client
	name, id string
	said     int
	lost     bool
}

// openSteady connects the clients that stay. They send messages until
// stopSteadyMessages is called, also while the gateway settles, since a client
// that reads nothing misses its pings.
func (l *load) openSteady(ctx context.Context) error {
	for range l.plan.steady {
		name := l.name("steady")
		c, err := l.dial(name)
		if err != nil {
			return err
		}
		l.steady = append(l.steady, &steady{client: c, name: name, id: l.backend.idOf(name)})
	}
	ctx, l.quietSteady = context.WithCancel(ctx)
	for _, s := range l.steady {
		l.talking.Go(func() {
			for pause(ctx, time.Duration(500+rand.IntN(1000))*time.Millisecond) {
				l.pushAndMessage(s)
			}
		})
	}
	return nil
}

// stopSteadyMessages ends the messages of the steady clients; they stay
// connected.
func (l *load) stopSteadyMessages() {
	l.quietSteady()
	l.talking.Wait()
}

func (l *load) closeSteady() {
	l.stopSteadyMessages()
	for _, s := range l.steady {
		_ = s.nc.Close()
	}
}

// pushAndMessage pushes to a steady client and sends a message from it: both must come,
// each once. The push comes first, as it is answered before the message is sent.
func (l *load) pushAndMessage(s *steady) {
	if s.lost {
		return
	}
	s.said++
	news := fmt.Sprintf(`{"news":%d}`, s.said)
	if err := l.push(s.id, []byte(news)); err != nil {
		l.fault("push to open %s: %v", s.name, err)
		s.lost = true
		return
	}
	if err := s.say(fmt.Sprintf(`{"action":"echo","n":"%d"}`, s.said)); err != nil {
		l.fault("%s cannot say message %d: %v", s.name, s.said, err)
		s.lost = true
		return
	}
	echo := fmt.Sprintf(`{"n":"%d","id":"%s"}`, s.said, s.id)
	for _, want := range [...]string{news, echo} {
		got, err := s.read(waitLimit)
		if err != nil || got != want {
			l.fault("%s got %q, %v, want %q", s.name, got, err, want)
			s.lost = true
			return
		}
	}
	l.echoes.Add(1)
}

// allRespond makes a push and a message for every steady client, and returns
// the number of clients that got both.
func (l *load) allRespond() (n int) {
	for _, s := range l.steady {
		l.pushAndMessage(s)
		if !s.lost {
			n++
		}
	}
	return n
}
