package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// Options of a [Service]; all but Now and Log are required.
type Options struct {
	Bucket        pasarela.Bucket
	RegionAccount pasarela.RegionAccount
	Now           func() time.Time // time.Now when nil
	Log           *slog.Logger     // discards when nil
}

// Service keeps the documents of IAM in memory and decides by them who signed a call and
// what the caller may do. The services in it do the operations, one for each kind of
// entity. All are safe for concurrent use; decisions read without a lock.
type Service struct {
	Users            *Users
	AccessKeys       *AccessKeys
	Groups           *Groups
	Roles            *Roles
	Policies         *Policies
	ManagedPolicies  *ManagedPolicies
	InstanceProfiles *InstanceProfiles
	AccountAliases   *AccountAliases
	Sessions         *Sessions
	ServiceRoles     *ServiceRoles
	Simulator        *Simulator
	Backup           *Backup

	regionAccount pasarela.RegionAccount
	now           func() time.Time
	log           *slog.Logger

	users      *document.Store[User]
	groups     *document.Store[Group]
	roles      *document.Store[Role]
	policies   *document.Store[ManagedPolicy]
	profiles   *document.Store[InstanceProfile]
	accounts   *document.Store[Account]
	everything *document.Store[json.RawMessage] // for following

	current atomic.Pointer[snapshot]
	uses    lastUses

	// Writing of snapshots: one at a time, in order of revisions.
	mu      sync.Mutex
	applied map[string]applied // by key

	stop    context.CancelFunc
	watcher sync.WaitGroup
	// Watch health: since when and why the store is not being followed, nil when it is.
	broken atomic.Pointer[outage]
}

// outage is the time during which changes of others do not arrive.
type outage struct {
	since time.Time
	cause error
}

// outageLimit is how long keys are accepted by the last known state: a key that was
// deleted on another node meanwhile works at most that long (A-IAM-20).
const outageLimit = 2 * time.Minute

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
		regionAccount: o.RegionAccount, now: o.Now, log: o.Log,
		users:      document.NewStore[User](o.Bucket),
		groups:     document.NewStore[Group](o.Bucket),
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
	s.Groups, s.ManagedPolicies, s.InstanceProfiles = &Groups{s}, &ManagedPolicies{s}, &InstanceProfiles{s}
	s.Sessions = &Sessions{identity: s}
	s.Users, s.AccessKeys, s.Roles, s.Policies = &Users{s}, &AccessKeys{s}, &Roles{s}, &Policies{s}
	s.AccountAliases, s.ServiceRoles, s.Simulator, s.Backup = &AccountAliases{s}, &ServiceRoles{s}, &Simulator{s}, &Backup{s}
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
		if err := s.awaitAccount(ctx); err != nil {
			s.Close()
			return nil, fmt.Errorf("identity: reading the account: %w", err)
		}
		if err := s.Users.finishRenames(ctx); err != nil {
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

// Healthy is nil while other nodes' changes arrive, else the reason; decisions then use
// the last known state.
func (s *Service) Healthy() error {
	if b := s.broken.Load(); b != nil {
		return b.cause
	}
	return nil
}

// fresh is nil while the known state of keys is recent enough to decide by.
func (s *Service) fresh() error {
	if b := s.broken.Load(); b != nil && s.now().Sub(b.since) > outageLimit {
		return fmt.Errorf("identity: %w: changes of keys did not arrive for over %s: %w", pasarela.ErrUnavailable, outageLimit, b.cause)
	}
	return nil
}
