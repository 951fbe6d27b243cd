package vtl

// foreach is #foreach( $x in list ).
type foreach struct {
	place
	variable int
	list     expression
	body     statement // nil where the directive has none
	slots    loopSlots
	most     int
}

// loopSlots are the variables that every loop sets.
type loopSlots struct{ count, hasNext, scope int }

// scope is $foreach of one loop.
type scope struct {
	owner    *foreach
	parent   *scope
	replaced Value
	index    int
	hasNext  bool
	storage  *Map // entries that templates put into it
}

// render runs #foreach. The variables that it sets have their values of before again
// afterwards.
func (n *foreach) render(r *Run) flow {
	r.where = &n.place
	var reused iterator
	it := r.loopOver(n.list, &reused)
	if it == nil {
		return flowNext
	}
	if n.body == nil {
		r.where = &n.place
		r.refuse("#foreach", "foreach_body")
	}
	kept := [...]Value{r.get(n.variable), r.get(n.slots.count), r.get(n.slots.hasNext)}
	s := &scope{owner: n, index: -1}
	if outer := r.get(n.slots.scope); outer.kind == KindScope {
		s.parent = outer.ref.(*scope)
	} else {
		s.replaced = outer
	}
	r.put(n.slots.scope, Value{kind: KindScope, ref: s})
	f := n.iterate(r, it, s)
	for i, slot := range [...]int{n.variable, n.slots.count, n.slots.hasNext} {
		r.restore(slot, kept[i])
	}
	n.leaveScope(r)
	return f
}

// iterate renders the body for each item. A null item hides the variable of the same name
// outside of the loop.
func (n *foreach) iterate(r *Run, it *iterator, s *scope) flow {
	var overNull *layer
	for count := 1; it.hasNext(); count++ {
		r.where = &n.place
		r.charge(1)
		r.put(n.slots.count, Int(int64(count)))
		v := it.next(r)
		s.index++
		s.hasNext = it.hasNext()
		r.put(n.slots.hasNext, Bool(s.hasNext))
		r.put(n.variable, v)
		outer := r.layer
		if v.kind == KindNull {
			if overNull == nil {
				overNull = &layer{inner: r.layer, loop: true, nullSlot: n.variable, active: true}
			}
			r.layer = overNull
		}
		f := n.renderBody(r)
		r.layer = outer
		switch {
		case f == flowBreak || f == flowBreakTo && r.target == n:
			return flowNext
		case f != flowNext:
			return f
		case count == n.most:
			return flowNext
		}
	}
	return flowNext
}

func (n *foreach) renderBody(r *Run) flow {
	if r.unwinds {
		return r.guarded(n.body)
	}
	return n.body.render(r)
}

func (r *Run) restore(slot int, v Value) {
	if v.kind != KindNull {
		r.put(slot, v)
	} else {
		r.remove(slot)
	}
}

// leaveScope restores the former value of $foreach, unless the template set it.
func (n *foreach) leaveScope(r *Run) {
	switch v := r.get(n.slots.scope); v.kind {
	case KindNull:
		r.where = &n.place
		r.refuse("#foreach", "foreach_name")
	case KindScope:
		s := v.ref.(*scope)
		if s.parent != nil {
			r.put(n.slots.scope, Value{kind: KindScope, ref: s.parent})
		} else {
			r.restore(n.slots.scope, s.replaced)
		}
	}
}

// member is a property of $foreach.
func (s *scope) member(name string) (Value, bool) {
	switch name {
	case "index":
		return Int(int64(s.index)), true
	case "count":
		return Int(int64(s.index + 1)), true
	case "hasNext":
		return Bool(s.hasNext), true
	case "first":
		return Bool(s.index < 1), true
	case "last":
		return Bool(!s.hasNext), true
	case "parent":
		return s.parentValue(), true
	case "topmost":
		top := s
		for top.parent != nil {
			top = top.parent
		}
		return Value{kind: KindScope, ref: top}, true
	case "replaced":
		top := s
		for top.replaced.IsNull() && top.parent != nil {
			top = top.parent
		}
		return top.replaced, true
	}
	return Value{}, false
}

func (s *scope) parentValue() Value {
	if s.parent == nil {
		return Value{}
	}
	return Value{kind: KindScope, ref: s.parent}
}

// lookup is get("name"): an entry that was put into this loop's scope or into
// that of a loop around it.
func (s *scope) lookup(key Value) Value {
	for one := s; one != nil; one = one.parent {
		if one.storage == nil {
			continue
		}
		if v, ok := one.storage.Get(key); ok {
			return v
		}
	}
	return Value{}
}

// asMap is the map of entries that templates put into $foreach.
func (s *scope) asMap() *Map {
	if s.storage == nil {
		s.storage = NewMap(0)
	}
	return s.storage
}
