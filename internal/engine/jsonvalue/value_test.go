package jsonvalue_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
)

func read(t testing.TB, src string) jsonvalue.Value {
	t.Helper()
	d := new(jsonvalue.Document)
	if err := d.Read(src); err != nil {
		t.Fatalf("Read(%q): %v", src, err)
	}
	return d.Root()
}

func compact(v jsonvalue.Value) string { return string(v.AppendJSON(nil, jsonvalue.Compact)) }

func TestValuesAreTakenApart(t *testing.T) {
	root := read(t, `{"s":"a\"b","i":-12,"big":12345678901234567890,"f":1.50,"n":null,"y":true,"a":[1,[2]],"o":{"k":"v"}}`)
	for _, c := range []struct {
		name string
		kind jsonvalue.Kind
		java string
	}{
		{"s", jsonvalue.String, `a"b`},
		{"i", jsonvalue.Integer, "-12"},
		{"big", jsonvalue.Integer, "12345678901234567890"},
		{"f", jsonvalue.Double, "1.5"},
		{"n", jsonvalue.Null, "null"},
		{"y", jsonvalue.Bool, "true"},
		{"a", jsonvalue.Array, "[1,[2]]"},
		{"o", jsonvalue.Object, "{k=v}"},
		{"none", jsonvalue.Missing, ""},
	} {
		v := root.Field(c.name)
		if v.Kind() != c.kind || string(v.AppendJava(nil)) != c.java {
			t.Errorf("%s: %v %q, want %v %q", c.name, v.Kind(), v.AppendJava(nil), c.kind, c.java)
		}
		if v.Exists() != (c.kind != jsonvalue.Missing) {
			t.Errorf("%s: Exists is %v", c.name, v.Exists())
		}
	}
	if i, ok := root.Field("i").Int64(); !ok || i != -12 {
		t.Errorf("Int64 is %d, %v", i, ok)
	}
	if _, ok := root.Field("big").Int64(); ok {
		t.Error("twenty digits fitted into an int64")
	}
	if f := root.Field("f").Float64(); f != 1.5 {
		t.Errorf("Float64 is %v", f)
	}
	if got := root.Field("f").Raw(); got != "1.50" {
		t.Errorf("Raw is %q", got)
	}
	if got := root.Field("s").Raw(); got != `"a\"b"` {
		t.Errorf("Raw is %q", got)
	}
	if !root.Field("y").Bool() || root.Field("n").Bool() {
		t.Error("Bool must be true for true alone")
	}
}

func TestAMissingValueIsHarmless(t *testing.T) {
	var v jsonvalue.Value
	if v.Field("x").Exists() || v.At(0).Exists() || v.Len() != 0 || v.Text() != "" || v.Raw() != "" || v.Number() != "" || v.IsView() {
		t.Error("the zero Value has something")
	}
	for range v.Items() {
		t.Error("the zero Value has an item")
	}
	for range v.Members() {
		t.Error("the zero Value has a member")
	}
	var d jsonvalue.Document
	if d.Root().Exists() {
		t.Error("an empty Document has a root")
	}
}

func TestMembersKeepTheirOrderAndTheLastValue(t *testing.T) {
	many := `{"k":0`
	var names []string
	for i := range 40 {
		name := fmt.Sprintf("key%d", i)
		names = append(names, name)
		many += `,"` + name + `":` + fmt.Sprint(i)
	}
	many += `,"\u006b":"last"}`
	for _, c := range []struct {
		src, key string
		want     []string
	}{
		{`{"b":1,"a":2,"b":3}`, "b", []string{"b", "a"}},
		{`{"k":1,"\u006b":{"x":1},"k":[3]}`, "k", []string{"k"}},
		{many, "k", append([]string{"k"}, names...)},
	} {
		root := read(t, c.src)
		var got []string
		for name := range root.Members() {
			got = append(got, name.Text())
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%.40s: %s", c.src, diff)
		}
		if root.Len() != len(c.want) {
			t.Errorf("%.40s: Len is %d", c.src, root.Len())
		}
		last := map[string]string{"b": "3", "k": "[3]"}[c.key]
		if c.src == many {
			last = `"last"`
		}
		if got := compact(root.Field(c.key)); got != last {
			t.Errorf("%.40s: %s is %s, want %s", c.src, c.key, got, last)
		}
	}
}

func TestItems(t *testing.T) {
	root := read(t, `[1,[2,3],{"a":4},5]`)
	var got []string
	for item := range root.Items() {
		got = append(got, compact(item))
	}
	want := []string{"1", "[2,3]", `{"a":4}`, "5"}
	if !slices.Equal(got, want) {
		t.Errorf("items %q, want %q", got, want)
	}
	for i, w := range want {
		if got := compact(root.At(i)); got != w {
			t.Errorf("At(%d) is %s", i, got)
		}
	}
	if root.At(4).Exists() || root.At(-1).Exists() {
		t.Error("an item outside of the array exists")
	}
}

func TestMadeValues(t *testing.T) {
	var d jsonvalue.Document
	if err := d.Read(`{"a":{"x":"/","y":2},"b":[1e3]}`); err != nil {
		t.Fatal(err)
	}
	a, b := d.Root().Field("a"), d.Root().Field("b")
	list := d.NewArray([]jsonvalue.Value{a, b, d.NewString("ü\n"), d.NewInteger(-5), d.NewDouble(1e10), d.NewNull()})
	nested := d.NewArray([]jsonvalue.Value{list, list.At(1)})
	if got, want := compact(nested), `[[{"x":"/","y":2},[1000.0],"ü\n",-5,1.0E10,null],[1000.0]]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := string(list.AppendJSON(nil, jsonvalue.WebSafe)); got[:10] != `[{"x":"\/"` {
		t.Errorf("web safe: %s", got)
	}
	view := d.NewView(d.Root())
	if got := string(view.AppendJava(nil)); got != "[a, b]" || !view.IsView() || compact(view) != `["a","b"]` {
		t.Errorf("view prints %s and %s", got, compact(view))
	}
	var pair [][2]jsonvalue.Value
	for name, member := range d.Root().Members() {
		pair = append(pair, [2]jsonvalue.Value{name, member})
	}
	if got := compact(d.NewObject(pair[1:])); got != `{"b":[1000.0]}` {
		t.Errorf("object: %s", got)
	}
	var other jsonvalue.Document
	if got := compact(other.Import(nested)); got != compact(nested) {
		t.Errorf("import: %s", got)
	}
}

func TestMadeValuesAreReleased(t *testing.T) {
	var d jsonvalue.Document
	if err := d.Read(`{"a":[1,2]}`); err != nil {
		t.Fatal(err)
	}
	kept := d.NewString("kept")
	mark, made := d.Mark(), d.Made()
	for range 1000 {
		d.NewArray([]jsonvalue.Value{d.NewString("x"), d.Root()})
		d.Release(mark)
	}
	if d.Made() != made || made != 1 || kept.Text() != "kept" || compact(d.Root()) != `{"a":[1,2]}` {
		t.Errorf("%d nodes are made, %s", d.Made(), compact(kept))
	}
}
