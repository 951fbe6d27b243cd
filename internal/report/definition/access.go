package definition

import (
	"maps"
	"regexp"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// attributeShape is that of the keys of an authorizer's context.
var attributeShape = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$`)

// Allows tells whether the caller may ask for this report: Callers lists
// names, or prefixes that end in "*"; an empty list allows everyone.
func (d *Definition) Allows(caller string) bool {
	if len(d.Callers) == 0 {
		return true
	}
	for _, pattern := range d.Callers {
		if matchesCaller(pattern, caller) {
			return true
		}
	}
	return false
}

// AllowsAttributes tells whether a caller with these attributes may ask for this report:
// of every attribute that Attributes names it must have one of the values, which may be
// prefixes that end in "*". missing is the first attribute that keeps it out.
func (d *Definition) AllowsAttributes(of map[string]string) (missing string, ok bool) {
	for _, name := range slices.Sorted(maps.Keys(d.Attributes)) {
		has := of[name]
		if has == "" || !slices.ContainsFunc(d.Attributes[name], func(pattern string) bool { return matchesCaller(pattern, has) }) {
			return name, false
		}
	}
	return "", true
}

func matchesCaller(pattern, caller string) bool {
	if n := len(pattern) - 1; n >= 0 && pattern[n] == '*' {
		return len(caller) >= n && caller[:n] == pattern[:n]
	}
	return pattern == caller
}

// attributes reads which attributes a caller must have, each with one value or a list.
func (w *walk) attributes(node *yaml.Node, d *Definition) {
	if node.Kind != yaml.MappingNode || len(node.Content) == 0 {
		w.fault(node, "definition.attributes_mapping")
		return
	}
	d.Attributes = map[string][]string{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, values := node.Content[i], node.Content[i+1]
		if !attributeShape.MatchString(key.Value) {
			w.fault(key, "definition.attribute_name", "name", strconv.Quote(key.Value), "shape", attributeShape)
		}
		if _, twice := d.Attributes[key.Value]; twice {
			w.fault(key, "definition.key_twice", "key", strconv.Quote(key.Value))
		}
		var allowed []string
		if values.Kind == yaml.ScalarNode {
			allowed = []string{w.words(values, language.ID("definition.a_value"))}
		} else {
			w.list(values, language.Errorf("definition.values_of", "name", key.Value), func(item *yaml.Node) { allowed = append(allowed, w.words(item, language.ID("definition.a_value"))) })
			if len(values.Content) == 0 {
				w.fault(values, "definition.attribute_nobody", "name", strconv.Quote(key.Value))
			}
		}
		d.Attributes[key.Value] = allowed
	}
}
