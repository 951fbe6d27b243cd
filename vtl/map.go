package vtl

// Map is a map that keeps the order of insertion, Java's LinkedHashMap. Keys are
// any values. The zero Map is empty and ready to use.
type Map struct {
	entries []entry
	index   map[scalarKey]int // built when the map grows
	version int32             // counts insertions and removals
	id      int32             // in tree

	tree Tree // fills the map; nil where entries are there
	run  *Run // that it was made for

	silent bool // prints nothing: see [NewSilentMap]
}

// entry is a pair of a map.
type entry struct{ key, value Value }

// liveEntry is Java's Map.Entry as a value: setting its value changes the map.
type liveEntry struct {
	entry
	of *Map
}

func (e *liveEntry) current() Value {
	if e.of != nil {
		if v, ok := e.of.Get(e.key); ok {
			return v
		}
	}
	return e.value
}

// scalarKey is a key that Go can compare; other keys are found by comparing
// all.
type scalarKey struct {
	kind Kind
	bits uint64
	text string
}

// indexFrom is the size from which a map is indexed.
const indexFrom = 32

// NewMap makes an empty map with room for size entries.
func NewMap(size int) *Map {
	return &Map{entries: make([]entry, 0, size)}
}

// NewSilentMap is [NewMap] for a map that prints nothing, as API Gateway's $context and the
// maps in it.
func NewSilentMap(size int) *Map {
	m := NewMap(size)
	m.silent = true
	return m
}

func keyOf(v Value) (scalarKey, bool) {
	switch v.kind {
	case KindNull, KindBoolean, KindByte, KindShort, KindInteger, KindLong, KindFloat, KindDouble, KindCharacter, KindString:
		return scalarKey{v.kind, v.bits, v.Text()}, true
	}
	return scalarKey{}, false
}

// load fills a map of a tree at its first use.
func (m *Map) load() {
	if m.tree != nil {
		m.fill()
	}
}

// fill does not count as a change, which an iterator would detect.
func (m *Map) fill() {
	from, r, version := m.tree, m.run, m.version
	m.tree, m.run = nil, nil
	n := from.Len(int(m.id))
	r.chargeValues(n)
	m.entries = r.trees.entries.cut(n, firstEntries)[:0]
	from.FillMap(r, m, int(m.id))
	m.version = version
}

// all are the entries.
func (m *Map) all() []entry {
	m.load()
	return m.entries
}

// Len is the number of entries.
func (m *Map) Len() int { return len(m.all()) }

// At is the i-th entry in order of insertion.
func (m *Map) At(i int) (key, value Value) {
	e := &m.all()[i]
	return e.key, e.value
}

func (m *Map) find(key Value) int {
	m.load()
	if m.index != nil {
		if k, scalar := keyOf(key); scalar {
			if i, ok := m.index[k]; ok {
				return i
			}
			return -1
		}
	}
	if key.kind == KindString {
		return m.findText(key.Text())
	}
	for i := range m.entries {
		if equals(m.entries[i].key, key, 0) {
			return i
		}
	}
	return -1
}

// findText finds a string key in a map without an index.
func (m *Map) findText(text string) int {
	for i := range m.entries {
		k := &m.entries[i].key
		if k.bits != uint64(len(text)) || k.kind != KindString {
			continue
		}
		// Comparing one byte first avoids most comparisons of names of the same
		// length.
		if t := k.Text(); t == "" || t[0] == text[0] && t == text {
			return i
		}
	}
	return -1
}

// Get is the value of a key; ok is false when there is none.
func (m *Map) Get(key Value) (v Value, ok bool) {
	if i := m.find(key); i >= 0 {
		return m.entries[i].value, true
	}
	return Value{}, false
}

// text is the value of a string key, null when there is none.
func (m *Map) text(key string) Value {
	m.load()
	if m.index != nil {
		v, _ := m.Get(String(key))
		return v
	}
	if i := m.findText(key); i >= 0 {
		return m.entries[i].value
	}
	return Value{}
}

// Put sets the value of a key and returns the one before, or null.
func (m *Map) Put(key, value Value) (previous Value) {
	if i := m.find(key); i >= 0 {
		previous = m.entries[i].value
		m.entries[i].value = value
		return previous
	}
	m.insert(key, value)
	return Value{}
}

// insert adds an entry whose key is new.
func (m *Map) insert(key, value Value) {
	m.version++
	m.entries = append(m.entries, entry{key, value})
	if m.index != nil {
		if k, ok := keyOf(key); ok {
			m.index[k] = len(m.entries) - 1
		}
	} else if len(m.entries) > indexFrom {
		m.reindex()
	}
}

// PutString is Put with a string key.
func (m *Map) PutString(key string, value Value) { m.Put(String(key), value) }

// Remove removes a key and returns its value, or null.
func (m *Map) Remove(key Value) (previous Value, ok bool) {
	i := m.find(key)
	if i < 0 {
		return Value{}, false
	}
	previous = m.entries[i].value
	m.version++
	m.entries = append(m.entries[:i], m.entries[i+1:]...)
	if m.index != nil {
		m.reindex()
	}
	return previous, true
}

func (m *Map) clear() {
	m.version++
	m.tree, m.run, m.entries, m.index = nil, nil, nil, nil
}

func (m *Map) reindex() {
	m.index = make(map[scalarKey]int, len(m.entries))
	for i := range m.entries {
		if k, ok := keyOf(m.entries[i].key); ok {
			m.index[k] = i
		}
	}
}
