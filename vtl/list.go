package vtl

// listStyle says which of Java's classes a list is; it decides how the list
// prints, what it equals and which methods it has.
type listStyle uint8

const (
	styleArrayList listStyle = iota
	styleJSON                // a list of a JSON payload, json-smart's JSONArray
	styleSubList
	styleArray // String[] and Object[]
	styleKeySet
	styleValues
	styleEntrySet
)

// List is a list of values. Lists made by [NewList] are Java's ArrayList and
// print as [a, b]; those of [NewJSONList] print as JSON.
type List struct {
	style   listStyle
	version int32 // counts changes of size, for ConcurrentModificationException
	id      int32 // in tree
	items   []Value
	of      *Map // the map that a view shows

	tree Tree // fills the list; nil where items are there
	run  *Run // rendering that it was made for
}

// NewList makes a list that prints as Java's lists do. It keeps items.
func NewList(items ...Value) *List { return &List{items: items} }

// NewJSONList makes a list as API Gateway reads them from a payload: it prints
// as JSON, with "/" as "\/". It keeps items.
func NewJSONList(items ...Value) *List { return &List{style: styleJSON, items: items} }

func newArray(items []Value) Value { return ListValue(&List{style: styleArray, items: items}) }

// load fills a list of a tree at its first use.
func (l *List) load() {
	if l.tree != nil {
		l.fill()
	}
}

func (l *List) fill() {
	from, r := l.tree, l.run
	l.tree, l.run = nil, nil
	n := from.Len(int(l.id))
	r.chargeValues(n)
	l.items = r.trees.items.cut(n, firstItems)
	from.FillList(r, l, int(l.id))
}

// all are the items of a list that is not a view.
func (l *List) all() []Value {
	l.load()
	return l.items
}

// Len is the number of items.
func (l *List) Len() int {
	if l.of != nil {
		return l.of.Len()
	}
	return len(l.all())
}

// At is the i-th item, counted from 0.
func (l *List) At(i int) Value {
	if l.of == nil {
		return l.all()[i]
	}
	return l.viewed(i)
}

// viewed is the i-th item of a view of a map.
func (l *List) viewed(i int) Value {
	e := l.of.all()[i]
	switch l.style {
	case styleKeySet:
		return e.key
	case styleValues:
		return e.value
	}
	return Value{kind: KindEntry, ref: &liveEntry{e, l.of}}
}

// Set replaces the i-th item, counted from 0.
func (l *List) Set(i int, v Value) { l.all()[i] = v }

// Add appends an item.
func (l *List) Add(v Value) {
	l.version++
	l.items = append(l.all(), v)
}

func (l *List) clear() {
	l.version++
	l.tree, l.run, l.items = nil, nil, nil
}

func (l *List) removeAt(i int) Value {
	old := l.all()[i]
	l.version++
	l.items = append(l.items[:i], l.items[i+1:]...)
	return old
}

// changes is the count of changes, by which an iterator detects that the list
// changed.
func (l *List) changes() int32 {
	if l.of != nil {
		return l.of.version
	}
	return l.version
}

// isList says whether the list is one of java.util.List's.
func (l *List) isList() bool { return l.style <= styleSubList }

// isSet says whether the list is a set of keys or entries.
func (l *List) isSet() bool { return l.style == styleKeySet || l.style == styleEntrySet }
