package wire

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela"
)

// routeTree finds the operation of a verb and an ESCAPED path. Labels are cut at
// the slashes that came over the wire and decoded once afterwards: a router that
// decodes first splits an ARN at its %2F (aws-controlplane §2).
type routeTree struct {
	literals map[string]*routeTree
	label    *routeTree            // any one segment
	verbs    map[string]*Operation // operations that end here, by "POST" or "POST?mode=import"
	rest     map[string]*Operation // operations whose greedy label starts here
}

type label struct{ name, value string }

type match struct {
	op     *Operation
	labels []label
}

func (m match) name() string {
	if m.op == nil {
		return ""
	}
	return m.op.Name
}

// lower makes small letters of the labels with these names.
func (m match) lower(names []string) {
	for i := range m.labels {
		if l := &m.labels[i]; slices.Contains(names, l.name) {
			l.value = strings.ToLower(l.value)
		}
	}
}

// maxBody is how long the body of a request may be, in bytes.
func (m match) maxBody() int64 {
	if m.op == nil || m.op.MaxBody == 0 {
		return MaxBody
	}
	return m.op.MaxBody
}

// refuseBody adds to the refusal of a body that is too long what to do instead.
func (m match) refuseBody(err error) error {
	var refusal *pasarela.Error
	if m.op == nil || m.op.Instead == "" || !errors.As(err, &refusal) || refusal.Code != pasarela.CodePayloadTooLarge {
		return err
	}
	return pasarela.Errorf(refusal.Code, "%s %s", refusal.Message, m.op.Instead)
}

// newRouteTree makes the tree of a service's table.
func newRouteTree(operations []Operation) *routeTree {
	root := &routeTree{}
	for i := range operations {
		root.add(&operations[i])
	}
	return root
}

// add puts an operation under the segments of its path. A greedy label ends the path.
func (t *routeTree) add(op *Operation) {
	path, _, _ := strings.Cut(op.Path, "?")
	for segment := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		switch {
		case strings.HasSuffix(segment, "+}"):
			t.rest = addVerb(t.rest, op)
			return
		case strings.HasPrefix(segment, "{"):
			if t.label == nil {
				t.label = &routeTree{}
			}
			t = t.label
		default:
			if t.literals == nil {
				t.literals = map[string]*routeTree{}
			}
			if t.literals[segment] == nil {
				t.literals[segment] = &routeTree{}
			}
			t = t.literals[segment]
		}
	}
	t.verbs = addVerb(t.verbs, op)
	if op.Slash {
		if t.literals == nil {
			t.literals = map[string]*routeTree{}
		}
		t.literals[""] = &routeTree{verbs: addVerb(nil, op)}
	}
}

// addVerb panics when two operations have the same verb and path: the tables are part of
// the program.
func addVerb(verbs map[string]*Operation, op *Operation) map[string]*Operation {
	if verbs == nil {
		verbs = map[string]*Operation{}
	}
	verb := op.Method
	if _, query, ok := strings.Cut(op.Path, "?"); ok {
		verb += "?" + query
	}
	if verbs[verb] != nil {
		panic(fmt.Sprintf("wire: %s and %s share %s %s", verbs[verb].Name, op.Name, op.Method, op.Path))
	}
	verbs[verb] = op
	return verbs
}

func (op *Operation) greedy() bool { return strings.HasSuffix(op.Path, "+}") }

// match walks the tree without backing up: no table has a literal beside a
// label, except where the literal alone is meant. A path with an empty segment matches
// nothing, at its end only where an operation says so: each resource has one path
// (A-WIRE-3).
//
// mode is the one query parameter that tells operations of a path apart.
func (t *routeTree) match(method, escapedPath, mode string) (match, bool) {
	rest, more := strings.CutPrefix(escapedPath, "/")
	var values []string
	for more {
		if rest == "" && t.literals[""] == nil {
			return match{}, false
		}
		if op := t.rest[method]; op != nil {
			values = append(values, rest)
			return bind(op, values)
		}
		var segment string
		segment, rest, more = strings.Cut(rest, "/")
		next := t.literals[segment]
		if next == nil {
			next = t.label
			values = append(values, segment)
		}
		if next == nil || segment == "" && more {
			return match{}, false
		}
		t = next
	}
	op := t.verbs[method]
	if other := t.verbs[method+"?mode="+mode]; mode != "" && other != nil {
		op = other
	}
	if op == nil {
		return match{}, false
	}
	return bind(op, values)
}

// bind names the values by the labels of the operation's path. A segment that
// does not decode matches nothing.
func bind(op *Operation, values []string) (match, bool) {
	m := match{op: op, labels: make([]label, 0, len(values))}
	path, _, _ := strings.Cut(op.Path, "?")
	for segment := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		if !strings.HasPrefix(segment, "{") {
			continue
		}
		value, err := url.PathUnescape(values[len(m.labels)])
		if err != nil {
			return match{}, false
		}
		m.labels = append(m.labels, label{strings.Trim(segment, "{}+"), value})
	}
	return m, true
}
