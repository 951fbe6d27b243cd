package selection_test

import (
	"testing"

	"github.com/pasarela-ws/pasarela/internal/engine/selection"
)

// aws-dataplane §4.4 and aws-dataplane §13.5.
func TestTemplates(t *testing.T) {
	for _, c := range []struct {
		expression string
		keys       []string
		use        selection.Use
		message    string
		want       string
		outcome    selection.Outcome
	}{
		{"", nil, selection.RequestTemplate, `{}`, "", selection.NoTemplates},
		{`\$default`, nil, selection.RequestTemplate, `{}`, "", selection.NoTemplates},
		{"", []string{"$default", "application/json"}, selection.RequestTemplate, `{}`, "application/json", selection.Chosen},
		{"", []string{"x", "$default"}, selection.RequestTemplate, `{}`, "$default", selection.Chosen},
		{"", []string{"x", `\$default`}, selection.RequestTemplate, `{}`, `\$default`, selection.Chosen},
		{"", []string{"x"}, selection.RequestTemplate, `{}`, "", selection.NoMatch},
		{"", []string{"x"}, selection.ResponseTemplate, `{}`, "x", selection.Chosen},
		{"", []string{"x", "y"}, selection.ResponseTemplate, `{}`, "", selection.NoMatch},
		{"${request.body.kind}", []string{"a", "b", "$default"}, selection.RequestTemplate, `{"kind":"a"}`, "a", selection.Chosen},
		{"${request.body.kind}", []string{"a", "b", "$default"}, selection.RequestTemplate, `{"kind":"z"}`, "$default", selection.Chosen},
		{"${request.body.kind}", []string{"a", "b", "$default"}, selection.RequestTemplate, `{"v":1}`, "$default", selection.Chosen},
		{"${request.body.kind}", []string{"a", "b", "$default"}, selection.RequestTemplate, `nope`, "$default", selection.Chosen},
		{"${request.body.kind}", []string{"a", "b"}, selection.RequestTemplate, `{"kind":"z"}`, "", selection.NoMatch},
		{`\$default`, []string{"$default", `\$default`}, selection.RequestTemplate, `{}`, "$default", selection.Chosen},
		{`\$default`, []string{`\$default`}, selection.RequestTemplate, `{}`, `\$default`, selection.Chosen},
		{"request.body.action", []string{"sns", "$default"}, selection.RequestTemplate, `{"action":"sns"}`, "$default", selection.Chosen},
		{"200", []string{"200"}, selection.RequestTemplate, `{}`, "200", selection.Chosen},
	} {
		templates, err := selection.NewTemplates(c.expression, c.keys, c.use)
		if err != nil {
			t.Errorf("%s: %v", c.expression, err)
			continue
		}
		key, outcome := templates.Choose(&selection.Input{Body: parse(t, c.message)})
		if key != c.want || outcome != c.outcome {
			t.Errorf("%q over %q with %s: %q %v, want %q %v", c.expression, c.keys, c.message, key, outcome, c.want, c.outcome)
		}
	}
}

func TestTemplatesKnowWhetherTheyReadTheBody(t *testing.T) {
	for expression, want := range map[string]bool{"": false, `\$default`: false, "a-${request.body.x}": true} {
		templates, err := selection.NewTemplates(expression, []string{"$default"}, selection.RequestTemplate)
		if err != nil || templates.NeedsBody() != want {
			t.Errorf("%q: %v", expression, err)
		}
	}
	if _, err := selection.NewTemplates("$context.x", nil, selection.RequestTemplate); err == nil {
		t.Error("$context.x was accepted")
	}
}

// aws-dataplane §7.1.
func TestModels(t *testing.T) {
	for _, c := range []struct {
		models        map[string]string
		message, want string
	}{
		{map[string]string{"send": "Model1"}, `{"action":"send"}`, "Model1"},
		{map[string]string{"send": "Model1"}, `{"action":"other"}`, ""},
		{map[string]string{"send": "Model1", "$default": "Any"}, `{"action":"other"}`, "Any"},
		{map[string]string{"send": "Model1", "default": "Any"}, `{"action":"other"}`, "Any"},
		{map[string]string{"send": "Model1", "$default": "Any"}, `no JSON`, "Any"},
		{nil, `{"action":"send"}`, ""},
	} {
		models, err := selection.NewModels("$request.body.action", c.models)
		if err != nil {
			t.Fatal(err)
		}
		model, ok := models.Choose(&selection.Input{Body: parse(t, c.message)})
		if model != c.want || ok != (c.want != "") {
			t.Errorf("%v with %s: %q %v, want %q", c.models, c.message, model, ok, c.want)
		}
	}
	if models, err := selection.NewModels("", map[string]string{"$default": "Any"}); models != nil || err != nil {
		t.Error("validation without an expression")
	}
	if _, err := selection.NewModels("$context.x", nil); err == nil {
		t.Error("$context.x was accepted")
	}
}
