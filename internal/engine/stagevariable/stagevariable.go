// Package stagevariable fills ${stageVariables.name} in: the form that URIs,
// credentials ARNs and VPC link ids may hold (aws-dataplane §4.9).
package stagevariable

import "strings"

const opening = "${stageVariables."

// Substitute replaces ${stageVariables.name}; one that the stage lacks becomes
// empty and is named in unset, every other ${...} stays.
func Substitute(text string, variables map[string]string) (filled string, unset []string) {
	if !Uses(text) {
		return text, nil
	}
	var out strings.Builder
	for {
		before, after, found := strings.Cut(text, opening)
		out.WriteString(before)
		if !found {
			return out.String(), unset
		}
		name, rest, closed := strings.Cut(after, "}")
		if !closed {
			out.WriteString(opening + after)
			return out.String(), unset
		}
		value, set := variables[name]
		if !set {
			unset = append(unset, name)
		}
		out.WriteString(value)
		text = rest
	}
}

// Uses says whether a text holds a stage variable.
func Uses(text string) bool { return strings.Contains(text, opening) }
