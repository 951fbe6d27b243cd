package editor_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/editor"
	"github.com/pasarela-ws/pasarela/internal/report/source"
)

func of(name string) string {
	return "type: " + name + "\ntitle: T\nsql: select 1 as a\ncolumns: [{ name: a }]\n"
}

// TestARenameNeverLeavesAScheduleWithoutItsReport: while schedules go over both types are in force. If
// none could go the files are as they were; if some have, both types stay.
func TestARenameNeverLeavesAScheduleWithoutItsReport(t *testing.T) {
	t.Parallel()
	fault := errors.New("the store is away")
	for name, test := range map[string]struct {
		taken int
		err   error
		want  []string
	}{
		"all went":   {2, nil, []string{"new"}},
		"none went":  {0, fault, []string{"old"}},
		"some went":  {1, fault, []string{"new", "old"}},
		"none there": {0, nil, []string{"new"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			catalogue, dir := &definition.Catalogue{}, t.TempDir()
			sample, err := source.Open("sample", "sqlite:"+filepath.Join(dir, "shop.db"))
			if err != nil {
				t.Fatal(err)
			}
			e := &editor.Editor{Catalogue: catalogue, Sources: map[string]*source.Source{"sample": sample}, Dir: dir, Reload: func() error { return catalogue.Load(dir, nil) }}
			e.Renamed = func(_ context.Context, from, to string, all bool) (int, error) {
				if both := catalogue.Types(); from != "old" || to != "new" || !all || !slices.Equal(both, []string{"new", "old"}) {
					t.Errorf("from %s to %s with all %t while %q are in force", from, to, all, both)
				}
				return test.taken, test.err
			}
			catalogue.MayBeEmpty = true
			if err := e.Reload(); err != nil {
				t.Fatal(err)
			}
			if _, problems, err := e.Save(t.Context(), editor.Wish{YAML: of("old")}); err != nil || len(problems) > 0 {
				t.Fatal(problems, err)
			}
			saved, problems, err := e.Save(t.Context(), editor.Wish{YAML: of("new"), Replaces: "old", Schedules: true})
			if !errors.Is(err, test.err) || len(problems) > 0 || saved.Taken != test.taken {
				t.Errorf("saved %+v, %v, %v", saved, problems, err)
			}
			if got := catalogue.Types(); !slices.Equal(got, test.want) {
				t.Errorf("in force are %q, want %q", got, test.want)
			}
		})
	}
}
