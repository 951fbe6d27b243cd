package selection

import (
	"slices"

	"github.com/pasarela-ws/pasarela"
)

// escapedDefault is $default as some tools store it (aws-dataplane §4.4 [O]).
const escapedDefault = `\` + pasarela.KeyDefault

// contentType is the key of templates and models when no expression selects
// one.
const contentType = "application/json"

// Outcome is the result of [Templates.Choose].
type Outcome uint8

const (
	// Chosen: the key is that of a template.
	Chosen Outcome = iota
	// NoTemplates: there are none at all.
	NoTemplates
	// NoMatch: there are some, but none for this value and no $default.
	NoMatch
)

// Templates picks a template by its key (aws-dataplane §4.4, aws-dataplane §5.3).
type Templates struct {
	expression *Expression // nil: not set
	keys       []string
	unset      string // what is chosen without an expression
	fallback   string // the key that stands for $default, "" without one
}

// NewTemplates compiles a templateSelectionExpression over the keys of the
// templates. An empty expression is one that is not set: application/json is
// chosen, else $default, and for responses the only one there is.
func NewTemplates(expression string, keys []string, use Use) (*Templates, error) {
	t := &Templates{keys: slices.Clone(keys)}
	for _, key := range []string{escapedDefault, pasarela.KeyDefault} {
		if slices.Contains(keys, key) {
			t.fallback = key
		}
	}
	if expression == "" {
		t.unset = t.withoutExpression(use)
		return t, nil
	}
	var err error
	t.expression, err = Compile(expression, use)
	return t, err
}

func (t *Templates) withoutExpression(use Use) string {
	switch {
	case slices.Contains(t.keys, contentType):
		return contentType
	case t.fallback != "":
		return t.fallback
	case use == ResponseTemplate && len(t.keys) == 1:
		return t.keys[0]
	}
	return ""
}

// Choose is the key of the template to render, as it stands in the map of
// templates, and the outcome; passthroughBehavior says what happens without
// one.
func (t *Templates) Choose(in *Input) (key string, outcome Outcome) {
	if len(t.keys) == 0 {
		return "", NoTemplates
	}
	key = t.unset
	if t.expression != nil {
		key = t.expression.Evaluate(in)
		if !slices.Contains(t.keys, key) {
			key = t.fallback
		}
	}
	if key == "" && !slices.Contains(t.keys, "") {
		return "", NoMatch
	}
	return key, Chosen
}

// NeedsBody says whether choosing reads the client's message.
func (t *Templates) NeedsBody() bool {
	return t.expression != nil && slices.ContainsFunc(t.expression.parts, func(p part) bool { return p.source == body })
}

// Models picks the model that a message must fit (aws-dataplane §7.1).
type Models struct {
	expression *Expression
	models     map[string]string
}

// NewModels compiles a modelSelectionExpression over Route.RequestModels. An
// empty expression means no validation: Models is nil.
func NewModels(expression string, requestModels map[string]string) (*Models, error) {
	if expression == "" {
		return nil, nil
	}
	compiled, err := Compile(expression, Model)
	if err != nil {
		return nil, err
	}
	return &Models{compiled, requestModels}, nil
}

// consoleDefault is what AWS's console calls the key $default (aws-dataplane §7.1 [D]).
const consoleDefault = "default"

// Choose is the name of the model for a message. Without one, ok is false and
// the message is refused. A nil Models validates nothing and must not be asked.
func (m *Models) Choose(in *Input) (model string, ok bool) {
	for _, key := range [...]string{m.expression.Evaluate(in), pasarela.KeyDefault, escapedDefault, consoleDefault} {
		if model, ok = m.models[key]; ok {
			return model, true
		}
	}
	return "", false
}
