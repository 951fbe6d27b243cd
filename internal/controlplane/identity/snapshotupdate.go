package identity

import (
	"fmt"
	"strings"
)

// apply publishes a snapshot in which key has value (nil: is removed), unless a newer
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

// forget is apply for a removal by this node of what had that revision: the watch may have
// delivered a newer document of the key already, and may deliver older ones later.
func (s *Service) forget(key string, revision uint64) { s.apply(key, revision, nil) }

// reapply applies the snapshot's own value of key once more.
func (s *Service) reapply(key string, value any) {
	s.mu.Lock()
	revision := s.applied[key].revision
	s.mu.Unlock()
	s.apply(key, revision, value)
}

// put changes one entity of a snapshot that is not published yet, so it needs no lock.
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
	case "group":
		var view *groupView
		if g, ok := value.(*Group); ok {
			view = s.viewGroup(g)
		}
		n.groups.put(name, view)
		n.epoch++
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
		n.epoch++
	case "instanceprofile":
		p, _ := value.(*InstanceProfile)
		n.profiles.put(name, p)
	case "account":
		n.putAccount(s, value)
	}
}

// putAccount applies the account document: the root's keys, and the key that session
// tokens are sealed with, without which no session can be opened.
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
	s.Sessions.sealed.Store(newSealer(a.SealKey, s.regionAccount.AccountID))
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
