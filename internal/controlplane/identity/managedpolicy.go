package identity

import (
	"context"
	"slices"
	"strconv"

	"github.com/pasarela-ws/pasarela/internal/engine/policy"
)

// Quotas of managed policies (aws-controlplane §6.2).
const (
	maxVersions      = 5
	maxManagedPolicy = 6144 // characters without white space
)

// CreatePolicyInput is the input of CreatePolicy.
type CreatePolicyInput struct {
	PolicyName     string `aws:"PolicyName,required,max=128,pattern=name"`
	PolicyDocument string `aws:"PolicyDocument,required,max=131072,pattern=document"`
	Path           string `aws:"Path,max=512,pattern=policyPath"`
	Description    string `aws:"Description,max=1000"`
	Tags           []Tag  `aws:"Tags,max=50"`
}

// ManagedPolicies does the operations on managed policies, one document each with all
// its versions, and finds those of AWS.
type ManagedPolicies struct{ identity *Service }

// CreatePolicy makes a managed policy with version v1.
func (s *ManagedPolicies) CreatePolicy(ctx context.Context, in CreatePolicyInput) (*ManagedPolicy, error) {
	if err := check(in); err != nil {
		return nil, err
	}
	if err := checkTags(nil, in.Tags); err != nil {
		return nil, err
	}
	if err := checkManaged(in.PolicyDocument); err != nil {
		return nil, err
	}
	now := s.identity.today()
	p := &ManagedPolicy{
		Path: pathOr(in.Path), PolicyName: in.PolicyName, PolicyID: newID(ctx, prefixPolicy, s.identity.regionAccount.AccountID, idLength),
		Description: in.Description, CreateDate: now, Tags: in.Tags,
	}
	p.addVersion(in.PolicyDocument, true, s.identity)
	taken := errorf(CodeEntityAlreadyExists, "A policy called %s already exists. Duplicate names are not allowed.", in.PolicyName)
	return p, create(ctx, s.identity, s.identity.policies, policyKey(in.PolicyName), taken, p)
}

func checkManaged(document string) error {
	if _, err := policy.Parse(document, policy.Identity); err != nil {
		return err
	}
	if lengthWithoutBlanks(document) > maxManagedPolicy {
		return errorf(CodeLimitExceeded, "Cannot exceed quota for PolicySize: %d", maxManagedPolicy)
	}
	return nil
}

func (p *ManagedPolicy) addVersion(document string, isDefault bool, s *Service) PolicyVersion {
	p.LastVersion++
	p.UpdateDate = s.today()
	v := PolicyVersion{VersionID: "v" + strconv.Itoa(p.LastVersion), Document: document, CreateDate: p.UpdateDate}
	p.Versions = append(p.Versions, v)
	if isDefault {
		p.DefaultVersionID = v.VersionID
	}
	return v
}

// ManagedPolicy is the managed policy of that ARN, AWS's own included.
func (s *ManagedPolicies) ManagedPolicy(arn string) (*ManagedPolicy, error) {
	if err := checkPolicyARN(arn); err != nil {
		return nil, err
	}
	v := s.identity.current.Load().policy(arn)
	if v == nil {
		return nil, noPolicy(arn)
	}
	return v.ManagedPolicy, nil
}

// Scope of a list of managed policies.
type Scope string

// Scopes, in AWS's words.
const (
	ScopeAll   Scope = "All"
	ScopeAWS   Scope = "AWS"
	ScopeLocal Scope = "Local"
)

// List are the managed policies of a scope under a path: the
// account's by name, then AWS's by name.
func (s *ManagedPolicies) List(scope Scope, pathPrefix string) []*ManagedPolicy {
	var list []*ManagedPolicy
	add := func(p *ManagedPolicy) {
		if underPath(p.Path, pathPrefix) {
			list = append(list, p)
		}
	}
	n := s.identity.current.Load()
	if scope != ScopeAWS {
		for _, v := range n.policies.sorted() {
			add(v.ManagedPolicy)
		}
	}
	if scope != ScopeLocal {
		for _, arn := range sortedKeys(awsManaged()) {
			add(awsManaged()[arn].ManagedPolicy)
		}
	}
	return list
}

// changePolicy edits a customer managed policy.
func (s *ManagedPolicies) changePolicy(ctx context.Context, arn string, edit func(*ManagedPolicy) error) (*ManagedPolicy, error) {
	if err := checkPolicyARN(arn); err != nil {
		return nil, err
	}
	if awsManaged()[arn] != nil {
		return nil, errorf("AccessDenied", "Policies managed by AWS cannot be changed: %s", arn)
	}
	return change(ctx, s.identity, s.identity.policies, policyKey(lastSegment(arn)), noPolicy(arn), func(p *ManagedPolicy) error {
		if s.identity.PolicyARN(p) != arn {
			return noPolicy(arn)
		}
		return edit(p)
	})
}

// CreatePolicyVersion adds a version. It takes effect when it is the default.
func (s *ManagedPolicies) CreatePolicyVersion(ctx context.Context, arn, document string, setAsDefault bool) (PolicyVersion, error) {
	if _, err := s.ManagedPolicy(arn); err != nil {
		return PolicyVersion{}, err
	}
	if err := checkManaged(document); err != nil {
		return PolicyVersion{}, err
	}
	var made PolicyVersion
	_, err := s.changePolicy(ctx, arn, func(p *ManagedPolicy) error {
		if len(p.Versions) >= maxVersions {
			return errorf(CodeLimitExceeded, "A managed policy can have up to %d versions. Before you create a new version, you must delete an existing version.", maxVersions)
		}
		made = p.addVersion(document, setAsDefault, s.identity)
		return nil
	})
	return made, err
}

func noVersion(arn, versionID string) error {
	return errorf(CodeNoSuchEntity, "Policy %s version %s does not exist or is not attachable.", arn, versionID)
}

type versionInput struct {
	VersionID string `aws:"VersionId,required,pattern=version"`
}

// PolicyVersion is one version of a managed policy.
func (s *ManagedPolicies) PolicyVersion(arn, versionID string) (PolicyVersion, error) {
	if err := check(versionInput{versionID}); err != nil {
		return PolicyVersion{}, err
	}
	p, err := s.ManagedPolicy(arn)
	if err != nil {
		return PolicyVersion{}, err
	}
	v := p.Version(versionID)
	if v == nil {
		return PolicyVersion{}, noVersion(arn, versionID)
	}
	return *v, nil
}

// SetDefaultPolicyVersion puts a version into effect.
func (s *ManagedPolicies) SetDefaultPolicyVersion(ctx context.Context, arn, versionID string) error {
	if err := check(versionInput{versionID}); err != nil {
		return err
	}
	_, err := s.changePolicy(ctx, arn, func(p *ManagedPolicy) error {
		if p.Version(versionID) == nil {
			return noVersion(arn, versionID)
		}
		p.DefaultVersionID = versionID
		p.UpdateDate = s.identity.today()
		return nil
	})
	return err
}

// DeletePolicyVersion removes a version that is not the default.
func (s *ManagedPolicies) DeletePolicyVersion(ctx context.Context, arn, versionID string) error {
	if err := check(versionInput{versionID}); err != nil {
		return err
	}
	_, err := s.changePolicy(ctx, arn, func(p *ManagedPolicy) error {
		switch {
		case p.Version(versionID) == nil:
			return noVersion(arn, versionID)
		case p.DefaultVersionID == versionID:
			return errorf(CodeDeleteConflict, "Cannot delete the default version of a policy.")
		}
		p.Versions = slices.DeleteFunc(p.Versions, func(v PolicyVersion) bool { return v.VersionID == versionID })
		p.UpdateDate = s.identity.today()
		return nil
	})
	return err
}

// DeletePolicy removes a managed policy that is attached to no entity and down to its
// default version.
func (s *ManagedPolicies) DeletePolicy(ctx context.Context, arn string) error {
	if _, err := s.ManagedPolicy(arn); err != nil {
		return err
	}
	if awsManaged()[arn] != nil {
		return errorf("AccessDenied", "Policies managed by AWS cannot be deleted: %s", arn)
	}
	return remove(ctx, s.identity, s.identity.policies, policyKey(lastSegment(arn)), noPolicy(arn), func(p *ManagedPolicy) error {
		uses := s.PolicyUses(arn)
		switch {
		case s.identity.PolicyARN(p) != arn:
			return noPolicy(arn)
		case len(uses.Attached)+len(uses.Bounded) > 0:
			return errorf(CodeDeleteConflict, "Cannot delete a policy attached to entities.")
		case len(p.Versions) > 1:
			return errorf(CodeDeleteConflict, "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.")
		}
		return nil
	})
}

// PolicyUses is who has a managed policy.
type PolicyUses struct {
	Attached []PolicyEntity // as a permissions policy
	Bounded  []PolicyEntity // as a permissions boundary
}

// PolicyEntity is a user, a group or a role that has a policy.
type PolicyEntity struct {
	Entity
	ID   string // AIDA…, AGPA… or AROA…
	Path string
}

// PolicyUses finds who has a managed policy: users by name, then groups, then roles.
func (s *ManagedPolicies) PolicyUses(arn string) PolicyUses {
	n := s.identity.current.Load()
	var uses PolicyUses
	target := n.policy(arn)
	if target == nil {
		return uses
	}
	see := func(h PolicyEntity, p *Permissions) {
		if slices.Contains(p.Attached, Attachment{arn, target.PolicyID}) {
			uses.Attached = append(uses.Attached, h)
		}
		if p.Boundary == arn {
			uses.Bounded = append(uses.Bounded, h)
		}
	}
	for _, v := range n.users.sorted() {
		u := v.user
		see(PolicyEntity{UserNamed(u.UserName), u.UserID, u.Path}, &u.Permissions)
	}
	for _, v := range n.groups.sorted() {
		see(PolicyEntity{GroupNamed(v.GroupName), v.GroupID, v.Path}, &v.Permissions)
	}
	for _, v := range n.roles.sorted() {
		r := v.role
		see(PolicyEntity{RoleNamed(r.RoleName), r.RoleID, r.Path}, &r.Permissions)
	}
	return uses
}

// Attachments counts the uses of every managed policy in one pass, for lists.
func (s *ManagedPolicies) Attachments() (attached, bounded map[string]int) {
	n := s.identity.current.Load()
	attached, bounded = map[string]int{}, map[string]int{}
	see := func(p *Permissions) {
		for _, a := range p.Attached {
			attached[a.PolicyARN]++
		}
		if p.Boundary != "" {
			bounded[p.Boundary]++
		}
	}
	for _, views := range [...]*index[principalView]{&n.users, &n.roles} {
		for _, v := range views.sorted() {
			see(v.permissions)
		}
	}
	for _, g := range n.groups.sorted() {
		see(&g.Permissions)
	}
	return attached, bounded
}
