package document

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"time"

	"github.com/pasarela-ws/pasarela"
)

const (
	lockCount   = 64                     // callers of one key share a lock; few keys share one by chance
	maxAttempts = 64                     // lost races against other nodes before giving up
	firstPause  = 200 * time.Microsecond // doubled after every lost race
	maxPause    = 50 * time.Millisecond
)

// final marks an error of the caller's own function, so that an ErrConflict in it is not
// taken for a lost race of this write.
type final struct{ error }

// keyLocks has the writers of one key in this process wait for each other instead
// of racing. Races with other nodes are settled by the revision in the bucket.
type keyLocks struct {
	seed  maphash.Seed
	locks [lockCount]chan struct{}
}

func newKeyLocks() *keyLocks {
	t := &keyLocks{seed: maphash.MakeSeed()}
	for i := range t.locks {
		t.locks[i] = make(chan struct{}, 1)
	}
	return t
}

// withLock runs attempt under the lock of key, again and again while it loses races.
func (t *keyLocks) withLock(ctx context.Context, key string, attempt func() error) error {
	lock := t.locks[maphash.String(t.seed, key)%lockCount]
	select {
	case lock <- struct{}{}:
		defer func() { <-lock }()
	case <-ctx.Done():
		return fmt.Errorf("waiting to change %s: %w", key, ctx.Err())
	}
	pause := firstPause
	for range maxAttempts {
		err := attempt()
		var own final
		switch {
		case errors.As(err, &own):
			return own.error
		case !errors.Is(err, pasarela.ErrConflict):
			return err
		}
		select {
		case <-time.After(pause):
			pause = min(2*pause, maxPause)
		case <-ctx.Done():
			return fmt.Errorf("changing %s: %w", key, ctx.Err())
		}
	}
	return fmt.Errorf("changing %s: %d attempts lost against other writers: %w", key, maxAttempts, pasarela.ErrConflict)
}
