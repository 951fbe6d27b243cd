package identity

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// exported is the identity part of a file: every document under [prefixAll], the
// lists in the order of their keys.
type exported struct {
	Account          *Account          `json:"account,omitempty"` // a secret as a whole
	Policies         []ManagedPolicy   `json:"policies,omitempty"`
	Roles            []Role            `json:"roles,omitempty"`
	Groups           []Group           `json:"groups,omitempty"`
	Users            []User            `json:"users,omitempty"`
	InstanceProfiles []InstanceProfile `json:"instanceProfiles,omitempty"`
}

// Backup exports everything that IAM keeps, and restores it.
type Backup struct{ identity *Service }

// Form is the type of what Export returns.
func (s *Backup) Form() reflect.Type { return reflect.TypeFor[exported]() }

// Export is everything that the service keeps as one JSON object, whose lists hold
// objects with a name. Without secrets it has no access keys, neither those of users
// nor those of the root, and no key that seals session tokens.
func (s *Backup) Export(ctx context.Context, secrets bool) (json.RawMessage, error) {
	all, err := s.readAll(ctx)
	if err != nil {
		return nil, err
	}
	if !secrets {
		all.Account = nil
		for i := range all.Users {
			all.Users[i].AccessKeys = nil
		}
	}
	return json.Marshal(all)
}

// readAll reads the store and not the snapshot, which may lag behind other nodes.
func (s *Backup) readAll(ctx context.Context) (all exported, err error) {
	account, err := s.identity.accounts.Get(ctx, accountKey)
	if err == nil {
		all.Account = account.Value
	} else if !errors.Is(err, pasarela.ErrNotFound) {
		return all, err
	}
	return all, errors.Join(
		list(ctx, s.identity.policies, prefixPolicies, &all.Policies),
		list(ctx, s.identity.roles, prefixRoles, &all.Roles),
		list(ctx, s.identity.groups, prefixGroups, &all.Groups),
		list(ctx, s.identity.users, prefixUsers, &all.Users),
		list(ctx, s.identity.profiles, prefixInstanceProfiles, &all.InstanceProfiles),
	)
}

func list[T any](ctx context.Context, store *document.Store[T], prefix string, into *[]T) error {
	docs, err := store.List(ctx, prefix)
	for _, doc := range docs {
		*into = append(*into, *doc.Value)
	}
	return err
}
