package backup

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	"github.com/pasarela-ws/pasarela/internal/engine/policy"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// IdentityExport is the [Identity] over the documents that the identity service keeps;
// that service follows the bucket and takes up what is restored. Without secrets
// access keys are left out: the users' and the root's.
type IdentityExport struct{ Bucket pasarela.Bucket }

// identities is the identity part of a file.
type identities struct {
	Account          *identity.Account          `json:"account,omitempty"` // a secret as a whole
	Policies         []identity.ManagedPolicy   `json:"policies,omitempty"`
	Roles            []identity.Role            `json:"roles,omitempty"`
	Groups           []identity.Group           `json:"groups,omitempty"`
	Users            []identity.User            `json:"users,omitempty"`
	InstanceProfiles []identity.InstanceProfile `json:"instanceProfiles,omitempty"`
}

// Where the identity service keeps its documents; names are unique ignoring case.
const (
	accountKey    = "iam/account"
	policyPrefix  = "iam/policy/"
	rolePrefix    = "iam/role/"
	groupPrefix   = "iam/group/"
	userPrefix    = "iam/user/"
	profilePrefix = "iam/instanceprofile/"
)

func policyName(p *identity.ManagedPolicy) string    { return p.PolicyName }
func roleName(r *identity.Role) string               { return r.RoleName }
func groupName(g *identity.Group) string             { return g.GroupName }
func userName(u *identity.User) string               { return u.UserName }
func profileName(p *identity.InstanceProfile) string { return p.InstanceProfileName }

// Export is [Identity.Export].
func (p IdentityExport) Export(ctx context.Context, secrets bool) (json.RawMessage, error) {
	all, err := p.read(ctx)
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

func (p IdentityExport) read(ctx context.Context) (all identities, err error) {
	account, err := document.NewStore[identity.Account](p.Bucket).Get(ctx, accountKey)
	if err == nil {
		all.Account = account.Value
	} else if !errors.Is(err, pasarela.ErrNotFound) {
		return all, err
	}
	return all, errors.Join(
		list(ctx, p.Bucket, policyPrefix, &all.Policies),
		list(ctx, p.Bucket, rolePrefix, &all.Roles),
		list(ctx, p.Bucket, groupPrefix, &all.Groups),
		list(ctx, p.Bucket, userPrefix, &all.Users),
		list(ctx, p.Bucket, profilePrefix, &all.InstanceProfiles),
	)
}

func list[T any](ctx context.Context, bucket pasarela.Bucket, prefix string, into *[]T) error {
	docs, err := document.NewStore[T](bucket).List(ctx, prefix)
	for _, doc := range docs {
		*into = append(*into, *doc.Value)
	}
	return err
}

// Prepare is [Identity.Prepare].
func (p IdentityExport) Prepare(ctx context.Context, part json.RawMessage) (json.RawMessage, error) {
	var all identities
	decoder := json.NewDecoder(bytes.NewReader(part))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&all); err != nil {
		return nil, pasarela.Errorf(pasarela.CodeBadRequest, "identity: %s", err)
	}
	if err := all.check(); err != nil {
		return nil, err
	}
	now, err := p.read(ctx)
	if err != nil {
		return nil, err
	}
	if all.Account == nil {
		all.Account = now.Account
	}
	for i := range all.Users {
		if all.Users[i].AccessKeys != nil {
			continue
		}
		for _, u := range now.Users {
			if u.UserID == all.Users[i].UserID {
				all.Users[i].AccessKeys = u.AccessKeys
			}
		}
	}
	return json.Marshal(all)
}

// check holds names and policies: what does not parse would decide nothing.
func (all *identities) check() error {
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

func checkInline(where string, inline []identity.InlinePolicy) error {
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

func unique[T any](what string, all []T, name func(*T) string) error {
	seen := map[string]bool{}
	for i := range all {
		key := strings.ToLower(name(&all[i]))
		if key == "" || seen[key] {
			return pasarela.Errorf(pasarela.CodeBadRequest, "identity: %s: entry %d has no name of its own: %q", what, i, key)
		}
		seen[key] = true
	}
	return nil
}

// Restore is [Identity.Restore].
func (p IdentityExport) Restore(ctx context.Context, part json.RawMessage, prune bool) error {
	var all identities
	if err := json.Unmarshal(part, &all); err != nil {
		return err
	}
	if all.Account != nil {
		accounts := document.NewStore[identity.Account](p.Bucket)
		if _, err := accounts.Upsert(ctx, accountKey, func(a *identity.Account) error { *a = *all.Account; return nil }); err != nil {
			return fmt.Errorf("identity account: %w", err)
		}
	}
	return errors.Join(
		restore(ctx, p.Bucket, policyPrefix, all.Policies, policyName, prune),
		restore(ctx, p.Bucket, rolePrefix, all.Roles, roleName, prune),
		restore(ctx, p.Bucket, groupPrefix, all.Groups, groupName, prune),
		restore(ctx, p.Bucket, userPrefix, all.Users, userName, prune),
		restore(ctx, p.Bucket, profilePrefix, all.InstanceProfiles, profileName, prune),
	)
}

func restore[T any](ctx context.Context, bucket pasarela.Bucket, prefix string, all []T, name func(*T) string, prune bool) error {
	store := document.NewStore[T](bucket)
	kept := map[string]bool{}
	for i := range all {
		key := prefix + pasarela.EscapeKey(strings.ToLower(name(&all[i])))
		kept[key] = true
		if _, err := store.Upsert(ctx, key, func(value *T) error { *value = all[i]; return nil }); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	if !prune {
		return nil
	}
	entries, err := bucket.List(ctx, prefix)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if !kept[entry.Key] {
			if err := bucket.Delete(ctx, entry.Key, entry.Revision); err != nil && !errors.Is(err, pasarela.ErrNotFound) {
				return err
			}
		}
	}
	return nil
}
