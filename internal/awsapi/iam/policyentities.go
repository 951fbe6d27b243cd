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
// its own name and with its own input member. An entityName is that member.
type entityName interface{ entity() identity.Entity }

func (in userNameInput) entity() identity.Entity { return identity.UserNamed(in.UserName) }
func (in roleNameInput) entity() identity.Entity { return identity.RoleNamed(in.RoleName) }

// entities are the operations on the policies of users, groups and roles; groups
// have no boundary.
func (o *operations) entities() []wire.QueryOperation {
	return slices.Concat(
		holderOperations[userNameInput](o, "User"), holderOperations[groupNameInput](o, "Group"), holderOperations[roleNameInput](o, "Role"),
		boundaryOperations[userNameInput](o, "User"), boundaryOperations[roleNameInput](o, "Role"),
	)
}

// attachInput and its neighbours embed the naming member by the tag "*": its fields are
// members of the input itself.
type attachInput[N entityName] struct {
	Name      N      `aws:"*"`
	PolicyARN string `aws:"PolicyArn"`
}

type boundaryInput[N entityName] struct {
	Name                N      `aws:"*"`
	PermissionsBoundary string `aws:"PermissionsBoundary"`
}

type nameOnlyInput[N entityName] struct {
	Name N `aws:"*"`
}

type inlineInput[N entityName] struct {
	Name       N      `aws:"*"`
	PolicyName string `aws:"PolicyName"`
}

type putInlineInput[N entityName] struct {
	Name N `aws:"*"`
	identity.PutPolicyInput
}

type inlinePageInput[N entityName] struct {
	Name N `aws:"*"`
	pageInput
}

type attachedPageInput[N entityName] struct {
	Name       N      `aws:"*"`
	PathPrefix string `aws:"PathPrefix"`
	pageInput
}

type inlineOutput[N entityName] struct {
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
func holderOperations[N entityName](o *operations, kind string) []wire.QueryOperation {
	target := func(n N) wire.Target { return o.holderTarget(n.entity()) }
	onAttached := func(_ context.Context, in attachInput[N]) wire.Target {
		return key(target(in.Name), "iam:policyarn", in.PolicyARN)
	}
	onInline := func(_ context.Context, in inlineInput[N]) wire.Target { return target(in.Name) }
	return []wire.QueryOperation{
		wire.QueryVoid("Attach"+kind+"Policy", onAttached, func(ctx context.Context, in attachInput[N]) error {
			return o.Policies.AttachPolicy(ctx, in.Name.entity(), in.PolicyARN)
		}),
		wire.QueryVoid("Detach"+kind+"Policy", onAttached, func(ctx context.Context, in attachInput[N]) error {
			return o.Policies.DetachPolicy(ctx, in.Name.entity(), in.PolicyARN)
		}),
		wire.QueryVoid("Put"+kind+"Policy", func(_ context.Context, in putInlineInput[N]) wire.Target { return target(in.Name) },
			func(ctx context.Context, in putInlineInput[N]) error {
				return o.Policies.PutPolicy(ctx, in.Name.entity(), in.PutPolicyInput)
			}),
		wire.QueryVoid("Delete"+kind+"Policy", onInline, func(ctx context.Context, in inlineInput[N]) error {
			return o.Policies.DeletePolicy(ctx, in.Name.entity(), in.PolicyName)
		}),
		wire.QueryReply("Get"+kind+"Policy", onInline, func(_ context.Context, in inlineInput[N]) (inlineOutput[N], error) {
			p, err := o.Policies.Get(in.Name.entity(), in.PolicyName)
			return inlineOutput[N]{in.Name, p.PolicyName, encoded(p.Document)}, err
		}),
		wire.QueryReply("List"+kind+"Policies", func(_ context.Context, in inlinePageInput[N]) wire.Target { return target(in.Name) },
			func(_ context.Context, in inlinePageInput[N]) (policyNamesOutput, error) {
				return o.listInline(in.Name.entity(), in.pageInput)
			}),
		wire.QueryReply("ListAttached"+kind+"Policies", func(_ context.Context, in attachedPageInput[N]) wire.Target { return target(in.Name) },
			func(_ context.Context, in attachedPageInput[N]) (attachedOutput, error) {
				return o.listAttached(in.Name.entity(), in.PathPrefix, in.pageInput)
			}),
	}
}

// boundaryOperations set and remove a permissions boundary. iam:PermissionsBoundary is a
// condition key: administrators may only be allowed to create users and roles that have
// one.
func boundaryOperations[N entityName](o *operations, kind string) []wire.QueryOperation {
	target := func(n N) wire.Target { return o.holderTarget(n.entity()) }
	return []wire.QueryOperation{
		wire.QueryVoid("Put"+kind+"PermissionsBoundary", func(_ context.Context, in boundaryInput[N]) wire.Target {
			return key(target(in.Name), "iam:permissionsboundary", in.PermissionsBoundary)
		}, func(ctx context.Context, in boundaryInput[N]) error {
			return o.Policies.PutBoundary(ctx, in.Name.entity(), in.PermissionsBoundary)
		}),
		wire.QueryVoid("Delete"+kind+"PermissionsBoundary", func(_ context.Context, in nameOnlyInput[N]) wire.Target { return target(in.Name) },
			func(ctx context.Context, in nameOnlyInput[N]) error {
				return o.Policies.DeleteBoundary(ctx, in.Name.entity())
			}),
	}
}

func (o *operations) listInline(h identity.Entity, in pageInput) (policyNamesOutput, error) {
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

func (o *operations) listAttached(h identity.Entity, pathPrefix string, in pageInput) (attachedOutput, error) {
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
