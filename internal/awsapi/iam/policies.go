package iam

import (
	"context"

	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
)

type policyARNInput struct {
	PolicyARN string `aws:"PolicyArn"`
}

type policyPageInput struct {
	policyARNInput
	pageInput
}

type policyOutput struct {
	Policy policyShape `aws:"Policy"`
}

type versionInput struct {
	PolicyARN string `aws:"PolicyArn"`
	VersionID string `aws:"VersionId"`
}

type newVersionInput struct {
	PolicyARN      string `aws:"PolicyArn"`
	PolicyDocument string `aws:"PolicyDocument"`
	SetAsDefault   bool   `aws:"SetAsDefault"`
}

type versionOutput struct {
	PolicyVersion policyVersionShape `aws:"PolicyVersion"`
}

type versionsOutput struct {
	Versions []policyVersionShape `aws:"Versions"`
	pageOutput
}

// policies are the operations on managed policies. Policies of AWS are targets too;
// changing them is refused by what the operation does, not by the authorisation.
func (o *operations) policies() []wire.QueryOperation {
	named := func(_ context.Context, in policyARNInput) wire.Target { return o.policyTarget(in.PolicyARN) }
	versioned := func(_ context.Context, in versionInput) wire.Target { return o.policyTarget(in.PolicyARN) }
	return []wire.QueryOperation{
		wire.QueryReply("CreatePolicy", func(_ context.Context, in identity.CreatePolicyInput) wire.Target {
			return tagKeys(on(o.PolicyARN(&identity.ManagedPolicy{Path: orSlash(in.Path), PolicyName: in.PolicyName})), in.Tags)
		}, o.createPolicy),
		wire.QueryReply("GetPolicy", named, o.getPolicy),
		wire.QueryReply("ListPolicies", onAll[listPoliciesInput], o.listPolicies),
		wire.QueryVoid("DeletePolicy", named, func(ctx context.Context, in policyARNInput) error {
			return o.ManagedPolicies.DeletePolicy(ctx, in.PolicyARN)
		}),
		wire.QueryReply("CreatePolicyVersion", func(_ context.Context, in newVersionInput) wire.Target { return o.policyTarget(in.PolicyARN) }, o.createPolicyVersion),
		wire.QueryReply("GetPolicyVersion", versioned, o.getPolicyVersion),
		wire.QueryReply("ListPolicyVersions", func(_ context.Context, in policyPageInput) wire.Target { return o.policyTarget(in.PolicyARN) }, o.listPolicyVersions),
		wire.QueryVoid("SetDefaultPolicyVersion", versioned, func(ctx context.Context, in versionInput) error {
			return o.ManagedPolicies.SetDefaultPolicyVersion(ctx, in.PolicyARN, in.VersionID)
		}),
		wire.QueryVoid("DeletePolicyVersion", versioned, func(ctx context.Context, in versionInput) error {
			return o.ManagedPolicies.DeletePolicyVersion(ctx, in.PolicyARN, in.VersionID)
		}),
		wire.QueryReply("ListEntitiesForPolicy", func(_ context.Context, in entitiesInput) wire.Target { return o.policyTarget(in.PolicyARN) }, o.listEntitiesForPolicy),
	}
}

// createPolicy returns the tags only where there are some; GetPolicy shows an empty list.
func (o *operations) createPolicy(ctx context.Context, in identity.CreatePolicyInput) (policyOutput, error) {
	p, err := o.ManagedPolicies.CreatePolicy(ctx, in)
	if err != nil {
		return policyOutput{}, err
	}
	shape := o.policyListed(p, 0, 0)
	if len(p.Tags) > 0 {
		shape.Tags = p.Tags
	}
	return policyOutput{shape}, nil
}

func (o *operations) getPolicy(_ context.Context, in policyARNInput) (policyOutput, error) {
	p, err := o.ManagedPolicies.ManagedPolicy(in.PolicyARN)
	if err != nil {
		return policyOutput{}, err
	}
	uses := o.ManagedPolicies.PolicyUses(in.PolicyARN)
	shape := o.policyListed(p, len(uses.Attached), len(uses.Bounded))
	shape.Description = p.Description
	shape.Tags = append([]identity.Tag{}, p.Tags...) // an empty list is shown
	return policyOutput{shape}, nil
}

type listPoliciesInput struct {
	Scope             string `aws:"Scope"`
	OnlyAttached      bool   `aws:"OnlyAttached"`
	PathPrefix        string `aws:"PathPrefix"`
	PolicyUsageFilter string `aws:"PolicyUsageFilter"`
	pageInput
}

type policiesOutput struct {
	Policies []policyShape `aws:"Policies"`
	pageOutput
}

// Values of PolicyUsageFilter.
const (
	usagePermissions = "PermissionsPolicy"
	usageBoundary    = "PermissionsBoundary"
)

// listPolicies returns counts as of now. OnlyAttached and PolicyUsageFilter are both
// filters: with the first alone any use counts, as permissions or as a boundary.
func (o *operations) listPolicies(_ context.Context, in listPoliciesInput) (policiesOutput, error) {
	scope := identity.Scope(in.Scope)
	switch scope {
	case "":
		scope = identity.ScopeAll
	case identity.ScopeAll, identity.ScopeAWS, identity.ScopeLocal:
	default:
		return policiesOutput{}, invalidEnum("scope", in.Scope, "All, AWS, Local")
	}
	attached, bounded := o.ManagedPolicies.Attachments()
	var list []policyShape
	for _, p := range o.ManagedPolicies.List(scope, in.PathPrefix) {
		arn := o.PolicyARN(p)
		shape := o.policyListed(p, attached[arn], bounded[arn])
		if !in.OnlyAttached && in.PolicyUsageFilter == "" || usedAs(shape, in.PolicyUsageFilter) {
			list = append(list, shape)
		}
	}
	page, more, err := cut(in.pageInput, list, func(p policyShape) string { return p.PolicyID })
	return policiesOutput{page, more}, err
}

// usedAs says whether a policy is used so; any use counts for an empty usage.
func usedAs(p policyShape, usage string) bool {
	switch usage {
	case usagePermissions:
		return p.AttachmentCount > 0
	case usageBoundary:
		return p.PermissionsBoundaryUsageCount > 0
	}
	return p.AttachmentCount+p.PermissionsBoundaryUsageCount > 0
}

// createPolicyVersion returns the version without its document, as AWS does.
func (o *operations) createPolicyVersion(ctx context.Context, in newVersionInput) (versionOutput, error) {
	v, err := o.ManagedPolicies.CreatePolicyVersion(ctx, in.PolicyARN, in.PolicyDocument, in.SetAsDefault)
	return versionOutput{versionShape(v, in.SetAsDefault, false)}, err
}

func (o *operations) getPolicyVersion(_ context.Context, in versionInput) (versionOutput, error) {
	v, err := o.ManagedPolicies.PolicyVersion(in.PolicyARN, in.VersionID)
	if err != nil {
		return versionOutput{}, err
	}
	p, err := o.ManagedPolicies.ManagedPolicy(in.PolicyARN)
	if err != nil {
		return versionOutput{}, err
	}
	return versionOutput{versionShape(v, v.VersionID == p.DefaultVersionID, true)}, nil
}

func (o *operations) listPolicyVersions(_ context.Context, in policyPageInput) (versionsOutput, error) {
	p, err := o.ManagedPolicies.ManagedPolicy(in.PolicyARN)
	if err != nil {
		return versionsOutput{}, err
	}
	var list []policyVersionShape
	for i := len(p.Versions) - 1; i >= 0; i-- { // newest first, as AWS lists them
		list = append(list, versionShape(p.Versions[i], p.Versions[i].VersionID == p.DefaultVersionID, false))
	}
	page, more, err := cut(in.pageInput, list, func(v policyVersionShape) string { return v.VersionID })
	return versionsOutput{page, more}, err
}

type entitiesInput struct {
	PolicyARN         string `aws:"PolicyArn"`
	EntityFilter      string `aws:"EntityFilter"`
	PathPrefix        string `aws:"PathPrefix"`
	PolicyUsageFilter string `aws:"PolicyUsageFilter"`
	pageInput
}

type policyUser struct {
	UserName string `aws:"UserName"`
	UserID   string `aws:"UserId"`
}

type policyGroup struct {
	GroupName string `aws:"GroupName"`
	GroupID   string `aws:"GroupId"`
}

type policyRole struct {
	RoleName string `aws:"RoleName"`
	RoleID   string `aws:"RoleId"`
}

type entitiesOutput struct {
	PolicyGroups []policyGroup `aws:"PolicyGroups"`
	PolicyUsers  []policyUser  `aws:"PolicyUsers"`
	PolicyRoles  []policyRole  `aws:"PolicyRoles"`
	pageOutput
}

// listEntitiesForPolicy pages over users, groups and roles together, in one order: a page
// may hold some of each, or none of a kind that another page has.
func (o *operations) listEntitiesForPolicy(_ context.Context, in entitiesInput) (entitiesOutput, error) {
	out := entitiesOutput{PolicyGroups: []policyGroup{}, PolicyUsers: []policyUser{}, PolicyRoles: []policyRole{}}
	if _, err := o.ManagedPolicies.ManagedPolicy(in.PolicyARN); err != nil {
		return out, err
	}
	uses := o.ManagedPolicies.PolicyUses(in.PolicyARN)
	var entities []identity.PolicyEntity
	if in.PolicyUsageFilter != usageBoundary {
		entities = append(entities, uses.Attached...)
	}
	if in.PolicyUsageFilter != usagePermissions {
		entities = append(entities, uses.Bounded...)
	}
	entities = filterEntities(entities, in)
	page, more, err := cut(in.pageInput, entities, func(h identity.PolicyEntity) string { return h.ID })
	out.pageOutput = more
	for _, h := range page {
		switch h.Kind {
		case identity.EntityUser:
			out.PolicyUsers = append(out.PolicyUsers, policyUser{h.Name, h.ID})
		case identity.EntityGroup:
			out.PolicyGroups = append(out.PolicyGroups, policyGroup{h.Name, h.ID})
		default:
			out.PolicyRoles = append(out.PolicyRoles, policyRole{h.Name, h.ID})
		}
	}
	return out, err
}

// filterEntities keeps the asked kind and path, each entity once.
func filterEntities(entities []identity.PolicyEntity, in entitiesInput) []identity.PolicyEntity {
	kinds := map[string]identity.EntityKind{"User": identity.EntityUser, "Group": identity.EntityGroup, "Role": identity.EntityRole}
	seen := map[string]bool{}
	var list []identity.PolicyEntity
	for _, h := range entities {
		if seen[h.ID] || in.EntityFilter != "" && kinds[in.EntityFilter] != h.Kind || !hasPrefix(h.Path, in.PathPrefix) {
			continue
		}
		seen[h.ID] = true
		list = append(list, h)
	}
	return list
}
