package recipes

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	heading = regexp.MustCompile(`(?m)^#+ `)
	fence   = regexp.MustCompile("(?ms)^```.*?^```$")
	quoted  = regexp.MustCompile(`(?m)^    .*\n`)
	comment = regexp.MustCompile(`(?m)(//|#) .*$`)
	row     = regexp.MustCompile(`(?m)^\|.*\|$`)
	notes   = regexp.MustCompile(` \| |\((\?|[a-z](, [a-z])*)\)`)
)

// TestPagesHaveBothLanguages: a page that leads its reader step by step is there in English and in Spanish,
// each leads to the other, and both have the same sections, the same things to type and the same rows of tables,
// with their sources; of two tables in local.md the Spanish page says in sentences what they show.
func TestPagesHaveBothLanguages(t *testing.T) {
	for english, spanish := range map[string]string{"recipes.md": "recetas.md", "local.md": "local.md", "proxies.md": "proxies.md", "reports.md": "informes.md"} {
		docs := filepath.Join(root, "docs")
		one, err := os.ReadFile(filepath.Join(docs, english))
		fatal(t, err)
		other, err := os.ReadFile(filepath.Join(docs, "es", spanish))
		fatal(t, err)
		if !strings.Contains(string(one), "(es/"+spanish+")") || !strings.Contains(string(other), "(../"+english+")") {
			t.Errorf("%s and es/%s do not lead to each other", english, spanish)
		}
		if got, want := heading.FindAllString(outside(other), -1), heading.FindAllString(outside(one), -1); !slices.Equal(got, want) {
			t.Errorf("es/%s has the headings %q, %s has %q", spanish, got, english, want)
		}
		if got, want := typed(other), typed(one); !slices.Equal(got, want) {
			t.Errorf("what is typed differs between %s and es/%s:\n%q\n%q", english, spanish, want, got)
		}
		if got, want := rows(other), rows(one); !slices.Equal(got, want) && english != "local.md" {
			t.Errorf("es/%s has tables of the shape %q, %s of %q", spanish, got, english, want)
		}
	}
}

// outside is a page without what is typed.
func outside(page []byte) string { return string(fence.ReplaceAll(page, nil)) }

// typed is what a page has its reader type, without comments.
func typed(page []byte) (blocks []string) {
	for _, block := range append(fence.FindAllString(string(page), -1), quoted.FindAllString(outside(page), -1)...) {
		blocks = append(blocks, strings.TrimRight(comment.ReplaceAllString(block, ""), " \n"))
	}
	return blocks
}

// rows are those of a page's tables: of each its cells' borders, and the sources that it names as (a).
func rows(page []byte) (all []string) {
	for _, one := range row.FindAllString(outside(page), -1) {
		all = append(all, strings.Join(notes.FindAllString(one, -1), ""))
	}
	return all
}
