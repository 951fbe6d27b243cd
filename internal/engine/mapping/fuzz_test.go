package mapping_test

import (
	"errors"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/engine/mapping"
	"github.com/pasarela-ws/pasarela/vtl"
)

// FuzzTemplate: for every template and payload, two renderings with the same
// memory have the same result, and errors are the template's.
func FuzzTemplate(f *testing.F) {
	const body = `{"a":{"b":[1,2.50,{"c":null}]},"l":[[],{}],"s":"x/y\u00e9\"","t":true,"big":12345678901234567890,"s":"again"}`
	for _, template := range []string{
		"#set($b = $input.path('$'))#foreach($k in $b.keySet())$k=$b.get($k);#end$input.json('$')",
		"#set($x = $input.path('$.a.b'))$x.add($input.path('$'))$x.remove(0)$input.json('$.a')$input.path('$.a')",
		"#set($p = $util.parseJson($input.body))#set($p.l = $p)$p.equals($input.path('$'))$p.hashCode()",
		"#set($m = $input.params())$m.header.put('x', $input.path('$.l[1]'))$m $input.params().header.x",
		"#set($b = $input.path('$'))$b.a.clear()$b.l.addAll($b.l)$b.putAll($b.a)$b.values() $b.entrySet()",
		"#foreach($e in $input.path('$').entrySet())#set($z = $e.setValue($e.key))#end$input.json('$..*')",
		"#set($context.requestOverride.header.x = $input.path('$.l'))#set($context.responseOverride = $input.path('$'))$context.stage",
		"$util.escapeJavaScript($input.json('$.s'))$util.urlEncode($input.path('$.s'))$util.base64Encode($input.body)$stageVariables",
		"#set($it = $input.path('$.a.b').iterator())$it.next()$it.remove()$it.next()$input.path('$.a.b.length()')",
	} {
		f.Add(template, body)
	}
	f.Fuzz(func(t *testing.T, template, body string) {
		if len(template) > 1000 || len(body) > 1000 {
			return
		}
		compiled, err := mapping.CompileTemplate(template)
		if err != nil {
			return
		}
		first, err := renderOnce(compiled, body)
		var exec *vtl.ExecError
		if err != nil && !errors.As(err, &exec) {
			t.Fatalf("%q on %q: %v", template, body, err)
		}
		second, again := renderOnce(compiled, body)
		if first != second || (err == nil) != (again == nil) {
			t.Fatalf("%q on %q: first %q, %v, then %q, %v", template, body, first, err, second, again)
		}
	})
}

// renderOnce renders, and prints what the template handed on to the next one.
func renderOnce(compiled *mapping.Template, body string) (string, error) {
	var payload mapping.Payload
	var overrides mapping.Overrides
	payload.Reset(body)
	out, err := compiled.Append(nil, connect(), &payload, &overrides)
	if err != nil {
		return "", err
	}
	payload.Reset("[]")
	next, err := mapping.CompileTemplate("$!context.requestOverride.entrySet()$!context.responseOverride.entrySet()")
	if err != nil {
		return "", err
	}
	if handed, err := next.Append(nil, connect(), &payload, &overrides); err == nil {
		out = append(out, handed...)
	}
	return string(out), nil
}
