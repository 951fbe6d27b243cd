package jsonpath

import "github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"

// scan applies step i to v and to all its descendants, parents first.
func (w *walk) scan(i int, v jsonvalue.Value) failure {
	if f := w.spend(); f.code != ok {
		return f
	}
	switch container(v) {
	case jsonvalue.Object:
		return w.scanObject(i, v)
	case jsonvalue.Array:
		return w.scanArray(i, v)
	}
	return failure{}
}

func (w *walk) scanObject(i int, v jsonvalue.Value) failure {
	yes, f := w.matches(&w.path.steps[i], v)
	if yes {
		f = w.step(i, v)
	}
	if f.code != ok {
		return f
	}
	for _, member := range v.Members() {
		if f := w.scan(i, member); f.code != ok {
			return f
		}
	}
	return failure{}
}

// scanArray skips step i, unless it is the last, and passes all items to the
// step after it, as Jayway does; walk.wanted has Jayway's correction of that.
func (w *walk) scanArray(i int, v jsonvalue.Value) failure {
	s := &w.path.steps[i]
	yes, f := w.matches(s, v)
	switch {
	case f.code != ok:
		return f
	case yes && s.leaf:
		f = w.step(i, v)
	case yes:
		f = w.stepItems(i+1, v)
	}
	if f.code != ok {
		return f
	}
	for item := range v.Items() {
		if f := w.scan(i, item); f.code != ok {
			return f
		}
	}
	return failure{}
}

func (w *walk) stepItems(i int, v jsonvalue.Value) failure {
	n := 0
	for item := range v.Items() {
		n++
		w.itemOf[i] = n
		if f := w.step(i, item); f.code != ok {
			return f
		}
	}
	return failure{}
}

// matches says whether a scan applies step s to v.
func (w *walk) matches(s *step, v jsonvalue.Value) (bool, failure) {
	switch s.kind {
	case property:
		return s.offered(v), failure{}
	case index, slice:
		return isArray(v), failure{}
	case wildcard:
		return true, failure{}
	case predicate:
		return w.accepts(s.filter, v)
	}
	return false, failure{}
}

func (s *step) offered(v jsonvalue.Value) bool {
	if v.Kind() != jsonvalue.Object {
		return false
	}
	if !s.definite() {
		return true
	}
	for _, name := range s.names {
		if !v.Field(name).Exists() {
			return false
		}
	}
	return true
}
