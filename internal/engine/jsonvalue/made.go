package jsonvalue

import "strconv"

// Made values: what a path computes or gathers becomes nodes of the Document
// too, so that every result is a Value. They live until the Document reads
// again or [Document.Release] is called.

// Mark is a state of a Document's made values.
type Mark struct{ nodes, made int }

// Mark remembers which values are made so far.
func (d *Document) Mark() Mark { return Mark{len(d.nodes), len(d.made)} }

// Release frees the values that were made since the mark; they must not be used
// any more. It bounds the memory of a loop that evaluates paths and reads each
// result at once.
func (d *Document) Release(m Mark) {
	d.nodes = d.nodes[:m.nodes]
	clear(d.made[m.made:])
	d.made = d.made[:m.made]
}

// Made is how many nodes made values take, 20 bytes each.
func (d *Document) Made() int { return len(d.nodes) - d.own }

// NewArray is an array of those values, which must be values of d.
func (d *Document) NewArray(items []Value) Value {
	at := d.container(Array, flagNonCanonical, len(items))
	for _, item := range items {
		d.addReference(item)
	}
	d.nodes[at].next = uint32(len(d.nodes))
	return Value{d, uint32(at)}
}

// NewView is the set of names of an object of d, as Java's keySet.
func (d *Document) NewView(object Value) Value {
	at := d.container(Array, flagNonCanonical|flagView, object.Len())
	for name := range object.Members() {
		d.addReference(name)
	}
	d.nodes[at].next = uint32(len(d.nodes))
	return Value{d, uint32(at)}
}

// NewObject is an object of those members, names first, all values of d.
func (d *Document) NewObject(members [][2]Value) Value {
	at := d.container(Object, flagNonCanonical, len(members))
	for _, member := range members {
		key := len(d.nodes)
		d.nodes = append(d.nodes, *member[0].node())
		d.nodes[key].flags &^= flagReplaced | flagShadowed
		d.addReference(member[1])
		d.nodes[key].next = uint32(len(d.nodes))
	}
	d.nodes[at].next = uint32(len(d.nodes))
	return Value{d, uint32(at)}
}

// NewString is the string s.
func (d *Document) NewString(s string) Value { return d.scalar(String, s) }

// NewInteger is the integer i.
func (d *Document) NewInteger(i int64) Value { return d.scalar(Integer, strconv.FormatInt(i, 10)) }

// NewDouble is the double f.
func (d *Document) NewDouble(f float64) Value {
	return d.scalar(Double, strconv.FormatFloat(f, 'g', -1, 64))
}

// NewNull is a null.
func (d *Document) NewNull() Value { return d.scalar(Null, "null") }

// Import copies a value of another Document into d.
func (d *Document) Import(v Value) Value {
	switch v.Kind() {
	case Missing:
		return Value{}
	case Array:
		items := make([]Value, 0, v.Len())
		for item := range v.Items() {
			items = append(items, d.Import(item))
		}
		return d.NewArray(items)
	case Object:
		members := make([][2]Value, 0, v.Len())
		for name, member := range v.Members() {
			members = append(members, [2]Value{d.Import(name), d.Import(member)})
		}
		return d.NewObject(members)
	case String:
		return d.scalar(String, v.Text())
	default:
		return d.scalar(v.Kind(), v.d.text(v.node()))
	}
}

func (d *Document) container(kind Kind, flags flag, size int) int {
	at := len(d.nodes)
	d.nodes = append(d.nodes, node{size: uint32(size), kind: kind, flags: flags})
	return at
}

// addReference adds a node that stands for v.
func (d *Document) addReference(v Value) {
	d.nodes = append(d.nodes, node{start: v.at, next: uint32(len(d.nodes)) + 1, kind: ref})
}

func (d *Document) scalar(kind Kind, text string) Value {
	at := uint32(len(d.nodes))
	d.nodes = append(d.nodes, node{start: uint32(len(d.made)), next: at + 1, kind: kind, flags: flagNonCanonical | flagMade})
	d.made = append(d.made, text)
	return Value{d, at}
}
