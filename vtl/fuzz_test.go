package vtl_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/vtl"
)

// seeds adds every 20th template of the corpus.
func seeds(f *testing.F) {
	file, err := os.Open("testdata/corpus-own.jsonl")
	if err != nil {
		f.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for n := 0; lines.Scan(); n++ {
		var c corpusCase
		if n%20 == 0 && json.Unmarshal(lines.Bytes(), &c) == nil {
			f.Add(c.Template)
		}
	}
	for _, hostile := range hostileTemplates {
		f.Add(hostile)
	}
}

// FuzzParse: parsing ends with a template or with an error inside of the text.
func FuzzParse(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		for _, options := range []vtl.Options{vtl.Velocity17(), vtl.APIGateway()} {
			_, err := vtl.Parse(text, options)
			var parse *vtl.ParseError
			if err != nil && (!errors.As(err, &parse) || parse.Line < 1 || parse.Column < 1 || parse.Excerpt == "") {
				t.Fatalf("%q: error %v", text, err)
			}
		}
	})
}

// tight are limits that a test reaches.
func tight(options vtl.Options) vtl.Options {
	options.MaxSteps, options.MaxOutput, options.MaxMemory, options.MaxString = 5000, 20_000, 1<<20, 10_000
	options.RegexTime = 10 * time.Millisecond
	return options
}

// waitLimit is far above what a rendering takes on the busiest machine, so that
// fuzzing finds what hangs.
const waitLimit = time.Minute

// FuzzRender: rendering ends in time, with a text within the limit or an error
// with a position.
func FuzzRender(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		for _, options := range []vtl.Options{tight(vtl.Velocity17()), tight(vtl.APIGateway())} {
			checkBounded(t, text, options)
		}
	})
}

func checkBounded(t *testing.T, text string, options vtl.Options) {
	t.Helper()
	template, err := vtl.Parse(text, options)
	if err != nil {
		return
	}
	template.References()
	began := time.Now()
	out, err := template.Render(someVariables())
	if took := time.Since(began); took > waitLimit {
		t.Fatalf("%q took %v", text, took)
	}
	var exec *vtl.ExecError
	switch {
	case len(out) > options.MaxOutput:
		t.Fatalf("%q printed %d bytes", text, len(out))
	case err != nil && (!errors.As(err, &exec) || out != ""):
		t.Fatalf("%q: error %v and output %q", text, err, out)
	}
}

func someVariables() map[string]vtl.Value {
	m := vtl.NewMap(2)
	m.PutString("k1", vtl.String("v1"))
	m.PutString("inner", vtl.ListValue(vtl.NewJSONList(vtl.Int(1), vtl.Null())))
	return map[string]vtl.Value{
		"foo": vtl.String("bar"), "u": vtl.String("Grüße 😀"), "n": vtl.Int(7), "d": vtl.Double(2.5), "t": vtl.Bool(true),
		"f": vtl.Bool(false), "map": vtl.MapValue(m), "list": vtl.ListValue(vtl.NewList(vtl.String("a"), vtl.String("b"), vtl.Null())),
	}
}
