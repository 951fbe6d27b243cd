package vtl_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"math/big"
	"os"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/vtl"
)

// corpusCase is a line of the corpus: a template, its variables and what
// Velocity 1.7 made of it.
type corpusCase struct {
	Name     string          `json:"name"`
	Profile  string          `json:"profile"`
	Template string          `json:"template"`
	Context  json.RawMessage `json:"context"`
	Expected *string         `json:"expected"`
	Error    *struct {
		Kind string `json:"kind"`
		Line int    `json:"line"`
	} `json:"error"`
}

// publicCorpus lies beside the checkout; its templates are not ours to copy.
const publicCorpus = "../../shared/vtl/corpus-public.jsonl"

func TestOwnCorpus(t *testing.T) { runCorpus(t, "testdata/corpus-own.jsonl") }

// The methods of all classes, called with arguments of all kinds, as Java 17 and
// Velocity 1.7 answer them.
func TestMethodCorpus(t *testing.T) { runCorpus(t, "testdata/corpus-methods.jsonl") }

func TestPublicCorpus(t *testing.T) {
	if _, err := os.Stat(publicCorpus); err != nil {
		t.Skipf("SKIPPED 1,204 cases: the public corpus %s is not there", publicCorpus)
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
		if bytes.Contains(c.Context, []byte(`"$apigw"`)) {
			continue // those are package mapping's
		}
		if problem := c.check(t); problem != "" {
			failed++
			if failed <= 40 {
				t.Errorf("%s: %q\n%s", c.Name, c.Template, problem)
			}
			continue
		}
		passed++
	}
	t.Logf("%d passed, %d failed", passed, failed)
}

func (c *corpusCase) check(t *testing.T) string {
	options := vtl.Velocity17()
	if c.Profile == "apigw" {
		options = vtl.APIGateway()
	}
	options.MaxSteps = 10_000_000
	out, err := render(c.Template, options, variables(t, c.Context))
	if c.Error != nil {
		if kind := errorKind(err); kind != c.Error.Kind {
			return "want a " + c.Error.Kind + " error, got " + kind + ": " + out + errorText(err)
		}
		// Velocity reports a string that is not closed at the end of the template.
		if line := errorLine(err); c.Error.Line > 0 && line != c.Error.Line && !strings.Contains(errorText(err), "is not closed") {
			return "want the error on another line: " + errorText(err)
		}
		return ""
	}
	if err != nil {
		return "want " + *c.Expected + "\ngot error " + errorText(err)
	}
	if out != *c.Expected {
		return "want " + *c.Expected + "\n got " + out
	}
	return ""
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func render(template string, options vtl.Options, variables map[string]vtl.Value) (string, error) {
	parsed, err := vtl.Parse(template, options)
	if err != nil {
		return "", err
	}
	return parsed.Render(variables)
}

// errorKind is the kind of an error as in the corpus: what Velocity reports as a
// syntax error is one even if it is found only when the template runs.
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

func errorLine(err error) int {
	var exec *vtl.ExecError
	if errors.As(err, &exec) {
		return exec.Line
	}
	var parse *vtl.ParseError
	errors.As(err, &parse)
	return parse.Line
}

// variables reads a context, keeping the order of members.
func variables(t *testing.T, context json.RawMessage) map[string]vtl.Value {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(context))
	d.UseNumber()
	v := readValue(t, d)
	m := v.Map()
	named := make(map[string]vtl.Value)
	for i := range m.Len() {
		name, value := m.At(i)
		named[name.Text()] = value
	}
	return named
}

func readValue(t *testing.T, d *json.Decoder) vtl.Value {
	token, err := d.Token()
	if err != nil {
		t.Fatal(err)
	}
	switch v := token.(type) {
	case bool:
		return vtl.Bool(v)
	case string:
		return vtl.String(v)
	case json.Number:
		return readNumber(t, string(v))
	case json.Delim:
		return readContainer(t, d, v)
	}
	return vtl.Null()
}

func readContainer(t *testing.T, d *json.Decoder, open json.Delim) vtl.Value {
	var v vtl.Value
	if open == '{' {
		m := vtl.NewMap(0)
		for d.More() {
			key := readValue(t, d)
			m.Put(key, readValue(t, d))
		}
		v = vtl.MapValue(m)
	} else {
		l := vtl.NewList()
		for d.More() {
			l.Add(readValue(t, d))
		}
		v = vtl.ListValue(l)
	}
	if _, err := d.Token(); err != nil {
		t.Fatal(err)
	}
	return v
}

func readNumber(t *testing.T, s string) vtl.Value {
	n := json.Number(s)
	if strings.ContainsAny(s, ".eE") {
		f, err := n.Float64()
		if err != nil {
			t.Fatal(err)
		}
		return vtl.Double(f)
	}
	if i, err := n.Int64(); err == nil {
		return vtl.Int(i)
	}
	i, _ := new(big.Int).SetString(s, 10)
	return vtl.BigInteger(i)
}
