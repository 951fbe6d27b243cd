package mapping_test

import (
	"errors"
	"fmt"
	"regexp"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/engine/mapping"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/vtl"
)

// Every problem of a template, of its text or of its rendering, is in the catalogue, with the same English text and
// the same arguments.
func TestEveryProblemIsInTheCatalogue(t *testing.T) {
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
		if m.ID() != language.ID("syntax."+id) && m.ID() != language.ID("rendering."+id) || m.In(language.English) != p.String() || m.In(language.Spanish) == p.String() {
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

// A rendering that fails says so in the language of the reader, and programs still find
// the place in the template.
func TestWhatDoesNotRenderIsSaidInSpanish(t *testing.T) {
	for template, c := range map[string]struct{ english, spanish string }{
		"\n$input.body.charAt(-1)": {
			"2:1: $input.body.charAt(-1): charAt: index -1 is out of range for length 8",
			"2:1: $input.body.charAt(-1): charAt: el índice -1 está fuera del intervalo para la longitud 8",
		},
		"$util.base64Decode('*')": {
			"1:1: $util.base64Decode('*'): the text is not base64",
			"1:1: $util.base64Decode('*'): el texto no es base64",
		},
		"#foreach($foreach in [1])x#end": {
			"1:1: #foreach: its variable must have another name than $foreach",
			"1:1: #foreach: su variable no puede llamarse $foreach",
		},
		"$input.body.replaceAll('a', '$x')": {
			`1:1: $input.body.replaceAll('a', '$x'): replacement "$x": "$" must name a group and "\" must escape something`,
			`1:1: $input.body.replaceAll('a', '$x'): sustitución "$x": "$" tiene que nombrar un grupo y "\" tiene que escapar algo`,
		},
	} {
		compiled, err := mapping.CompileTemplate(template)
		if err != nil {
			t.Fatalf("%s: %v", template, err)
		}
		var payload mapping.Payload
		payload.Reset(`{"a": 1}`)
		_, err = compiled.Append(nil, &event.Event{}, &payload, nil)
		var exec *vtl.ExecError
		if !errors.As(err, &exec) || err.Error() != c.english || exec.Error() != c.english {
			t.Errorf("%s: %v", template, err)
		}
		if got := language.Reason(err).In(language.Spanish); got != c.spanish {
			t.Errorf("%s: %s", template, got)
		}
	}
}
