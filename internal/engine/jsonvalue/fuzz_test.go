package jsonvalue_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
)

var seeds = []string{
	`{"action":"join","data":{"room":"r1"},"n":[1,-2.50,1e3,null,true]}`,
	`{a:b,'c':[1,2,],d:{e:NaN}}`,
	`["\u00e9\/\n\ud83d\ude00","\u2028",""]`,
	`{"a":1,"a":{"b":2},"\u0061":3}`,
	`a=b&c=d`,
	"{\"k\":\"\x7f\xc2\x80\"}",
	`[12345678901234567890.12345,007,-,1.]`,
}

// The reader agrees with encoding/json about what is JSON, and what it prints is
// JSON that means the same.
func FuzzRead(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		var d jsonvalue.Document
		strict := d.ReadStrict(src) == nil
		if strict && !json.Valid([]byte(src)) {
			t.Fatalf("%q passed for JSON", src)
		}
		if !strict && json.Valid([]byte(src)) && shallow(src) && !strings.ContainsAny(src, "eE") {
			t.Fatalf("%q did not pass for JSON", src)
		}
		if d.Read(src) != nil {
			if strict {
				t.Fatalf("%q is strict but not permissive", src)
			}
			return
		}
		first := compact(d.Root())
		_ = d.Root().AppendJava(nil)
		_ = d.Root().AppendCollection(nil)
		if strings.Contains(first, "NaN") || !utf8.ValidString(src) {
			return
		}
		if !json.Valid([]byte(first)) {
			t.Fatalf("%q printed %q, which is not JSON", src, first)
		}
		if err := d.ReadStrict(first); err != nil {
			t.Fatalf("%q printed %q: %v", src, first, err)
		}
		var want, got any
		if !strict || strings.Contains(src, "\x7f") || json.Unmarshal([]byte(src), &want) != nil {
			return
		}
		if err := json.Unmarshal([]byte(first), &got); err != nil || !cmp.Equal(want, got) {
			t.Fatalf("%q printed %q, which means something else: %v", src, first, cmp.Diff(want, got))
		}
	})
}

func shallow(src string) bool {
	return strings.Count(src, "[")+strings.Count(src, "{") < jsonvalue.MaxDepth
}

// Strict reading finds the values that encoding/json finds.
func FuzzMembers(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		var d jsonvalue.Document
		var want map[string]json.RawMessage
		if d.ReadStrict(src) != nil || !utf8.ValidString(src) || strings.Contains(src, "\x7f") || json.Unmarshal([]byte(src), &want) != nil || want == nil {
			return
		}
		if d.Root().Len() != len(want) {
			t.Fatalf("%q: %d members, want %d", src, d.Root().Len(), len(want))
		}
		for name, raw := range want {
			if got := d.Root().Field(name); got.Raw() != strings.TrimSpace(string(raw)) {
				t.Fatalf("%q: %q is %q, want %q", src, name, got.Raw(), raw)
			}
		}
	})
}
