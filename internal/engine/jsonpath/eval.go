package jsonpath

import (
	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// failure says why an evaluation ended early, in the classes of Jayway's
// exceptions. The zero failure is none.
type failure struct {
	code   failCode
	reason string
}

type failCode uint8

const (
	ok          failCode = iota
	notFound             // PathNotFoundException, a kind of invalid
	invalid              // InvalidPathException: inside a filter it means "no match"
	outOfBounds          // IndexOutOfBoundsException: an index step swallows it
	crash                // anything else
)

func (f failure) of(p *Path) error {
	switch f.code {
	case ok:
		return nil
	case notFound:
		return ErrNotFound
	default:
		return &Error{Path: p.text, Offset: -1, Invalid: f.code == invalid, Reason: language.Verbatim.Of(f.reason)}
	}
}

// evaluation is one Eval with everything nested in it.
type evaluation struct {
	doc   *jsonvalue.Document
	root  jsonvalue.Value
	steps int
	// require makes every missing property a failure: Jayway's option
	// REQUIRE_PROPERTIES, which is on inside of an exists check.
	require bool
	roots   map[*Path]result // results of paths from $ inside filters, which are the same for every item
}

type result struct {
	v jsonvalue.Value
	f failure
}

// value is what p gives when it starts at v.
func (e *evaluation) value(p *Path, v jsonvalue.Value) (jsonvalue.Value, failure) {
	return e.run(p, v, p.definite)
}

// run follows p from v.
func (e *evaluation) run(p *Path, v jsonvalue.Value, definite bool) (jsonvalue.Value, failure) {
	if p.singular {
		v, err := p.follow(v)
		if err != nil {
			return v, failure{code: notFound}
		}
		return v, failure{}
	}
	w := walk{evaluation: e, path: p}
	if p.scans {
		w.itemOf = make([]int, len(p.steps)+1)
	}
	if f := w.step(0, v); f.code != ok {
		return jsonvalue.Value{}, f
	}
	switch {
	case e.doc.Made()+len(w.found) > MaxMade:
		return jsonvalue.Value{}, failure{crash, "the results of paths take too much memory"}
	case !definite:
		return e.doc.NewArray(w.found), failure{}
	case len(w.found) == 0:
		return jsonvalue.Value{}, failure{code: notFound}
	default:
		return w.found[len(w.found)-1], failure{}
	}
}

// spend counts one step of work.
func (e *evaluation) spend() failure {
	if e.steps++; e.steps > MaxSteps {
		return failure{crash, "the path takes too many steps in this document"}
	}
	return failure{}
}

// walk follows one path and gathers what it finds.
type walk struct {
	*evaluation
	path   *Path
	found  []jsonvalue.Value
	itemOf []int // by step: 1 + the index of the array item that a scan last handed to it, see scanArray
}

// step applies step i of the path to a value. Each counts towards [MaxSteps].
func (w *walk) step(i int, v jsonvalue.Value) failure {
	if f := w.spend(); f.code != ok {
		return f
	}
	switch s := &w.path.steps[i]; s.kind {
	case property:
		return w.property(i, s, v)
	case index:
		return w.index(i, s, v)
	case slice:
		return w.slice(i, s, v)
	case wildcard:
		return w.wildcard(i, v)
	case scan:
		if s.leaf {
			return failure{crash, "a path must not end with '..'"}
		}
		return w.scan(i+1, v)
	case predicate:
		return w.predicate(i, s, v)
	default:
		return w.function(i, s, v)
	}
}

// visit handles a value that step i has selected.
func (w *walk) visit(i int, v jsonvalue.Value) failure {
	if w.path.steps[i].leaf {
		w.found = append(w.found, v)
		return failure{}
	}
	return w.step(i+1, v)
}

func (w *walk) property(i int, s *step, v jsonvalue.Value) failure {
	if v.Kind() != jsonvalue.Object {
		if s.upstream {
			return failure{code: notFound}
		}
		return failure{}
	}
	if s.leaf && len(s.names) > 1 {
		return w.pick(i, s, v)
	}
	for _, name := range s.names {
		if f := w.member(i, s, v.Field(name)); f.code != ok {
			return f
		}
	}
	return failure{}
}

// member continues with a member, or decides what a missing one means.
func (w *walk) member(i int, s *step, v jsonvalue.Value) failure {
	switch {
	case v.Exists():
		if s.leaf && !w.wanted(i) {
			return failure{}
		}
		return w.visit(i, v)
	case w.require, !s.leaf && s.upstream && s.definite():
		return failure{code: notFound}
	}
	return failure{}
}

// wanted is Jayway's special case for $..[2].name: the scan passes every item
// of an array to the step after the index, and that step, if it is the last
// one, selects members only of the item with that index.
func (w *walk) wanted(i int) bool {
	if w.itemOf == nil || w.itemOf[i] == 0 {
		return true
	}
	before := &w.path.steps[i-1]
	return before.kind == index && len(before.indexes) == 1 && before.indexes[0] == w.itemOf[i]-1
}

// pick makes one object of the members that are there: ['a','b'] as last step.
func (w *walk) pick(i int, s *step, v jsonvalue.Value) failure {
	var members [][2]jsonvalue.Value
	for n, name := range s.names {
		member := v.Field(name)
		switch {
		case member.Exists() && !contains(s.names[:n], name):
			members = append(members, [2]jsonvalue.Value{w.doc.NewString(name), member})
		case !member.Exists() && w.require:
			return failure{code: notFound}
		}
	}
	return w.visit(i, w.doc.NewObject(members))
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

// container is the kind of a list or map. The key set that keys() gives is
// neither: Java's keySet is no List.
func container(v jsonvalue.Value) jsonvalue.Kind {
	if v.IsView() {
		return jsonvalue.Null
	}
	return v.Kind()
}

func isArray(v jsonvalue.Value) bool { return container(v) == jsonvalue.Array }

// array says whether an index or slice can be applied to v.
func (w *walk) array(s *step, v jsonvalue.Value) (bool, failure) {
	switch {
	case isArray(v):
		return true, failure{}
	case s.upstream:
		return false, failure{code: notFound}
	}
	return false, failure{}
}

func (w *walk) index(i int, s *step, v jsonvalue.Value) failure {
	if yes, f := w.array(s, v); !yes {
		return f
	}
	for _, n := range s.indexes {
		if item := v.At(fromEnd(n, v.Len())); item.Exists() {
			if f := w.item(i, item); f.code != ok {
				return f
			}
		}
	}
	return failure{}
}

// item continues with an item of an array. outOfBounds, the failure of a
// function after it, is dropped here as Jayway does, so that nothing is found;
// elsewhere it is an error.
func (w *walk) item(i int, v jsonvalue.Value) failure {
	f := w.visit(i, v)
	if f.code == outOfBounds {
		return failure{}
	}
	return f
}

// slice visits the items of a slice.
func (w *walk) slice(i int, s *step, v jsonvalue.Value) failure {
	if yes, f := w.array(s, v); !yes {
		return f
	}
	length := v.Len()
	from, to := 0, length
	switch {
	case s.to == nil:
		from = max(0, fromEnd(*s.from, length))
	case s.from == nil:
		to = fromEnd(*s.to, length)
	default:
		// Jayway does not convert negative indexes here; it counts from one to
		// the other, so [-2:1] is the last two items and then the first.
		from, to = max(*s.from, -length), *s.to
	}
	for n := from; n < min(to, length); n++ {
		if item := v.At(fromEnd(n, length)); item.Exists() {
			if f := w.item(i, item); f.code != ok {
				return f
			}
		}
	}
	return failure{}
}

func (w *walk) wildcard(i int, v jsonvalue.Value) failure {
	s := &w.path.steps[i]
	for _, member := range v.Members() {
		if f := w.member(i, s, member); f.code != ok {
			return f
		}
	}
	if !isArray(v) {
		return failure{}
	}
	for item := range v.Items() {
		if f := w.item(i, item); f.code != ok && (f.code != notFound || w.require) {
			return f
		}
	}
	return failure{}
}

// predicate visits an object that a filter accepts, or the items of an array that it accepts.
func (w *walk) predicate(i int, s *step, v jsonvalue.Value) failure {
	switch container(v) {
	case jsonvalue.Object:
		if yes, f := w.accepts(s.filter, v); !yes {
			return f
		}
		return w.visit(i, v)
	case jsonvalue.Array:
		for item := range v.Items() {
			yes, f := w.accepts(s.filter, item)
			if yes {
				f = w.item(i, item)
			}
			if f.code != ok {
				return f
			}
		}
		return failure{}
	}
	if s.upstream {
		return failure{invalid, "a filter needs an object or an array to look at"}
	}
	return failure{}
}

// accepts says whether a filter selects v. A filter that is invalid for v does
// not match; other failures end the evaluation.
func (e *evaluation) accepts(c *condition, v jsonvalue.Value) (bool, failure) {
	if f := e.spend(); f.code != ok {
		return false, f
	}
	mark, roots := e.doc.Mark(), len(e.roots)
	yes, f := e.holds(c, v)
	if len(e.roots) == roots { // no result refers to values made here, so they can be released
		e.doc.Release(mark)
	}
	if f.code == notFound || f.code == invalid {
		return false, failure{}
	}
	return yes && f.code == ok, f
}
