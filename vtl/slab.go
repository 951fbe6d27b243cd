package vtl

// Slab makes lists and maps many at a time, for a host object that turns whole
// trees into values. The zero Slab is ready. It serves one goroutine at a time.
type Slab struct {
	maps    chunkList[Map]
	lists   chunkList[List]
	entries chunkList[entry]
	items   chunkList[Value]
}

// How many of each a Slab makes at first: about 4 KB.
const (
	slabMaps    = 32
	slabLists   = 32
	slabEntries = 64
	slabItems   = 128
)

// Contents knows what is in the lists and maps that [Slab.Map] and [Slab.List]
// make. It is asked once for each, when somebody looks inside: what a template
// does not look at costs nothing. place is what the list or map was made with.
type Contents interface {
	// FillMap puts the entries into an empty map: see [Slab.Reserve].
	FillMap(m *Map, place int)
	// FillList puts the items into an empty list: see [Slab.Items].
	FillList(l *List, place int)
}

// Map makes a map that contents fills.
func (s *Slab) Map(contents Contents, place int) *Map {
	m := &s.maps.cut(1, slabMaps)[0]
	m.contents, m.place = contents, place
	return m
}

// List makes a list that contents fills. It prints as those of [NewJSONList] or
// as those of [NewList].
func (s *Slab) List(contents Contents, place int, json bool) *List {
	l := &s.lists.cut(1, slabLists)[0]
	l.contents, l.place = contents, place
	if json {
		l.style = styleJSON
	}
	return l
}

// Reserve gives an empty map room for size entries.
func (s *Slab) Reserve(m *Map, size int) { m.entries = s.entries.cut(size, slabEntries)[:0] }

// Items gives an empty list size nulls, to be [List.Set].
func (s *Slab) Items(l *List, size int) { l.items = s.items.cut(size, slabItems) }

// Used says whether the Slab has made a list or map since it was new or reset.
func (s *Slab) Used() bool { return s.maps.used+s.lists.used > 0 }

// Settle fills the lists and maps that nobody has looked into, so that they no
// longer need their contents.
func (s *Slab) Settle() {
	for done := -1; done != s.maps.total()+s.lists.total(); {
		done = s.maps.total() + s.lists.total()
		s.maps.each((*Map).load)
		s.lists.each((*List).load)
	}
}

// Reset takes back all that the Slab has made, which nobody may use any more,
// and keeps the memory.
func (s *Slab) Reset() {
	s.maps.reset()
	s.lists.reset()
	s.entries.reset()
	s.items.reset()
}

// chunkList is memory that is cut into pieces.
type chunkList[T any] struct {
	last []T   // what is cut at present
	used int   // how much of it
	full [][]T // what was cut before
}

// keptStock is how many elements a stock keeps when it is reset; one that grew
// for a huge payload must not stay that large.
const keptStock = 4096

// cut takes n zero elements; first is how many a new stock makes.
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
