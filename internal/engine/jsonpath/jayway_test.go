package jsonpath_test

import (
	"bufio"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/engine/jsonpath"
	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
)

// testdata/jayway.tsv holds what Jayway JsonPath 2.9.0 over json-smart answered
// to every path of paths.txt on doc.json.
func TestJaywaysAnswers(t *testing.T) {
	doc, err := os.ReadFile("testdata/doc.json")
	if err != nil {
		t.Fatal(err)
	}
	golden, err := os.Open("testdata/jayway.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer golden.Close()
	lines := bufio.NewScanner(golden)
	lines.Buffer(nil, 1<<20)
	rows := 0
	for lines.Scan() {
		path, want, _ := strings.Cut(lines.Text(), "\t")
		rows++
		if got := answer(t, path, string(doc)); got != want {
			t.Errorf("%s\n got %s\nwant %s", path, got, want)
		}
	}
	if lines.Err() != nil || rows != 94 {
		t.Errorf("%d rows read: %v", rows, lines.Err())
	}
}

// answer prints a result the way the golden file does.
func answer(t testing.TB, path, doc string) string {
	t.Helper()
	var d jsonvalue.Document
	if err := d.Read(doc); err != nil {
		t.Fatal(err)
	}
	p, err := jsonpath.Compile(path)
	var v jsonvalue.Value
	if err == nil {
		v, err = p.Eval(d.Root())
	}
	var wrong *jsonpath.Error
	switch {
	case errors.Is(err, jsonpath.ErrNotFound):
		return "ERR PathNotFoundException"
	case errors.As(err, &wrong) && wrong.Invalid:
		return "ERR InvalidPathException"
	case err != nil:
		return "ERR JsonPathException"
	case v.IsView():
		return string(v.AppendJava(nil))
	}
	return string(v.AppendJSON(nil, jsonvalue.Compact))
}
