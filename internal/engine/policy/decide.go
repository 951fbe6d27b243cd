package policy

import "strings"

// Source is a document and where it comes from.
type Source struct {
	ID       string // name or ARN, as a simulation shows it
	Type     SourceType
	Document *Document
}

// SourceType is AWS's PolicySourceType.
type SourceType string

// Types of sources.
const (
	SourceUser        SourceType = "user"         // inline policy of a user
	SourceGroup       SourceType = "group"        // inline policy of a group
	SourceRole        SourceType = "role"         // inline policy of a role
	SourceAWSManaged  SourceType = "aws-managed"  // managed by AWS
	SourceUserManaged SourceType = "user-managed" // managed by the account
	SourceNone        SourceType = "none"         // given in the call
)

// Layer is the kind of policy that decided.
type Layer string

// Layers, named as in AWS's access-denied messages.
const (
	LayerIdentity Layer = "identity-based policy"
	LayerBoundary Layer = "permissions boundary"
	LayerSession  Layer = "session policy"
)

// Set is everything that decides about one principal. A nil Boundary or Session
// means that there is none; an empty one that is not nil allows nothing.
type Set struct {
	Identity []Source
	Boundary []Source
	Session  []Source
}

// Result is a decision and its reason.
type Result struct {
	Decision  Decision
	Layer     Layer // which layer decided
	Source    *Source
	Statement *Statement // nil when no statement applied
}

// Decide evaluates the whole set: an explicit deny anywhere wins; otherwise
// every layer that exists must allow (aws-controlplane §11.2).
func (s *Set) Decide(r *Request) Result {
	allowed := Result{}
	refused := Result{}
	for _, layer := range [...]struct {
		name    Layer
		sources []Source
		exists  bool
	}{
		{LayerIdentity, s.Identity, true},
		{LayerBoundary, s.Boundary, s.Boundary != nil},
		{LayerSession, s.Session, s.Session != nil},
	} {
		if !layer.exists {
			continue
		}
		d := decideLayer(layer.sources, layer.name, r)
		switch {
		case d.Decision == ExplicitDeny:
			return d
		case d.Decision == ImplicitDeny && refused.Layer == "":
			refused = d
		case d.Decision == Allowed && layer.name == LayerIdentity:
			allowed = d
		}
	}
	if refused.Layer != "" {
		return refused
	}
	return allowed
}

func decideLayer(sources []Source, name Layer, r *Request) Result {
	best := Result{Layer: name}
	for i := range sources {
		v, statement := sources[i].Document.Evaluate(r)
		switch {
		case v == ExplicitDeny:
			return Result{v, name, &sources[i], statement}
		case v == Allowed && best.Decision != Allowed:
			best = Result{v, name, &sources[i], statement}
		}
	}
	return best
}

// Because is the end of AWS's sentence about a refusal, such as "because no
// identity-based policy allows the iam:GetRole action" (aws-controlplane §6.4).
func (d Result) Because(action string) string {
	if d.Decision == ExplicitDeny {
		article := "a "
		if strings.HasPrefix(string(d.Layer), "i") {
			article = "an "
		}
		return "with an explicit deny in " + article + string(d.Layer)
	}
	return "because no " + string(d.Layer) + " allows the " + action + " action"
}
