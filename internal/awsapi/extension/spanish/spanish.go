// Package spanish says in Spanish what the node says of itself in English: the
// cause of a refusal, the steps of an execution, the faults of a verdict. The
// English sentence is the one that code, logs and tests know; here each has one
// line of a catalogue, with holes for the names, numbers and paths in it. Words of
// AWS's own (field names, log lines, error codes) stay as AWS spells them.
package spanish

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// sentence is a line of the catalogue: what is said in English and in Spanish,
// with the same holes, {role}, in both.
type sentence struct{ english, spanish string }

// pattern is a sentence made ready.
type pattern struct {
	english *regexp.Regexp
	holes   []string
	spanish string
}

var hole = regexp.MustCompile(`\{[a-z]+\}`)

// Both are compiled when somebody first asks in Spanish.
var (
	sentences = sync.OnceValue(func() []pattern { return compile(catalogue) })
	names     = sync.OnceValue(func() []pattern { return compile(resources) })
)

func compile(all []sentence) []pattern {
	compiled := make([]pattern, 0, len(all))
	for _, s := range all {
		var expression strings.Builder
		last := 0
		for _, at := range hole.FindAllStringIndex(s.english, -1) {
			expression.WriteString(regexp.QuoteMeta(s.english[last:at[0]]) + `(.*?)`)
			last = at[1]
		}
		expression.WriteString(regexp.QuoteMeta(s.english[last:]))
		compiled = append(compiled, pattern{regexp.MustCompile(`(?s)^` + expression.String() + `$`), hole.FindAllString(s.english, -1), s.spanish})
	}
	return compiled
}

// depth bounds how deep sentences hold sentences: a field's fault, a role's problem.
const depth = 4

// Of translates a sentence; ok is false, and the sentence is returned as it is,
// when the catalogue does not have it.
func Of(english string) (translated string, ok bool) { return translate(english, sentences(), depth) }

// Resource translates what verdicts call a resource: "Route $connect".
func Resource(english string) string {
	translated, _ := translate(english, names(), depth)
	return translated
}

func translate(english string, known []pattern, depth int) (string, bool) {
	if depth == 0 {
		return english, false
	}
	for _, p := range known {
		found := p.english.FindStringSubmatch(english)
		if found == nil {
			continue
		}
		pairs := make([]string, 0, 2*len(p.holes))
		for i, name := range p.holes {
			value := found[i+1]
			if slices.Contains(nested, name) {
				value, _ = translate(value, known, depth-1)
			}
			pairs = append(pairs, name, value)
		}
		return strings.NewReplacer(pairs...).Replace(p.spanish), true
	}
	return english, false
}

// nested are the holes that may hold a sentence.
var nested = []string{"{why}", "{remedy}"}
