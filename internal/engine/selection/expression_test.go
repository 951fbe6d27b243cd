package selection_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
	"github.com/pasarela-ws/pasarela/internal/engine/selection"
)

func parse(t testing.TB, message string) jsonvalue.Value {
	t.Helper()
	d := new(jsonvalue.Document)
	if err := d.ReadStrict(message); err != nil {
		return jsonvalue.Value{}
	}
	return d.Root()
}

// The first rows are AWS's own (aws-dataplane §2.3), on its message.
func TestExpressions(t *testing.T) {
	const message = `{"service":"chat","action":"join","data":{"room":"room1234","a/b":"x","list":["a",1.50,null]},"n":1,"f":1.5,"y":true,"z":null,"a":[{"b":"x"},{"b":"y"}]}`
	for expression, want := range map[string]string{
		`$request.body.action`:                               `join`,
		`${request.body.action}`:                             `join`,
		`${request.body.service}/${request.body.action}`:     `chat/join`,
		`${request.body.action}-${request.body.invalidPath}`: `join-`,
		`action`:    `action`,
		`\$default`: `$default`,
		`$default`:  `$default`,
		`$request.body.service/$request.body.action`: `chat/join`,
		`$request.body.service $request.body.action`: `chat join`,
		`$request.body.service$request.body.action`:  `chatjoin`,
		`$request.body.service\$x`:                   `chat$x`,
		`${request.body.data.room}-beta`:             `room1234-beta`,
		`$request.body.data['a/b']`:                  `x`,
		`${request.body['data']["a/b"]}!`:            `x!`,
		`$request.body.data.list`:                    `[a, 1.5, null]`,
		`$request.body.data`:                         `{room=room1234, a/b=x, list=[a, 1.5, null]}`,
		`$request.body.n`:                            `1`,
		`$request.body.f`:                            `1.5`,
		`$request.body.y`:                            `true`,
		`$request.body.z`:                            `null`,
		`$request.body.a[0].b`:                       `x`,
		`$request.body.a[-1].b`:                      `y`,
		`$request.body..b`:                           `[x, y]`,
		`$request.body.a[?(@.b == 'x')].b`:           `[x]`,
		`${request.body.a[?(@.b == '}')].b}`:         `[]`,
		`$request.body.action.length()`:              `null`,
		`$request.body.data.list.sum()`:              `1.5`,
		`$request.body.action[0]`:                    ``,
		`request.body.action`:                        `request.body.action`,
		`a$`:                                         `a$`,
		`$1`:                                         `$1`,
		``:                                           ``,
		`x\y`:                                        `x\y`,
		`$request.body.a[0]['b'] and $request.body.data.list[1] ok`: `x and 1.5 ok`,
	} {
		e, err := selection.Compile(expression, selection.Route)
		if err != nil {
			if want != "" {
				t.Errorf("%s: %v", expression, err)
			}
			continue
		}
		in := selection.Input{Body: parse(t, message)}
		if got := e.Evaluate(&in); got != want {
			t.Errorf("%s is %q, want %q", expression, got, want)
		}
		if got := string(e.Append(nil, &in)); got != want {
			t.Errorf("%s appends %q, want %q", expression, got, want)
		}
		if e.String() != expression {
			t.Errorf("%s became %s", expression, e)
		}
	}
}

func TestEvaluationIsNotRepeated(t *testing.T) {
	e, err := selection.Compile("$request.body.a", selection.Route)
	if err != nil {
		t.Fatal(err)
	}
	if got := e.Evaluate(&selection.Input{Body: parse(t, `{"a":"$request.body.b","b":"x"}`)}); got != "$request.body.b" {
		t.Errorf("got %q", got)
	}
}

func TestExpressionsOverAResponse(t *testing.T) {
	in := selection.Input{Body: parse(t, `{"kind":"k"}`), StatusCode: "201", Header: func(name string) []string {
		return map[string][]string{"x-a": {"1", "2"}}[strings.ToLower(name)]
	}}
	for expression, want := range map[string]string{
		`${integration.response.statuscode}`:                        `201`,
		`$integration.response.header.X-A`:                          `2`,
		`$integration.response.multivalueheader.x-a`:                `[1, 2]`,
		`$integration.response.header.none`:                         ``,
		`${request.body.kind}-${integration.response.statuscode}.s`: `k-201.s`,
	} {
		e, err := selection.Compile(expression, selection.ResponseTemplate)
		if err != nil {
			t.Errorf("%s: %v", expression, err)
			continue
		}
		if got := e.Evaluate(&in); got != want {
			t.Errorf("%s is %q, want %q", expression, got, want)
		}
		if got := e.Evaluate(&selection.Input{}); strings.Trim(got, "-.s[]") != "" {
			t.Errorf("%s without an answer is %q", expression, got)
		}
	}
}

func TestExpressionsThatAreRefused(t *testing.T) {
	for expression, want := range map[string]string{
		`$context.routeKey`:                 `selection expression "$context.routeKey" at character 1: a routeSelectionExpression cannot read $context.routeKey; it can read $request.body.<JSONPath>`,
		`$request.header.x`:                 `cannot read $request.header.x`,
		`$request.bodyguard`:                `cannot read $request.bodyguard`,
		`${request.body.a`:                  `at character 1: the '}' of this variable is missing`,
		`x-$request.body.a..`:               `at character 3: jsonpath "$.a.." at character 5: a path must not end with a '.'`,
		`${}`:                               `cannot read $;`,
		`$integration.response.statuscode`:  `cannot read`,
		`$stageVariables.x/$request.body.a`: `cannot read $stageVariables.x`,
	} {
		_, err := selection.Compile(expression, selection.Route)
		var wrong *selection.Error
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", expression, err, want)
		}
	}
	_, err := selection.Compile("$integration.response.body", selection.ResponseTemplate)
	if err == nil || !strings.Contains(err.Error(), "it can read $request.body.<JSONPath>, $integration.response.statuscode") {
		t.Errorf("got %v", err)
	}
}

func TestAPIKeySource(t *testing.T) {
	for text, want := range map[string]selection.APIKeySource{
		"": selection.APIKeyFromHeader, "$request.header.x-api-key": selection.APIKeyFromHeader, "${request.header.x-api-key}": selection.APIKeyFromHeader,
		"$context.authorizer.usageIdentifierKey": selection.APIKeyFromAuthorizer, "${context.authorizer.usageIdentifierKey}": selection.APIKeyFromAuthorizer,
	} {
		if got, err := selection.CompileAPIKey(text); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"$request.header.X-Api-Key", "$request.querystring.key", "x", "${request.header.x-api-key"} {
		if _, err := selection.CompileAPIKey(text); err == nil {
			t.Errorf("%s was accepted", text)
		}
	}
}

func TestRouteResponse(t *testing.T) {
	for text, valid := range map[string]bool{"": true, "$default": true, `\$default`: true, "200": false, "$request.body.x": false} {
		if err := selection.CheckRouteResponse(text); (err == nil) != valid {
			t.Errorf("%q: %v", text, err)
		}
	}
}
