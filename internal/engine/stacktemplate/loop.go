package stacktemplate

import (
	"maps"
	"slices"
	"strings"
)

// LanguageExtensions is the transform that brings Fn::ForEach, Fn::Length,
// Fn::ToJsonString and defaults of Fn::FindInMap.
const LanguageExtensions = "AWS::LanguageExtensions"

const loopPrefix = "Fn::ForEach::"

// Unroll writes out every Fn::ForEach of a template. s must know the parameters.
func Unroll(top map[string]any, s *Scope) (map[string]any, error) {
	u := unroller{scope: s}
	v, err := u.value(top, nil)
	object, _ := v.(map[string]any)
	return object, err
}

type unroller struct {
	scope  *Scope
	values int
	texts  int // bytes
}

// written counts the length of a text against the bound on all texts, since
// nested loops multiply them.
func (u *unroller) written(text string) (string, error) {
	if u.texts += len(text); u.texts > maxTexts {
		return "", sentence("Template error: Fn::ForEach makes texts of more than %d bytes", maxTexts)
	}
	return text, nil
}

// value copies v with the variables of the loops around it filled in.
func (u *unroller) value(v any, loops map[string]string) (any, error) {
	if u.values++; u.values > maxValues {
		return nil, sentence("Template error: Fn::ForEach makes more than %d values", maxValues)
	}
	switch v := v.(type) {
	case string:
		return u.filled(v, loops)
	case []any:
		list := make([]any, len(v))
		for i := range v {
			var err error
			if list[i], err = u.value(v[i], loops); err != nil {
				return nil, err
			}
		}
		return list, nil
	case map[string]any:
		return u.object(v, loops)
	}
	return v, nil
}

// object unrolls the loops (Fn::ForEach) in an object, in sorted order of its members.
func (u *unroller) object(v map[string]any, loops map[string]string) (any, error) {
	if name, argument, ok := function(v); ok && name == "Ref" {
		if text, isText := argument.(string); isText {
			if value, loop := loops[text]; loop {
				return u.written(value)
			}
		}
	}
	object := make(map[string]any, len(v))
	for _, key := range slices.Sorted(maps.Keys(v)) {
		if strings.HasPrefix(key, loopPrefix) {
			if err := u.loop(object, key, v[key], loops); err != nil {
				return nil, err
			}
			continue
		}
		value, err := u.value(v[key], loops)
		if err != nil {
			return nil, err
		}
		if key, err = u.filled(key, loops); err != nil {
			return nil, err
		}
		object[key] = value
	}
	return object, nil
}

// loop adds to object the members that one Fn::ForEach makes: [variable, collection,
// {key: value}].
func (u *unroller) loop(object map[string]any, name string, argument any, loops map[string]string) error {
	parts, _ := argument.([]any)
	if len(parts) != 3 {
		return sentence("Template error: %s requires a list of a name, a collection and an object", name)
	}
	variableName, ok := parts[0].(string)
	body, isObject := parts[2].(map[string]any)
	written, err := u.value(parts[1], loops)
	if err != nil {
		return err
	}
	collection, err := u.scope.Resolve(written)
	if err != nil {
		return err
	}
	items, isList := collection.([]any)
	if !ok || !isObject || !isList {
		return sentence("Template error: %s requires a list of a name, a collection and an object", name)
	}
	for _, item := range items {
		text, ok := Text(item)
		if !ok {
			return sentence("Template error: the collection of %s must hold texts", name)
		}
		inner := maps.Clone(loops)
		if inner == nil {
			inner = map[string]string{}
		}
		inner[variableName] = text
		made, err := u.object(body, inner)
		if err != nil {
			return err
		}
		members, _ := made.(map[string]any)
		for key, value := range members {
			if _, twice := object[key]; twice {
				return sentence("Template error: %s makes the key %s twice", name, key)
			}
			object[key] = value
		}
	}
	return nil
}

// filled replaces ${X}, and &{X} by its letters and digits alone.
func (u *unroller) filled(text string, loops map[string]string) (string, error) {
	if !strings.Contains(text, "{") {
		return u.written(text)
	}
	for name, value := range loops {
		if n := strings.Count(text, "{"+name+"}"); len(text)+n*len(value) > maxText {
			return "", sentence("Template error: Fn::ForEach makes a text of more than %d bytes", maxText)
		}
		text = strings.ReplaceAll(text, "${"+name+"}", value)
		plain := strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, value)
		text = strings.ReplaceAll(text, "&{"+name+"}", plain)
	}
	return u.written(text)
}
