package render_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/render"
	"github.com/pasarela-ws/pasarela/internal/report/samples"
	"github.com/pasarela-ws/pasarela/internal/testkit/shop"
)

func TestEverySampleMakesAFile(t *testing.T) {
	opened := shop.Open(t)
	var catalogue definition.Catalogue
	if err := catalogue.Load("", samples.Files); err != nil {
		t.Fatal(err)
	}
	for _, d := range catalogue.All() {
		values, err := d.Check(nil)
		if err != nil {
			t.Fatal(err)
		}
		file, err := os.Create(filepath.Join(t.TempDir(), d.Name(values, d.Format)))
		if err != nil {
			t.Fatal(err)
		}
		run := &render.Run{Definition: d, Source: opened, Values: values, Language: d.Language, Format: d.Format, Made: time.Now(), Out: file}
		start := time.Now()
		result, err := run.Make(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		file.Close()
		t.Logf("%s %+v %v", d.Type, result.Progress, time.Since(start))
	}
}

// TestTheSamplesAddUpToTheSame: the sales of a year and what its customers bought, since the
// cents of each sale are rounded in both.
func TestTheSamplesAddUpToTheSame(t *testing.T) {
	opened := shop.Open(t)
	var catalogue definition.Catalogue
	if err := catalogue.Load("", samples.Files); err != nil {
		t.Fatal(err)
	}
	totals := map[string]string{}
	for _, name := range []string{"ventas", "clientes"} {
		d, _ := catalogue.Get(name)
		values, err := d.Check(nil)
		if err != nil {
			t.Fatal(err)
		}
		run := &render.Run{Definition: d, Source: opened, Values: values, Language: "en", Format: definition.CSV, Made: time.Now(), Out: io.Discard}
		result, err := run.Make(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		totals[name] = result.Preview.Totals[d.Column("amount")]
	}
	if totals["ventas"] == "" || totals["ventas"] != totals["clientes"] {
		t.Errorf("the totals are %v", totals)
	}
}
