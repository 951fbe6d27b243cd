package templatetool

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/engine/mapping"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/vtl"
)

// Problem is a place in a template and what is probably wrong there.
type Problem struct {
	vtl.Position
	Message language.Message
}

// linter checks one template.
type linter struct {
	text     string
	set      map[string]bool           // variables that the template assigns somewhere
	external map[string]*vtl.Reference // those of them whose every value comes from the client or the backend
	found    []Problem
}

// Lint writes the problems of a template, a line each, and returns how many they
// are: those of [Problems], and results that should be JSON and are not, for each
// of the samples.
func Lint(w io.Writer, l language.Language, file, text string, samples []*Sample) int {
	problems, err := Problems(text)
	if err != nil {
		_ = explain(w, l, file, err)
		return 1
	}
	for _, p := range problems {
		fmt.Fprintf(w, "%s:%v: %s\n", file, p.Position, p.Message.In(l))
	}
	found := len(problems)
	compiled, err := mapping.CompileTemplate(text)
	if err != nil {
		_ = explain(w, l, file, err)
		return found + 1
	}
	for _, s := range samples {
		found += lintSample(w, l, file, text, compiled, s)
	}
	return found
}

// Problems finds probable mistakes in a template: variables that nothing sets,
// conditions that a missing value makes true, request parameters that go into JSON
// as they are, names that $context does not have. A template that cannot run is an
// error with its place.
func Problems(text string) ([]Problem, error) {
	l := &linter{text: text, set: map[string]bool{}, external: map[string]*vtl.Reference{}}
	compiled, err := mapping.CompileTemplate(text)
	if err != nil {
		return nil, err
	}
	program := compiled.Program()
	if err := program.Check(); err != nil {
		return nil, err
	}
	references := program.References()
	for i := range references {
		if ref := &references[i]; ref.Set && len(ref.Path) == 0 {
			l.assigned(ref)
		}
	}
	for i := range references {
		l.reference(&references[i])
	}
	return l.found, nil
}

func (l *linter) problem(p vtl.Position, m language.Message) {
	l.found = append(l.found, Problem{p, m})
}

// provided are the variables that every template has; loops add theirs.
var provided = []string{"input", "context", "util", "stageVariables", "foreach", "velocityCount", "velocityHasNext"}

// assigned notes the value of a variable; a variable that has another value
// too is removed from external.
func (l *linter) assigned(ref *vtl.Reference) {
	external := ref.Value != nil && mayBeMissing(ref.Value)
	switch {
	case external && !l.set[ref.Root]:
		l.external[ref.Root] = ref.Value
	case !external:
		delete(l.external, ref.Root)
	}
	l.set[ref.Root] = true
}

// reference reports what is suspicious about one reference of a template.
func (l *linter) reference(ref *vtl.Reference) {
	known := ref.Root == "" || l.set[ref.Root] || slices.Contains(provided, ref.Root)
	switch {
	case !known && ref.Tested:
		l.problem(ref.Position, language.TemplateAlwaysTrue.Of(ref.Source, ref.Root))
	case !known && ref.Negated:
		l.problem(ref.Position, language.TemplateNeverTrue.Of(ref.Source, ref.Root))
	case !known:
		l.problem(ref.Position, language.TemplateEmpty.Of(ref.Source, ref.Root))
	default:
		l.condition(ref)
	}
	switch {
	case ref.Root == "context" && !mapping.KnownContext(ref.Path):
		l.problem(ref.Position, unknownContext(ref.Path))
	case l.memberOfText(ref):
		l.problem(ref.Position, language.TemplateTextMember.Of(ref.Source, ref.Path[1]))
	case l.unknownMember(ref):
		l.problem(ref.Position, language.TemplateMember.Of(ref.Source, ref.Root, ref.Path[0], strings.Join(mapping.Members(ref.Root), ", ")))
	case ref.Root == "input" && ref.Printed && isJSON(l.text) && slices.Equal(ref.Path, []string{"params()"}) && ref.Argument != "":
		l.problem(ref.Position, language.TemplateUnescaped.Of(ref.Source))
	}
}

func unknownContext(path []string) language.Message {
	name := strings.Join(path, ".")
	if near := mapping.NearContext(path); near != "" {
		return language.TemplateContextNear.Of(name, near)
	}
	return language.TemplateContext.Of(name)
}

// propertiesOfText are what Velocity reads of a Java string without a method's brackets.
var propertiesOfText = []string{"blank", "bytes", "class", "empty"}

// memberOfText says whether a member of the body is asked for as if the body, or its JSON,
// were an object.
func (l *linter) memberOfText(ref *vtl.Reference) bool {
	return ref.Root == "input" && !l.set[ref.Root] && len(ref.Path) > 1 && (ref.Path[0] == "body" || ref.Path[0] == "json()") &&
		!strings.HasSuffix(ref.Path[1], "()") && !slices.Contains(propertiesOfText, ref.Path[1])
}

// Misnamed are those of the [Problems] that are about a name which does not exist: what is
// printed there is always empty. A template that does not compile has none.
func Misnamed(text string) []Problem {
	problems, _ := Problems(text)
	return slices.DeleteFunc(problems, func(p Problem) bool { return !slices.Contains(misnamed, p.Message.ID()) })
}

var misnamed = []language.ID{
	language.TemplateEmpty.ID(), language.TemplateContext.ID(), language.TemplateContextNear.ID(), language.TemplateMember.ID(), language.TemplateTextMember.ID(),
}

// unknownMember says whether a function or property of $input or $util does not exist.
func (l *linter) unknownMember(ref *vtl.Reference) bool {
	members := mapping.Members(ref.Root)
	return members != nil && !l.set[ref.Root] && len(ref.Path) > 0 && !slices.Contains(members, ref.Path[0])
}

// condition reports a value from the client or the backend that is the whole
// condition: a missing one is "", which Velocity takes for true.
func (l *linter) condition(ref *vtl.Reference) {
	value := ref
	if len(ref.Path) == 0 {
		value = l.external[ref.Root]
	}
	switch {
	case value == nil || !mayBeMissing(value):
	case ref.Tested:
		l.problem(ref.Position, language.TemplateTrueIfMissing.Of(ref.Source))
	case ref.Negated && mayBeFalse(value):
		l.problem(ref.Position, language.TemplateFalseAlone.Of(ref.Source))
	case ref.Negated:
		l.problem(ref.Position, language.TemplateNeverMissing.Of(ref.Source))
	}
}

// mayBeFalse says whether a value can be the boolean false and not only text.
func mayBeFalse(ref *vtl.Reference) bool {
	return ref.Root == "input" && len(ref.Path) > 0 && ref.Path[0] == "path()"
}

// mayBeMissing says whether a value comes from the client or the backend and is
// not the result of a comparison.
func mayBeMissing(ref *vtl.Reference) bool {
	if len(ref.Path) == 0 {
		return false
	}
	switch ref.Path[len(ref.Path)-1] {
	case "isEmpty()", "contains()", "containsKey()", "equals()", "startsWith()", "endsWith()", "matches()", "hasNext", "first", "last",
		"equalsIgnoreCase()", "containsValue()", "isBlank()", "empty":
		return false
	}
	return ref.Root == "input" || ref.Root == "context" || ref.Root == "stageVariables"
}

// isJSON says whether the template is one of a JSON document.
func isJSON(text string) bool {
	_, rest := skipDirectives(text)
	return strings.HasPrefix(rest, "{") || strings.HasPrefix(rest, "[")
}

// skipDirectives skips the lines of directives and comments that templates begin with.
func skipDirectives(text string) (line int, rest string) {
	rest = strings.TrimLeft(text, " \t\r\n")
	for strings.HasPrefix(rest, "#") {
		_, after, found := strings.Cut(rest, "\n")
		if !found {
			return line, ""
		}
		line++
		rest = strings.TrimLeft(after, " \t\r\n")
	}
	return line, rest
}

func lintSample(w io.Writer, l language.Language, file, text string, compiled *mapping.Template, s *Sample) (found int) {
	out, _, err := s.render(compiled)
	if err != nil {
		fmt.Fprintf(w, "with %s: ", s.Name)
		_ = explain(w, l, file, err)
		return 1
	}
	if !isJSON(text) || json.Valid([]byte(out)) {
		return 0
	}
	var ignored any
	fmt.Fprintf(w, "%s: with %s it renders what is not JSON (%v):\n%s\n", file, s.Name, json.Unmarshal([]byte(out), &ignored), out)
	return 1
}
