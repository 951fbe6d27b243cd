package iam

import (
	"context"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
)

func hasPrefix(path, prefix string) bool { return strings.HasPrefix(path, prefix) }

// invalidEnum is the refusal of a value that is not among set, in the words of AWS's
// request validation. member is the name with a small first letter.
func invalidEnum(member, value, set string) error {
	return pasarela.Errorf(identity.CodeValidation, "1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must satisfy enum value set: [%s]", value, member, set)
}

// Users, groups and roles have the same operations on their policies, each under
// its own name and with its own input member. A holderName is that member.
type holderName interface{ holder() identity.Holder }

func (in userNameInput) holder() identity.Holder { return identity.UserNamed(in.UserName) }
func (in roleNameInput) holder() identity.Holder { return identity.RoleNamed(in.RoleName) }

// holders are the operations on the policies of users, groups and roles; groups
// have no boundary.
func (o *operations) holders() []wire.QueryOperation {
	return slices.Concat(
		holderOperations[userNameInput](o, "User"), holderOperations[groupNameInput](o, "Group"), holderOperations[roleNameInput](o, "Role"),
		boundaryOperations[userNameInput](o, "User"), boundaryOperations[roleNameInput](o, "Role"),
	)
}

// attachInput and its neighbours embed the naming member by the tag "*": its fields are
// members of the input itself.
type attachInput[N holderName] struct {
	Name      N      `aws:"*"`
	PolicyARN string `aws:"PolicyArn"`
}

type boundaryInput[N holderName] struct {
	Name                N      `aws:"*"`
	PermissionsBoundary string `aws:"PermissionsBoundary"`
}

type nameOnlyInput[N holderName] struct {
	Name N `aws:"*"`
}

type inlineInput[N holderName] struct {
	Name       N      `aws:"*"`
	PolicyName string `aws:"PolicyName"`
}

type putInlineInput[N holderName] struct {
	Name N `aws:"*"`
	identity.PutPolicyInput
}

type inlinePageInput[N holderName] struct {
	Name N `aws:"*"`
	pageInput
}

type attachedPageInput[N holderName] struct {
	Name       N      `aws:"*"`
	PathPrefix string `aws:"PathPrefix"`
	pageInput
}

type inlineOutput[N holderName] struct {
	Name           N      `aws:"*"`
	PolicyName     string `aws:"PolicyName"`
	PolicyDocument string `aws:"PolicyDocument"`
}

type policyNamesOutput struct {
	PolicyNames []string `aws:"PolicyNames"`
	pageOutput
}

type attachedOutput struct {
	AttachedPolicies []attachedShape `aws:"AttachedPolicies"`
	pageOutput
}

// holderOperations are the seven operations on the policies of one kind. iam:PolicyARN is a
// condition key of attaching and detaching, so that a policy can allow the attachment of
// one managed policy alone.
func holderOperations[N holderName](o *operations, kind string) []wire.QueryOperation {
	target := func(n N) wire.Target { return o.holderTarget(n.holder()) }
	onAttached := func(_ context.Context, in attachInput[N]) wire.Target {
		return key(target(in.Name), "iam:policyarn", in.PolicyARN)
	}
	onInline := func(_ context.Context, in inlineInput[N]) wire.Target { return target(in.Name) }
	return []wire.QueryOperation{
		wire.QueryVoid("Attach"+kind+"Policy", onAttached, func(ctx context.Context, in attachInput[N]) error {
			return o.Policies.AttachPolicy(ctx, in.Name.holder(), in.PolicyARN)
		}),
		wire.QueryVoid("Detach"+kind+"Policy", onAttached, func(ctx context.Context, in attachInput[N]) error {
			return o.Policies.DetachPolicy(ctx, in.Name.holder(), in.PolicyARN)
		}),
		wire.QueryVoid("Put"+kind+"Policy", func(_ context.Context, in putInlineInput[N]) wire.Target { return target(in.Name) },
			func(ctx context.Context, in putInlineInput[N]) error {
				return o.Policies.PutPolicy(ctx, in.Name.holder(), in.PutPolicyInput)
			}),
		wire.QueryVoid("Delete"+kind+"Policy", onInline, func(ctx context.Context, in inlineInput[N]) error {
			return o.Policies.DeletePolicy(ctx, in.Name.holder(), in.PolicyName)
		}),
		wire.QueryReply("Get"+kind+"Policy", onInline, func(_ context.Context, in inlineInput[N]) (inlineOutput[N], error) {
			p, err := o.Policies.Get(in.Name.holder(), in.PolicyName)
			return inlineOutput[N]{in.Name, p.PolicyName, encoded(p.Document)}, err
		}),
		wire.QueryReply("List"+kind+"Policies", func(_ context.Context, in inlinePageInput[N]) wire.Target { return target(in.Name) },
			func(_ context.Context, in inlinePageInput[N]) (policyNamesOutput, error) {
				return o.listInline(in.Name.holder(), in.pageInput)
			}),
		wire.QueryReply("ListAttached"+kind+"Policies", func(_ context.Context, in attachedPageInput[N]) wire.Target { return target(in.Name) },
			func(_ context.Context, in attachedPageInput[N]) (attachedOutput, error) {
				return o.listAttached(in.Name.holder(), in.PathPrefix, in.pageInput)
			}),
	}
}

// boundaryOperations set and remove a permissions boundary. iam:PermissionsBoundary is a
// condition key: administrators may only be allowed to create users and roles that have
// one.
func boundaryOperations[N holderName](o *operations, kind string) []wire.QueryOperation {
	target := func(n N) wire.Target { return o.holderTarget(n.holder()) }
	return []wire.QueryOperation{
		wire.QueryVoid("Put"+kind+"PermissionsBoundary", func(_ context.Context, in boundaryInput[N]) wire.Target {
			return key(target(in.Name), "iam:permissionsboundary", in.PermissionsBoundary)
		}, func(ctx context.Context, in boundaryInput[N]) error {
			return o.Policies.PutBoundary(ctx, in.Name.holder(), in.PermissionsBoundary)
		}),
		wire.QueryVoid("Delete"+kind+"PermissionsBoundary", func(_ context.Context, in nameOnlyInput[N]) wire.Target { return target(in.Name) },
			func(ctx context.Context, in nameOnlyInput[N]) error {
				return o.Policies.DeleteBoundary(ctx, in.Name.holder())
			}),
	}
}

func (o *operations) listInline(h identity.Holder, in pageInput) (policyNamesOutput, error) {
	p, err := o.Policies.Of(h)
	if err != nil {
		return policyNamesOutput{}, err
	}
	var names []string
	for _, one := range p.Inline {
		names = append(names, one.PolicyName)
	}
	page, more, err := cut(in, names, func(name string) string { return name })
	return policyNamesOutput{page, more}, err
}

func (o *operations) listAttached(h identity.Holder, pathPrefix string, in pageInput) (attachedOutput, error) {
	p, err := o.Policies.Of(h)
	if err != nil {
		return attachedOutput{}, err
	}
	page, more, err := cut(in, o.attachedShapes(p, pathPrefix), func(a attachedShape) string { return a.PolicyARN })
	return attachedOutput{page, more}, err
}

// attachedShapes are the managed policies of an entity whose path starts with pathPrefix.
// One that is deleted at this moment is left out.
func (o *operations) attachedShapes(p *identity.Permissions, pathPrefix string) []attachedShape {
	list := []attachedShape{}
	for _, a := range p.Attached {
		if m, err := o.ManagedPolicies.ManagedPolicy(a.PolicyARN); err == nil && hasPrefix(m.Path, pathPrefix) {
			list = append(list, attachedShape{m.PolicyName, a.PolicyARN})
		}
	}
	return list
}
