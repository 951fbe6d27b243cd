package identity

import (
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// lastUses records when access keys and roles were last used, on this node and since its
// start: a write to the store for every use would cost more than the information is worth
// (A-IAM-10). The keys of the map are access key ids and role ids.
type lastUses struct{ last sync.Map } // -> *atomic.Int64, seconds since 1970

// note records a use. It runs for every signed request: the map is written only for a new
// id, and the number only once a second.
func (u *lastUses) note(id string, now time.Time) {
	seconds := now.Unix()
	if v, ok := u.last.Load(id); ok {
		if at := v.(*atomic.Int64); at.Load() != seconds {
			at.Store(seconds)
		}
		return
	}
	at := new(atomic.Int64)
	at.Store(seconds)
	u.last.Store(id, at)
}

// of is when id was used last, in UTC to the second; false when it was not since this node
// started.
func (u *lastUses) of(id string) (time.Time, bool) {
	v, ok := u.last.Load(id)
	if !ok {
		return time.Time{}, false
	}
	return time.Unix(v.(*atomic.Int64).Load(), 0).UTC(), true
}

// NoteUse records that holder signed a request whose signature was verified: for a
// session of a role the use of the role, else that of the long-term access key. The
// temporary keys of GetSessionToken have no record of their own, as on AWS.
func (s *Service) NoteUse(holder pasarela.Principal) {
	switch {
	case holder.Type == pasarela.PrincipalSession:
		roleID, _, _ := strings.Cut(holder.UserID, ":")
		s.uses.note(roleID, s.now())
	case !strings.HasPrefix(holder.AccessKeyID, prefixSessionKey):
		s.uses.note(holder.AccessKeyID, s.now())
	}
}

// KeyLastUsed is when and in which region a long-term access key signed last.
func (s *Service) KeyLastUsed(accessKeyID string) (at time.Time, region string, ok bool) {
	at, ok = s.uses.of(accessKeyID)
	return at, s.regionAccount.Region, ok
}

// RoleLastUsed is when and in which region a session of the role acted last.
func (s *Service) RoleLastUsed(roleID string) (at time.Time, region string, ok bool) {
	at, ok = s.uses.of(roleID)
	return at, s.regionAccount.Region, ok
}
