package policy

// Keys returns the values of a condition key by its lower-case name, such as
// "aws:sourceip"; ok is false when the request has no such key. A nil Keys has none.
type Keys func(name string) (values []string, ok bool)

func (k Keys) get(name string) ([]string, bool) {
	if k == nil {
		return nil, false
	}
	return k(name)
}

// Request is one question: may this be done to that.
type Request struct {
	Action   string // execute-api:ManageConnections
	Resource string // an ARN, or * for actions on no resource
	// Alias is another name of the same resource, or empty. A statement applies
	// when it covers either (aws-dataplane §8.4: @connections is evaluated with the
	// literal text {connectionId} and with the id).
	Alias string
	Keys  Keys
	// SomeResource asks whether it may be done to anything at all, of which neither the name
	// nor the request's keys are known: an allowing statement applies whatever its resources
	// and conditions, a denying one only where it has no conditions and covers every resource.
	SomeResource bool
	// Caller is needed by documents with principals only.
	Caller *Caller
}

// Decision is what policies say about a request.
type Decision uint8

// The decisions, as AWS's EvalDecision names them. The zero value is the one that refuses.
const (
	ImplicitDeny Decision = iota
	ExplicitDeny
	Allowed
)

func (v Decision) String() string {
	switch v {
	case Allowed:
		return "allowed"
	case ExplicitDeny:
		return "explicitDeny"
	}
	return "implicitDeny"
}

// Evaluate returns what one document says, and the statement that decided: the
// first that denies, else the first that allows, else nil.
func (d *Document) Evaluate(r *Request) (Decision, *Statement) {
	var allowing *Statement
	for _, s := range d.Statements {
		if !s.Deny && allowing != nil || !s.Applies(r) {
			continue
		}
		if s.Deny {
			return ExplicitDeny, s
		}
		allowing = s
	}
	if allowing != nil {
		return Allowed, allowing
	}
	return ImplicitDeny, nil
}

// Applies reports whether every element of the statement covers the request.
func (s *Statement) Applies(r *Request) bool {
	if r.SomeResource {
		return s.actions.match(r.Action, "", nil) && (!s.Deny || len(s.conditions) == 0 && s.coversAll())
	}
	return s.actions.match(r.Action, "", nil) &&
		(!s.hasResources || s.resources.match(r.Resource, r.Alias, r.Keys)) &&
		(s.principals == nil || r.Caller != nil && s.principals.match(r.Caller, s.Deny) != matchesNone) &&
		s.conditionsHold(r.Keys)
}

// coversAll reports whether the statement surely covers every resource.
func (s *Statement) coversAll() bool {
	return !s.hasResources || !s.resources.not && s.resources.match("*", "", nil)
}

func (s *Statement) conditionsHold(keys Keys) bool {
	for i := range s.conditions {
		if !s.conditions[i].holds(keys) {
			return false
		}
	}
	return true
}

func (p *patterns) match(name, alias string, keys Keys) bool {
	for i := range p.list {
		if p.list[i].match(name, keys) || alias != "" && p.list[i].match(alias, keys) {
			return !p.not
		}
	}
	return p.not
}

// Trusts returns what a trust policy says to its caller. direct is true when the
// caller itself is named, and no policy of the caller's own is needed; otherwise
// only its account is (aws-controlplane §11.3).
func (d *Document) Trusts(r *Request) (v Decision, direct bool, s *Statement) {
	v, s = d.Evaluate(r)
	if v != Allowed {
		return v, false, s
	}
	for _, s := range d.Statements {
		if !s.Deny && s.principals != nil && s.principals.match(r.Caller, false) == matchesDirectly && s.Applies(r) {
			return v, true, s
		}
	}
	return v, false, s
}
