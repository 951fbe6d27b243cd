package vtl_test

import (
	"errors"
	"testing"

	"github.com/pasarela-ws/pasarela/vtl"
)

var errClosed = errors.New("the shop is closed")

// shop is a host object with a property, a method, and a list as its Plain value.
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
		return r.NewString("price of " + r.Text(c.Arguments[0])), nil
	case c.Method == "first":
		return r.Invoke(vtl.ListValue(s.stock), vtl.Call{Method: "get", Arguments: []vtl.Value{vtl.Int(0)}})
	case c.Method == "unknown":
		return r.Invoke(vtl.ListValue(s.stock), vtl.Call{Method: "whatever"})
	case c.Method == "prepared":
		text, _ := c.Prepared.(string)
		return vtl.String(text), nil
	case c.Method == "changes":
		return vtl.Int(int64(c.Changes)), nil
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
		"$shop.changes()#set($x = $shop.add(1))$shop.changes()":             "01",
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
