package jsonpath_test

import (
	"errors"
	"iter"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/engine/jsonpath"
	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
)

// testdata/jayway.tsv holds what Jayway JsonPath 2.9.0 over json-smart answered
// to 94 paths on doc.json.
func TestJaywaysAnswers(t *testing.T) {
	doc, err := os.ReadFile("testdata/doc.json")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range lines(t, "testdata/jayway.tsv") {
		path, want, _ := strings.Cut(line, "\t")
		rows++
		if got := evaluate(t, path, string(doc)); got != want {
			t.Errorf("%s\n got %s\nwant %s", path, got, want)
		}
	}
	if rows != 94 {
		t.Errorf("%d rows read, want 94", rows)
	}
}

// testdata/generated.tsv holds Jayway's results of generated paths, broken ones
// among them: the number of a line of documents.jsonl, the path, the answer.
func TestJaywaysAnswersToGeneratedPaths(t *testing.T) {
	var docs []string
	for line := range lines(t, "testdata/documents.jsonl") {
		docs = append(docs, line)
	}
	rows := 0
	for line := range lines(t, "testdata/generated.tsv") {
		column := strings.Split(line, "\t")
		doc, err := strconv.Atoi(column[0])
		if err != nil {
			t.Fatal(err)
		}
		rows++
		if got := evaluate(t, column[1], docs[doc]); got != column[2] {
			t.Errorf("%s in document %d\n got %s\nwant %s", column[1], doc, got, column[2])
		}
	}
	if rows < 300 {
		t.Errorf("%d rows read", rows)
	}
}

func lines(t *testing.T, file string) iter.Seq[string] {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.SplitSeq(strings.TrimSuffix(string(text), "\n"), "\n")
}

// evaluate prints a result the way the golden file does.
func evaluate(t testing.TB, path, doc string) string {
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
