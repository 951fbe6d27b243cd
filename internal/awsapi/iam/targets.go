package iam

import (
	"context"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
)

func lower(text string) string { return strings.ToLower(text) }

// userTarget is a user by name: the one that is there, or the one that would be.
func (o *operations) userTarget(name, path string) wire.Target {
	if u, err := o.Users.Get(name); err == nil {
		return resourceTags(on(o.UserARN(u)), u.Tags)
	}
	return on(o.UserARN(&identity.User{UserName: name, Path: orSlash(path)}))
}

// roleTarget is a role by name.
func (o *operations) roleTarget(name, path string) wire.Target {
	if r, err := o.Roles.Get(name); err == nil {
		return resourceTags(on(o.RoleARN(r)), r.Tags)
	}
	return on(o.RoleARN(&identity.Role{RoleName: name, Path: orSlash(path)}))
}

// policyTarget is a managed policy by ARN.
func (o *operations) policyTarget(arn string) wire.Target {
	t := on(arn)
	if p, err := o.ManagedPolicies.ManagedPolicy(arn); err == nil {
		t = resourceTags(t, p.Tags)
	}
	return t
}

// profileTarget is an instance profile by name: the one that is there, or the one that
// would be.
func (o *operations) profileTarget(name, path string) wire.Target {
	if p, err := o.InstanceProfiles.InstanceProfile(name); err == nil {
		return resourceTags(on(o.InstanceProfileARN(p)), p.Tags)
	}
	return on(o.InstanceProfileARN(&identity.InstanceProfile{InstanceProfileName: name, Path: orSlash(path)}))
}

// holderTarget is the user, group or role whose policies an operation is about.
func (o *operations) holderTarget(h identity.Entity) wire.Target {
	switch h.Kind {
	case identity.EntityUser:
		return o.userTarget(h.Name, "")
	case identity.EntityGroup:
		return o.groupTarget(h.Name, "")
	}
	return o.roleTarget(h.Name, "")
}

// resourceTags are the condition keys of the tags that the target has.
func resourceTags(t wire.Target, tags []identity.Tag) wire.Target {
	t = withKeys(t)
	for _, tag := range tags {
		for _, prefix := range [...]string{"aws:resourcetag/", "iam:resourcetag/"} {
			name := prefix + lower(tag.Key)
			t.Keys[name] = append(t.Keys[name], tag.Value)
		}
	}
	return t
}

// orSlash is the path of a new entity: "/" where none is given.
func orSlash(path string) string {
	if path == "" {
		return "/"
	}
	return path
}

// self is the user that a call without a name means: the caller. It is "" for
// the root; sessions of roles must name a user (aws-controlplane §6.3).
func self(ctx context.Context, name string) (string, error) {
	call, _ := wire.CallFrom(ctx)
	switch {
	case name != "" || call.Principal.Type == pasarela.PrincipalRoot:
		return name, nil
	case call.Principal.Type == pasarela.PrincipalUser:
		return call.Principal.ARN[strings.LastIndexByte(call.Principal.ARN, '/')+1:], nil
	}
	return "", pasarela.Errorf(identity.CodeValidation, "Must specify userName when calling with non-User credentials")
}

// selfTarget is [self] as a target.
func (o *operations) selfTarget(ctx context.Context, name string) wire.Target {
	if name, err := self(ctx, name); err == nil && name != "" {
		return o.userTarget(name, "")
	}
	return on(o.RootARN())
}
