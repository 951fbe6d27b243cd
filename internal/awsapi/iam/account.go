package iam

import (
	"context"
	"slices"
	"time"

	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
)

type emptyInput struct{}

type summaryOutput struct {
	SummaryMap map[string]int `aws:"SummaryMap"`
}

type aliasesOutput struct {
	AccountAliases []string `aws:"AccountAliases"`
	pageOutput
}

type detailsInput struct {
	Filter []string `aws:"Filter"`
	pageInput
}

type userDetail struct {
	Path                    string          `aws:"Path"`
	UserName                string          `aws:"UserName"`
	UserID                  string          `aws:"UserId"`
	ARN                     string          `aws:"Arn"`
	CreateDate              time.Time       `aws:"CreateDate"`
	UserPolicyList          []policyDetail  `aws:"UserPolicyList"`
	GroupList               []string        `aws:"GroupList"`
	AttachedManagedPolicies []attachedShape `aws:"AttachedManagedPolicies"`
	PermissionsBoundary     *boundaryShape  `aws:"PermissionsBoundary"`
	Tags                    []identity.Tag  `aws:"Tags"`
}

type groupDetail struct {
	groupShape
	GroupPolicyList         []policyDetail  `aws:"GroupPolicyList"`
	AttachedManagedPolicies []attachedShape `aws:"AttachedManagedPolicies"`
}

type roleDetail struct {
	Path                     string          `aws:"Path"`
	RoleName                 string          `aws:"RoleName"`
	RoleID                   string          `aws:"RoleId"`
	ARN                      string          `aws:"Arn"`
	CreateDate               time.Time       `aws:"CreateDate"`
	AssumeRolePolicyDocument string          `aws:"AssumeRolePolicyDocument"`
	InstanceProfileList      []profileShape  `aws:"InstanceProfileList"`
	RolePolicyList           []policyDetail  `aws:"RolePolicyList"`
	AttachedManagedPolicies  []attachedShape `aws:"AttachedManagedPolicies"`
	PermissionsBoundary      *boundaryShape  `aws:"PermissionsBoundary"`
	Tags                     []identity.Tag  `aws:"Tags"`
	RoleLastUsed             *lastUsedShape  `aws:"RoleLastUsed"`
}

type managedPolicyDetail struct {
	PolicyName                    string               `aws:"PolicyName"`
	PolicyID                      string               `aws:"PolicyId"`
	ARN                           string               `aws:"Arn"`
	Path                          string               `aws:"Path"`
	DefaultVersionID              string               `aws:"DefaultVersionId"`
	AttachmentCount               int                  `aws:"AttachmentCount"`
	PermissionsBoundaryUsageCount int                  `aws:"PermissionsBoundaryUsageCount"`
	IsAttachable                  bool                 `aws:"IsAttachable"`
	Description                   string               `aws:"Description"`
	CreateDate                    time.Time            `aws:"CreateDate"`
	UpdateDate                    time.Time            `aws:"UpdateDate"`
	PolicyVersionList             []policyVersionShape `aws:"PolicyVersionList"`
}

type detailsOutput struct {
	UserDetailList  []userDetail          `aws:"UserDetailList"`
	GroupDetailList []groupDetail         `aws:"GroupDetailList"`
	RoleDetailList  []roleDetail          `aws:"RoleDetailList"`
	Policies        []managedPolicyDetail `aws:"Policies"`
	pageOutput
}

// account are the operations on the account as a whole, which authorise against "*".
func (o *operations) account() []wire.QueryOperation {
	return []wire.QueryOperation{
		wire.QueryReply("GetAccountSummary", onAll[emptyInput], func(context.Context, emptyInput) (summaryOutput, error) {
			return summaryOutput{o.Summary()}, nil
		}),
		wire.QueryVoid("CreateAccountAlias", onAll[identity.AccountAliasInput], o.AccountAliases.CreateAccountAlias),
		wire.QueryVoid("DeleteAccountAlias", onAll[identity.AccountAliasInput], o.AccountAliases.DeleteAccountAlias),
		wire.QueryReply("ListAccountAliases", onAll[pageInput], func(_ context.Context, in pageInput) (aliasesOutput, error) {
			page, more, err := cut(in, o.AccountAliases.List(), func(alias string) string { return alias })
			return aliasesOutput{page, more}, err
		}),
		wire.QueryReply("GetAccountAuthorizationDetails", onAll[detailsInput], o.getAccountAuthorizationDetails),
	}
}

// detail is one entry of any of the lists.
type detail struct {
	id  string
	add func(*detailsOutput)
}

// getAccountAuthorizationDetails pages over users, groups, roles and policies in one order,
// since one Marker and one MaxItems are for all lists. Without a filter only those of AWS's
// managed policies are shown that are in use, as AWS documents it.
func (o *operations) getAccountAuthorizationDetails(_ context.Context, in detailsInput) (detailsOutput, error) {
	wants := func(kind string) bool { return len(in.Filter) == 0 || slices.Contains(in.Filter, kind) }
	var all []detail
	if wants("User") {
		for _, u := range o.Users.List("") {
			all = append(all, detail{u.UserID, func(out *detailsOutput) { out.UserDetailList = append(out.UserDetailList, o.userDetail(u)) }})
		}
	}
	if wants("Group") {
		for _, g := range o.Groups.List("") {
			all = append(all, detail{g.GroupID, func(out *detailsOutput) { out.GroupDetailList = append(out.GroupDetailList, o.groupDetail(g)) }})
		}
	}
	if wants("Role") {
		for _, r := range o.Roles.List("") {
			all = append(all, detail{r.RoleID, func(out *detailsOutput) { out.RoleDetailList = append(out.RoleDetailList, o.roleDetail(r)) }})
		}
	}
	attached, bounded := o.ManagedPolicies.Attachments()
	for _, p := range o.ManagedPolicies.List(identity.ScopeAll, "") {
		kind := "LocalManagedPolicy"
		if p.AWSManaged {
			kind = "AWSManagedPolicy"
		}
		if arn := o.PolicyARN(p); wants(kind) && (!p.AWSManaged || len(in.Filter) > 0 || attached[arn] > 0) {
			all = append(all, detail{p.PolicyID, func(out *detailsOutput) {
				out.Policies = append(out.Policies, o.managedDetail(p, attached[arn], bounded[arn]))
			}})
		}
	}
	page, more, err := cut(in.pageInput, all, func(d detail) string { return d.id })
	out := detailsOutput{
		UserDetailList: []userDetail{}, GroupDetailList: []groupDetail{}, RoleDetailList: []roleDetail{},
		Policies: []managedPolicyDetail{}, pageOutput: more,
	}
	for _, d := range page {
		d.add(&out)
	}
	return out, err
}

func (o *operations) groupDetail(g *identity.Group) groupDetail {
	return groupDetail{o.groupShape(g), inlineDetails(&g.Permissions), o.attachedShapes(&g.Permissions, "")}
}

func (o *operations) userDetail(u *identity.User) userDetail {
	groups := []string{}
	for _, g := range o.Groups.GroupsOf(u) {
		groups = append(groups, g.GroupName)
	}
	return userDetail{
		Path: u.Path, UserName: u.UserName, UserID: u.UserID, ARN: o.UserARN(u), CreateDate: u.CreateDate,
		UserPolicyList: inlineDetails(&u.Permissions), GroupList: groups,
		AttachedManagedPolicies: o.attachedShapes(&u.Permissions, ""), PermissionsBoundary: boundaryOf(&u.Permissions),
		Tags: append([]identity.Tag{}, u.Tags...),
	}
}

func (o *operations) roleDetail(r *identity.Role) roleDetail {
	whole := o.roleWhole(r)
	d := roleDetail{
		Path: r.Path, RoleName: r.RoleName, RoleID: r.RoleID, ARN: whole.ARN, CreateDate: r.CreateDate,
		AssumeRolePolicyDocument: whole.AssumeRolePolicyDocument, InstanceProfileList: []profileShape{},
		RolePolicyList: inlineDetails(&r.Permissions), AttachedManagedPolicies: o.attachedShapes(&r.Permissions, ""),
		PermissionsBoundary: whole.PermissionsBoundary, Tags: append([]identity.Tag{}, r.Tags...), RoleLastUsed: whole.RoleLastUsed,
	}
	for _, p := range o.InstanceProfiles.InstanceProfilesOf(r.RoleName) {
		d.InstanceProfileList = append(d.InstanceProfileList, o.profileShape(p))
	}
	return d
}

// inlineDetails are the inline policies of an entity, documents included; never nil, since
// an empty list is an empty element.
func inlineDetails(p *identity.Permissions) []policyDetail {
	list := []policyDetail{}
	for _, one := range p.Inline {
		list = append(list, policyDetail{one.PolicyName, encoded(one.Document)})
	}
	return list
}

func (o *operations) managedDetail(p *identity.ManagedPolicy, attached, bounded int) managedPolicyDetail {
	d := managedPolicyDetail{
		PolicyName: p.PolicyName, PolicyID: p.PolicyID, ARN: o.PolicyARN(p), Path: p.Path, DefaultVersionID: p.DefaultVersionID,
		AttachmentCount: attached, PermissionsBoundaryUsageCount: bounded, IsAttachable: true, Description: p.Description,
		CreateDate: p.CreateDate, UpdateDate: p.UpdateDate, PolicyVersionList: []policyVersionShape{},
	}
	for _, v := range p.Versions {
		d.PolicyVersionList = append(d.PolicyVersionList, versionShape(v, v.VersionID == p.DefaultVersionID, true))
	}
	return d
}
