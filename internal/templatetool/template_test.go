package templatetool_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/templatetool"
)

const guide = `{"connectionId": "$context.connectionId", "type": "$input.params('reportType')"}`

func TestRender(t *testing.T) {
	var out strings.Builder
	if err := templatetool.Render(&out, language.English, "t.vtl", guide, templatetool.DefaultSample()); err != nil {
		t.Fatal(err)
	}
	if want := `{"connectionId": "L0SM9cOFvHcCIhw=", "type": "sales"}` + "\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

func TestRenderShowsOverrides(t *testing.T) {
	const text = `#set($context.requestOverride.header.X = ["a", "b"])#set($context.responseOverride.status = 418)ok`
	var out strings.Builder
	if err := templatetool.Render(&out, language.English, "t.vtl", text, templatetool.DefaultSample()); err != nil {
		t.Fatal(err)
	}
	want := "ok\n# requestOverride.header.X = a, b\n# responseOverride.status = 418\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestRenderShowsErrorsUnderTheirLine(t *testing.T) {
	tests := []struct{ text, want string }{
		{"a\n  #if($x)", "t.vtl:2:10: unexpected end of the template, expected #end of #if\n  #if($x)\n         ^\n"},
		{"a\n$context.stage.substring(9)", "t.vtl:2:1: $context.stage.substring(9): substring: begin 9, end 4, length 4\n" +
			"$context.stage.substring(9)\n^\n"},
	}
	for _, test := range tests {
		var out strings.Builder
		err := templatetool.Render(&out, language.English, "t.vtl", test.text, templatetool.DefaultSample())
		if !errors.Is(err, templatetool.ErrFailed) {
			t.Errorf("%q: got error %v", test.text, err)
		}
		if diff := cmp.Diff(test.want, out.String()); diff != "" {
			t.Errorf("%q: %s", test.text, diff)
		}
	}
}

func TestReadSample(t *testing.T) {
	s, err := templatetool.ReadSample("s.json", `{"body": {"a": 1}, "params": {"header": {"H": "v"}}, "context": {"x": {"y": 2}}, "stageVariables": {"z": "3"}}`)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := templatetool.Render(&out, language.English, "t", `$input.body $input.params('H') $context.x.y $stageVariables.z`, s); err != nil {
		t.Fatal(err)
	}
	if want := "{\"a\":1} v 2 3\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

// A sample with a mistake must be refused, not rendered.
func TestReadSampleErrors(t *testing.T) {
	for text, want := range map[string]string{
		"{":                               "sample s.json: not JSON at line 1, column 2",
		"[]":                              "sample s.json: it must be an object with body, params, context and stageVariables",
		`{"bodyy": 1}`:                    `a sample has no member "bodyy": it has body, params, context, stageVariables`,
		`{"params": {"queryString": {}}}`: `params has no member "queryString": it has path, querystring, header`,
		`{"params": {"querystring": 1}}`:  `"querystring" in params must be an object of names and values`,
		`{"context": "prod"}`:             `"context" must be an object`,
	} {
		if _, err := templatetool.ReadSample("s.json", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
	_, err := templatetool.ReadSample("s.json", `{"bodyy": 1}`)
	if got, want := language.Spanish.Of(err), `muestra s.json: una muestra no tiene el miembro "bodyy": tiene body, params, context, stageVariables`; got != want {
		t.Errorf("in Spanish: %s", got)
	}
}

func TestLint(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"clean", `{"c": "$context.connectionId", "t": "$util.escapeJavaScript($input.params('reportType'))"}`, nil},
		{"unescaped", guide, []string{"t.vtl:1:52: $input.params('reportType') goes into the JSON as the client wrote it. Plain words, as in the guide, do no harm"}},
		{"escaped as the warning says", `{"t": "$util.escapeJavaScript($input.params('reportType')).replaceAll("\\'", "'")"}`, nil},
		{"unknown", "$nope", []string{"t.vtl:1:1: $nope is always empty: nothing sets $nope"}},
		{"set", "#set($a = 1)$a#foreach($i in [1..2])$i$foreach.count#end", nil},
		{"always true", "#if($nope)x#end", []string{"#if($nope) is always true"}},
		{"missing is true", "#if($input.path('$.x'))x#end", []string{`#if($input.path('$.x')) is true even if it is missing; write #if($input.path('$.x') != "")`}},
		{"missing by a variable", `#set($c = $context.authorizer.claims["custom:tenant"])#if($c)x#end`, []string{`#if($c) is true even if it is missing; write #if($c != "")`}},
		{"never true", `#set($c=$context.authorizer.claims["custom:tenant"])#if(!$c)NONE#{else}x#end`, []string{`t.vtl:1:58: !$c is never true, not even if it is missing`}},
		{"never true at once", "#if(!$stageVariables.x || !$input.params('q'))x#end", []string{"!$stageVariables.x is never true", "!$input.params('q') is never true"}},
		{"never true of nothing", "#if(!$nope)x#end", []string{"!$nope is never true: nothing sets $nope"}},
		{"true for false", "#if(!$input.path('$.flag'))x#end", []string{"!$input.path('$.flag') is true for false alone"}},
		{"set to more", "#set($c = $context.stage)#set($c = $c == 'prod')#if(!$c)x#end", nil},
		{"a loop's variable", "#foreach($c in $input.path('$.list'))#if(!$c)x#end#end", nil},
		{"compared", "#set($c = $context.authorizer.x)#if($c == '' || !$c.equals('x'))x#end", nil},
		{"no such functions", `{"all":$util.toJson($input.path("$")),"q":"$input.querystring("q")"}`, []string{
			"t.vtl:1:8: $util.toJson($input.path(\"$\")) is always empty: there is no $util.toJson(); $util has base64Decode(), base64Encode(), escapeJavaScript(), parseJson(), urlDecode(), urlEncode()",
			"there is no $input.querystring(); $input has body, json(), params(), path()", "renders what is not JSON",
		}},
		{"no such property", "$input.headers.x $util.error('x') #set($x = $util.autoId())$x", []string{"there is no $input.headers;", "there is no $util.error();", "there is no $util.autoId();"}},
		{"context", "$context.httpMethod $context.identity.sourceIp $context.identity.shoeSize", []string{
			"no $context.httpMethod", "no $context.identity.shoeSize",
		}},
		{"context with a slip", "$context.connetionId $context.identity.sourceIP", []string{"no $context.connetionId; did you mean $context.connectionId?", "did you mean $context.identity.sourceIp?"}},
		{"a member of text", "$input.body.user $input.json('$').user $input.body.empty $input.body.length()", []string{
			"$input.body.user is always empty: what stands before .user is text, which has no members; $input.path('$.user') reads", "$input.json('$').user is always empty",
		}},
		{"syntax", "#if(", []string{"t.vtl:1:5: unexpected end of the template"}},
		{"never renders", "#foreach", []string{"it needs a list"}},
		{"no JSON", `{"b": $input.body}`, []string{"renders what is not JSON"}},
		{"fails", `$context.stage.substring(9)`, []string{"with the default sample: t.vtl:1:1"}},
	}
	for _, test := range tests {
		s := templatetool.DefaultSample()
		if test.name == "no JSON" {
			s, _ = templatetool.ReadSample("hello.json", `{"body": "hello"}`)
		}
		var out strings.Builder
		found := templatetool.Lint(&out, language.English, "t.vtl", test.text, []*templatetool.Sample{s})
		if found != len(test.want) {
			t.Errorf("%s: found %d, want %d:\n%s", test.name, found, len(test.want), out.String())
		}
		for _, want := range test.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: got\n%s\nwant %s", test.name, out.String(), want)
			}
		}
	}
}

// Of what lint finds, a deployment's preview takes the names that do not exist: values as the
// guide's template prints them are no fault.
func TestMisnamed(t *testing.T) {
	for text, want := range map[string]int{guide: 0, "$context.connetionId $nope $input.headers $input.body.user": 4, "#if(": 0} {
		if found := templatetool.Misnamed(text); len(found) != want {
			t.Errorf("%s: %v", text, found)
		}
	}
}

func TestCases(t *testing.T) {
	const cases = `{"name": "right", "template": "$x", "context": {"x": [1, {"a": null}, 2.50, 12345678901234567890]}, "profile": "velocity17", "expected": "[1, {a=null}, 2.5, 12345678901234567890]"}

{"name": "wrong", "template": "a\n$x\nc", "context": {"x": true}, "expected": "a\nb\nc"}
{"name": "error", "template": "#if(", "context": {}, "expected": null, "error": {"kind": "parse"}}
{"name": "no error", "template": "fine", "context": {}, "error": {"kind": "runtime"}}
{"name": "other error", "template": "$x.substring(9)", "context": {"x": "abc"}, "expected": "z"}
{"template": "x"}
{"name": "host", "template": "$input.path('$.a')", "context": {"$apigw": {"body": "{\"a\":1}"}}, "expected": "1"}
`
	var out strings.Builder
	passed, failed, err := templatetool.Test(&out, strings.NewReader(cases))
	if err != nil || passed != 3 || failed != 4 {
		t.Fatalf("%d passed, %d failed, error %v\n%s", passed, failed, err, out.String())
	}
	for _, want := range []string{
		"--- wrong (line 3)\n  a\n- b\n+ true\n  c\n", "--- no error (line 5)\n  want a runtime error\n+ fine\n",
		"--- other error (line 6)\n  got a runtime error", "--- case 7 (line 7)\nthe case expects neither", "3 passed, 4 failed\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
	if _, _, err := templatetool.Test(&out, strings.NewReader("{")); err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("a broken line: got %v", err)
	}
}

// What is no case is reported, and does not pass.
func TestMalformedCases(t *testing.T) {
	for line, want := range map[string]string{
		`{"templat": "x", "expected": "x"}`: `the case has no "template"`,
		`["x", "x"]`:                        "a case is an object",
		`{"template": "x", "expected": "x", "profile": "velocity2"}`:                    `"profile" must be apigw or velocity17`,
		`{"template": "#if(", "error": {"kind": "syntax"}}`:                             `"kind" of "error" must be parse or runtime`,
		`{"template": "x", "expected": "x", "context": {"$apigw": {"parameters": {}}}}`: `$apigw: a sample has no member "parameters"`,
	} {
		var out strings.Builder
		passed, failed, err := templatetool.Test(&out, strings.NewReader(line))
		if err != nil || passed != 0 || failed != 1 || !strings.Contains(out.String(), want) {
			t.Errorf("%s: %d passed, %d failed, %v\n%s", line, passed, failed, err, out.String())
		}
	}
	for _, none := range []string{"", "\n \n"} {
		if _, _, err := templatetool.Test(&strings.Builder{}, strings.NewReader(none)); err == nil || !strings.Contains(err.Error(), "there are no cases") {
			t.Errorf("%q: got %v", none, err)
		}
	}
}

func TestTheCorpusOfVTLPasses(t *testing.T) {
	f, err := os.Open("../../vtl/testdata/corpus-own.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out strings.Builder
	if passed, failed, err := templatetool.Test(&out, f); failed > 0 || err != nil {
		t.Errorf("%d passed, %d failed, error %v\n%s", passed, failed, err, out.String())
	}
}

// What is wrong with a template's text is said in the language of the reader.
func TestAnErrorIsInTheReadersLanguage(t *testing.T) {
	var out strings.Builder
	if err := templatetool.Render(&out, language.Spanish, "t.vtl", "#set($a = )", templatetool.DefaultSample()); err == nil {
		t.Error("it renders")
	}
	if want := "t.vtl:1:11: \")\" no va aquí: se esperaba un valor\n#set($a = )\n          ^\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}
