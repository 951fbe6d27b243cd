package identity

import (
	"strings"
	"time"
)

// User is an IAM user with everything that is its own.
type User struct {
	Path       string
	UserName   string
	UserID     string // AIDA…
	CreateDate time.Time
	Tags       []Tag
	AccessKeys []AccessKey
	Groups     []string `json:",omitempty"` // ids of the groups it is in: AGPA…
	// FormerName is the name before the last renaming. A document of that name and
	// the same id is left from a renaming that was cut short.
	FormerName string `json:",omitempty"`
	Permissions
}

// Role is an IAM role.
type Role struct {
	Path               string
	RoleName           string
	RoleID             string // AROA…
	CreateDate         time.Time
	Description        *string // nil when never given: an empty one is shown
	MaxSessionDuration int     // seconds, 3600 to 43200
	Tags               []Tag
	// TrustPolicy is the AssumeRolePolicyDocument, byte for byte as it was given.
	TrustPolicy string
	// TrustedIDs are the unique ids that the users and roles which TrustPolicy
	// names by ARN had when it was written: a new user of an old name is not trusted.
	TrustedIDs map[string]string `json:",omitempty"`
	// ServiceLinkedTo is the service that owns the role, empty for others.
	ServiceLinkedTo string `json:",omitempty"`
	Permissions
}

// Permissions are the policies of a user, a group or a role.
type Permissions struct {
	Inline   []InlinePolicy `json:",omitempty"` // sorted by name
	Attached []Attachment   `json:",omitempty"` // in the order of attaching
	Boundary string         `json:",omitempty"` // ARN of the permissions boundary, or empty
}

// InlinePolicy is a policy inside its holder.
type InlinePolicy struct {
	PolicyName string
	Document   string // as it was given
}

// Attachment is a managed policy on a holder. The id tells a policy from a later
// one of the same name.
type Attachment struct {
	PolicyARN string
	PolicyID  string
}

// AccessKey is a long-term key of a user or of the root.
type AccessKey struct {
	AccessKeyID     string // AKIA…
	SecretAccessKey string
	Active          bool
	CreateDate      time.Time
}

// Tag is a tag of an entity, in the order and case in which it was given.
type Tag struct {
	Key   string `aws:"Key,required,max=128,pattern=tagKey"`
	Value string `aws:"Value,keep,max=256,pattern=tagValue"`
}

// ManagedPolicy is a policy that stands by itself.
type ManagedPolicy struct {
	Path             string
	PolicyName       string
	PolicyID         string // ANPA…
	Description      string
	CreateDate       time.Time
	UpdateDate       time.Time
	DefaultVersionID string
	LastVersion      int // the number of the newest version ever made; numbers are not reused
	Versions         []PolicyVersion
	Tags             []Tag
	AWSManaged       bool `json:"-"`
}

// PolicyVersion is one text of a managed policy.
type PolicyVersion struct {
	VersionID  string // v1
	Document   string // as it was given
	CreateDate time.Time
}

// InstanceProfile holds at most one role for machines.
type InstanceProfile struct {
	Path                string
	InstanceProfileName string
	InstanceProfileID   string // AIPA…
	CreateDate          time.Time
	RoleName            string // empty for none
	Tags                []Tag
}

// Account is what belongs to the account as a whole.
type Account struct {
	RootKeys []AccessKey
	Alias    string `json:",omitempty"` // a name for people
	// SealKey encrypts session tokens: 32 random bytes made at first start.
	SealKey []byte
	// Deletions are the newest deletions of service-linked roles, for
	// GetServiceLinkedRoleDeletionStatus.
	Deletions []string `json:",omitempty"`
}

// Version is the version of that id, or nil.
func (p *ManagedPolicy) Version(id string) *PolicyVersion {
	for i := range p.Versions {
		if p.Versions[i].VersionID == id {
			return &p.Versions[i]
		}
	}
	return nil
}

// arn of an entity: arn:aws:iam::{account}:{kind}{path}{name}.
func (s *Service) arn(kind, path, name string) string {
	return s.regionAccount.IAMARN(kind + path + name)
}

// UserARN is the ARN of a user.
func (s *Service) UserARN(u *User) string { return s.arn("user", u.Path, u.UserName) }

// RoleARN is the ARN of a role.
func (s *Service) RoleARN(r *Role) string { return s.arn("role", r.Path, r.RoleName) }

// PolicyARN is the ARN of a managed policy; AWS's own have no account.
func (s *Service) PolicyARN(p *ManagedPolicy) string {
	if p.AWSManaged {
		return "arn:aws:iam::aws:policy" + p.Path + p.PolicyName
	}
	return s.arn("policy", p.Path, p.PolicyName)
}

// InstanceProfileARN is the ARN of an instance profile.
func (s *Service) InstanceProfileARN(p *InstanceProfile) string {
	return s.arn("instance-profile", p.Path, p.InstanceProfileName)
}

// RootARN is arn:aws:iam::{account}:root.
func (s *Service) RootARN() string { return s.regionAccount.IAMARN("root") }

// fold makes names comparable: they are unique ignoring case (aws-controlplane §6.2).
func fold(name string) string { return strings.ToLower(name) }
