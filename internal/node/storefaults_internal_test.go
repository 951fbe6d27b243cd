package node

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"golang.org/x/crypto/acme/autocert"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/document"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/internal/state/statetest"
)

// Whatever the store does with any one read or write of what nodes keep for themselves, the next
// try finds what was kept, and nothing is kept twice.
func TestWhatNodesKeepIsKeptOnce(t *testing.T) {
	for _, fault := range []statetest.Fault{statetest.RequestLost, statetest.ResponseLost, statetest.Delayed, statetest.Stale} {
		for n, reached := 1, true; reached && !t.Failed(); n++ {
			bucket, at, count := statetest.NewFaulty(memory.NewBucket(), nil), "", 0
			bucket.SetPlan(func(verb, key string) statetest.Fault {
				if count++; count != n {
					return statetest.None
				}
				at = verb + " " + key
				return fault
			})
			keepAll(t, bucket)
			if reached = at != ""; t.Failed() {
				t.Errorf("fault %d of access %d, %s", fault, n, at)
			}
		}
	}
}

// keepAll keeps one of everything, each tried again where the store does not answer, with what
// was late before that.
func keepAll(t *testing.T, bucket *statetest.Faulty) {
	t.Helper()
	again := func(do func(context.Context) error) {
		t.Helper()
		err := do(t.Context())
		if errors.Is(err, pasarela.ErrUnavailable) {
			bucket.RunDelayed()
			err = do(t.Context())
		}
		if err != nil {
			t.Error(err)
		}
	}
	var place pasarela.RegionAccount
	var numbers [3]uint16
	for i := range numbers {
		again(func(ctx context.Context) error {
			found, err := loadRegionAccount(ctx, bucket, Settings{})
			if err != nil {
				return err
			}
			if i > 0 && found != place {
				t.Errorf("start %d is in %v, the one before was in %v", i, found, place)
			}
			place = found
			return nil
		})
		again(func(ctx context.Context) (err error) {
			numbers[i], err = number(ctx, bucket, fmt.Sprint("node", i%2))
			return err
		})
	}
	if numbers[0] != numbers[2] || numbers[0] == numbers[1] {
		t.Errorf("two nodes and the first again have the numbers %v", numbers)
	}
	for range 2 {
		tickets := newSessionTickets(bucket, &tls.Config{}, slog.New(slog.DiscardHandler))
		again(func(ctx context.Context) error { return tickets.refresh(ctx, time.Now()) })
	}
	keys, err := document.NewStore[ticketKeys](bucket.Bucket).Get(t.Context(), ticketsKey)
	if err != nil || len(keys.Value.Keys) != 1 {
		t.Errorf("two nodes have made %+v, %v", keys.Value, err)
	}
	cache := issuerCache{document.NewStore[cached](bucket)}
	for _, data := range []string{"first", "second"} {
		again(func(ctx context.Context) error { return cache.Put(ctx, "ws.example.com+rsa", []byte(data)) })
	}
	if got, err := (issuerCache{document.NewStore[cached](bucket.Bucket)}).Get(t.Context(), "ws.example.com+rsa"); err != nil || !bytes.Equal(got, []byte("second")) {
		t.Errorf("the cache has %q, %v", got, err)
	}
	again(func(ctx context.Context) error { return cache.Delete(ctx, "ws.example.com+rsa") })
	bucket.RunDelayed()
	if _, err := (issuerCache{document.NewStore[cached](bucket.Bucket)}).Get(t.Context(), "ws.example.com+rsa"); !errors.Is(err, autocert.ErrCacheMiss) {
		t.Errorf("the cache has what was removed: %v", err)
	}
}
