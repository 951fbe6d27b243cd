package identity

import (
	"context"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/policy"
)

// Quotas of policies (aws-controlplane §6.2), sizes in characters without white
// space.
const (
	maxAttached    = 10
	maxInlineUser  = 2048
	maxInlineGroup = 5120
	maxInlineRole  = 10240
)

// Entity names a user, a group or a role in the operations that all have.
type Entity struct {
	Kind EntityKind
	Name string
}

// EntityKind is user, group or role.
type EntityKind string

// Kinds of entities, as they stand in messages.
const (
	EntityUser  EntityKind = "user"
	EntityGroup EntityKind = "group"
	EntityRole  EntityKind = "role"
)

// UserNamed names a user.
func UserNamed(name string) Entity { return Entity{EntityUser, name} }

// GroupNamed names a group.
func GroupNamed(name string) Entity { return Entity{EntityGroup, name} }

// RoleNamed names a role.
func RoleNamed(name string) Entity { return Entity{EntityRole, name} }

// Policies does the operations on what a user, group or role may do: inline policies,
// attached managed policies and the permissions boundary.
type Policies struct{ identity *Service }

// changePermissions edits the policies of an entity.
func (s *Policies) changePermissions(ctx context.Context, h Entity, edit func(*Permissions) error) error {
	var err error
	switch h.Kind {
	case EntityUser:
		_, err = s.identity.changeUser(ctx, h.Name, func(u *User) error { return edit(&u.Permissions) })
	case EntityGroup:
		_, err = s.identity.Groups.changeGroup(ctx, h.Name, func(g *Group) error { return edit(&g.Permissions) })
	default:
		_, err = s.identity.Roles.changeOwnRole(ctx, h.Name, func(r *Role) error { return edit(&r.Permissions) })
	}
	return err
}

// Of is the policies of an entity, or [CodeNoSuchEntity].
func (s *Policies) Of(h Entity) (*Permissions, error) {
	switch h.Kind {
	case EntityUser:
		u, err := s.identity.Users.Get(h.Name)
		if err != nil {
			return nil, err
		}
		return &u.Permissions, nil
	case EntityGroup:
		g, err := s.identity.Groups.Group(h.Name)
		if err != nil {
			return nil, err
		}
		return &g.Permissions, nil
	}
	r, err := s.identity.Roles.Get(h.Name)
	if err != nil {
		return nil, err
	}
	return &r.Permissions, nil
}

// PutPolicyInput is the input of PutUserPolicy, PutGroupPolicy and PutRolePolicy.
type PutPolicyInput struct {
	PolicyName     string `aws:"PolicyName,required,max=128,pattern=name"`
	PolicyDocument string `aws:"PolicyDocument,required,max=131072,pattern=document"`
}

// PutPolicy sets an inline policy, over an older one of the name if there is one.
func (s *Policies) PutPolicy(ctx context.Context, h Entity, in PutPolicyInput) error {
	if err := check(in); err != nil {
		return err
	}
	if _, err := s.Of(h); err != nil {
		return err
	}
	if _, err := policy.Parse(in.PolicyDocument, policy.Identity); err != nil {
		return err
	}
	return s.changePermissions(ctx, h, func(p *Permissions) error {
		one := InlinePolicy{in.PolicyName, in.PolicyDocument}
		i, found := slices.BinarySearchFunc(p.Inline, in.PolicyName, func(a InlinePolicy, name string) int {
			return strings.Compare(a.PolicyName, name)
		})
		if found {
			p.Inline[i] = one
		} else {
			p.Inline = slices.Insert(p.Inline, i, one)
		}
		return p.checkInlineSize(h)
	})
}

func (p *Permissions) checkInlineSize(h Entity) error {
	limit := map[EntityKind]int{EntityUser: maxInlineUser, EntityGroup: maxInlineGroup, EntityRole: maxInlineRole}[h.Kind]
	size := 0
	for _, one := range p.Inline {
		size += lengthWithoutBlanks(one.Document)
	}
	if size > limit {
		return errorf(CodeLimitExceeded, "Maximum policy size of %d bytes exceeded for %s %s", limit, h.Kind, h.Name)
	}
	return nil
}

// noInline is AWS's sentence about an inline policy that is not there.
func noInline(h Entity, policyName string) error {
	return errorf(CodeNoSuchEntity, "The %s policy with name %s cannot be found.", h.Kind, policyName)
}

// Get is an inline policy of an entity, or [CodeNoSuchEntity].
func (s *Policies) Get(h Entity, policyName string) (InlinePolicy, error) {
	p, err := s.Of(h)
	if err != nil {
		return InlinePolicy{}, err
	}
	for _, one := range p.Inline {
		if one.PolicyName == policyName {
			return one, nil
		}
	}
	return InlinePolicy{}, noInline(h, policyName)
}

// DeletePolicy removes an inline policy.
func (s *Policies) DeletePolicy(ctx context.Context, h Entity, policyName string) error {
	return s.changePermissions(ctx, h, func(p *Permissions) error {
		before := len(p.Inline)
		p.Inline = slices.DeleteFunc(p.Inline, func(one InlinePolicy) bool { return one.PolicyName == policyName })
		if len(p.Inline) == before {
			return noInline(h, policyName)
		}
		return nil
	})
}

// AttachPolicy puts a managed policy on an entity; doing it twice is no error.
func (s *Policies) AttachPolicy(ctx context.Context, h Entity, policyARN string) error {
	if err := checkPolicyARN(policyARN); err != nil {
		return err
	}
	if _, err := s.Of(h); err != nil {
		return err
	}
	target := s.identity.current.Load().policy(policyARN)
	if target == nil {
		return errorf(CodeNoSuchEntity, "Policy %s does not exist or is not attachable.", policyARN)
	}
	return s.changePermissions(ctx, h, func(p *Permissions) error {
		// A deleted policy of the same name, still attached by its old id, is replaced.
		p.Attached = slices.DeleteFunc(p.Attached, func(a Attachment) bool {
			return a.PolicyARN == policyARN && a.PolicyID != target.PolicyID
		})
		if slices.ContainsFunc(p.Attached, func(a Attachment) bool { return a.PolicyARN == policyARN }) {
			return nil
		}
		if len(p.Attached) >= maxAttached {
			return errorf(CodeLimitExceeded, "Cannot exceed quota for PoliciesPer%s: %d", title(h.Kind), maxAttached)
		}
		p.Attached = append(p.Attached, Attachment{policyARN, target.PolicyID})
		return nil
	})
}

func title(k EntityKind) string { return strings.ToUpper(string(k[:1])) + string(k[1:]) }

// DetachPolicy takes a managed policy off an entity.
func (s *Policies) DetachPolicy(ctx context.Context, h Entity, policyARN string) error {
	if err := checkPolicyARN(policyARN); err != nil {
		return err
	}
	return s.changePermissions(ctx, h, func(p *Permissions) error {
		before := len(p.Attached)
		p.Attached = slices.DeleteFunc(p.Attached, func(a Attachment) bool { return a.PolicyARN == policyARN })
		if len(p.Attached) == before {
			return noPolicy(policyARN)
		}
		return nil
	})
}

// PutBoundary sets an entity's permissions boundary.
func (s *Policies) PutBoundary(ctx context.Context, h Entity, policyARN string) error {
	if _, err := s.Of(h); err != nil {
		return err
	}
	if err := s.checkBoundary(policyARN); err != nil {
		return err
	}
	return s.changePermissions(ctx, h, func(p *Permissions) error {
		p.Boundary = policyARN
		return nil
	})
}

// DeleteBoundary removes an entity's permissions boundary.
func (s *Policies) DeleteBoundary(ctx context.Context, h Entity) error {
	return s.changePermissions(ctx, h, func(p *Permissions) error {
		if p.Boundary == "" {
			return errorf(CodeNoSuchEntity, "%s %s does not have a permissions boundary.", title(h.Kind), h.Name)
		}
		p.Boundary = ""
		return nil
	})
}

// checkBoundary requires the ARN of an existing managed policy.
func (s *Policies) checkBoundary(arn string) error {
	if parsed, _ := pasarela.ParseARN(arn); !strings.HasPrefix(parsed.Resource, "policy/") || checkPolicyARN(arn) != nil {
		return errorf(CodeValidation, "Value (%s) for parameter PermissionsBoundary is invalid.", arn)
	}
	if s.identity.current.Load().policy(arn) == nil {
		return errorf(CodeNoSuchEntity, "Scope ARN: %s does not exist or is not attachable.", arn)
	}
	return nil
}

// checkPolicyARN checks the form of an ARN within IAM's arnType, 20 to 2,048 characters
// (aws-controlplane §6.4). It does not check that the policy exists.
func checkPolicyARN(arn string) error {
	if _, ok := pasarela.ParseARN(arn); !ok || len(arn) < 20 || len(arn) > 2048 {
		return errorf(CodeValidation, "Invalid ARN:  Could not be parsed!")
	}
	return nil
}
