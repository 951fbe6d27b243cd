package authorizer

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// membersOf reads a JSON object by the exact names of its members. encoding/json matches
// names in any case, so that an added "EXP" could replace the "exp" that is checked.
func membersOf(text []byte) (members map[string]json.RawMessage, err error) {
	err = json.Unmarshal(text, &members)
	return members, err
}

// contextOf makes $context.authorizer of every kind of authorizer: the principal
// first, then the values by name. A value named principalId, which a user may
// have brought into a token or a function's result, does not replace the principal.
func contextOf(principal string, values map[string]string) []event.Pair {
	pairs := make([]event.Pair, 1, len(values)+1)
	pairs[0] = event.Pair{Name: principalID, Value: principal}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if name != principalID {
			pairs = append(pairs, event.Pair{Name: name, Value: values[name]})
		}
	}
	return pairs
}

const principalID = "principalId"

// parseContext turns an authorizer's context into text: strings as they are,
// numbers and booleans as they are written; anything nested is refused, as on AWS.
func parseContext(principal string, raw map[string]json.RawMessage) ([]event.Pair, error) {
	values := make(map[string]string, len(raw))
	for name, value := range raw {
		value = bytes.TrimSpace(value)
		switch {
		case len(value) == 0 || string(value) == "null":
		case value[0] == '{' || value[0] == '[':
			if name != principalID {
				return nil, language.ResultNested.Of(name)
			}
		case value[0] == '"':
			var text string
			if err := json.Unmarshal(value, &text); err != nil {
				return nil, language.ResultValue.Of(name, err.Error())
			}
			values[name] = text
		default:
			values[name] = string(value)
		}
	}
	return contextOf(principal, values), nil
}
