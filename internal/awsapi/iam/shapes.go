package iam

import (
	"net/url"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
)

// encoded percent-encodes a policy document as in AWS's responses: RFC 3986, a
// space is %20, since boto3 and the CLI do not read + (aws-controlplane §6.1).
func encoded(document string) string {
	return strings.ReplaceAll(url.QueryEscape(document), "+", "%20")
}

type boundaryShape struct {
	Type string `aws:"PermissionsBoundaryType"`
	ARN  string `aws:"PermissionsBoundaryArn"`
}

// boundaryOf is the boundary of an entity; its type has one value only.
func boundaryOf(p *identity.Permissions) *boundaryShape {
	if p.Boundary == "" {
		return nil
	}
	return &boundaryShape{"PermissionsBoundaryPolicy", p.Boundary}
}

type userShape struct {
	Path                string         `aws:"Path"`
	UserName            string         `aws:"UserName"`
	UserID              string         `aws:"UserId"`
	ARN                 string         `aws:"Arn"`
	CreateDate          time.Time      `aws:"CreateDate"`
	PermissionsBoundary *boundaryShape `aws:"PermissionsBoundary"`
	Tags                []identity.Tag `aws:"Tags"`
}

// userListed is a user as lists show it: without tags and boundary.
func (o *operations) userListed(u *identity.User) userShape {
	return userShape{Path: u.Path, UserName: u.UserName, UserID: u.UserID, ARN: o.UserARN(u), CreateDate: u.CreateDate}
}

// userWhole is a user as GetUser and CreateUser show it: with boundary and tags.
func (o *operations) userWhole(u *identity.User) userShape {
	shape := o.userListed(u)
	shape.PermissionsBoundary = boundaryOf(&u.Permissions)
	if len(u.Tags) > 0 {
		shape.Tags = u.Tags
	}
	return shape
}

type lastUsedShape struct {
	LastUsedDate time.Time `aws:"LastUsedDate"`
	Region       string    `aws:"Region"`
}

type roleShape struct {
	Path                     string         `aws:"Path"`
	RoleName                 string         `aws:"RoleName"`
	RoleID                   string         `aws:"RoleId"`
	ARN                      string         `aws:"Arn"`
	CreateDate               time.Time      `aws:"CreateDate"`
	AssumeRolePolicyDocument string         `aws:"AssumeRolePolicyDocument"`
	Description              *string        `aws:"Description"`
	MaxSessionDuration       *int           `aws:"MaxSessionDuration"`
	PermissionsBoundary      *boundaryShape `aws:"PermissionsBoundary"`
	Tags                     []identity.Tag `aws:"Tags"`
	RoleLastUsed             *lastUsedShape `aws:"RoleLastUsed"`
}

// roleBare is what all responses about a role have.
func (o *operations) roleBare(r *identity.Role) roleShape {
	return roleShape{
		Path: r.Path, RoleName: r.RoleName, RoleID: r.RoleID, ARN: o.RoleARN(r), CreateDate: r.CreateDate,
		AssumeRolePolicyDocument: encoded(o.Roles.TrustPolicyShown(r)), Description: r.Description,
	}
}

// roleCreated is CreateRole's answer: without MaxSessionDuration and last use.
func (o *operations) roleCreated(r *identity.Role) roleShape {
	shape := o.roleBare(r)
	shape.PermissionsBoundary = boundaryOf(&r.Permissions)
	if len(r.Tags) > 0 {
		shape.Tags = r.Tags
	}
	return shape
}

// roleListed is a role in ListRoles: with MaxSessionDuration, without tags.
func (o *operations) roleListed(r *identity.Role) roleShape {
	shape := o.roleBare(r)
	shape.MaxSessionDuration = &r.MaxSessionDuration
	return shape
}

// roleWhole is GetRole's answer.
func (o *operations) roleWhole(r *identity.Role) roleShape {
	shape := o.roleCreated(r)
	shape.MaxSessionDuration = &r.MaxSessionDuration
	shape.RoleLastUsed = &lastUsedShape{}
	if at, region, ok := o.RoleLastUsed(r.RoleID); ok {
		*shape.RoleLastUsed = lastUsedShape{at, region}
	}
	return shape
}

type policyShape struct {
	PolicyName                    string         `aws:"PolicyName"`
	PolicyID                      string         `aws:"PolicyId"`
	ARN                           string         `aws:"Arn"`
	Path                          string         `aws:"Path"`
	DefaultVersionID              string         `aws:"DefaultVersionId"`
	AttachmentCount               int            `aws:"AttachmentCount"`
	PermissionsBoundaryUsageCount int            `aws:"PermissionsBoundaryUsageCount"`
	IsAttachable                  bool           `aws:"IsAttachable"`
	Description                   string         `aws:"Description"`
	CreateDate                    time.Time      `aws:"CreateDate"`
	UpdateDate                    time.Time      `aws:"UpdateDate"`
	Tags                          []identity.Tag `aws:"Tags"`
}

// policyListed is a managed policy in lists and in CreatePolicy's answer:
// without description (aws-controlplane §6.3).
func (o *operations) policyListed(p *identity.ManagedPolicy, attached, bounded int) policyShape {
	return policyShape{
		PolicyName: p.PolicyName, PolicyID: p.PolicyID, ARN: o.PolicyARN(p), Path: p.Path,
		DefaultVersionID: p.DefaultVersionID, AttachmentCount: attached, PermissionsBoundaryUsageCount: bounded,
		IsAttachable: true, CreateDate: p.CreateDate, UpdateDate: p.UpdateDate,
	}
}

type policyVersionShape struct {
	Document         string    `aws:"Document"`
	VersionID        string    `aws:"VersionId"`
	IsDefaultVersion bool      `aws:"IsDefaultVersion"`
	CreateDate       time.Time `aws:"CreateDate"`
}

// versionShape is a version of a policy, with its document only in GetPolicyVersion and in
// the details of the account.
func versionShape(v identity.PolicyVersion, isDefault, document bool) policyVersionShape {
	shape := policyVersionShape{VersionID: v.VersionID, IsDefaultVersion: isDefault, CreateDate: v.CreateDate}
	if document {
		shape.Document = encoded(v.Document)
	}
	return shape
}

type attachedShape struct {
	PolicyName string `aws:"PolicyName"`
	PolicyARN  string `aws:"PolicyArn"`
}

type policyDetail struct {
	PolicyName     string `aws:"PolicyName"`
	PolicyDocument string `aws:"PolicyDocument"`
}

type profileShape struct {
	Path                string         `aws:"Path"`
	InstanceProfileName string         `aws:"InstanceProfileName"`
	InstanceProfileID   string         `aws:"InstanceProfileId"`
	ARN                 string         `aws:"Arn"`
	CreateDate          time.Time      `aws:"CreateDate"`
	Roles               []roleShape    `aws:"Roles"`
	Tags                []identity.Tag `aws:"Tags"`
}

// profileShape is an instance profile with its role, of which IAM allows one.
func (o *operations) profileShape(p *identity.InstanceProfile) profileShape {
	shape := profileShape{
		Path: p.Path, InstanceProfileName: p.InstanceProfileName, InstanceProfileID: p.InstanceProfileID,
		ARN: o.InstanceProfileARN(p), CreateDate: p.CreateDate, Roles: []roleShape{}, Tags: p.Tags,
	}
	if r, err := o.Roles.Get(p.RoleName); err == nil {
		shape.Roles = append(shape.Roles, o.roleBare(r))
	}
	return shape
}
