package vtl_test

import (
	"errors"
	"testing"

	"github.com/pasarela-ws/pasarela/vtl"
)

var errClosed = errors.New("the shop is closed")

// shop is a host object with a property, a method, and a list that stands for it.
type shop struct{ stock *vtl.List }

func (s *shop) Get(_ *vtl.Run, name string) (vtl.Value, error) {
	switch name {
	case "name":
		return vtl.String("corner"), nil
	case "nothing":
		return vtl.Null(), nil
	case "closed":
		return vtl.Null(), errClosed
	}
	return vtl.Null(), vtl.ErrNoMember
}

func (s *shop) Call(r *vtl.Run, c vtl.Call) (vtl.Value, error) {
	switch {
	case c.Method == "price" && len(c.Arguments) == 1:
		r.Charge(10)
		return vtl.String("price of " + r.Text(c.Arguments[0])), nil
	case c.Method == "first":
		return r.Invoke(vtl.ListValue(s.stock), vtl.Call{Method: "get", Arguments: []vtl.Value{vtl.Int(0)}})
	case c.Method == "unknown":
		return r.Invoke(vtl.ListValue(s.stock), vtl.Call{Method: "whatever"})
	case c.Method == "prepared":
		text, _ := c.Prepared.(string)
		return vtl.String(text), nil
	case c.Method == "mutations":
		return vtl.Int(int64(r.Mutations())), nil
	case c.Method == "close":
		return vtl.Null(), errClosed
	}
	return vtl.Null(), vtl.ErrNoMember
}

func (s *shop) Plain(*vtl.Run) vtl.Value { return vtl.ListValue(s.stock) }

// empty is an object without anything.
type empty struct{}

func (empty) Get(*vtl.Run, string) (vtl.Value, error) { return vtl.Null(), vtl.ErrNoMember }

func (empty) Call(*vtl.Run, vtl.Call) (vtl.Value, error) { return vtl.Null(), vtl.ErrNoMember }

func (empty) Plain(*vtl.Run) vtl.Value { return vtl.Null() }

func hostOptions() vtl.Options {
	options := vtl.APIGateway()
	options.Globals = []string{"shop", "empty"}
	options.Prepare = func(global, method string, arguments []vtl.Value) any {
		if method == "prepared" {
			return global + " " + arguments[0].Text()
		}
		return nil
	}
	return options
}

func renderHosts(template string) (string, error) {
	parsed, err := vtl.Parse(template, hostOptions())
	if err != nil {
		return "", err
	}
	stock := vtl.NewList(vtl.String("tea"), vtl.Int(2))
	out, err := parsed.Append(nil, vtl.HostValue(&shop{stock}), vtl.HostValue(empty{}))
	return string(out), err
}

func TestHosts(t *testing.T) {
	for template, want := range map[string]string{
		"$shop.name $shop['name'] [$shop.nothing] [$shop.other]":            "corner corner [] []",
		"$shop.price('tea') $shop.price(5) [$shop.price()]":                 "price of tea price of 5 []",
		"$shop.prepared('x') [$shop.prepared($missing)]":                    "shop x []",
		"$shop.first() [$shop.unknown()]":                                   "tea []",
		"$shop $shop.size() $shop.get(1) $shop[0] $shop[-1]":                "[tea, 2] 2 2 tea 2",
		"#foreach($x in $shop)$x,#end":                                      "tea,2,",
		"#if($shop == ['tea', 2])same#end#if($shop != $empty)other#end":     "sameother",
		"#set($shop[0] = 'milk')$shop.first() $shop.add(3) $shop":           "milk true [milk, 2, 3]",
		"$shop.mutations()#set($x = $shop.add(1))$shop.mutations()":         "01",
		"[$empty][$empty.a][$empty.a()][$empty['a']]":                       "[][][][]",
		"#foreach($x in $empty)x#end#set($empty.a = 1)[$empty.a]":           "[]",
		"#set($s = $shop)$s.name #set($l = [$shop])$l.get(0).name $l":       "cornercorner [[tea, 2]]",
		"#if($empty)there#end $shop.equals(['tea', 2]) $shop.isEmpty()":     "there true false",
		"$shop.price(\"$shop.name\") $shop.price($shop.price($shop.first))": "price of corner price of price of ",
	} {
		if got, err := renderHosts(template); got != want || err != nil {
			t.Errorf("%s\n got %q, %v\nwant %q", template, got, err, want)
		}
	}
}

func TestHostErrorsEndTheRendering(t *testing.T) {
	for template, where := range map[string]string{
		"a$shop.closed": "$shop.closed", "a$shop['closed']": "$shop['closed']", "a#if($shop.close())x#end": "$shop.close()",
		"a#set($x = $shop.close(1))": "$shop.close(1)",
	} {
		got, err := renderHosts(template)
		var exec *vtl.ExecError
		if !errors.Is(err, errClosed) || !errors.As(err, &exec) || exec.Directive != where || got != "" {
			t.Errorf("%s: got %q, %v", template, got, err)
		}
	}
}

// squares are the numbers from 0, made when a template looks at them.
type squares struct {
	arena  *vtl.Arena
	filled []int
}

func (s *squares) Len(id int) int { return id }

func (s *squares) FillMap(m *vtl.Map, id int) {
	s.filled = append(s.filled, id)
	m.PutString("side", vtl.Int(int64(id)))
	m.PutString("next", vtl.MapValue(s.arena.Map(s, id+1)))
}

func (s *squares) FillList(l *vtl.List, id int) {
	s.filled = append(s.filled, id)
	for i := range id {
		l.Set(i, vtl.Int(int64(i*i)))
	}
}

func TestArenaFillsWhatIsLookedInto(t *testing.T) {
	var arena vtl.Arena
	s := &squares{arena: &arena}
	m, l := vtl.MapValue(arena.Map(s, 10)), vtl.ListValue(arena.List(s, 4, true))
	out, err := render("$m.next.side $l.size() $l", vtl.Velocity17(), map[string]vtl.Value{"m": m, "l": l, "n": vtl.MapValue(arena.Map(s, 99))})
	if out != "11 4 [0,1,4,9]" || err != nil {
		t.Errorf("got %q, %v", out, err)
	}
	if len(s.filled) != 3 {
		t.Errorf("filled %v", s.filled)
	}
	arena.Reset()
	if arena.Map(s, 0).Len() != 2 {
		t.Error("an arena that was reset is not as a new one")
	}
}

// leaves is a list of lists.
type leaves struct{ arena *vtl.Arena }

func (s *leaves) FillMap(*vtl.Map, int) {}

func (s *leaves) Len(id int) int { return 2 * min(id, 1) }

func (s *leaves) FillList(l *vtl.List, id int) {
	if id > 0 {
		l.Set(0, vtl.ListValue(s.arena.List(s, id-1, false)))
		l.Set(1, vtl.ListValue(s.arena.List(s, id-1, false)))
	}
}

func TestArenaDetaches(t *testing.T) {
	var arena vtl.Arena
	l := arena.List(&leaves{&arena}, 8, false)
	arena.Detach()
	arena.Map(&leaves{&arena}, 0)
	arena.Reset() // what was made before needs it no more
	count := 0
	var walk func(*vtl.List)
	walk = func(l *vtl.List) {
		count++
		for i := range l.Len() {
			walk(l.At(i).List())
		}
	}
	if walk(l); count != 1<<9-1 {
		t.Errorf("%d lists", count)
	}
}
