package resource

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/engine/stacktemplate"
)

// Properties are the properties of a type, or the members of an object in them.
type Properties map[string]Property

// Property is one property: what its value is, and what changing it does. Values of
// templates are nil, bool, string, json.Number, []any and map[string]any.
type Property struct {
	kind     kind
	of       *Property  // of a list or a map
	members  Properties // of an object
	required bool
	replaces bool
	merged   bool
	noted    string
	refused  string
	absent   any
	values   []string
	wire     string
}

type kind int

const (
	text kind = iota
	integer
	number
	boolean
	document
	list
	mapping
	object
)

// Text is a text. Numbers and truth values become their texts.
func Text() Property { return Property{kind: text, absent: ""} }

// OneOf is one of these texts.
func OneOf(values ...string) Property { return Property{kind: text, values: values} }

// Integer is a whole number, also as a text.
func Integer() Property { return Property{kind: integer} }

// Number is a number, also as a text.
func Number() Property { return Property{kind: number} }

// Boolean is true or false, also as a text.
func Boolean() Property { return Property{kind: boolean, absent: false} }

// Document is any JSON, also as a text; it is handed on as a text.
func Document() Property { return Property{kind: document, absent: ""} }

// ListOf is a list.
func ListOf(item Property) Property { return Property{kind: list, of: &item, absent: []any{}} }

// MapOf is a map with keys of the template's own.
func MapOf(value Property) Property {
	return Property{kind: mapping, of: &value, absent: map[string]any{}}
}

// Object is a structure.
func Object(members Properties) Property {
	return Property{kind: object, members: members, absent: map[string]any{}}
}

// Refused is a property that AWS has and nothing here can act on; giving it fails with
// the sentence.
func Refused(sentence string) Property { return Property{refused: sentence} }

// TagList is AWS's list of tags: [{Key, Value}].
func TagList() Property {
	return ListOf(Object(Properties{"Key": Text().Required(), "Value": Text().Required()}))
}

// Required is a property that must be given.
func (p Property) Required() Property { p.required = true; return p }

// Replaces is a property whose change makes a new resource.
func (p Property) Replaces() Property { p.replaces = true; return p }

// Absent is a property with the value that an update sets when a template gives the
// property no longer; nil leaves what is there.
func (p Property) Absent(value any) Property { p.absent = value; return p }

// Merged is a map or an object that an update merges into what is there: what a
// template gives no longer must be set to its value for absence.
func (p Property) Merged() Property { p.merged = true; return p }

// As is a property with that name on the wire.
func (p Property) As(name string) Property { p.wire = name; return p }

// Noted is a property that has no effect here; the sentence stands in the stack's events.
func (p Property) Noted(sentence string) Property { p.noted = sentence; return p }

// Replacing are the names of those of the given properties whose change replaces.
func (ps Properties) Replacing(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !ps[name].replaces })
}

// HasTags says whether resources of a type have tags that do something.
func (ps Properties) HasTags() bool {
	tags, there := ps["Tags"]
	return there && tags.noted == ""
}

// Notes are the sentences about given properties that have no effect here.
func (ps Properties) Notes(given map[string]any) string {
	var notes []string
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if note := ps[name].noted; note != "" {
			notes = append(notes, name+" has no effect here: "+note)
		}
	}
	return strings.Join(notes, " ")
}

// Check returns the values in their kinds, or what is wrong with them in CloudFormation's
// words: a line for each fault.
func (ps Properties) Check(given map[string]any) (map[string]any, error) {
	var c checker
	checked := c.members("#", ps, given)
	if len(c.faults) > 0 {
		return nil, fmt.Errorf("%s", strings.Join(c.faults, "\n"))
	}
	return checked, nil
}

// Equal compares two values of templates; 1 and 1.0 are equal.
func Equal(a, b any) bool {
	switch x := a.(type) {
	case json.Number:
		y, ok := b.(json.Number)
		return ok && (x == y || sameNumber(x, y))
	case []any:
		y, ok := b.([]any)
		return ok && slices.EqualFunc(x, y, Equal)
	case map[string]any:
		y, ok := b.(map[string]any)
		return ok && maps.EqualFunc(x, y, Equal)
	}
	switch b.(type) {
	case []any, map[string]any:
		return false
	}
	return a == b
}

// maxExponent keeps hostile literals such as 1e999999999 from being worked out.
const maxExponent = 400

func sameNumber(a, b json.Number) bool {
	x, okX := rational(a)
	y, okY := rational(b)
	return okX && okY && x.Cmp(y) == 0
}

func rational(n json.Number) (*big.Rat, bool) {
	if _, exponent, ok := strings.Cut(strings.ToLower(string(n)), "e"); ok {
		if e, err := strconv.Atoi(exponent); err != nil || e > maxExponent || e < -maxExponent {
			return nil, false
		}
	}
	return new(big.Rat).SetString(string(n))
}

type checker struct{ faults []string }

func (c *checker) fail(path, format string, args ...any) {
	c.faults = append(c.faults, path+": "+fmt.Sprintf(format, args...))
}

// members checks the properties of one object: unknown ones, refused ones, and required ones
// that are missing.
func (c *checker) members(path string, ps Properties, given map[string]any) map[string]any {
	checked := make(map[string]any, len(given))
	for _, name := range slices.Sorted(maps.Keys(given)) {
		p, known := ps[name]
		if !known {
			meant := ps.closest(name)
			if meant != "" {
				meant = "; did you mean " + meant + "?"
			}
			c.fail(path, "extraneous key [%s] is not permitted%s", name, meant)
			continue
		}
		if p.refused != "" {
			c.fail(path+"/"+name, "it is not supported: %s", p.refused)
			continue
		}
		checked[name] = c.value(path+"/"+name, p, given[name])
	}
	for _, name := range slices.Sorted(maps.Keys(ps)) {
		if _, there := given[name]; !there && ps[name].required {
			c.fail(path, "required key [%s] not found", name)
		}
	}
	return checked
}

// value checks one value and returns it as its kind has it; a function is left as it is, since
// a change set is checked before its values are known.
func (c *checker) value(path string, p Property, v any) any {
	if isFunction(v) {
		return v // not known yet: a change set looks at what is
	}
	switch p.kind {
	case list:
		items, ok := v.([]any)
		if !ok {
			return c.unexpected(path, "JSONArray", v)
		}
		checked := make([]any, len(items))
		for i := range items {
			checked[i] = c.value(path+"/"+strconv.Itoa(i), *p.of, items[i])
		}
		return checked
	case mapping:
		entries, ok := v.(map[string]any)
		if !ok {
			return c.unexpected(path, "JSONObject", v)
		}
		checked := make(map[string]any, len(entries))
		for _, key := range slices.Sorted(maps.Keys(entries)) {
			checked[key] = c.value(path+"/"+key, *p.of, entries[key])
		}
		return checked
	case object:
		given, ok := v.(map[string]any)
		if !ok {
			return c.unexpected(path, "JSONObject", v)
		}
		return c.members(path, p.members, given)
	case document:
		return c.document(path, v)
	}
	return c.scalar(path, p, v)
}

// scalar checks a text, number or boolean; CloudFormation takes each of them written as a
// text.
func (c *checker) scalar(path string, p Property, v any) any {
	literal, ok := stacktemplate.Text(v)
	if !ok {
		return c.unexpected(path, p.kind.name(), v)
	}
	switch p.kind {
	case boolean:
		switch strings.ToLower(literal) {
		case "true":
			return true
		case "false":
			return false
		}
		return c.unexpected(path, p.kind.name(), v)
	case integer:
		if _, err := strconv.Atoi(literal); err != nil {
			return c.unexpected(path, p.kind.name(), v)
		}
		return json.Number(literal)
	case number:
		if _, err := strconv.ParseFloat(literal, 64); err != nil || !json.Valid([]byte(literal)) {
			return c.unexpected(path, p.kind.name(), v)
		}
		return json.Number(literal)
	}
	if p.values != nil && !slices.Contains(p.values, literal) {
		c.fail(path, "#: %s is not a valid enum value, expected one of [%s]", literal, strings.Join(p.values, ", "))
	}
	return literal
}

// document makes JSON of a value; a text must be JSON already.
func (c *checker) document(path string, v any) any {
	if literal, ok := v.(string); ok {
		if !json.Valid([]byte(literal)) {
			c.fail(path, "expected JSON, found a text that is none")
		}
		return literal
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		c.fail(path, "expected JSON: %v", err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func (c *checker) unexpected(path, expected string, v any) any {
	found := "Null"
	switch v.(type) {
	case string:
		found = "String"
	case json.Number:
		found = "Number"
	case bool:
		found = "Boolean"
	case []any:
		found = "JSONArray"
	case map[string]any:
		found = "JSONObject"
	}
	c.fail(path, "expected type: %s, found: %s", expected, found)
	return nil
}

func (k kind) name() string {
	switch k {
	case integer:
		return "Integer"
	case number:
		return "Number"
	case boolean:
		return "Boolean"
	}
	return "String"
}

// isFunction says whether a value is a function of a template that is not worked out.
func isFunction(v any) bool {
	object, _ := v.(map[string]any)
	if len(object) != 1 {
		return false
	}
	for name := range object {
		return name == "Ref" || strings.HasPrefix(name, "Fn::")
	}
	return false
}
