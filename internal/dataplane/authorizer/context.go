package authorizer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"

	"github.com/pasarela-ws/pasarela/internal/engine/mapping"
)

// membersOf reads a JSON object by the exact names of its members. encoding/json
// alone would take "EXP" for "exp", and whoever may add members would replace those
// that are checked.
func membersOf(text []byte) (members map[string]json.RawMessage, err error) {
	err = json.Unmarshal(text, &members)
	return members, err
}

// parseContext turns an authorizer's context into text: strings as they are,
// numbers and booleans as they are written; anything nested is refused, as on AWS.
// A value named principalId does not replace the principal.
func parseContext(principal string, raw map[string]json.RawMessage) ([]mapping.Pair, error) {
	pairs := []mapping.Pair{{Name: "principalId", Value: principal}}
	names := make([]string, 0, len(raw))
	for name := range raw {
		if name != "principalId" {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	for _, name := range names {
		value := bytes.TrimSpace(raw[name])
		switch {
		case len(value) == 0 || string(value) == "null":
			continue
		case value[0] == '{' || value[0] == '[':
			return nil, fmt.Errorf("context.%s is nested; values are strings, numbers and booleans", name)
		case value[0] == '"':
			var text string
			if err := json.Unmarshal(value, &text); err != nil {
				return nil, fmt.Errorf("context.%s: %w", name, err)
			}
			pairs = append(pairs, mapping.Pair{Name: name, Value: text})
		default:
			pairs = append(pairs, mapping.Pair{Name: name, Value: string(value)})
		}
	}
	return pairs, nil
}
