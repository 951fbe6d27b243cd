package vtl

// Tree is data of the embedding program of which a template reads parts, such as a
// payload. Its lists and maps are made by [Run.NewList] and [Run.NewMap], and are filled
// when the template first reads them: parts that are not read cost nothing. id is the id
// that they were made with.
type Tree interface {
	// Len is how many entries the map, or items the list, is about to get.
	Len(id int) int
	// FillMap puts the entries into an empty map.
	FillMap(r *Run, m *Map, id int)
	// FillList sets the items of a list that has Len nulls.
	FillList(r *Run, l *List, id int)
}

// NewMap makes a map that a tree fills. It is gone with the rendering: see [Run.Keep].
func (r *Run) NewMap(of Tree, id int) Value {
	m := &r.trees.maps.cut(1, firstMaps)[0]
	m.tree, m.run, m.id = of, r, int32(id)
	return MapValue(m)
}

// NewList makes a list that a tree fills. It prints as those of the function [NewJSONList]
// or as those of [NewList]. It is gone with the rendering: see [Run.Keep].
func (r *Run) NewList(of Tree, id int, json bool) Value {
	l := &r.trees.lists.cut(1, firstLists)[0]
	l.tree, l.run, l.id = of, r, int32(id)
	if json {
		l.style = styleJSON
	}
	return ListValue(l)
}

// NewString makes a string of a text that was made for the template, which counts as
// memory that the rendering takes.
func (r *Run) NewString(s string) Value {
	r.take(len(s))
	return String(s)
}

// Keep lets the lists and maps of trees outlive the rendering. Otherwise their memory
// is used for the next one. Those that are not filled by the end of the rendering are
// filled then, so trees must be finite.
func (r *Run) Keep() { r.trees.kept = true }

// trees is the memory of the lists and maps of one rendering that trees fill.
type trees struct {
	maps    chunkList[Map]
	lists   chunkList[List]
	entries chunkList[entry]
	items   chunkList[Value]
	kept    bool // see [Run.Keep]
	ended   bool // fills from now on do not count against the limits
}

// How many of each are made at first: about 4 KB.
const (
	firstMaps    = 32
	firstLists   = 32
	firstEntries = 64
	firstItems   = 128
)

// filledSize is the approximate size of a value of a tree, in bytes.
const filledSize = 96

// chargeValues charges the rendering for a list or map that is filled with so many
// values.
func (r *Run) chargeValues(values int) {
	if !r.trees.ended {
		r.take(filledSize * (1 + values))
	}
}

// end releases the lists and maps of a rendering, or, if they are kept, fills those that
// are not filled yet, so that they need neither their tree nor the rendering.
func (t *trees) end() {
	t.ended = true
	if !t.kept {
		t.maps.reset()
		t.lists.reset()
		t.entries.reset()
		t.items.reset()
	} else {
		for done := -1; done != t.maps.total()+t.lists.total(); {
			done = t.maps.total() + t.lists.total()
			t.maps.each((*Map).load)
			t.lists.each((*List).load)
		}
		*t = trees{}
	}
	t.kept, t.ended = false, false
}

// chunkList allocates elements in slices of many, and cut returns a part of one: most
// calls allocate nothing.
type chunkList[T any] struct {
	last []T   // chunk in use
	used int   // number of its elements in use
	full [][]T // chunks used up
}

// keptStock is how many elements a chunkList keeps when it is reset; one that
// grew for a huge payload must not keep that memory.
const keptStock = 4096

// cut returns n zero elements; first is the size of the first chunk.
func (s *chunkList[T]) cut(n, first int) []T {
	if len(s.last)-s.used < n {
		if s.used > 0 {
			s.full = append(s.full, s.last[:s.used])
		}
		s.last = make([]T, max(n, first, min(2*len(s.last), keptStock)))
		s.used = 0
	}
	taken := s.last[s.used : s.used+n : s.used+n]
	s.used += n
	return taken
}

func (s *chunkList[T]) total() int {
	n := s.used
	for _, one := range s.full {
		n += len(one)
	}
	return n
}

func (s *chunkList[T]) each(f func(*T)) {
	for _, one := range s.full {
		for i := range one {
			f(&one[i])
		}
	}
	for i := 0; i < s.used; i++ {
		f(&s.last[i])
	}
}

func (s *chunkList[T]) reset() {
	s.full = nil
	if len(s.last) > keptStock {
		s.last = nil
	}
	clear(s.last[:min(s.used, len(s.last))])
	s.used = 0
}
