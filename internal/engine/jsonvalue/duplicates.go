package jsonvalue

// fewMembers is the size up to which comparing all names with each other is
// faster than a hash table of them.
const fewMembers = 16

// mergeDuplicates gives the first of equal names the last value and hides the
// later ones, as putting them into a LinkedHashMap does. It reports whether
// there were any.
func (d *Document) mergeDuplicates(object int) bool {
	n := &d.nodes[object]
	if n.size < 2 {
		return false
	}
	if n.size <= fewMembers {
		return d.mergeFew(object)
	}
	return d.mergeMany(object)
}

func (d *Document) mergeFew(object int) (found bool) {
	end := uint32(len(d.nodes))
	for first := uint32(object) + 1; first < end; first = d.nodes[first].next {
		if d.nodes[first].flags&flagShadowed != 0 {
			continue
		}
		for later := d.nodes[first].next; later < end; later = d.nodes[later].next {
			if d.sameKey(first, later) {
				d.replace(object, first, later)
				found = true
			}
		}
	}
	return found
}

func (d *Document) sameKey(a, b uint32) bool {
	x, y := &d.nodes[a], &d.nodes[b]
	if (x.flags|y.flags)&flagEscaped != 0 {
		return Value{d, a}.Text() == Value{d, b}.Text()
	}
	return x.end-x.start == y.end-y.start && d.text(x) == d.text(y)
}

func (d *Document) mergeMany(object int) (found bool) {
	names := make(map[string]uint32, d.nodes[object].size)
	for at, end := uint32(object)+1, uint32(len(d.nodes)); at < end; at = d.nodes[at].next {
		name := Value{d, at}.Text()
		if first, ok := names[name]; ok {
			d.replace(object, first, at)
			found = true
			continue
		}
		names[name] = at
	}
	return found
}

func (d *Document) replace(object int, first, later uint32) {
	d.nodes[first].flags |= flagReplaced
	d.nodes[first].size = later + 1
	d.nodes[later].flags |= flagShadowed
	d.nodes[object].size--
}
