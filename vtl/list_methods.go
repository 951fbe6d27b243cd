package vtl

import "slices"

// listMethod is a method of a list, an array or a view of a map.
func (r *Run) listMethod(l *List, name string, a arguments) (Value, bool) {
	r.work(l.Len() * 4)
	if v, ok := r.collectionMethod(l, name, a); ok {
		return v, true
	}
	switch {
	case l.style == styleArray:
		return r.arrayMethod(l, name, a)
	case l.isList():
		return r.indexedMethod(l, name, a)
	}
	return r.viewMethod(l, name, a)
}

// collectionMethod is what all of them have and that changes nothing.
func (r *Run) collectionMethod(l *List, name string, a arguments) (Value, bool) {
	switch {
	case name == "size" && a.fit(""):
		return Int(int64(l.Len())), true
	case name == "isEmpty" && a.fit(""):
		return Bool(l.Len() == 0), true
	case name == "iterator" && a.fit(""):
		it := newIterator(l)
		return Value{kind: KindIterator, ref: &it}, true
	case name == "contains" && a.fit("o"):
		return Bool(r.indexOf(l, a[0]) >= 0), true
	case name == "containsAll" && a.fit("C"):
		r.present(name, a)
		other := a[0].ref.(*List)
		for i := range other.Len() {
			if r.indexOf(l, other.At(i)) < 0 {
				return Bool(false), true
			}
		}
		return Bool(true), true
	case name == "toArray" && a.fit(""):
		return newArray(r.copyOf(l)), true
	}
	return Value{}, false
}

func (r *Run) copyOf(l *List) []Value {
	r.Charge(valueSize * l.Len())
	items := make([]Value, l.Len())
	for i := range items {
		items[i] = l.At(i)
	}
	return items
}

func (r *Run) indexOf(l *List, v Value) int {
	e := effort{r.left()}
	before := e.left
	i := e.indexOf(l, v)
	r.charge((before - e.left) / costPerStep)
	if e.left < 0 {
		r.fail(ErrTooManySteps)
	}
	return i
}

func (r *Run) lastIndexOf(l *List, v Value) int {
	for i := l.Len() - 1; i >= 0; i-- {
		if r.equals(l.At(i), v) {
			return i
		}
	}
	return -1
}

// readMethod is what lists and arrays have in common.
func (r *Run) readMethod(l *List, name string, a arguments) (Value, bool) {
	switch {
	case name == "get" && a.fit("i"):
		return r.itemAt(l, int64(a.int(0))), true
	case name == "indexOf" && a.fit("o"):
		return Int(int64(r.indexOf(l, a[0]))), true
	case name == "lastIndexOf" && a.fit("o"):
		return Int(int64(r.lastIndexOf(l, a[0]))), true
	case name == "set" && a.fit("io"):
		return r.setItem(l, int64(a.int(0)), a[1]), true
	case name == "subList" && a.fit("ii"):
		return r.subList(l, a.int(0), a.int(1)), true
	case name == "listIterator" && a.fit(""):
		it := newIterator(l)
		return Value{kind: KindIterator, ref: &it}, true
	}
	return Value{}, false
}

// arrayMethod is a method of an array, which Velocity wraps into a list of fixed
// length.
func (r *Run) arrayMethod(l *List, name string, a arguments) (Value, bool) {
	if v, ok := r.readMethod(l, name, a); ok {
		return v, true
	}
	switch {
	case (name == "add" || name == "remove") && a.fit("o"), name == "add" && a.fit("io"):
		if name == "remove" && !a.fit("i") && r.indexOf(l, a[0]) < 0 {
			return Bool(false), true
		}
		r.fail(&MethodError{name, "an array has a fixed length"})
	}
	return Value{}, false
}

func (r *Run) indexedMethod(l *List, name string, a arguments) (Value, bool) {
	if v, ok := r.readMethod(l, name, a); ok {
		return v, true
	}
	switch {
	case name == "add" && a.fit("o"):
		r.Charge(valueSize)
		l.Add(a[0])
		return Bool(true), true
	case name == "add" && a.fit("io"):
		r.insert(l, name, a.int(0), []Value{a[1]})
		return String(""), true
	case name == "addAll" && a.fit("C"):
		r.present(name, a)
		return r.addAll(l, l.Len(), a[0].ref.(*List)), true
	case name == "addAll" && a.fit("iC"):
		r.present(name, a)
		return r.addAll(l, a.int(0), a[1].ref.(*List)), true
	case name == "remove" && a.fit("i"):
		i := int64(a.int(0))
		r.itemAt(l, i)
		return l.removeAt(int(i)), true
	case name == "remove" && a.fit("o"):
		if i := r.indexOf(l, a[0]); i >= 0 {
			l.removeAt(i)
			return Bool(true), true
		}
		return Bool(false), true
	case name == "removeAll" && a.fit("C"), name == "retainAll" && a.fit("C"):
		r.present(name, a)
		return r.keep(l, a[0].ref.(*List), name == "retainAll"), true
	case name == "clear" && a.fit(""):
		l.version++
		l.contents, l.items = nil, nil
		return String(""), true
	case name == "clone" && a.fit("") && l.style != styleSubList:
		return ListValue(&List{style: l.style, items: r.copyOf(l)}), true
	case (name == "trimToSize" && a.fit("") || name == "ensureCapacity" && a.fit("i")) && l.style != styleSubList:
		return String(""), true
	case (name == "of" || name == "copyOf") && (name == "of" || a.fit("C")):
		return r.newList(name, a), true
	case l.style == styleJSON && a.fit("") && (name == "toJSONString" || name == "toString"):
		p := printer{run: r, max: r.limits.MaxString}
		return r.text(string(p.jsonList(nil, l, true))), true
	}
	return Value{}, false
}

func (r *Run) newList(name string, a arguments) Value {
	items := []Value(slices.Clone(a))
	if name == "copyOf" {
		r.present(name, a)
		items = r.copyOf(a[0].ref.(*List))
	}
	r.Charge(valueSize * len(items))
	return ListValue(&List{items: items})
}

func (r *Run) insert(l *List, method string, at int, items []Value) {
	if at < 0 || at > l.Len() {
		r.outOfRange(method, int64(at), l.Len())
	}
	r.Charge(valueSize * len(items))
	l.version++
	l.items = slices.Insert(l.items, at, items...)
}

func (r *Run) addAll(l *List, at int, other *List) Value {
	items := r.copyOf(other)
	r.insert(l, "addAll", at, items)
	return Bool(len(items) > 0)
}

// keep is retainAll, or removeAll where retain is false.
func (r *Run) keep(l, other *List, retain bool) Value {
	var kept []Value
	for _, v := range l.all() {
		if (r.indexOf(other, v) >= 0) == retain {
			kept = append(kept, v)
		}
	}
	changed := len(kept) != len(l.items)
	if changed {
		l.version++
		l.items = kept
	}
	return Bool(changed)
}

// subList is a copy; Java's is a window (A-VTL-2).
func (r *Run) subList(l *List, from, to int) Value {
	if from < 0 || to > l.Len() || from > to {
		r.fail(&MethodError{"subList", "from " + itoa(int64(from)) + " to " + itoa(int64(to)) + " of " + itoa(int64(l.Len()))})
	}
	r.Charge(valueSize * (to - from))
	return ListValue(&List{style: styleSubList, items: slices.Clone(l.all()[from:to])})
}

// viewMethod changes the map behind keySet, values and entrySet.
func (r *Run) viewMethod(l *List, name string, a arguments) (Value, bool) {
	switch {
	case name == "remove" && a.fit("o"):
		if i := r.indexOf(l, a[0]); i >= 0 {
			l.of.Remove(l.of.all()[i].key)
			return Bool(true), true
		}
		return Bool(false), true
	case name == "removeAll" && a.fit("C"), name == "retainAll" && a.fit("C"):
		r.present(name, a)
		return r.keepEntries(l, a[0].ref.(*List), name == "retainAll"), true
	case name == "clear" && a.fit(""):
		l.of.clear()
		return String(""), true
	case name == "add" && a.fit("o"), name == "addAll" && a.fit("C"):
		r.fail(&MethodError{name, "a view of a map takes no new items"})
	}
	return Value{}, false
}

func (r *Run) keepEntries(l, other *List, retain bool) Value {
	changed := false
	for i := 0; i < l.Len(); {
		if (r.indexOf(other, l.At(i)) >= 0) == retain {
			i++
			continue
		}
		l.of.Remove(l.of.all()[i].key)
		changed = true
	}
	return Bool(changed)
}

func (r *Run) iteratorMethod(it *iterator, name string, a arguments) (Value, bool) {
	switch {
	case name == "hasNext" && a.fit(""):
		return Bool(it.hasNext()), true
	case name == "next" && a.fit(""):
		return it.next(r), true
	case name == "remove" && a.fit(""):
		return r.removeCurrent(it), true
	}
	return Value{}, false
}

func (r *Run) removeCurrent(it *iterator) Value {
	if it.list == nil || it.pos == 0 || it.list.style == styleArray || it.list.changes() != it.version {
		r.fail(&MethodError{"remove", "there is no current item to remove"})
	}
	it.pos--
	if it.list.of != nil {
		it.list.of.Remove(it.list.of.all()[it.pos].key)
	} else {
		it.list.removeAt(it.pos)
	}
	it.version = it.list.changes()
	return String("")
}
