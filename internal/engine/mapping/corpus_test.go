package mapping_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
	"github.com/pasarela-ws/pasarela/internal/engine/mapping"
	"github.com/pasarela-ws/pasarela/vtl"
)

// corpusCase is a line of the corpus; package vtl tests those without $apigw.
type corpusCase struct {
	Name     string                     `json:"name"`
	Template string                     `json:"template"`
	Context  map[string]json.RawMessage `json:"context"`
	Expected *string                    `json:"expected"`
	Error    *struct {
		Kind string `json:"kind"`
	} `json:"error"`
	Overrides map[string]json.RawMessage `json:"overrides"`
}

// publicCorpus lies beside the checkout; its templates are not ours to copy.
const publicCorpus = "../../../../shared/vtl/corpus-public.jsonl"

func TestOwnCorpus(t *testing.T) { runCorpus(t, "../../../vtl/testdata/corpus-own.jsonl") }

// Paths that Jayway's json-path 2.0.0 gives the same; later versions know more
// operators and functions, which package jsonpath tests.
func TestPaths(t *testing.T) { runCorpus(t, "testdata/paths.jsonl") }

func TestPublicCorpus(t *testing.T) {
	if _, err := os.Stat(publicCorpus); err != nil {
		t.Skipf("SKIPPED: the public corpus %s is not there", publicCorpus)
	}
	runCorpus(t, publicCorpus)
}

func runCorpus(t *testing.T, file string) {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	passed, failed := 0, 0
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c corpusCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		if c.Context["$apigw"] == nil {
			continue
		}
		if problem := c.check(t); problem != "" {
			failed++
			t.Errorf("%s: %q\n%s", c.Name, c.Template, problem)
			continue
		}
		passed++
	}
	if passed == 0 {
		t.Error("no case ran")
	}
	t.Logf("%d passed, %d failed", passed, failed)
}

func (c *corpusCase) check(t *testing.T) string {
	e, body := scenario(t, c.Context["$apigw"])
	var payload mapping.Payload
	payload.Reset(body)
	var overrides mapping.Overrides
	out, err := render(c.Template, e, &payload, &overrides)
	if kind := errorKind(err); c.Error != nil && kind != c.Error.Kind {
		return "want a " + c.Error.Kind + " error, got " + kind + ": " + out
	}
	if c.Error != nil {
		return ""
	}
	if err != nil {
		return "want " + *c.Expected + "\ngot error " + err.Error()
	}
	if out != *c.Expected {
		return "want " + *c.Expected + "\n got " + out
	}
	return c.checkOverrides(&overrides)
}

func (c *corpusCase) checkOverrides(got *mapping.Overrides) string {
	var want struct {
		RequestOverride  struct{ Header, Querystring, Path map[string]any }
		ResponseOverride struct {
			Header map[string]any
			Status int
		}
	}
	all, _ := json.Marshal(c.Overrides)
	if err := json.Unmarshal(all, &want); err != nil {
		return "" // a template put something else there
	}
	check := func(what string, want map[string]any, got []mapping.Override) string {
		have := map[string]any{}
		for _, o := range got {
			have[o.Name] = o.Values[0]
		}
		for name, value := range want {
			if text, ok := value.(string); ok && have[name] != text {
				return what + ": " + cmp.Diff(want, have)
			}
		}
		if len(want) != len(have) {
			return what + ": " + cmp.Diff(want, have)
		}
		return ""
	}
	r, s := &want.RequestOverride, &want.ResponseOverride
	if s.Status != got.ResponseStatus {
		return "the status is another"
	}
	return check("header", r.Header, got.Header) + check("querystring", r.Querystring, got.Querystring) +
		check("path", r.Path, got.Path) + check("response header", s.Header, got.ResponseHeader)
}

func render(template string, e *event.Event, p *mapping.Payload, o *mapping.Overrides) (string, error) {
	compiled, err := mapping.CompileTemplate(template)
	if err != nil {
		return "", err
	}
	out, err := compiled.Append(nil, e, p, o)
	return string(out), err
}

func errorKind(err error) string {
	var parse *vtl.ParseError
	switch {
	case err == nil:
		return "no"
	case errors.As(err, &parse):
		return "parse"
	}
	return "runtime"
}

// scenario reads what a case installs as $input, $context and $stageVariables.
func scenario(t *testing.T, text json.RawMessage) (e *event.Event, body string) {
	t.Helper()
	var d jsonvalue.Document
	if err := d.ReadStrict(string(text)); err != nil {
		t.Fatal(err)
	}
	root := d.Root()
	params := root.Field("params")
	e = &event.Event{
		Params: event.Params{
			Path: pairs(params.Field("path")), Querystring: pairs(params.Field("querystring")), Header: pairs(params.Field("header")),
		},
		StageVariables: pairs(root.Field("stageVariables")),
		Sample:         root.Field("context").Raw(),
	}
	if e.Sample == "" {
		e.Sample = "{}"
	}
	b := root.Field("body")
	if b.Kind() == jsonvalue.String || b.Kind() == jsonvalue.Null {
		return e, b.Text()
	}
	return e, string(b.AppendJSON(nil, jsonvalue.Compact))
}

func pairs(v jsonvalue.Value) []event.Pair {
	var list []event.Pair
	for name, value := range v.Members() {
		list = append(list, event.Pair{Name: name.Text(), Value: string(value.AppendJava(nil))})
	}
	return list
}
