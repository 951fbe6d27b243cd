package wire

import (
	"context"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Bounds of one body on its way.
const (
	leastRate     = 16 << 10         // bytes a second, on average since it began
	rateGrace     = 5 * time.Second  // that it may be behind
	longestUpload = 60 * time.Second // whatever its rate
	// fastRate is the rate of a body that will be complete in a moment: others wait for
	// its memory that long before it can be evicted.
	fastRate, waitForFast = 1 << 20, time.Second
)

// Bodies bounds the memory of all request bodies that are being read or not answered yet,
// except those up to 16 KiB. A nil Bodies bounds nothing.
//
// An access key's id is no secret, so anybody can send bodies whose signature turns out
// to be wrong only when they are complete. Therefore memory is taken as bytes arrive,
// bodies that arrive too slowly are ended, and when memory runs out a body that is still
// arriving is evicted: at the source address that holds the most, of the access key that
// holds the most there, the slowest. A caller that holds little, or is fast, is never
// evicted.
type Bodies struct {
	wait    time.Duration
	refused atomic.Int64

	mu      sync.Mutex
	free    int64
	freed   chan struct{} // closed when there is more again
	uploads map[*upload]struct{}
}

// NewBodies makes a budget of so many bytes. A request waits at most wait for its
// share and is refused with a ServiceUnavailableException then.
func NewBodies(bytes int64, wait time.Duration) *Bodies {
	return &Bodies{wait: wait, free: bytes, freed: make(chan struct{}), uploads: map[*upload]struct{}{}}
}

// Refused is how many requests found no memory for their bodies, or had to make room.
func (b *Bodies) Refused() int64 { return b.refused.Load() }

// upload is a body on its way.
type upload struct {
	bodies *Bodies // nil when nothing is bounded
	from   netip.Addr
	keyID  string
	conn   *http.ResponseController
	got    atomic.Int64

	// Of Bodies.mu; they are written by Bodies and by the reader, which alone reads without it.
	began   time.Time // later by the time that it has waited for memory
	waits   time.Time // since when it waits; zero when it does not
	held    int64
	evicted chan struct{} // closed when another has its memory

	mu sync.Mutex // an eviction's deadline is the last
}

// begin makes the record of an arriving body. It holds no memory until it asks for some.
func (b *Bodies) begin(w http.ResponseWriter, r *http.Request, keyID string) *upload {
	return &upload{
		bodies: b, from: sourceOf(r.RemoteAddr), keyID: keyID, conn: http.NewResponseController(w),
		began: time.Now(), evicted: make(chan struct{}),
	}
}

// sourceOf is the address by which clients are grouped: for IPv6 the /64 network, since a
// host may use any address in it.
func sourceOf(remote string) netip.Addr {
	at, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Addr{}
	}
	from := at.Addr().Unmap().WithZone("")
	if from.Is6() {
		network, _ := from.Prefix(64) // never longer than the address
		return network.Addr()
	}
	return from
}

// end removes an upload from those that can be evicted; kept is false when it was
// evicted.
func (b *Bodies) end(u *upload) (share int64, kept bool) {
	if b == nil {
		return 0, true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.uploads, u)
	return u.held, !u.isEvicted()
}

// isEvicted says whether the upload's memory was given to another.
func (u *upload) isEvicted() bool {
	select {
	case <-u.evicted:
		return true
	default:
		return false
	}
}

// expectMore sets the time until which something more must arrive.
func (u *upload) expectMore() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.isEvicted() {
		return noMemory()
	}
	inTime := rateGrace + time.Duration(u.got.Load())*time.Second/leastRate
	_ = u.conn.SetReadDeadline(u.began.Add(min(inTime, longestUpload))) // what is in memory already has none
	return nil
}

// expectNothing ends the time that the body had: what is read from the connection now
// tells only that the client has left.
func (u *upload) expectNothing() {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.isEvicted() {
		_ = u.conn.SetReadDeadline(time.Time{}) // as above
	}
}

// grow takes the budget of a buffer of size bytes.
func (u *upload) grow(ctx context.Context, size int64) error {
	b := u.bodies
	if b == nil {
		return nil
	}
	freed, ok := b.take(u, size, false)
	if ok {
		return nil
	}
	timer, look := time.NewTimer(b.wait), time.NewTicker(waitForFast)
	defer timer.Stop()
	defer look.Stop()
	for fast := false; ; {
		select {
		case <-freed:
		case <-look.C:
			fast = true
		case <-u.evicted:
			return noMemory()
		case <-ctx.Done():
			return cutShort(ctx.Err())
		case <-timer.C:
			b.refused.Add(1)
			return noMemory()
		}
		if freed, ok = b.take(u, size, fast); ok {
			return nil
		}
	}
}

// take makes u hold size bytes, or returns a channel that is closed when there may be
// more; fast says that fast uploads may be evicted for it too.
func (b *Bodies) take(u *upload, size int64, fast bool) (freed <-chan struct{}, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	for !u.isEvicted() {
		b.uploads[u] = struct{}{}
		if b.free >= size-u.held {
			b.free -= size - u.held
			u.held = size
			if !u.waits.IsZero() { // it could not send meanwhile
				u.began, u.waits = u.began.Add(now.Sub(u.waits)), time.Time{}
			}
			return nil, true
		}
		slowest := b.slowest(now, func(other *upload) bool {
			return other.rate(now) < fastRate || fast && other != u
		})
		if slowest == nil {
			break
		}
		b.evict(slowest)
	}
	if u.waits.IsZero() {
		u.waits = now
	}
	return b.freed, false
}

// rate is how many bytes a second came while there was room for them.
func (u *upload) rate(now time.Time) float64 {
	if !u.waits.IsZero() {
		now = u.waits
	}
	return float64(u.got.Load()) / now.Sub(u.began).Seconds()
}

// slowest is the upload to evict next: the slowest of the key that holds the most at the
// address that holds the most; nil when there is none.
func (b *Bodies) slowest(now time.Time, may func(*upload) bool) (slowest *upload) {
	byAddress, byKey := map[netip.Addr]int64{}, map[string]int64{}
	for u := range b.uploads {
		byAddress[u.from] += u.held
	}
	address := largest(byAddress)
	for u := range b.uploads {
		if u.from == address {
			byKey[u.keyID] += u.held
		}
	}
	keyID := largest(byKey)
	for u := range b.uploads {
		if u.held > 0 && u.from == address && u.keyID == keyID && may(u) && (slowest == nil || u.rate(now) < slowest.rate(now)) {
			slowest = u
		}
	}
	return slowest
}

// largest is the key that holds the most.
func largest[K comparable](held map[K]int64) (key K) {
	most := int64(0)
	for k, n := range held {
		if n > most {
			key, most = k, n
		}
	}
	return key
}

// evict counts u's memory as free, wakes its reader, and makes its request fail with 503.
func (b *Bodies) evict(u *upload) {
	b.refused.Add(1)
	b.add(u.held)
	u.held = 0
	delete(b.uploads, u)
	u.mu.Lock()
	defer u.mu.Unlock()
	close(u.evicted)
	_ = u.conn.SetReadDeadline(time.Unix(1, 0)) // long ago
}

// give returns n bytes to the budget and wakes those who wait.
func (b *Bodies) give(n int64) {
	if b == nil || n == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.add(n)
}

func (b *Bodies) add(n int64) {
	b.free += n
	close(b.freed)
	b.freed = make(chan struct{})
}
