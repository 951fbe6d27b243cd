package schema

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// describe says what is wrong in the words of the Java library that AWS runs
// (json-schema-validator; A-SCHEMA-1), in the order of places in the message.
func describe(e *jsonschema.ValidationError, v any) []string {
	var found []*jsonschema.ValidationError
	for leaf := range leaves(e) {
		found = append(found, leaf)
	}
	slices.SortStableFunc(found, func(a, b *jsonschema.ValidationError) int {
		return slices.Compare(a.InstanceLocation, b.InstanceLocation)
	})
	texts := make([]string, len(found))
	for i, leaf := range found {
		texts[i] = text(leaf, v)
	}
	return texts
}

// leaves are the errors that are reported. Those inside allOf, anyOf and oneOf
// are not reported on their own, as in the Java library.
func leaves(e *jsonschema.ValidationError) func(yield func(*jsonschema.ValidationError) bool) {
	return func(yield func(*jsonschema.ValidationError) bool) { walk(e, yield) }
}

func walk(e *jsonschema.ValidationError, yield func(*jsonschema.ValidationError) bool) bool {
	switch e.ErrorKind.(type) {
	case *kind.Schema, *kind.Group, *kind.Reference:
		for _, cause := range e.Causes {
			if !walk(cause, yield) {
				return false
			}
		}
		return true
	}
	return yield(e)
}

// places describes errors in a model itself: where, and what.
func places(e *jsonschema.ValidationError) (texts []string) {
	for leaf := range deepest(e) {
		texts = append(texts, leaf.Error())
	}
	slices.Sort(texts)
	return texts
}

func deepest(e *jsonschema.ValidationError) func(yield func(*jsonschema.ValidationError) bool) {
	return func(yield func(*jsonschema.ValidationError) bool) { descend(e, yield) }
}

func descend(e *jsonschema.ValidationError, yield func(*jsonschema.ValidationError) bool) bool {
	for _, cause := range e.Causes {
		if !descend(cause, yield) {
			return false
		}
	}
	return len(e.Causes) > 0 || yield(e)
}

// text is the sentence about one failure, as the validator that AWS uses words it; v is the
// whole message.
func text(e *jsonschema.ValidationError, v any) string {
	switch k := e.ErrorKind.(type) {
	case *kind.Type:
		return fmt.Sprintf("instance type (%s) does not match any allowed primitive type (allowed: %s)", typeOf(at(v, e.InstanceLocation), k.Got), allowed(k.Want))
	case *kind.Enum:
		return fmt.Sprintf("instance value (%s) not found in enum (possible values: %s)", jsonText(k.Got), jsonText(k.Want))
	case *kind.Required:
		return fmt.Sprintf("object has missing required properties (%s)", jsonText(k.Missing))
	case *kind.AdditionalProperties:
		return fmt.Sprintf("object instance has properties which are not allowed by the schema: %s", jsonText(slices.Sorted(slices.Values(k.Properties))))
	case *kind.Dependency:
		return fmt.Sprintf("property %q of object has missing property dependencies (missing: %s)", k.Prop, jsonText(k.Missing))
	case *kind.MinProperties:
		return fmt.Sprintf("object has too few properties (found %d but schema requires at least %d)", k.Got, k.Want)
	case *kind.MaxProperties:
		return fmt.Sprintf("object has too many properties (found %d but schema requires at most %d)", k.Got, k.Want)
	case *kind.AllOf:
		return "instance failed to match all required schemas"
	case *kind.AnyOf:
		return fmt.Sprintf("instance failed to match at least one required schema among %d", len(e.Causes))
	case *kind.OneOf:
		return fmt.Sprintf("instance failed to match exactly one schema (matched %d)", len(k.Subschemas))
	case *kind.Not:
		return "instance matched a schema which it should not have"
	}
	return scalarText(e)
}

// scalarText is the sentence about a value that fails by itself, as the validator that AWS
// uses words it.
func scalarText(e *jsonschema.ValidationError) string {
	switch k := e.ErrorKind.(type) {
	case *kind.MinLength:
		return fmt.Sprintf("string is too short (length: %d, required minimum: %d)", k.Got, k.Want)
	case *kind.MaxLength:
		return fmt.Sprintf("string is too long (length: %d, maximum allowed: %d)", k.Got, k.Want)
	case *kind.Pattern:
		return fmt.Sprintf("ECMA 262 regex %q does not match input string %q", k.Want, k.Got)
	case *kind.Format:
		return fmt.Sprintf("%s is not a valid %s", jsonText(k.Got), k.Want)
	case *kind.Minimum:
		return fmt.Sprintf("numeric instance is lower than the required minimum (minimum: %s, found: %s)", decimal(k.Want), decimal(k.Got))
	case *kind.ExclusiveMinimum:
		return fmt.Sprintf("numeric instance is not strictly greater than the required minimum %s", decimal(k.Want))
	case *kind.Maximum:
		return fmt.Sprintf("numeric instance is greater than the required maximum (maximum: %s, found: %s)", decimal(k.Want), decimal(k.Got))
	case *kind.ExclusiveMaximum:
		return fmt.Sprintf("numeric instance is not strictly lower than the required maximum %s", decimal(k.Want))
	case *kind.MultipleOf:
		return fmt.Sprintf("remainder of division is not zero (%s / %s)", decimal(k.Got), decimal(k.Want))
	case *kind.MinItems:
		return fmt.Sprintf("array is too short: must have at least %d elements but instance has %d elements", k.Want, k.Got)
	case *kind.MaxItems:
		return fmt.Sprintf("array is too long: must have at most %d elements but instance has %d elements", k.Want, k.Got)
	case *kind.AdditionalItems:
		return fmt.Sprintf("array must not contain additional elements (found %d)", k.Count)
	case *kind.UniqueItems:
		return "array must not contain duplicate elements"
	}
	return strings.Join(strings.Fields(e.Error()), " ")
}

// typeOf names the JSON type of v, integers apart from numbers, which the validator's
// own word does not distinguish.
func typeOf(v any, word string) string {
	if n, is := v.(json.Number); is && !strings.ContainsAny(string(n), ".eE") {
		return "integer"
	}
	return word
}

// allowed is the list of types; where numbers are allowed, integers are.
func allowed(types []string) string {
	types = slices.Clone(types)
	if slices.Contains(types, "number") && !slices.Contains(types, "integer") {
		types = append(types, "integer")
	}
	slices.Sort(types)
	return jsonText(types)
}

// at is the value at a location (a JSON pointer's parts) in the message.
func at(v any, location []string) any {
	for _, name := range location {
		switch container := v.(type) {
		case map[string]any:
			v = container[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(container) {
				return nil
			}
			v = container[i]
		}
	}
	return v
}

// jsonText is v as JSON text.
func jsonText(v any) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return fmt.Sprint(v)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func decimal(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	f, _ := r.Float64()
	return strconv.FormatFloat(f, 'f', -1, 64)
}
