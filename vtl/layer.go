package vtl

// layer holds variables that hide those of the template while a macro runs or a
// loop is at an item that is null. Velocity chains contexts in the same way,
// from which its unusual rules follow: what a macro sets is set globally and
// hides its argument.
type layer struct {
	inner *layer

	// Of a macro.
	locals    map[int]Value
	arguments map[int]expression // evaluated at each use, in the caller's layer
	literals  map[string]string  // source texts of the arguments at the call, by "$argument"

	// Of a loop: its variable is null.
	loop     bool
	nullSlot int
	active   bool
}

func (r *Run) get(slot int) Value {
	if r.layer == nil {
		return r.slots[slot]
	}
	return r.getFrom(r.layer, slot)
}

func (r *Run) getFrom(l *layer, slot int) Value {
	for ; l != nil; l = l.inner {
		if l.loop {
			if l.active && l.nullSlot == slot {
				return Value{}
			}
			continue
		}
		if v, ok := l.locals[slot]; ok && v.kind != KindNull {
			return v
		}
		if a, ok := l.arguments[slot]; ok {
			return r.argument(a, l.inner)
		}
	}
	return r.slots[slot]
}

// argument evaluates an argument of a macro in the layer of the caller.
func (r *Run) argument(a expression, in *layer) Value {
	r.enter()
	r.charge(1)
	kept := r.layer
	r.layer = in
	var v Value
	if ref, ok := a.(*reference); ok {
		v = ref.resolve(r)
	} else {
		v = a.value(r)
	}
	r.layer = kept
	r.depth--
	return v
}

func (r *Run) put(slot int, v Value) {
	for l := r.layer; l != nil; l = l.inner {
		if !l.loop {
			l.locals[slot] = v
		} else if l.nullSlot == slot && v.kind == KindNull {
			l.active = true
		}
	}
	r.slots[slot] = v
}

func (r *Run) remove(slot int) {
	for l := r.layer; l != nil; l = l.inner {
		if !l.loop {
			delete(l.locals, slot)
			delete(l.arguments, slot)
		} else if l.nullSlot == slot {
			l.active = false
		}
	}
	r.slots[slot] = Value{}
}
