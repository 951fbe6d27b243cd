package vtl

// Slab makes lists and maps many at a time, for a host object that turns whole
// trees into values. The zero Slab is ready. What it made may outlive it; it
// serves one goroutine at a time.
type Slab struct {
	maps    []Map
	lists   []List
	entries []entry
	items   []Value
}

// How many of each a Slab makes at a time: about 4 KB.
const (
	slabMaps    = 32
	slabLists   = 32
	slabEntries = 64
	slabItems   = 128
)

// Map makes an empty map with room for size entries.
func (s *Slab) Map(size int) *Map {
	m := &cut(&s.maps, 1, slabMaps)[0]
	m.entries = cut(&s.entries, size, slabEntries)[:0]
	return m
}

// List makes a list of size nulls to be [List.Set], which prints as those of
// [NewJSONList] or as those of [NewList].
func (s *Slab) List(size int, json bool) *List {
	l := &cut(&s.lists, 1, slabLists)[0]
	l.items = cut(&s.items, size, slabItems)
	if json {
		l.style = styleJSON
	}
	return l
}

// cut takes n zero values off a stock, which is filled up as needed.
func cut[T any](stock *[]T, n, atATime int) []T {
	if n > atATime/2 {
		return make([]T, n)
	}
	if len(*stock) < n {
		*stock = make([]T, atATime)
	}
	taken := (*stock)[:n:n]
	*stock = (*stock)[n:]
	return taken
}
