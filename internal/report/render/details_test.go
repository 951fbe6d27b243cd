package render_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/render"
	"github.com/pasarela-ws/pasarela/internal/testkit/shop"
)

// TestParametersLeftEmptyAreListed: the summary says whether the report is filtered.
func TestParametersLeftEmptyAreListed(t *testing.T) {
	t.Parallel()
	d, err := definition.Read("d.yaml", []byte(`
type: d
title: D
sql: SELECT name FROM products WHERE (:category IS NULL OR category = :category) AND (:least IS NULL OR stock >= :least) AND name <> coalesce(:but, '')
parameters: [{ name: category, title: Category }, { name: least, title: At least, type: integer }, { name: but, title: But }]
columns: [{ name: name }]
`))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	run := &render.Run{Definition: d, Source: shop.Open(t), Language: "en", Format: definition.XLSX, Made: time.Now(), Out: &out}
	if _, err := run.Make(t.Context()); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows("Summary")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"Category", "(all)"}, {"At least", "(none chosen)"}, {"But", "(none chosen)"}}, rows[2:5]); diff != "" {
		t.Error(diff)
	}
}
