package identity

import (
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/policy"
)

// snapshot is the state of all entities at one moment. It is immutable, with everything
// it refers to; a change makes a new one that shares what did not change.
type snapshot struct {
	users    index[principalView] // by folded name
	groups   index[groupView]
	roles    index[principalView]
	policies index[policyView] // customer managed
	profiles index[InstanceProfile]
	keys     index[keyHolder] // by access key id
	account  *Account
	// epoch moves whenever a managed policy or a group changes, so that views know
	// when to resolve their policies again.
	epoch uint64
}

// keyHolder is an access key and whose it is; a nil user is the root.
type keyHolder struct {
	key  AccessKey
	user *principalView
}

// principalView is a user or a role, ready to be decided about.
type principalView struct {
	user *User // one of the two
	role *Role

	arn         string
	id          string
	permissions *Permissions
	tags        []Tag
	trust       *policy.Document // of a role
	inline      []policy.Source
	resolved    atomic.Pointer[resolvedSet]
}

// resolvedSet is a principal's policies with the managed ones looked up.
type resolvedSet struct {
	epoch uint64
	set   policy.Set
}

// groupView is a group with its policies compiled.
type groupView struct {
	*Group
	inline []policy.Source
}

// policyView is a managed policy with its default version compiled.
type policyView struct {
	*ManagedPolicy
	arn     string
	current *policy.Document // of the default version
}

// rekey takes the keys that were old's out of the index and puts keys in. Keys
// that another holder has by now stay: a renamed user is two documents for a moment.
func (n *snapshot) rekey(old *principalView, was, keys []AccessKey, holder *principalView) {
	for _, k := range was {
		if holder := n.keys.get(k.AccessKeyID); holder != nil && holder.user == old {
			n.keys.put(k.AccessKeyID, nil)
		}
	}
	for _, k := range keys {
		n.keys.put(k.AccessKeyID, &keyHolder{k, holder})
	}
}

// compileOrDeny compiles a stored document. One that does not compile, which
// only a damaged store can bring about, refuses everything.
func compileOrDeny(text string, kind policy.Kind, whose string, log *slog.Logger) *policy.Document {
	d, err := policy.Parse(text, kind)
	if err == nil {
		return d
	}
	log.Error("stored policy does not compile; it denies everything", "policy", whose, "error", err)
	deny, _ := policy.Parse(`{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}`, policy.Authorizer)
	return deny
}

func (s *Service) viewUser(u *User) *principalView {
	v := &principalView{user: u, arn: s.UserARN(u), id: u.UserID, permissions: &u.Permissions, tags: u.Tags}
	v.inline = s.compileInline(&u.Permissions, policy.SourceUser, v.arn)
	return v
}

func (s *Service) viewGroup(g *Group) *groupView {
	return &groupView{g, s.compileInline(&g.Permissions, policy.SourceGroup, s.Groups.GroupARN(g))}
}

func (s *Service) viewRole(r *Role) *principalView {
	v := &principalView{role: r, arn: s.RoleARN(r), id: r.RoleID, permissions: &r.Permissions, tags: r.Tags}
	v.inline = s.compileInline(&r.Permissions, policy.SourceRole, v.arn)
	v.trust = compileOrDeny(r.TrustPolicy, policy.Trust, "trust policy of "+v.arn, s.log)
	return v
}

// compileInline compiles the inline policies of an entity; whose is its ARN, for the log.
func (s *Service) compileInline(p *Permissions, t policy.SourceType, whose string) []policy.Source {
	sources := make([]policy.Source, 0, len(p.Inline))
	for _, inline := range p.Inline {
		d := compileOrDeny(inline.Document, policy.Identity, inline.PolicyName+" of "+whose, s.log)
		sources = append(sources, policy.Source{ID: inline.PolicyName, Type: t, Document: d})
	}
	return sources
}

// viewPolicy compiles a managed policy. Only the default version is in force.
func (s *Service) viewPolicy(p *ManagedPolicy) *policyView {
	v := &policyView{ManagedPolicy: p, arn: s.PolicyARN(p)}
	text := ""
	if current := p.Version(p.DefaultVersionID); current != nil {
		text = current.Document
	}
	v.current = compileOrDeny(text, policy.Identity, v.arn, s.log)
	return v
}

// policy finds a managed policy by ARN, customer's or AWS's.
func (n *snapshot) policy(arn string) *policyView {
	if v := awsManaged()[arn]; v != nil {
		return v
	}
	if v := n.policies.get(fold(lastSegment(arn))); v != nil && v.arn == arn {
		return v
	}
	return nil
}

// role finds a role by ARN.
func (n *snapshot) role(arn string) *principalView { return principalIn(&n.roles, arn) }

// group finds a group by ARN.
func (n *snapshot) group(arn string) *groupView {
	if g := n.groups.get(fold(lastSegment(arn))); g != nil && strings.HasSuffix(arn, ":group"+g.Path+g.GroupName) {
		return g
	}
	return nil
}

// userByARN finds a user by ARN.
func (n *snapshot) userByARN(arn string) *principalView { return principalIn(&n.users, arn) }

func principalIn(all *index[principalView], arn string) *principalView {
	if v := all.get(fold(lastSegment(arn))); v != nil && v.arn == arn {
		return v
	}
	return nil
}

// principal finds a user or a role by ARN.
func (n *snapshot) principal(arn string) *principalView {
	if pasarela.IsRoleARN(arn) {
		return n.role(arn)
	}
	return n.userByARN(arn)
}

// set is the principal's policies and those of its groups, resolved once per
// change of any managed policy or group.
func (n *snapshot) set(v *principalView) *policy.Set {
	if r := v.resolved.Load(); r != nil && r.epoch == n.epoch {
		return &r.set
	}
	r := &resolvedSet{epoch: n.epoch}
	r.set.Identity = slices.Clone(v.inline)
	r.set.Identity = append(r.set.Identity, n.attached(v.permissions)...)
	if v.user != nil {
		for _, g := range n.groupsOf(v.user) {
			r.set.Identity = append(append(r.set.Identity, g.inline...), n.attached(&g.Permissions)...)
		}
	}
	if v.permissions.Boundary != "" {
		r.set.Boundary = []policy.Source{} // a boundary that is gone allows nothing
		if p := n.policy(v.permissions.Boundary); p != nil {
			r.set.Boundary = append(r.set.Boundary, p.source())
		}
	}
	v.resolved.Store(r)
	return &r.set
}

// attached are the managed policies of a holder; one that is gone is left out.
func (n *snapshot) attached(p *Permissions) (sources []policy.Source) {
	for _, a := range p.Attached {
		if v := n.policy(a.PolicyARN); v != nil && v.PolicyID == a.PolicyID {
			sources = append(sources, v.source())
		}
	}
	return sources
}

// groupsOf are the groups that a user is in, by name.
func (n *snapshot) groupsOf(u *User) (list []*groupView) {
	if len(u.Groups) == 0 {
		return nil
	}
	for _, g := range n.groups.sorted() {
		// A renamed group is two documents for a moment; the second adds nothing.
		if slices.Contains(u.Groups, g.GroupID) && !slices.ContainsFunc(list, func(have *groupView) bool { return have.GroupID == g.GroupID }) {
			list = append(list, g)
		}
	}
	return list
}

// source is the policy as a simulation shows it.
func (v *policyView) source() policy.Source {
	t := policy.SourceUserManaged
	if v.AWSManaged {
		t = policy.SourceAWSManaged
	}
	return policy.Source{ID: v.arn, Type: t, Document: v.current}
}

// lastSegment is the name in an ARN: what follows the path.
func lastSegment(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }
