package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// Options of a [Service]; all but Now and Log are required.
type Options struct {
	Bucket pasarela.Bucket
	Place  pasarela.Place
	Now    func() time.Time // time.Now when nil
	Log    *slog.Logger     // discards when nil
}

// Service does the operations and makes the decisions. It is safe for
// concurrent use; decisions read without a lock.
type Service struct {
	place pasarela.Place
	now   func() time.Time
	log   *slog.Logger

	users      *document.Store[User]
	roles      *document.Store[Role]
	policies   *document.Store[ManagedPolicy]
	profiles   *document.Store[InstanceProfile]
	accounts   *document.Store[Account]
	everything *document.Store[json.RawMessage] // for following

	current  atomic.Pointer[snapshot]
	sealed   atomic.Pointer[sealer]
	sessions sessionCache
	uses     uses

	// Writing of snapshots: one at a time, in order of revisions.
	mu      sync.Mutex
	applied map[string]applied // by key

	stop    context.CancelFunc
	watcher sync.WaitGroup
	// Watch health: the reason the store is not being followed, nil when it is.
	broken atomic.Pointer[error]
}

// applied is what the snapshot has of a key: the newest revision, and whether
// that revision is gone.
type applied struct {
	revision uint64
	gone     bool
}

// Open reads everything under "iam/", makes the root key and the service-linked
// role at the very first start, and follows the bucket until [Service.Close]. It
// returns when the present is known, or with an error when ctx ends before.
func Open(ctx context.Context, o Options) (*Service, error) {
	s := &Service{
		place: o.Place, now: o.Now, log: o.Log,
		users:      document.NewStore[User](o.Bucket),
		roles:      document.NewStore[Role](o.Bucket),
		policies:   document.NewStore[ManagedPolicy](o.Bucket),
		profiles:   document.NewStore[InstanceProfile](o.Bucket),
		accounts:   document.NewStore[Account](o.Bucket),
		everything: document.NewStore[json.RawMessage](o.Bucket),
		applied:    map[string]applied{},
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.current.Store(&snapshot{})
	if err := s.bootstrap(ctx); err != nil {
		return nil, fmt.Errorf("identity: first start: %w", err)
	}
	watching, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	loaded := make(chan struct{})
	s.watcher.Go(func() { s.follow(watching, loaded) })
	select {
	case <-loaded:
		if err := s.finishRenames(ctx); err != nil {
			s.Close()
			return nil, fmt.Errorf("identity: finishing a renaming: %w", err)
		}
		return s, nil
	case <-ctx.Done():
		s.Close()
		return nil, fmt.Errorf("identity: reading the store: %w", errors.Join(ctx.Err(), s.Healthy()))
	}
}

// Close stops following the bucket and waits for it.
func (s *Service) Close() {
	s.stop()
	s.watcher.Wait()
}

// Healthy is nil while other nodes' changes arrive, else why they do not;
// decisions then rest on what was known last.
func (s *Service) Healthy() error {
	if err := s.broken.Load(); err != nil {
		return *err
	}
	return nil
}

// Pauses between attempts to follow the bucket again.
const (
	firstRetry = 50 * time.Millisecond
	lastRetry  = 5 * time.Second
)

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
		s.broken.Store(&err)
		s.log.Error("following identities stopped, trying again", "error", err, "pause", pause)
		select {
		case <-ctx.Done():
		case <-time.After(pause):
			pause = min(2*pause, lastRetry)
		}
	}
}

// watchOnce follows the bucket until it breaks. What was there before and is not
// told any more has been removed meanwhile.
func (s *Service) watchOnce(ctx context.Context, told func()) error {
	seen := map[string]bool{}
	return s.everything.Watch(ctx, prefixAll, func(c document.Change[json.RawMessage]) {
		if c.Told() {
			s.forgetUnseen(seen)
			seen = nil
			told()
			return
		}
		if seen != nil {
			seen[c.Key] = true
		}
		s.take(c)
	})
}

func (s *Service) forgetUnseen(seen map[string]bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := *s.current.Load()
	for key := range s.applied {
		if !seen[key] {
			next.put(s, key, nil)
			delete(s.applied, key)
		}
	}
	s.current.Store(&next)
}

// take puts a change that the bucket told into the snapshot. A document that
// cannot be read counts as gone: it allows nothing.
func (s *Service) take(c document.Change[json.RawMessage]) {
	if s.has(c.Key, c.Revision) {
		return // our own write, told back
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
		delete(s.applied, c.Key) // nothing older is told after a removal
		s.mu.Unlock()
	}
}

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

// apply makes the snapshot in which key has value (nil: is gone), unless a newer
// revision of key is in it already.
func (s *Service) apply(key string, revision uint64, value any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	have := s.applied[key]
	if revision < have.revision || revision == have.revision && have.gone && value != nil {
		return
	}
	next := *s.current.Load()
	next.put(s, key, value)
	s.applied[key] = applied{revision, value == nil}
	s.current.Store(&next)
}

// forget is apply for a removal of our own: what this node knew is gone, and
// late news of it must not bring it back.
func (s *Service) forget(key string) {
	s.mu.Lock()
	revision := s.applied[key].revision
	s.mu.Unlock()
	s.apply(key, revision, nil)
}

// retake puts what the snapshot has of key into it once more.
func (s *Service) retake(key string, value any) {
	s.mu.Lock()
	revision := s.applied[key].revision
	s.mu.Unlock()
	s.apply(key, revision, value)
}

// put changes one entity of a snapshot that nobody else sees yet.
func (n *snapshot) put(s *Service, key string, value any) {
	kind, name, _ := strings.Cut(strings.TrimPrefix(key, prefixAll), "/")
	name = unescape(name)
	switch kind {
	case "user":
		var view *principalView
		var keys []AccessKey
		if u, ok := value.(*User); ok {
			view, keys = s.viewUser(u), u.AccessKeys
		}
		var was []AccessKey
		old := n.users.get(name)
		if old != nil {
			was = old.user.AccessKeys
		}
		n.rekey(old, was, keys, view)
		n.users.put(name, view)
	case "role":
		var view *principalView
		if r, ok := value.(*Role); ok {
			view = s.viewRole(r)
		}
		n.roles.put(name, view)
	case "policy":
		var view *policyView
		if p, ok := value.(*ManagedPolicy); ok {
			view = s.viewPolicy(p)
		}
		n.policies.put(name, view)
		n.policyEpoch++
	case "instanceprofile":
		p, _ := value.(*InstanceProfile)
		n.profiles.put(name, p)
	case "account":
		n.putAccount(s, value)
	}
}

func (n *snapshot) putAccount(s *Service, value any) {
	a, ok := value.(*Account)
	if !ok {
		a = &Account{}
	}
	var old []AccessKey
	if n.account != nil {
		old = n.account.RootKeys
	}
	n.rekey(nil, old, a.RootKeys, nil)
	n.account = a
	s.sealed.Store(newSealer(a.SealKey, s.place.AccountID))
}

// unescape undoes [pasarela.EscapeKey].
func unescape(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '=' && i+2 < len(text) {
			var c byte
			if _, err := fmt.Sscanf(text[i+1:i+3], "%02X", &c); err == nil {
				b.WriteByte(c)
				i += 2
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}
