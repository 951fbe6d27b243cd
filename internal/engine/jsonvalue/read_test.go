package jsonvalue_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
)

// Each row was compared with json-smart 2.2 in MODE_PERMISSIVE.
func TestReadIsAsPermissiveAsJSONSmart(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{`{"a":1}`, `{"a":1}`},
		{`  [ 1 , 2 ]  `, `[1,2]`},
		{`a=b`, `"a=b"`},
		{`undefined{`, `"undefined{"`},
		{`{a:b}`, `{"a":"b"}`},
		{`{a b : c d }`, `{"a b":"c d"}`},
		{`{'a':'it"s'}`, `{"a":"it\"s"}`},
		{`[1,2,,3,]`, `[1,2,3]`},
		{`[,]`, `[]`},
		{`{,a:1,,b:2,}`, `{"a":1,"b":2}`},
		{`{"a":1} trailing`, `{"a":1}`},
		{`"x" y`, `"x"`},
		{`1 2`, `"1 2"`},
		{`true`, `true`},
		{`true x`, `"true x"`},
		{` null `, `null`},
		{`NaN`, `NaN`},
		{`[nul, True, tru]`, `["nul","True","tru"]`},
		{`["a" "b"]`, `["a","b"]`},
		{`[a}b]`, `["a}b"]`},
		{`{a:b]c}`, `{"a":"b]c"}`},
		{`2024-01-01`, `"2024-01-01"`},
		{`[007, -0, -, -05]`, `[7,0,0,-5]`},
		{`[1., .5, -.5, 1.e2, 1e, +1]`, `[1.0,".5",-0.5,100.0,"1e","+1"]`},
		{`[1.5.5]`, `["1.5.5"]`},
		{`[1é]`, `[1,"é"]`},
		{`[12345678901234567890.10]`, `[12345678901234567890.10]`},
		{`[1.000000000000000000e30]`, `[1.000000000000000000E+30]`},
		{`[0.00000000000000000012]`, `[1.2E-19]`},
		{`"\q\x41\'\u00e9"`, `"A'é"`},
		{`"\ud83d\ude00 \ud83d"`, "\"\U0001F600 \uFFFD\""},
		{"'a\tb'", `"a\tb"`},
		{"\"a\tb\\n\"", `"ab\n"`},
		{``, `""`},
		{`{"a":1,"a":2}`, `{"a":2}`},
		{`{"":1}`, `{"":1}`},
	} {
		var d jsonvalue.Document
		if err := d.Read(c.src); err != nil {
			t.Errorf("Read(%q): %v", c.src, err)
			continue
		}
		if got := compact(d.Root()); got != c.want {
			t.Errorf("Read(%q) is %s, want %s", c.src, got, c.want)
		}
	}
}

func TestReadRefusesWhatJSONSmartRefuses(t *testing.T) {
	for _, src := range []string{
		`{a`, `[a`, `{"a":1`, `{"a":`, `{"a"}`, `{"a" 1}`, `{"a":"b" "c":1}`, `"abc`, `'abc`, `:`, `}`, `]`, `{:1}`, `{[1]:2}`,
		`[1:2`, `[:1]`, `"\u12g4"`, `"\u12"`, `[1e+]`, `[-.]`, `{"a":}`,
		strings.Repeat("[", jsonvalue.MaxDepth+1),
		strings.Repeat(" ", jsonvalue.MaxSize+1),
	} {
		var d jsonvalue.Document
		err := d.Read(src)
		var wrong *jsonvalue.SyntaxError
		if !errors.As(err, &wrong) {
			t.Errorf("Read(%.20q): %v, want a SyntaxError", src, err)
		}
		if d.Root().Exists() {
			t.Errorf("Read(%.20q) left something behind", src)
		}
	}
}

func TestReadStrictTakesRFC8259Alone(t *testing.T) {
	for src, want := range map[string]bool{
		`{"a":[1,-0,1.5e+3,"\u00e9\/"],"b":{}}`: true,
		" \r\n\t\"x\" ":                         true,
		`0`:                                     true,
		`hello`:                                 false,
		`{"a":1} x`:                             false,
		`{"a":1}{"b":2}`:                        false,
		`{a:1}`:                                 false,
		`{'a':1}`:                               false,
		`[1,]`:                                  false,
		`[,1]`:                                  false,
		`{"a":1,}`:                              false,
		`{"a"}`:                                 false,
		`[01]`:                                  false,
		`[1.]`:                                  false,
		`[.5]`:                                  false,
		`[1e]`:                                  false,
		`[-]`:                                   false,
		`[+1]`:                                  false,
		"[\"a\tb\"]":                            false,
		`["\x41"]`:                              false,
		`["\u00zz"]`:                            false,
		`["abc`:                                 false,
		`[tru]`:                                 false,
		`nullx`:                                 false,
		``:                                      false,
		`   `:                                   false,
		"\ufeff{}":                              false,
		`[1 2]`:                                 false,
		`{"a" 1}`:                               false,
		`{"a":1 "b":2}`:                         false,
		strings.Repeat("[", jsonvalue.MaxDepth) + strings.Repeat("]", jsonvalue.MaxDepth):     true,
		strings.Repeat("[", jsonvalue.MaxDepth+1) + strings.Repeat("]", jsonvalue.MaxDepth+1): false,
	} {
		var d jsonvalue.Document
		err := d.ReadStrict(src)
		if (err == nil) != want {
			t.Errorf("ReadStrict(%.40q): %v", src, err)
		}
		if err != nil && d.Root().Exists() {
			t.Errorf("ReadStrict(%.40q) left something behind", src)
		}
	}
}

func TestSyntaxErrorsSayWhere(t *testing.T) {
	var d jsonvalue.Document
	err := d.ReadStrict("{\n  \"a\": tru }")
	const want = "not JSON at line 2, column 8: a value must start with {, [, a double quote, a digit, true, false or null"
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func TestADocumentIsUsedAgain(t *testing.T) {
	var d jsonvalue.Document
	for _, src := range []string{`{"a":[1,2,3]}`, `7`, `{"b":"x"}`} {
		if err := d.ReadStrict(src); err != nil {
			t.Fatal(err)
		}
		d.NewString("made")
		if got := compact(d.Root()); got != src || d.Source() != src {
			t.Errorf("got %s from %s", got, src)
		}
	}
	d.Reset()
	if d.Root().Exists() || d.Source() != "" {
		t.Error("Reset left something behind")
	}
}
