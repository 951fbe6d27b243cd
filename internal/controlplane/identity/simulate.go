package identity

import (
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/policy"
)

// Simulation is the input of SimulateCustomPolicy and SimulatePrincipalPolicy.
type Simulation struct {
	PolicyInputList                    []string
	PermissionsBoundaryPolicyInputList []string
	ActionNames                        []string
	ResourceARNs                       []string // "*" when empty
	ResourcePolicy                     string
	CallerARN                          string
	Context                            pasarela.RequestContext // by lower-case name
}

// SimulationResult is the answer for one action on one resource.
type SimulationResult struct {
	Action, Resource string
	Decision         policy.Result
	Matched          []MatchedStatement // that decided
	// BoundaryAllows is nil when there is no permissions boundary.
	BoundaryAllows *bool
	Missing        []string // condition keys that were asked for and not given
}

// MatchedStatement is a statement that decided, and where it stands.
type MatchedStatement struct {
	SourcePolicyID   string
	SourcePolicyType policy.SourceType
	Start, End       policy.Position
}

// Simulator evaluates policies without a call being made (SimulatePrincipalPolicy,
// SimulateCustomPolicy).
type Simulator struct{ identity *Service }

// Simulate returns what a principal's policies, or those in the input alone when
// principalARN is empty, say to every action on every resource.
func (s *Simulator) Simulate(principalARN string, in Simulation) ([]SimulationResult, error) {
	set := policy.Set{}
	sub := &subject{account: s.identity.regionAccount.AccountID, who: pasarela.Principal{ARN: in.CallerARN, AccountID: s.identity.regionAccount.AccountID}}
	if principalARN != "" {
		n := s.identity.current.Load()
		if g := n.group(principalARN); g != nil {
			set.Identity = append(slices.Clone(g.inline), n.attached(&g.Permissions)...)
			return s.simulateAll(&set, sub, in)
		}
		v := n.userByARN(principalARN)
		kind := pasarela.PrincipalUser
		if v == nil {
			v, kind = n.role(principalARN), pasarela.PrincipalSession
		}
		if v == nil {
			return nil, noSource(principalARN)
		}
		set = *n.set(v)
		sub.view, sub.who = v, pasarela.Principal{ARN: v.arn, AccountID: s.identity.regionAccount.AccountID, UserID: v.id, Type: kind}
	}
	return s.simulateAll(&set, sub, in)
}

// simulateAll evaluates the principal's policies together with those of the input.
func (s *Simulator) simulateAll(set *policy.Set, sub *subject, in Simulation) ([]SimulationResult, error) {
	if err := extend(set, in); err != nil {
		return nil, err
	}
	var resourcePolicy *policy.Document
	if in.ResourcePolicy != "" {
		var err error
		if resourcePolicy, err = policy.Parse(in.ResourcePolicy, policy.Resource); err != nil {
			return nil, invalidPolicy(err)
		}
	}
	resources := in.ResourceARNs
	if len(resources) == 0 {
		resources = []string{"*"}
	}
	var results []SimulationResult
	for _, action := range in.ActionNames {
		for _, resource := range resources {
			results = append(results, simulateOne(set, resourcePolicy, sub, action, resource, in.Context))
		}
	}
	return results, nil
}

// noSource is the refusal of a simulation for an entity that is not there, or for an ARN of
// another kind.
func noSource(arn string) error {
	for _, kind := range []EntityKind{EntityUser, EntityGroup, EntityRole} {
		if strings.Contains(arn, ":"+string(kind)+"/") {
			return errorf(CodeNoSuchEntity, "The %s with name %s cannot be found.", kind, lastSegment(arn))
		}
	}
	return errorf(CodeInvalidInput, "PolicySourceArn %s is not the ARN of a user, a group or a role.", arn)
}

// extend adds the policies of the input to those of the principal.
func extend(set *policy.Set, in Simulation) error {
	given, err := parseInputs(in.PolicyInputList, "PolicyInputList")
	if err != nil {
		return err
	}
	set.Identity = append(set.Identity[:len(set.Identity):len(set.Identity)], given...)
	if len(in.PermissionsBoundaryPolicyInputList) > 0 {
		set.Boundary, err = parseInputs(in.PermissionsBoundaryPolicyInputList, "PermissionsBoundaryPolicyInputList")
	}
	return err
}

// parseInputs compiles the policies of an input. They are numbered by their list, as AWS
// names them in SourcePolicyId.
func parseInputs(texts []string, list string) ([]policy.Source, error) {
	var sources []policy.Source
	for i, text := range texts {
		d, err := policy.Parse(text, policy.Identity)
		if err != nil {
			return nil, invalidPolicy(err)
		}
		sources = append(sources, policy.Source{ID: numbered(list, i+1), Type: policy.SourceNone, Document: d})
	}
	return sources, nil
}

// invalidPolicy makes the simulator's error for a policy that does not parse, which has
// no code in front.
func invalidPolicy(err error) error {
	message := err.Error()
	if _, text, ok := strings.Cut(message, ": "); ok {
		message = text
	}
	return errorf(CodeInvalidInput, "Invalid Input %s", message)
}

// simulateOne decides one action on one resource and records the condition keys that
// policies use and the input does not have. The boundary is also evaluated alone, since
// the result shows it separately.
func simulateOne(set *policy.Set, resourcePolicy *policy.Document, sub *subject, action, resource string, rc pasarela.RequestContext) SimulationResult {
	result := SimulationResult{Action: action, Resource: resource}
	known := sub.simulatedKeys(rc)
	asked := map[string]bool{}
	keys := func(name string) ([]string, bool) {
		values, ok := known(name)
		if !ok && !asked[name] {
			asked[name] = true
			result.Missing = append(result.Missing, name)
		}
		return values, ok
	}
	r := policy.Request{Action: action, Resource: resource, Keys: keys}
	result.Decision = set.Decide(&r)
	if d := result.Decision; d.Statement != nil {
		result.Matched = append(result.Matched, MatchedStatement{d.Source.ID, d.Source.Type, d.Statement.Start, d.Statement.End})
	}
	if set.Boundary != nil {
		alone := policy.Set{Identity: set.Boundary}
		allows := alone.Decide(&r).Decision == policy.Allowed
		result.BoundaryAllows = &allows
	}
	if resourcePolicy != nil {
		result.ask(resourcePolicy, &r, sub)
	}
	return result
}

// simulatedKeys lets the caller of a simulation say anything of the principal.
func (sub *subject) simulatedKeys(rc pasarela.RequestContext) policy.Keys {
	return func(name string) ([]string, bool) {
		if values, ok := rc[name]; ok {
			return values, true
		}
		values, _ := sub.own(name)
		return values, len(values) > 0
	}
}

// ask also evaluates a resource policy: it may deny, and within the account it may allow
// what no identity policy allows.
func (r *SimulationResult) ask(d *policy.Document, request *policy.Request, sub *subject) {
	request.Caller = &policy.Caller{ARN: sub.who.ARN, AccountID: sub.account}
	if sub.view != nil {
		request.Caller.UniqueID = sub.view.id
		if sub.view.role != nil {
			request.Caller.RoleARN = sub.view.arn
		}
	}
	decision, statement := d.Evaluate(request)
	overrules := decision == policy.ExplicitDeny || decision == policy.Allowed && r.Decision.Decision == policy.ImplicitDeny && r.Decision.Layer == policy.LayerIdentity
	if !overrules || r.Decision.Decision == policy.ExplicitDeny {
		return
	}
	source := policy.Source{ID: "ResourcePolicy", Type: "resource", Document: d}
	r.Decision = policy.Result{Decision: decision, Layer: "resource-based policy", Source: &source, Statement: statement}
	r.Matched = []MatchedStatement{{source.ID, source.Type, statement.Start, statement.End}}
}
