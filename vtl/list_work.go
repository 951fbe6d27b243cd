package vtl

import "slices"

func (r *Run) copyOf(l *List) []Value {
	r.take(valueSize * l.Len())
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

func (r *Run) insert(l *List, method string, at int, items []Value) {
	if at < 0 || at > l.Len() {
		r.outOfRange(method, int64(at), l.Len())
	}
	r.take(valueSize * len(items))
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

// subList is a copy; in Java it is a view of the list (A-VTL-2).
func (r *Run) subList(l *List, from, to int) Value {
	if from < 0 || to > l.Len() || from > to {
		r.refuse("subList", "sub_list", itoa(int64(from)), itoa(int64(to)), itoa(int64(l.Len())))
	}
	r.take(valueSize * (to - from))
	return ListValue(&List{style: styleSubList, items: slices.Clone(l.all()[from:to])})
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

func (r *Run) removeCurrent(it *iterator) Value {
	if it.list == nil || it.pos == 0 || it.list.style == styleArray || it.list.changes() != it.version {
		r.refuse("remove", "no_current")
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
