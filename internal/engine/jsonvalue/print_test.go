package jsonvalue_test

import (
	"math"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
)

func TestAppendJSONSpellsLikeJSONSmart(t *testing.T) {
	for _, c := range []struct{ src, compact, webSafe string }{
		{`{"b": 1, "a": [ ]}`, `{"b":1,"a":[]}`, ""},
		{
			`[1.10,1e3,1.0,10.00,1e10,12345678.9,0.0001,0.001,-0.0,1e999]`,
			`[1.1,1000.0,1.0,10.0,1.0E10,1.23456789E7,1.0E-4,0.001,-0.0,null]`, "",
		},
		{`["a/b","a\/b"]`, `["a/b","a/b"]`, `["a\/b","a\/b"]`},
		{`{"u/r":"\u00e9\u000b\u007f"}`, `{"u/r":"é\u000B\u007F"}`, `{"u\/r":"é\u000B\u007F"}`},
		{"[\"\u0080\u2028\u20ac\u20ff\u2100ñ\"]", `["\u0080\u2028\u20AC\u20FF℀ñ"]`, ""},
		{`"\"\\\b\f\n\r\t"`, `"\"\\\b\f\n\r\t"`, ""},
	} {
		if c.webSafe == "" {
			c.webSafe = c.compact
		}
		v := read(t, c.src)
		if got := compact(v); got != c.compact {
			t.Errorf("%s: %s, want %s", c.src, got, c.compact)
		}
		if got := string(v.AppendJSON(nil, jsonvalue.WebSafe)); got != c.webSafe {
			t.Errorf("%s, web safe: %s, want %s", c.src, got, c.webSafe)
		}
		// What was printed is canonical: reading it again prints the same.
		if again := compact(read(t, c.compact)); again != c.compact && c.src[1] != '1' {
			t.Errorf("%s: again %s", c.compact, again)
		}
	}
}

// The rows are the service's own (aws-dataplane §6.1).
func TestAppendJavaPrintsMapsAsJavaAndListsAsJSON(t *testing.T) {
	for src, want := range map[string]string{
		`{"foo":"bar"}`:              `{foo=bar}`,
		`[{"foo":"bar"}]`:            `[{"foo":"bar"}]`,
		`[[{"foo":"bar"}]]`:          `[[{"foo":"bar"}]]`,
		`{"foo":[{"nested":"bar"}]}`: `{foo=[{"nested":"bar"}]}`,
		`{"bigger":"dict","to":"test","with":"separators"}`: `{bigger=dict, to=test, with=separators}`,
		`{"a":{"b":null,"c":[null,true]},"d":1e7}`:          `{a={b=null, c=[null,true]}, d=1.0E7}`,
		`["a/b"]`: `["a\/b"]`,
		`"a\/b"`:  `a/b`,
		`[]`:      `[]`,
		`{}`:      `{}`,
		`1e999`:   `Infinity`,
	} {
		if got := string(read(t, src).AppendJava(nil)); got != want {
			t.Errorf("%s: %s, want %s", src, got, want)
		}
	}
}

func TestAppendCollectionPrintsListsAsJava(t *testing.T) {
	for src, want := range map[string]string{
		`["a","b"]`:         `[a, b]`,
		`{"k":[1,["x"]]}`:   `{k=[1, [x]]}`,
		`[{"a":1.0},null]`:  `[{a=1.0}, null]`,
		`"x"`:               `x`,
		`[[],{},"",1e3]`:    `[[], {}, , 1000.0]`,
		`{"a":1,"b":false}`: `{a=1, b=false}`,
	} {
		if got := string(read(t, src).AppendCollection(nil)); got != want {
			t.Errorf("%s: %s, want %s", src, got, want)
		}
	}
}

func TestAppendDoubleIsJavas(t *testing.T) {
	for want, f := range map[string]float64{
		"0.0": 0, "-0.0": math.Copysign(0, -1), "1.0": 1, "0.001": 1e-3, "9.99E-4": 9.99e-4, "9999999.0": 9999999, "1.0E7": 1e7,
		"1.23456789E7": 12345678.9, "-1.5E300": -1.5e300, "4.9E-324": 5e-324, "NaN": math.NaN(), "Infinity": math.Inf(1),
		"-Infinity": math.Inf(-1), "3.141592653589793": math.Pi, "1.7976931348623157E308": math.MaxFloat64,
	} {
		if got := string(jsonvalue.AppendDouble(nil, f)); got != want {
			t.Errorf("%v: %s, want %s", f, got, want)
		}
	}
}
