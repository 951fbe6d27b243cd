package vtl

// iterator walks a list, a view, a map's values or a range.
type iterator struct {
	list    *List
	pos     int
	version int32
	more    bool // for maps: result of hasNext when the last item was taken

	isRange bool
	from    int32
	step    int32
	rest    int64
}

func newIterator(l *List) iterator {
	return iterator{list: l, version: l.changes(), more: l.Len() > 0}
}

func newRangeIterator(from, to int32) iterator {
	it := iterator{isRange: true, from: from, step: 1, rest: int64(to) - int64(from)}
	if from >= to {
		it.step, it.rest = -1, -it.rest
	}
	it.rest++
	return it
}

func (it *iterator) hasNext() bool {
	switch {
	case it.isRange:
		return it.rest > 0
	case it.list.of != nil:
		return it.more
	case it.list.style == styleArray:
		return it.pos < it.list.Len()
	}
	return it.pos != it.list.Len()
}

func (it *iterator) next(r *Run) Value {
	if it.isRange {
		v := Int(int64(it.from))
		it.from += it.step
		it.rest--
		return v
	}
	if !it.hasNext() {
		r.refuse("next", "no_next")
	}
	if it.list.changes() != it.version && it.list.style != styleArray {
		r.refuse(r.where.directive, "list_changed")
	}
	v := it.list.At(it.pos)
	it.pos++
	it.more = it.pos < it.list.Len()
	return v
}

// loopOver is the iterator of a #foreach: the template's own, or one stored in
// reused; nil for values that cannot be iterated.
func (r *Run) loopOver(n expression, reused *iterator) *iterator {
	if ends, ok := n.(*rangeNode); ok {
		from, to, ok := ends.ends(r)
		if !ok {
			return nil
		}
		*reused = newRangeIterator(from, to)
		return reused
	}
	if n == nil {
		return nil
	}
	switch v := r.plain(n.value(r)); v.kind {
	case KindList:
		*reused = newIterator(v.ref.(*List))
	case KindMap:
		*reused = newIterator(&List{style: styleValues, of: v.ref.(*Map)})
	case KindScope:
		*reused = newIterator(&List{style: styleValues, of: v.ref.(*scope).asMap()})
	case KindIterator:
		return v.ref.(*iterator)
	default:
		return nil
	}
	return reused
}
