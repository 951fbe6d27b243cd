package vtl_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/vtl"
)

// squares is a tree of numbers and their squares, made when a template reads
// them.
type squares struct {
	empty
	kept   bool
	filled []int
	lists  []*vtl.List
}

// Call is $squares.from(n), a map of a number and the map of the next one, $squares.first(n),
// a list of squares, and $squares.tree(n), a list of two lists of two lists, n deep.
func (s *squares) Call(r *vtl.Run, c vtl.Call) (vtl.Value, error) {
	if s.kept {
		r.Keep()
	}
	n, _ := c.Arguments[0].Int64()
	switch c.Method {
	case "from":
		return r.NewMap(s, int(n)), nil
	case "first":
		l := r.NewList(s, int(n), true)
		s.lists = append(s.lists, l.List())
		return l, nil
	case "tree":
		l := r.NewList(nestedLists{}, int(n), false)
		s.lists = append(s.lists, l.List())
		return l, nil
	}
	return vtl.Null(), vtl.ErrNoMember
}

func (s *squares) Len(id int) int { return id }

func (s *squares) FillMap(r *vtl.Run, m *vtl.Map, id int) {
	s.filled = append(s.filled, id)
	m.PutString("side", vtl.Int(int64(id)))
	m.PutString("next", r.NewMap(s, id+1))
}

func (s *squares) FillList(_ *vtl.Run, l *vtl.List, id int) {
	s.filled = append(s.filled, id)
	for i := range id {
		l.Set(i, vtl.Int(int64(i*i)))
	}
}

// nestedLists is a list of lists.
type nestedLists struct{}

func (nestedLists) FillMap(*vtl.Run, *vtl.Map, int) {}

func (nestedLists) Len(id int) int { return 2 * min(id, 1) }

func (s nestedLists) FillList(r *vtl.Run, l *vtl.List, id int) {
	if id > 0 {
		l.Set(0, r.NewList(s, id-1, false))
		l.Set(1, r.NewList(s, id-1, false))
	}
}

func renderSquares(t *testing.T, s *squares, template string, change func(*vtl.Options)) (string, error) {
	t.Helper()
	options := vtl.APIGateway()
	options.Globals = []string{"squares"}
	change(&options)
	parsed, err := vtl.Parse(template, options)
	if err != nil {
		t.Fatal(err)
	}
	out, err := parsed.Append(nil, vtl.HostValue(s))
	return string(out), err
}

func unchanged(*vtl.Options) {}

func TestTreesAreFilledWhenRead(t *testing.T) {
	const template = "#set($m = $squares.from(10))#set($l = $squares.first(4))#set($n = $squares.from(99))$m.next.side $l.size() $l"
	for range 3 { // a rendering that uses the memory of another one sees nothing of it
		s := new(squares)
		if out, err := renderSquares(t, s, template, unchanged); out != "11 4 [0,1,4,9]" || err != nil {
			t.Errorf("got %q, %v", out, err)
		}
		if len(s.filled) != 3 {
			t.Errorf("filled %v", s.filled)
		}
	}
}

// What a tree fills counts as memory of the rendering, and so does what a host makes.
func TestTreesAreMemoryOfTheRendering(t *testing.T) {
	small := func(o *vtl.Options) { o.MaxMemory = 20_000 }
	for template, want := range map[string]error{
		"#set($l = $squares.first(1000))":               nil,
		"#set($l = $squares.first(1000))$l.size()":      vtl.ErrTooMuchMemory,
		"#set($m = $squares.from(1000))$m.side":         vtl.ErrTooMuchMemory,
		"#set($m = $squares.from(100))$m.side":          nil,
		"$squares.tree(3) $squares.tree(2)":             nil,
		"#foreach($i in [1..100])$squares.tree(7)#end.": vtl.ErrTooMuchMemory,
	} {
		if _, err := renderSquares(t, new(squares), template, small); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", template, err, want)
		}
	}
	parsed, err := vtl.Parse("#foreach($i in [1..4])#set($x = $shop.price($name))#end", func() vtl.Options {
		o := hostOptions()
		o.Globals, o.MaxMemory = []string{"shop", "name"}, 20_000
		return o
	}())
	if err != nil {
		t.Fatal(err)
	}
	name := vtl.String(strings.Repeat("x", 6000))
	if _, err := parsed.Append(nil, vtl.HostValue(&shop{vtl.NewList()}), name); !errors.Is(err, vtl.ErrTooMuchMemory) {
		t.Errorf("strings of a host: %v", err)
	}
}

// Kept lists and maps are complete: they need neither their tree nor the memory of the
// rendering, and filling them at the end does not count against its limits.
func TestTreesThatAreKept(t *testing.T) {
	s := &squares{kept: true}
	if _, err := renderSquares(t, s, "#set($l = $squares.tree(8))", func(o *vtl.Options) { o.MaxMemory = 1000 }); err != nil {
		t.Fatal(err)
	}
	for range 8 {
		if _, err := renderSquares(t, new(squares), "$squares.tree(8) $squares.from(3).next.side", unchanged); err != nil {
			t.Fatal(err)
		}
	}
	count := 0
	var walk func(*vtl.List)
	walk = func(l *vtl.List) {
		count++
		for i := range l.Len() {
			walk(l.At(i).List())
		}
	}
	if walk(s.lists[0]); count != 1<<9-1 {
		t.Errorf("%d lists", count)
	}
}
