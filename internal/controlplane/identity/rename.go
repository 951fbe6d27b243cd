package identity

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// renaming is a document that gets another key.
type renaming[T any] struct {
	from, to       string // keys
	id             func(*T) string
	moved          func(T) *T // what the document is under its new name
	missing, taken error
}

// errChanged says that a document is not what was copied any more.
var errChanged = errors.New("the document has changed")

const maxRenameAttempts = 16

// rename writes the document under its new key, then removes the old one. A node that
// stopped in between finishes when it starts again ([Users.finishRenames]); so does a call
// that repeats an unanswered one. Of two documents of one entity the newer counts: what was
// changed under the old name after the copy is copied again.
func rename[T any](ctx context.Context, s *Service, store *document.Store[T], r renaming[T]) error {
	for range maxRenameAttempts {
		old, err := store.Get(ctx, r.from)
		if err != nil {
			return storeError(err, r.missing)
		}
		next := r.moved(*old.Value)
		there, err := store.Get(ctx, r.to)
		switch {
		case errors.Is(err, pasarela.ErrNotFound):
			err = create(ctx, s, store, r.to, errChanged, next)
		case err != nil:
		case r.id(there.Value) != r.id(old.Value):
			return r.taken
		case there.Revision < old.Revision:
			_, err = change(ctx, s, store, r.to, errChanged, func(v *T) error { *v = *next; return nil })
		}
		if err == nil {
			err = remove(ctx, s, store, r.from, nil, func(left *T) error {
				if !reflect.DeepEqual(left, old.Value) {
					return errChanged
				}
				return nil
			})
		}
		if !errors.Is(err, errChanged) {
			return err
		}
	}
	return storeError(fmt.Errorf("renaming %s: %w", r.from, pasarela.ErrConflict), r.missing)
}

// finishRenames ends renamings that were cut short.
func (s *Users) finishRenames(ctx context.Context) error {
	n := s.identity.current.Load()
	for _, g := range n.groups.sorted() {
		former := n.groups.get(fold(g.FormerName))
		if g.FormerName == "" || former == nil || former == g || former.GroupID != g.GroupID {
			continue
		}
		if err := finishRename(ctx, s.identity, s.identity.groups, groupKey(g.FormerName), groupKey(g.GroupName), func(g *Group) string { return g.GroupID }); err != nil {
			return err
		}
	}
	for _, v := range n.users.sorted() {
		former := n.users.get(fold(v.user.FormerName))
		if v.user.FormerName == "" || former == nil || former == v || former.id != v.id {
			continue
		}
		if err := finishRename(ctx, s.identity, s.identity.users, userKey(v.user.FormerName), userKey(v.user.UserName), func(u *User) string { return u.UserID }); err != nil {
			return err
		}
		for _, left := range []*principalView{v, former} { // the keys were the other's in the index
			if s.identity.current.Load().users.get(fold(left.user.UserName)) != nil {
				s.identity.reapply(userKey(left.user.UserName), left.user)
			}
		}
	}
	return nil
}

// finishRename removes the older of the two documents of one entity, if they still are that:
// what was changed under a name after the renaming was cut short is acknowledged.
func finishRename[T any](ctx context.Context, s *Service, store *document.Store[T], from, to string, id func(*T) string) error {
	former, err := store.Get(ctx, from)
	now, errNow := store.Get(ctx, to)
	if err = errors.Join(err, errNow); errors.Is(err, pasarela.ErrNotFound) {
		return nil
	}
	if err != nil || id(former.Value) != id(now.Value) {
		return err
	}
	older := former
	if former.Revision > now.Revision {
		older = now
	}
	err = remove(ctx, s, store, older.Key, nil, func(left *T) error {
		if !reflect.DeepEqual(left, older.Value) {
			return errChanged
		}
		return nil
	})
	if errors.Is(err, errChanged) {
		return nil // it is in use: the next start looks again
	}
	return err
}
