package identity

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// Pauses between attempts to follow the bucket again.
const (
	firstRetry = 50 * time.Millisecond
	lastRetry  = 5 * time.Second
)

// follow watches the bucket until ctx ends and starts another watch when one breaks,
// after a pause that doubles. loaded is closed when the first watch has delivered
// everything: before that, decisions would be made on a part of the policies.
func (s *Service) follow(ctx context.Context, loaded chan struct{}) {
	pause := firstRetry
	var once sync.Once
	for ctx.Err() == nil {
		err := s.watchOnce(ctx, func() {
			pause = firstRetry
			s.broken.Store(nil)
			once.Do(func() { close(loaded) })
		})
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			err = errors.New("the watch ended")
		}
		now := &outage{since: s.now(), cause: err}
		if before := s.broken.Load(); before != nil {
			now.since = before.since
		}
		s.broken.Store(now)
		s.log.Error("following identities stopped, trying again", "error", err, "pause", pause)
		select {
		case <-ctx.Done():
		case <-time.After(pause):
			pause = min(2*pause, lastRetry)
		}
	}
}

// watchOnce follows the bucket until it breaks.
func (s *Service) watchOnce(ctx context.Context, synced func()) error {
	return s.everything.Watch(ctx, prefixAll, func(c document.Change[json.RawMessage]) {
		if c.Synced() {
			s.forgetOthers(c.Present)
			synced()
			return
		}
		s.take(c)
	})
}

// forgetOthers removes what is in the snapshot but was not delivered by a new watch.
func (s *Service) forgetOthers(present map[string]bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := *s.current.Load()
	for key := range s.applied {
		if !present[key] {
			next.put(s, key, nil)
			delete(s.applied, key)
		}
	}
	s.current.Store(&next)
}

// take puts a change from the watch into the snapshot. A document that
// cannot be read counts as gone: it allows nothing.
func (s *Service) take(c document.Change[json.RawMessage]) {
	if s.has(c.Key, c.Revision) {
		return // our own write, delivered by the watch
	}
	var value any
	err := c.Err
	if err == nil && !c.Removed() {
		value, err = decode(c.Key, *c.Value)
	}
	if err != nil {
		s.log.Error("a stored identity cannot be read and is left out", "key", c.Key, "error", err)
		value = nil
	}
	s.apply(c.Key, c.Revision, value)
	if c.Removed() {
		s.mu.Lock()
		delete(s.applied, c.Key) // a watch gives nothing older after a removal
		s.mu.Unlock()
	}
}

// has says whether the snapshot has a key at that revision. Own writes are in it before the
// watch delivers them.
func (s *Service) has(key string, revision uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	have := s.applied[key]
	return have.revision == revision && !have.gone
}

// decode reads a document by the kind that its key names.
func decode(key string, text json.RawMessage) (any, error) {
	var value any
	switch {
	case strings.HasPrefix(key, prefixUsers):
		value = &User{}
	case strings.HasPrefix(key, prefixGroups):
		value = &Group{}
	case strings.HasPrefix(key, prefixRoles):
		value = &Role{}
	case strings.HasPrefix(key, prefixPolicies):
		value = &ManagedPolicy{}
	case strings.HasPrefix(key, prefixInstanceProfiles):
		value = &InstanceProfile{}
	case key == accountKey:
		value = &Account{}
	default:
		return nil, errors.New("no kind of identity has such a key")
	}
	return value, json.Unmarshal(text, value)
}
