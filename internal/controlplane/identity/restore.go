package identity

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/policy"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// Prepare checks a part of a file that [Backup.Export] wrote, and returns it with the
// secrets that it leaves out and the service has: the account's, and the access keys
// of users with the same id. A [pasarela.CodeBadRequest] says what is wrong and where.
func (s *Backup) Prepare(ctx context.Context, part json.RawMessage) (json.RawMessage, error) {
	var all exported
	decoder := json.NewDecoder(bytes.NewReader(part))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&all); err != nil {
		return nil, pasarela.Errorf(pasarela.CodeBadRequest, "identity: %s", err)
	}
	if err := all.check(); err != nil {
		return nil, err
	}
	now, err := s.readAll(ctx)
	if err != nil {
		return nil, err
	}
	all.fillSecrets(&now)
	return json.Marshal(all)
}

// fillSecrets puts in the access keys and the account that the service has, where the file,
// written without secrets, has none.
func (all *exported) fillSecrets(now *exported) {
	if all.Account == nil {
		all.Account = now.Account
	}
	keys := map[string][]AccessKey{}
	for i := range now.Users {
		keys[now.Users[i].UserID] = now.Users[i].AccessKeys
	}
	for i := range all.Users {
		if u := &all.Users[i]; u.AccessKeys == nil {
			u.AccessKeys = keys[u.UserID]
		}
	}
}

// check refuses names that are taken twice and policies that do not parse, which would
// decide nothing.
func (all *exported) check() error {
	for _, p := range all.Policies {
		for _, v := range p.Versions {
			if err := checkPolicy("policy "+p.PolicyName+", version "+v.VersionID, v.Document, policy.Identity); err != nil {
				return err
			}
		}
	}
	for _, r := range all.Roles {
		if err := checkPolicy("role "+r.RoleName+", trust policy", r.TrustPolicy, policy.Trust); err != nil {
			return err
		}
		if err := checkInline("role "+r.RoleName, r.Inline); err != nil {
			return err
		}
	}
	for _, g := range all.Groups {
		if err := checkInline("group "+g.GroupName, g.Inline); err != nil {
			return err
		}
	}
	for _, u := range all.Users {
		if err := checkInline("user "+u.UserName, u.Inline); err != nil {
			return err
		}
	}
	return errors.Join(unique("policies", all.Policies, policyName), unique("roles", all.Roles, roleName),
		unique("groups", all.Groups, groupName), unique("users", all.Users, userName), unique("instanceProfiles", all.InstanceProfiles, profileName))
}

func policyName(p *ManagedPolicy) string    { return p.PolicyName }
func roleName(r *Role) string               { return r.RoleName }
func groupName(g *Group) string             { return g.GroupName }
func userName(u *User) string               { return u.UserName }
func profileName(p *InstanceProfile) string { return p.InstanceProfileName }

// checkInline parses inline policies; where says whose they are in the error.
func checkInline(where string, inline []InlinePolicy) error {
	for _, p := range inline {
		if err := checkPolicy(where+", inline policy "+p.PolicyName, p.Document, policy.Identity); err != nil {
			return err
		}
	}
	return nil
}

func checkPolicy(where, text string, kind policy.Kind) error {
	if _, err := policy.Parse(text, kind); err != nil {
		return pasarela.Errorf(pasarela.CodeBadRequest, "identity: %s: %s", where, err)
	}
	return nil
}

// unique refuses entries without a name, and names that differ in letter case alone: in IAM
// they are the same name.
func unique[T any](what string, all []T, name func(*T) string) error {
	seen := map[string]bool{}
	for i := range all {
		key := fold(name(&all[i]))
		if key == "" || seen[key] {
			return pasarela.Errorf(pasarela.CodeBadRequest, "identity: %s: entry %d has no name of its own: %q", what, i, key)
		}
		seen[key] = true
	}
	return nil
}

// Restore writes what [Backup.Prepare] answered, one document after the other; with
// prune it removes what the part does not have. What is written is in the snapshot
// when Restore returns. After an error it may be run again: it is idempotent.
func (s *Backup) Restore(ctx context.Context, part json.RawMessage, prune bool) error {
	var all exported
	if err := json.Unmarshal(part, &all); err != nil {
		return err
	}
	if all.Account != nil {
		if err := restore(ctx, s.identity, s.identity.accounts, accountKey, all.Account); err != nil {
			return err
		}
	}
	return errors.Join(
		restoreAll(ctx, s.identity, s.identity.policies, prefixPolicies, policyKey, all.Policies, policyName, prune),
		restoreAll(ctx, s.identity, s.identity.roles, prefixRoles, roleKey, all.Roles, roleName, prune),
		restoreAll(ctx, s.identity, s.identity.groups, prefixGroups, groupKey, all.Groups, groupName, prune),
		restoreAll(ctx, s.identity, s.identity.users, prefixUsers, userKey, all.Users, userName, prune),
		restoreAll(ctx, s.identity, s.identity.profiles, prefixInstanceProfiles, profileKey, all.InstanceProfiles, profileName, prune),
	)
}

// restoreAll writes the documents of one kind and, with prune, removes those that all does
// not have.
func restoreAll[T any](ctx context.Context, s *Service, store *document.Store[T], prefix string, key func(name string) string, all []T, name func(*T) string, prune bool) error {
	kept := map[string]bool{}
	for i := range all {
		at := key(name(&all[i]))
		kept[at] = true
		if err := restore(ctx, s, store, at, &all[i]); err != nil {
			return err
		}
	}
	if !prune {
		return nil
	}
	found, err := store.List(ctx, prefix)
	if err != nil {
		return err
	}
	for _, d := range found {
		if kept[d.Key] {
			continue
		}
		removed, err := store.Remove(ctx, d.Key, nil)
		if errors.Is(err, pasarela.ErrNotFound) {
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", d.Key, err)
		}
		s.forget(d.Key, removed.Revision)
	}
	return nil
}

// restore writes one document over what is there and takes it into the snapshot.
func restore[T any](ctx context.Context, s *Service, store *document.Store[T], key string, value *T) error {
	written, err := store.Upsert(ctx, key, func(kept *T) error { *kept = *value; return nil })
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	s.apply(key, written.Revision, written.Value)
	return nil
}
