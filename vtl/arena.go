package vtl

// Arena serves hosts that turn whole trees into values, of which a template looks
// at a part, as API Gateway's $input does with a payload; other hosts need none and
// make lists and maps by [NewList] and [NewMap]. It is the memory of the lists and
// maps of one rendering, which its [Source] fills when the template first looks
// inside. The zero Arena is ready. It serves one rendering at a time.
type Arena struct {
	maps    chunkList[Map]
	lists   chunkList[List]
	entries chunkList[entry]
	items   chunkList[Value]
}

// How many of each an Arena makes at first: about 4 KB.
const (
	arenaMaps    = 32
	arenaLists   = 32
	arenaEntries = 64
	arenaItems   = 128
)

// Source knows what is in the lists and maps of an [Arena]. It is asked once for
// each, when the template first looks inside; what it does not look at costs
// nothing. id is what [Arena.Map] or [Arena.List] was given.
type Source interface {
	// Len is how many entries the map, or items the list, is about to get. It is
	// asked directly before FillMap or FillList: a place to call [Run.Charge].
	Len(id int) int
	// FillMap puts the entries into an empty map.
	FillMap(m *Map, id int)
	// FillList sets the items of a list that has Len nulls.
	FillList(l *List, id int)
}

// Map makes a map that from fills.
func (a *Arena) Map(from Source, id int) *Map {
	m := &a.maps.cut(1, arenaMaps)[0]
	m.source, m.arena, m.id = from, a, int32(id)
	return m
}

// List makes a list that from fills. It prints as those of [NewJSONList] or as
// those of [NewList].
func (a *Arena) List(from Source, id int, json bool) *List {
	l := &a.lists.cut(1, arenaLists)[0]
	l.source, l.arena, l.id = from, a, int32(id)
	if json {
		l.style = styleJSON
	}
	return l
}

// Detach lets everything that was made outlive the Arena: lists and maps that
// were not looked into are filled, so that they no longer need their source, and
// the Arena is empty.
func (a *Arena) Detach() {
	if a.maps.total()+a.lists.total() == 0 {
		return
	}
	for done := -1; done != a.maps.total()+a.lists.total(); {
		done = a.maps.total() + a.lists.total()
		a.maps.each((*Map).load)
		a.lists.each((*List).load)
	}
	*a = Arena{}
}

// Reset takes back all that the Arena has made, which must not be used any more,
// and keeps the memory for the next rendering.
func (a *Arena) Reset() {
	a.maps.reset()
	a.lists.reset()
	a.entries.reset()
	a.items.reset()
}

// chunkList is memory that is cut into pieces.
type chunkList[T any] struct {
	last []T   // what is cut at present
	used int   // how much of it
	full [][]T // what was cut before
}

// keptStock is how many elements a chunkList keeps when it is reset; one that
// grew for a huge payload must not stay that large.
const keptStock = 4096

// cut takes n zero elements; first is how many a new list of chunks makes.
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
