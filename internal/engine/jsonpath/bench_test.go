package jsonpath_test

import (
	"os"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/engine/jsonpath"
	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
)

func BenchmarkEval(b *testing.B) {
	text, err := os.ReadFile("testdata/doc.json")
	if err != nil {
		b.Fatal(err)
	}
	for _, path := range []string{"$.store.book[2].title", "$.store.book[*].author", "$..price", "$.store.book[?(@.price < 10)].title"} {
		b.Run(path, func(b *testing.B) {
			var d jsonvalue.Document
			p, err := jsonpath.Compile(path)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if i%1000 == 0 && d.Read(string(text)) != nil { // lets go of the results so far
					b.Fatal("not read")
				}
				if _, err := p.Eval(d.Root()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := jsonpath.Compile("$.store.book[2].title"); err != nil {
			b.Fatal(err)
		}
	}
}
