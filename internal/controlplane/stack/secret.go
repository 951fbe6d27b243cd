package stack

import (
	"strings"

	"github.com/pasarela-ws/pasarela/internal/engine/stacktemplate"
)

// hidden is what is shown of values of NoEcho parameters.
const hidden = "****"

// secrets are the values of the NoEcho parameters of inputs.
func secrets(inputs ...Input) []string {
	var values []string
	for _, in := range inputs {
		_, head, texts, err := templateOf(in)
		if err != nil {
			continue
		}
		for name, parameter := range head.Parameters {
			if !parameter.NoEcho {
				continue
			}
			for _, value := range []string{texts[name], in.Resolved[name]} {
				if value != "" {
					values = append(values, value)
				}
			}
		}
	}
	return values
}

// hide is a value without the secrets in its texts.
func hide(v any, secrets []string) any {
	if len(secrets) == 0 {
		return v
	}
	switch v := v.(type) {
	case string:
		for _, secret := range secrets {
			v = strings.ReplaceAll(v, secret, hidden)
		}
		return v
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = hide(v[i], secrets)
		}
		return list
	case Values:
		return hide(map[string]any(v), secrets)
	case map[string]any:
		object := make(map[string]any, len(v))
		for key := range v {
			object[key] = hide(v[key], secrets)
		}
		return object
	}
	if text, ok := stacktemplate.Text(v); ok { // a number or a truth value
		for _, secret := range secrets {
			if text == secret {
				return hidden
			}
		}
	}
	return v
}
