package identity

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"github.com/pasarela-ws/pasarela/internal/engine/policy"
)

// Bounds of a session, in seconds.
const (
	defaultSessionDuration = 3600
	maxTrustPolicy         = 4096 // characters without white space; AWS's raisable quota
)

// CreateRoleInput is the input of CreateRole.
type CreateRoleInput struct {
	RoleName                 string  `aws:"RoleName,required,max=64,pattern=name"`
	AssumeRolePolicyDocument string  `aws:"AssumeRolePolicyDocument,required,max=131072,pattern=document"`
	Path                     string  `aws:"Path,max=512,pattern=path"`
	Description              *string `aws:"Description,max=1000,pattern=description"`
	MaxSessionDuration       *int    `aws:"MaxSessionDuration,min=3600,max=43200"`
	PermissionsBoundary      string  `aws:"PermissionsBoundary,min=20,max=2048"`
	Tags                     []Tag   `aws:"Tags,max=50"`
}

// Roles does the operations on roles, each a document, and keeps the trust policies.
type Roles struct{ identity *Service }

// CreateRole makes a role without policies.
func (s *Roles) CreateRole(ctx context.Context, in CreateRoleInput) (*Role, error) {
	if err := check(in); err != nil {
		return nil, err
	}
	if err := s.identity.checkCreation(in.PermissionsBoundary, in.Tags); err != nil {
		return nil, err
	}
	taken := errorf(CodeEntityAlreadyExists, "Role with name %s already exists.", in.RoleName)
	if s.identity.current.Load().roles.get(fold(in.RoleName)) != nil {
		return nil, taken // AWS says so before it reads the document
	}
	r := &Role{
		Path: pathOr(in.Path), RoleName: in.RoleName, RoleID: newID(ctx, prefixRole, s.identity.regionAccount.AccountID, idLength),
		CreateDate: s.identity.today(), Description: in.Description, MaxSessionDuration: defaultSessionDuration,
		Tags: in.Tags, Permissions: Permissions{Boundary: in.PermissionsBoundary},
	}
	if in.MaxSessionDuration != nil {
		r.MaxSessionDuration = *in.MaxSessionDuration
	}
	if err := s.trust(r, in.AssumeRolePolicyDocument); err != nil {
		return nil, err
	}
	return r, create(ctx, s.identity, s.identity.roles, roleKey(in.RoleName), taken, r)
}

// trust sets the role's trust policy if it is valid and every principal that it names
// exists.
func (s *Roles) trust(r *Role, document string) error {
	d, err := policy.Parse(document, policy.Trust)
	if err != nil {
		return err
	}
	if lengthWithoutBlanks(document) > maxTrustPolicy {
		return errorf(CodeLimitExceeded, "Cannot exceed quota for ACLSizePerRole: %d", maxTrustPolicy)
	}
	ids := map[string]string{}
	n := s.identity.current.Load()
	for _, arn := range d.PrincipalARNs() {
		if !strings.Contains(arn, "::"+s.identity.regionAccount.AccountID+":") {
			continue // of other accounts nothing is known
		}
		v := n.principal(arn)
		if v == nil {
			return errorf(policy.CodeMalformed, `Invalid principal in policy: "AWS":%q`, arn)
		}
		ids[arn] = v.id
	}
	r.TrustPolicy, r.TrustedIDs = document, ids
	return nil
}

func lengthWithoutBlanks(text string) int {
	n := 0
	for _, r := range text {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}

// Get is the role of that name, or [CodeNoSuchEntity].
func (s *Roles) Get(name string) (*Role, error) {
	v := s.identity.current.Load().roles.get(fold(name))
	if v == nil {
		return nil, noRole(name)
	}
	return v.role, nil
}

// List is all roles whose path starts with pathPrefix, by name.
func (s *Roles) List(pathPrefix string) []*Role {
	n := s.identity.current.Load()
	var list []*Role
	for _, v := range n.roles.sorted() {
		if r := v.role; underPath(r.Path, pathPrefix) {
			list = append(list, r)
		}
	}
	return list
}

// TrustPolicyShown is the role's trust policy as AWS shows it: a user or role
// that is gone by now appears as the unique id that is still meant.
func (s *Roles) TrustPolicyShown(r *Role) string {
	n := s.identity.current.Load()
	text := r.TrustPolicy
	for _, arn := range sortedKeys(r.TrustedIDs) {
		if id := r.TrustedIDs[arn]; n.idOf(arn) != id {
			text = strings.ReplaceAll(text, `"`+arn+`"`, `"`+id+`"`)
		}
	}
	return text
}

// idOf is the unique id of the user or role of that ARN, or "".
func (n *snapshot) idOf(arn string) string {
	if v := n.principal(arn); v != nil {
		return v.id
	}
	return ""
}

// UpdateRoleInput is the input of UpdateRole. A nil description stays as it is; a
// nil session length becomes the default of an hour.
type UpdateRoleInput struct {
	RoleName           string  `aws:"RoleName,required,max=64,pattern=name"`
	Description        *string `aws:"Description,max=1000,pattern=description"`
	MaxSessionDuration *int    `aws:"MaxSessionDuration,min=3600,max=43200"`
}

// UpdateRole changes description and session length.
func (s *Roles) UpdateRole(ctx context.Context, in UpdateRoleInput) (*Role, error) {
	if err := check(in); err != nil {
		return nil, err
	}
	return s.changeOwnRole(ctx, in.RoleName, func(r *Role) error {
		if in.Description != nil {
			r.Description = in.Description
		}
		r.MaxSessionDuration = defaultSessionDuration // "the default of one hour is applied" (API reference)
		if in.MaxSessionDuration != nil {
			r.MaxSessionDuration = *in.MaxSessionDuration
		}
		return nil
	})
}

// UpdateRoleDescription changes the description alone.
func (s *Roles) UpdateRoleDescription(ctx context.Context, name, description string) (*Role, error) {
	if err := check(UpdateRoleInput{RoleName: name, Description: &description}); err != nil {
		return nil, err
	}
	return s.changeOwnRole(ctx, name, func(r *Role) error {
		r.Description = &description
		return nil
	})
}

// UpdateAssumeRolePolicyInput is the input of UpdateAssumeRolePolicy.
type UpdateAssumeRolePolicyInput struct {
	RoleName       string `aws:"RoleName,required,max=64,pattern=name"`
	PolicyDocument string `aws:"PolicyDocument,required,max=131072,pattern=document"`
}

// UpdateAssumeRolePolicy replaces a role's trust policy.
func (s *Roles) UpdateAssumeRolePolicy(ctx context.Context, in UpdateAssumeRolePolicyInput) error {
	if err := check(in); err != nil {
		return err
	}
	_, err := s.changeOwnRole(ctx, in.RoleName, func(r *Role) error { return s.trust(r, in.PolicyDocument) })
	return err
}

// DeleteRole removes a role that has no policies and is in no instance profile.
// Its sessions end with it.
func (s *Roles) DeleteRole(ctx context.Context, name string) error {
	return remove(ctx, s.identity, s.identity.roles, roleKey(name), noRole(name), func(r *Role) error {
		if err := r.modifiable(); err != nil {
			return err
		}
		if len(s.identity.InstanceProfiles.InstanceProfilesOf(name)) > 0 {
			return errorf(CodeDeleteConflict, "Cannot delete entity, must remove roles from instance profile first.")
		}
		return r.deletable()
	})
}

// Service-linked roles (aws-controlplane §6.3).
const (
	ServiceLinkedService  = "ops.apigateway.amazonaws.com"
	ServiceLinkedRoleName = "AWSServiceRoleForAPIGateway"
)

func serviceLinkedPath() string { return "/aws-service-role/" + ServiceLinkedService + "/" }

func (s *Roles) newServiceLinkedRole(description string) *Role {
	if description == "" {
		description = "The Service Linked Role is used by Amazon API Gateway."
	}
	return &Role{
		Path: serviceLinkedPath(), RoleName: ServiceLinkedRoleName,
		RoleID: newID(context.Background(), prefixRole, s.identity.regionAccount.AccountID, idLength), CreateDate: s.identity.today(), Description: &description,
		MaxSessionDuration: defaultSessionDuration, ServiceLinkedTo: ServiceLinkedService,
		TrustPolicy: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"` + ServiceLinkedService + `"},"Action":"sts:AssumeRole"}]}`,
		Permissions: Permissions{Attached: []Attachment{{serviceLinkedPolicyARN, awsManaged()[serviceLinkedPolicyARN].PolicyID}}},
	}
}

// CreateServiceLinkedRoleInput is the input of CreateServiceLinkedRole.
type CreateServiceLinkedRoleInput struct {
	AWSServiceName string `aws:"AWSServiceName,required,max=128,pattern=name"`
	Description    string `aws:"Description,max=1000,pattern=description"`
	CustomSuffix   string `aws:"CustomSuffix,max=64,pattern=name"`
}

// CreateServiceLinkedRole makes the role that API Gateway uses by itself, after
// it was deleted. No other service exists here.
func (s *Roles) CreateServiceLinkedRole(ctx context.Context, in CreateServiceLinkedRoleInput) (*Role, error) {
	if err := check(in); err != nil {
		return nil, err
	}
	switch {
	case in.AWSServiceName != ServiceLinkedService:
		return nil, errorf(CodeInvalidInput, "Service role creation is not supported for %s. Supported is %s.", in.AWSServiceName, ServiceLinkedService)
	case in.CustomSuffix != "":
		return nil, errorf(CodeInvalidInput, "Custom suffix is not allowed for %s", ServiceLinkedService)
	}
	r := s.newServiceLinkedRole(in.Description)
	taken := errorf(CodeInvalidInput, "Service role name %s has been taken in this account, please try a different suffix.", ServiceLinkedRoleName)
	return r, create(ctx, s.identity, s.identity.roles, roleKey(r.RoleName), taken, r)
}

// maxDeletions bounds the deletions that are remembered.
const maxDeletions = 50

// DeleteServiceLinkedRole removes a service-linked role at once and returns the
// id of a deletion task that has succeeded.
func (s *Roles) DeleteServiceLinkedRole(ctx context.Context, name, uuid string) (taskID string, err error) {
	err = remove(ctx, s.identity, s.identity.roles, roleKey(name), noRole(name), func(r *Role) error {
		if r.ServiceLinkedTo == "" {
			return errorf(CodeInvalidInput, "%s is not a service-linked role.", name)
		}
		taskID = "task" + r.Path + r.RoleName + "/" + uuid
		return nil
	})
	if err != nil {
		return "", err
	}
	_, err = change(ctx, s.identity, s.identity.accounts, accountKey, errNoAccount(), func(a *Account) error {
		a.Deletions = append(a.Deletions, taskID)
		a.Deletions = a.Deletions[max(0, len(a.Deletions)-maxDeletions):]
		return nil
	})
	return taskID, err
}

// DeletionSucceeded reports whether a deletion task is known; those that are
// have succeeded.
func (s *Roles) DeletionSucceeded(taskID string) error {
	if !slices.Contains(s.identity.current.Load().account.Deletions, taskID) {
		return errorf(CodeNoSuchEntity, "Deletion task %s cannot be found.", taskID)
	}
	return nil
}
