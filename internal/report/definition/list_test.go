package definition_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

const lists = `type: ventas
title: Ventas
sql: select a from t where (:region is null or r in (:region)) and n in (:n) and d in (:d) and (:c is null or c in (:c))
parameters:
  - { name: region, list: true }
  - { name: n, type: integer, list: true, default: [1, 2], minimum: 0 }
  - { name: d, type: date, list: true, default: "2026-01-01" }
  - { name: c, type: choice, values: [x, "y, z"], list: true }
columns: [{ name: a }]
`

func TestAListOfValues(t *testing.T) {
	d, err := definition.Read("d.yaml", []byte(lists))
	if err != nil {
		t.Fatal(err)
	}
	values, err := d.Check(map[string]string{"region": ` norte, "a ""b"", c",,norte , sur`, "n": "", "c": `"y, z",x`})
	if err != nil {
		t.Fatal(err)
	}
	want := definition.Values{"region": `norte,"a ""b"", c",sur`, "n": "1,2", "d": "2026-01-01", "c": `"y, z",x`}
	if diff := cmp.Diff(want, values); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
	again, err := d.Check(values)
	if err != nil || !cmp.Equal(values, again) {
		t.Errorf("what was canonical became %v, %v", again, err)
	}
	bound, err := d.Bound(values)
	if err != nil {
		t.Fatal(err)
	}
	wantBound := map[string][]value.Value{
		"region": {value.OfText("norte"), value.OfText(`a "b", c`), value.OfText("sur")}, "n": {value.OfInt(1), value.OfInt(2)},
		"d": {value.OfText("2026-01-01")}, "c": {value.OfText("y, z"), value.OfText("x")},
	}
	if diff := cmp.Diff(wantBound, bound.Lists); diff != "" {
		t.Errorf("bound (-want +got):\n%s", diff)
	}
	if bound, err := d.Bound(definition.Values{}); err != nil || len(bound.Lists["region"]) != 0 || len(bound.Lists["n"]) != 2 {
		t.Errorf("without values: %v, %v", bound.Lists, err)
	}
}

func TestEachValueOfAListIsChecked(t *testing.T) {
	d, err := definition.Read("d.yaml", []byte(lists))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, value, reason string }{
		{"n", "1,x", `must be a whole number, not "x"`},
		{"n", "1,-1", "at least 0"},
		{"c", "x,y", "must be one of"},
		{"d", "2026-01-01,2026-02-30", "a date like"},
		{"region", `a"b`, "must be values with commas between them"},
		{"region", "a\nb", "on one line"},
		{"region", `"a` + "\n" + `b"`, "on one line"},
		{"region", strings.Repeat("a,", 500) + "b", "has 501 values, and may have 500"},
		{"region", strings.Repeat("a", definition.MaxParameterLength+1), "longer than 1024"},
		{"region", strings.Repeat(",", definition.MaxListLength+1), "longer than 32768"},
	} {
		_, err := d.Check(map[string]string{test.name: test.value})
		var field *definition.FieldError
		if !errors.As(err, &field) || field.Field != test.name || !strings.Contains(field.Error(), test.reason) {
			t.Errorf("%s=%.20q: %v", test.name, test.value, err)
		}
	}
}

// FuzzListValues: what a list is read as, written again, is read as the same.
func FuzzListValues(f *testing.F) {
	for _, seed := range []string{"", "a,b", `"a,b",c`, `"a""b"`, "\n", `"`, " a , b "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		values, err := definition.ListValues(text)
		if err != nil || strings.ContainsAny(strings.Join(values, ""), "\r\n") {
			return
		}
		written, err := definition.ListText(values)
		if err != nil {
			t.Fatal(err)
		}
		again, err := definition.ListValues(written)
		if err != nil || !cmp.Equal(values, again) {
			t.Errorf("%q: %q became %q as %q, %v", text, values, again, written, err)
		}
	})
}
