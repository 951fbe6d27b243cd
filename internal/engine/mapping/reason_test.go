package mapping_test

import (
	"errors"
	"fmt"
	"regexp"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/mapping"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/vtl"
)

// Every problem of a template's text is in the catalogue, with the same English text and
// the same arguments.
func TestEverySyntaxProblemIsInTheCatalogue(t *testing.T) {
	for id, text := range vtl.ProblemTexts() {
		p := vtl.Problem{ID: id}
		for i, name := range regexp.MustCompile(`\{([a-z]+)\}`).FindAllStringSubmatch(text, -1) {
			if name[1] == "why" {
				p.Why = &vtl.Problem{ID: "expected_value"}
			} else {
				p.Arguments = append(p.Arguments, fmt.Sprint("<", i, ">"))
			}
		}
		m := mapping.Reason(&p)
		if m.ID() != language.ID("syntax."+id) || m.In(language.English) != p.String() || m.In(language.Spanish) == p.String() {
			t.Errorf("%s: %s %q, of vtl %q", id, m.ID(), m.In(language.English), p.String())
		}
	}
}

// What does not compile is said in the language of the reader, and programs still find
// the place in the template.
func TestWhatDoesNotCompileIsSaidInSpanish(t *testing.T) {
	for name, c := range map[string]struct {
		integration      pasarela.Integration
		english, spanish string
	}{
		"template": {
			pasarela.Integration{RequestTemplates: map[string]string{"$default": "\n#if($x"}},
			`requestTemplates: template "$default": 2:7: unexpected end of the template, expected ")" of #if`,
			`requestTemplates: plantilla "$default": 2:7: la plantilla acaba aquí y se esperaba ")" de #if`,
		},
		"target": {
			pasarela.Integration{RequestParameters: map[string]string{"x": "'a'"}},
			`requestParameters: target "x" is not integration.request.header.x, integration.request.querystring.x or integration.request.path.x`,
			`requestParameters: el destino "x" no es integration.request.header.x, integration.request.querystring.x ni integration.request.path.x`,
		},
		"source": {
			pasarela.Integration{RequestParameters: map[string]string{"integration.request.header.a": "b"}},
			`requestParameters: integration.request.header.a: unknown source "b": use route.request.querystring.x, route.request.header.x, route.request.body.x, context.x, stageVariables.x or a text in single quotes`,
			`requestParameters: integration.request.header.a: el origen "b" no se conoce: usa route.request.querystring.x, route.request.header.x, route.request.body.x, context.x, stageVariables.x o un texto entre comillas simples`,
		},
		"path": {
			pasarela.Integration{RequestParameters: map[string]string{"integration.request.header.a": "route.request.body.a[b]"}},
			`requestParameters: integration.request.header.a: source "route.request.body.a[b]": jsonpath "$.a[b]" at character 4: expected a quoted name, a number, '*' or '?(' in the brackets`,
			`requestParameters: integration.request.header.a: origen "route.request.body.a[b]": JSONPath "$.a[b]", carácter 4: entre los corchetes se esperaba un nombre entre comillas, un número, '*' o '?('`,
		},
	} {
		_, err := mapping.CompileRequest(&c.integration)
		if err == nil {
			t.Errorf("%s compiles", name)
			continue
		}
		if got := language.English.Of(err); got != c.english {
			t.Errorf("%s\n got %s\nwant %s", name, got, c.english)
		}
		if got := language.Spanish.Of(err); got != c.spanish {
			t.Errorf("%s\n got %s\nwant %s", name, got, c.spanish)
		}
		var parse *vtl.ParseError
		if found := errors.As(err, &parse); found != (name == "template") || found && parse.Line != 2 {
			t.Errorf("%s: %+v", name, parse)
		}
	}
}
