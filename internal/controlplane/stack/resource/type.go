package resource

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela"
)

// Services does operations of AWS APIs for the caller of a stack, or for the stack's
// role. service is a signing name, with "apigatewayv2" for the paths below /v2;
// members and the answer have the names of the wire, numbers are json.Number.
// Errors are [pasarela.Error]s with AWS's codes.
type Services interface {
	Call(ctx context.Context, service, operation string, members map[string]any) (map[string]any, error)
}

// Type is a type of resources.
type Type struct {
	Name       string // AWS::ApiGatewayV2::Route
	Properties Properties
	// Attributes are the names that Fn::GetAtt knows.
	Attributes []string
	// Create makes the resource. An error means that there is none, unless its
	// physical id is given: then it is there and will be deleted.
	Create func(ctx context.Context, r *Request) (State, error)
	// Update changes what differs between r.Previous and r.Properties, none of which
	// replaces the resource; nil where every property does.
	Update func(ctx context.Context, r *Request) (State, error)
	// Delete removes the resource; one that is gone already is no error. Nil where
	// nothing is kept.
	Delete func(ctx context.Context, r *Request) error
	// Find looks for a resource that Create has made with the same token before the program
	// ended: by an identifier or a name that is derived from the token, or by the stack's
	// tags, never by a guess. It also ends what Create had begun. ok is false when there is
	// none. Nil where creating twice is the same as once.
	Find func(ctx context.Context, r *Request) (state State, ok bool, err error)
	// Read returns the properties that the resource has now, as far as they can be read,
	// for what was edited by hand. Nil where nothing can be read.
	Read func(ctx context.Context, r *Request) (map[string]any, error)
	// Check finds what the schema of the properties cannot say; nil where it says all.
	Check func(properties map[string]any) error
}

// HasAttribute says whether Fn::GetAtt knows a name; Outputs.* of a nested stack stands
// for all names that begin so.
func (t *Type) HasAttribute(name string) bool {
	return slices.ContainsFunc(t.Attributes, func(known string) bool {
		prefix, any := strings.CutSuffix(known, "*")
		return known == name || any && strings.HasPrefix(name, prefix)
	})
}

// State is a resource that is there.
type State struct {
	PhysicalID string // what Ref returns
	// Attributes are what Fn::GetAtt returns, by the names of [Type.Attributes].
	Attributes map[string]any
	// Note is a sentence for the events of the stack: what of the properties has no
	// effect here. Most have none.
	Note string
}

// Request is one piece of work on one resource.
type Request struct {
	Services
	RegionAccount       pasarela.RegionAccount
	StackName, StackID  string
	LogicalID           string
	PhysicalID          string            // empty at Create
	Properties          map[string]any    // checked; at Delete as they were last
	Previous            map[string]any    // at Update: what the resource has now
	Attributes          map[string]any    // of the resource as it is now
	Tags, PreviousTags  map[string]string // of the stack, and AWS's three; before, at Update
	GeneratedNameSuffix string            // 12 letters and digits, the same for each attempt
	CreationToken       string            // of Create and Find: the same for each attempt ([pasarela.WithCreationToken])
}

// Text is a property that is a text, "" where it is not given.
func (r *Request) Text(property string) string {
	text, _ := r.Properties[property].(string)
	return text
}

// Changed are the properties that differ at an Update, sorted; those that are given no
// longer are among them.
func (r *Request) Changed() []string {
	return Differing(r.Previous, r.Properties)
}

// Differing are the names of the properties that differ, sorted.
func Differing(before, after map[string]any) []string {
	var names []string
	for name, value := range after {
		if was, there := before[name]; !there || !Equal(was, value) {
			names = append(names, name)
		}
	}
	for name := range before {
		if _, there := after[name]; !there {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Name is the name of a resource that a template leaves unnamed: the stack's name,
// the logical id and 12 letters and digits, of at most limit characters.
func (r *Request) Name(limit int) string {
	rest := limit - len(r.GeneratedNameSuffix) - 2
	stack, logical := r.StackName, r.LogicalID
	if len(stack)+len(logical) > rest {
		stack = stack[:min(len(stack), max(rest/2, rest-len(logical)))]
		logical = logical[:min(len(logical), rest-len(stack))]
	}
	return stack + "-" + logical + "-" + r.GeneratedNameSuffix
}

// IsGone says whether an error of a service means that the resource is not there.
func IsGone(err error) bool {
	var known *pasarela.Error
	if !errors.As(err, &known) {
		return false
	}
	switch known.Code {
	case pasarela.CodeNotFound, "NoSuchEntity", "ResourceNotFoundException", "NoSuchBucket", "ParameterNotFound":
		return true
	}
	return false
}
