package sam

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// sections are the sections of Globals, by name, with the types that they are for.
var sections = map[string]string{
	"Function": functionType, "WebSocketApi": webSocketType, "Api": prefix + "Api", "HttpApi": prefix + "HttpApi",
	"SimpleTable": prefix + "SimpleTable", "StateMachine": prefix + "StateMachine", "LayerVersion": prefix + "LayerVersion", "CapacityProvider": prefix + "CapacityProvider",
}

// readGlobals returns the default properties of each type.
func readGlobals(value any) (map[string]map[string]any, error) {
	defaults := map[string]map[string]any{}
	if value == nil {
		return defaults, nil
	}
	globals, ok := value.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("'Globals' section is invalid. It must be a non-empty dictionary")
	}
	for name, section := range globals {
		kind, known := sections[name]
		if !known {
			return nil, fmt.Errorf("'Globals' section is invalid. '%s' is not supported. Must be one of the following values - [%s]", name, strings.Join(slices.Sorted(maps.Keys(sections)), ", "))
		}
		properties, ok := section.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("'Globals' section is invalid. Value of %s must be a dictionary", name)
		}
		defaults[kind] = properties
	}
	return defaults, nil
}

// merge puts own properties over defaults: maps member by member, lists concatenated;
// for everything else, and for functions of the template, the own value replaces the
// default.
func merge(defaults, own any) any {
	if own == nil {
		return clone(defaults)
	}
	switch d := defaults.(type) {
	case map[string]any:
		o, ok := own.(map[string]any)
		if !ok || isFunction(d) || isFunction(o) {
			return own
		}
		merged := maps.Clone(d)
		if merged == nil {
			merged = map[string]any{}
		}
		for name, value := range o {
			merged[name] = merge(d[name], value)
		}
		return merged
	case []any:
		if o, ok := own.([]any); ok {
			return append(slices.Clone(d), o...)
		}
	}
	return own
}

func clone(value any) any {
	if object, ok := value.(map[string]any); ok {
		return maps.Clone(object)
	}
	return value
}
