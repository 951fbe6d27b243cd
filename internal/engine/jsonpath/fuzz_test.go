package jsonpath_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/engine/jsonpath"
	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
)

// No path and no document makes the evaluation panic or run for ever, the same
// path gives the same twice, and every answer is JSON.
func FuzzPath(f *testing.F) {
	for _, path := range []string{
		"$.a[0]['b'].c", "$..a[?(@.b > 1 && !(@.c =~ /x.*/i))]..*", "$.a['b','c'][1:2][-1,2].length()", "$.sum($.a, {\"b\":1}, -2).x",
		"$[?(@ in ['a',1,null] || @.x contains 'y' || @.z empty true)]", "a.b", ".a", "$.index(0).keys()", "$[?(@.a == $.b)]", "$..[?(@..a)]",
	} {
		f.Add(path, order)
		f.Add(path, `{"a":[{"b":{"c":[1,2]}},"a"],"b":"$.a"}`)
	}
	f.Fuzz(func(t *testing.T, path, doc string) {
		var d jsonvalue.Document
		if len(doc) > 2000 || d.Read(doc) != nil {
			return
		}
		p, err := jsonpath.Compile(path)
		if err != nil {
			return
		}
		first := show(p.Eval(d.Root()))
		if second := show(p.Eval(d.Root())); second != first {
			t.Fatalf("%q on %q: first %s, then %s", path, doc, first, second)
		}
		if !strings.HasPrefix(first, "error ") && !strings.Contains(first, "NaN") && !strings.Contains(doc, "NaN") && !json.Valid([]byte(first)) {
			t.Fatalf("%q on %q answers %s", path, doc, first)
		}
	})
}

func show(v jsonvalue.Value, err error) string {
	if err != nil {
		return "error " + err.Error()
	}
	return string(v.AppendJSON(nil, jsonvalue.Compact))
}
