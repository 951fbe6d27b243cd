package iam

import (
	"context"
	"slices"

	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
)

// tagged is a kind of entity with tags: the member that names one, and what is
// done with it.
type tagged[N any] struct {
	kind   string
	target func(N) wire.Target
	tags   func(N) ([]identity.Tag, error)
	tag    func(context.Context, N, identity.TagsInput) error
	untag  func(context.Context, N, identity.UntagInput) error
}

type tagInput[N any] struct {
	Name N `aws:"*"`
	identity.TagsInput
}

type untagInput[N any] struct {
	Name N `aws:"*"`
	identity.UntagInput
}

type listTagsInput[N any] struct {
	Name N `aws:"*"`
	pageInput
}

type tagsOutput struct {
	Tags []identity.Tag `aws:"Tags"`
	pageOutput
}

func (o *operations) tags() []wire.QueryOperation {
	return slices.Concat(o.userTags(), o.roleTags(), o.policyTags(), o.profileTags())
}

func (o *operations) userTags() []wire.QueryOperation {
	return tagOperations(tagged[userNameInput]{
		"User", func(n userNameInput) wire.Target { return o.userTarget(n.UserName, "") },
		func(n userNameInput) ([]identity.Tag, error) {
			u, err := o.Users.Get(n.UserName)
			if err != nil {
				return nil, err
			}
			return u.Tags, nil
		},
		func(ctx context.Context, n userNameInput, in identity.TagsInput) error {
			return o.Users.TagUser(ctx, n.UserName, in)
		},
		func(ctx context.Context, n userNameInput, in identity.UntagInput) error {
			return o.Users.UntagUser(ctx, n.UserName, in)
		},
	})
}

func (o *operations) roleTags() []wire.QueryOperation {
	return tagOperations(tagged[roleNameInput]{
		"Role", func(n roleNameInput) wire.Target { return o.roleTarget(n.RoleName, "") },
		func(n roleNameInput) ([]identity.Tag, error) {
			r, err := o.Roles.Get(n.RoleName)
			if err != nil {
				return nil, err
			}
			return r.Tags, nil
		},
		func(ctx context.Context, n roleNameInput, in identity.TagsInput) error {
			return o.Roles.TagRole(ctx, n.RoleName, in)
		},
		func(ctx context.Context, n roleNameInput, in identity.UntagInput) error {
			return o.Roles.UntagRole(ctx, n.RoleName, in)
		},
	})
}

func (o *operations) policyTags() []wire.QueryOperation {
	return tagOperations(tagged[policyARNInput]{
		"Policy", func(n policyARNInput) wire.Target { return o.policyTarget(n.PolicyARN) },
		func(n policyARNInput) ([]identity.Tag, error) {
			p, err := o.ManagedPolicies.ManagedPolicy(n.PolicyARN)
			if err != nil {
				return nil, err
			}
			return p.Tags, nil
		},
		func(ctx context.Context, n policyARNInput, in identity.TagsInput) error {
			return o.TagPolicy(ctx, n.PolicyARN, in)
		},
		func(ctx context.Context, n policyARNInput, in identity.UntagInput) error {
			return o.UntagPolicy(ctx, n.PolicyARN, in)
		},
	})
}

func (o *operations) profileTags() []wire.QueryOperation {
	return tagOperations(tagged[profileInput]{
		"InstanceProfile", func(n profileInput) wire.Target { return o.profileTarget(n.InstanceProfileName, "") },
		func(n profileInput) ([]identity.Tag, error) {
			p, err := o.InstanceProfiles.InstanceProfile(n.InstanceProfileName)
			if err != nil {
				return nil, err
			}
			return p.Tags, nil
		},
		func(ctx context.Context, n profileInput, in identity.TagsInput) error {
			return o.TagInstanceProfile(ctx, n.InstanceProfileName, in)
		},
		func(ctx context.Context, n profileInput, in identity.UntagInput) error {
			return o.UntagInstanceProfile(ctx, n.InstanceProfileName, in)
		},
	})
}

// tagOperations are the three operations on the tags of one kind. The tags, and on removal
// their keys, are condition keys (aws:RequestTag, aws:TagKeys).
func tagOperations[N any](t tagged[N]) []wire.QueryOperation {
	return []wire.QueryOperation{
		wire.QueryVoid("Tag"+t.kind, func(_ context.Context, in tagInput[N]) wire.Target { return tagKeys(t.target(in.Name), in.Tags) },
			func(ctx context.Context, in tagInput[N]) error { return t.tag(ctx, in.Name, in.TagsInput) }),
		wire.QueryVoid("Untag"+t.kind, func(_ context.Context, in untagInput[N]) wire.Target {
			target := withKeys(t.target(in.Name))
			target.Keys["aws:tagkeys"] = in.TagKeys
			return target
		}, func(ctx context.Context, in untagInput[N]) error { return t.untag(ctx, in.Name, in.UntagInput) }),
		wire.QueryReply("List"+t.kind+"Tags", func(_ context.Context, in listTagsInput[N]) wire.Target { return t.target(in.Name) },
			func(_ context.Context, in listTagsInput[N]) (tagsOutput, error) {
				tags, err := t.tags(in.Name)
				if err != nil {
					return tagsOutput{}, err
				}
				page, more, err := cut(in.pageInput, tags, func(t identity.Tag) string { return t.Key })
				return tagsOutput{page, more}, err
			}),
	}
}
