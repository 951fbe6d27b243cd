package stacktemplate

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Scope has the values that the functions of a template read.
type Scope struct {
	// Values are the parameters and pseudo parameters: a text or a list of texts.
	Values     map[string]any
	Conditions map[string]bool
	Mappings   map[string]any
	// Resource returns what Ref (attribute "") or Fn::GetAtt says of a resource. known is
	// false while the resource does not exist yet: the function is left in place. Nil
	// knows no resource.
	Resource func(name, attribute string) (value any, known bool, err error)
	// Import returns the value of an export; nil knows none.
	Import func(name string) (string, error)
	// Extended allows the functions of AWS::LanguageExtensions.
	Extended bool

	made *int // what the functions of one Reduce have made, as Size counts
}

// noValue is the value of AWS::NoValue: the member or item that has it is
// removed.
type noValue struct{}

// unknown is returned by a function that cannot be evaluated yet: it is left in
// place, with these arguments.
type unknown struct{ arguments any }

// maxText bounds a text that functions make, in bytes: they could double one each time.
const maxText = 1 << 20

// maxMade bounds what all functions of one value make together, as [Size] counts: many
// functions may each make a long text, or a long list, of one that the template has once.
const maxMade = 16 << 20

// function returns name and argument of an object that is one function: {Ref: x} or
// {Fn::Join: [...]}.
func function(object map[string]any) (name string, argument any, ok bool) {
	if len(object) != 1 {
		return "", nil, false
	}
	for name, argument = range object {
		return name, argument, name == "Ref" || strings.HasPrefix(name, "Fn::")
	}
	return "", nil, false
}

// Reduce evaluates every function of v whose arguments are known.
func (s *Scope) Reduce(v any) (any, error) {
	counting := *s
	counting.made = new(int)
	reduced, err := counting.reduce(v)
	if _, nothing := reduced.(noValue); nothing {
		return nil, err
	}
	return reduced, err
}

// Resolve is [Scope.Reduce] for a value in which no function may be left; one
// that is left is an error.
func (s *Scope) Resolve(v any) (any, error) {
	reduced, err := s.Reduce(v)
	if err == nil && !Known(reduced) {
		for _, r := range References(reduced) {
			return nil, sentence("Template error: %s is not known here", r.Name)
		}
	}
	return reduced, err
}

// Known says whether no function is left in a reduced value.
func Known(v any) bool {
	switch v := v.(type) {
	case []any:
		return !slices.ContainsFunc(v, func(item any) bool { return !Known(item) })
	case map[string]any:
		if _, _, ok := function(v); ok {
			return false
		}
		for _, item := range v {
			if !Known(item) {
				return false
			}
		}
	}
	return true
}

func (s *Scope) reduce(v any) (any, error) {
	switch v := v.(type) {
	case []any:
		list := make([]any, 0, len(v))
		for _, item := range v {
			reduced, err := s.reduce(item)
			if err != nil {
				return nil, err
			}
			if _, nothing := reduced.(noValue); !nothing {
				list = append(list, reduced)
			}
		}
		return list, nil
	case map[string]any:
		return s.reduceObject(v)
	}
	return v, nil
}

// reduceObject reduces an object, or calls the function that it is. Members that become
// AWS::NoValue are left out. All results together are maxMade bytes at most.
func (s *Scope) reduceObject(v map[string]any) (any, error) {
	if name, argument, ok := function(v); ok {
		result, err := s.call(name, argument)
		if err != nil {
			return nil, err
		}
		if *s.made += Size(result); *s.made > maxMade {
			return nil, sentence("Template error: the functions make more than %d bytes of one value", maxMade)
		}
		if open, stays := result.(unknown); stays {
			return map[string]any{name: open.arguments}, nil
		}
		return result, nil
	}
	object := make(map[string]any, len(v))
	for _, key := range slices.Sorted(maps.Keys(v)) {
		if isFunction(key) {
			return nil, sentence("Template error: %s must be the only member of its object", key)
		}
		reduced, err := s.reduce(v[key])
		if err != nil {
			return nil, err
		}
		if _, nothing := reduced.(noValue); !nothing {
			object[key] = reduced
		}
	}
	return object, nil
}

// call calls an intrinsic function. Ref, Fn::If and Fn::Sub get their argument as it is
// written; of all others it is reduced first, and while that is not known yet, the call stays.
func (s *Scope) call(name string, argument any) (any, error) {
	switch name {
	case "Ref":
		return s.ref(argument)
	case "Fn::If":
		return s.branch(argument)
	case "Fn::Sub":
		return s.sub(argument)
	case "Fn::Transform":
		members, _ := argument.(map[string]any)
		return nil, sentence("Template error: the macro %v of Fn::Transform is not there; this server has no macros", members["Name"])
	}
	arguments, err := s.reduce(argument)
	if err != nil {
		return nil, err
	}
	if name == "Fn::GetAtt" {
		return s.attribute(arguments)
	}
	f, there := functions[name]
	switch {
	case !there:
		return nil, sentence("Template error: there is no function %s in this place", name)
	case f.extended && !s.Extended:
		return nil, sentence("Template error: %s needs the line Transform: AWS::LanguageExtensions in the template", name)
	case !Known(arguments) && !f.lazy:
		return unknown{arguments}, nil
	}
	return f.apply(s, arguments)
}

func (s *Scope) ref(argument any) (any, error) {
	name, ok := argument.(string)
	if !ok {
		return nil, sentence("Template error: every Ref object must have a single String value.")
	}
	if name == "AWS::NoValue" {
		return noValue{}, nil
	}
	if value, there := s.Values[name]; there {
		return value, nil
	}
	return s.look(name, "", argument)
}

func (s *Scope) look(name, attribute string, arguments any) (any, error) {
	if s.Resource == nil {
		return unknown{arguments}, nil
	}
	value, known, err := s.Resource(name, attribute)
	if err == nil && !known {
		return unknown{arguments}, nil
	}
	return value, err
}

func (s *Scope) attribute(arguments any) (any, error) {
	r, ok := attributeOf(arguments)
	if !ok {
		if !Known(arguments) {
			return unknown{arguments}, nil
		}
		return nil, sentence("Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute")
	}
	return s.look(r.Name, r.Attribute, arguments)
}

func (s *Scope) branch(argument any) (any, error) {
	list, _ := argument.([]any)
	if len(list) != 3 {
		return nil, sentence("Template error: Fn::If requires a list argument with three elements")
	}
	holds, err := s.holds(list[0])
	if err != nil {
		return nil, err
	}
	if holds {
		return s.reduce(list[1])
	}
	return s.reduce(list[2])
}

// subArguments are the text and the variables of Fn::Sub.
func subArguments(argument any) (text string, variables map[string]any, err error) {
	malformed := sentence("Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. " +
		"Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string")
	switch v := argument.(type) {
	case string:
		return v, nil, nil
	case []any:
		if len(v) != 2 {
			return "", nil, malformed
		}
		var isText, isMap bool
		text, isText = v[0].(string)
		variables, isMap = v[1].(map[string]any)
		if isText && isMap {
			return text, variables, nil
		}
	}
	return "", nil, malformed
}

// sub is Fn::Sub. A variable whose value is not known yet leaves the whole function as it is;
// ${!name} is the text ${name}.
func (s *Scope) sub(argument any) (any, error) {
	text, own, err := subArguments(argument)
	if err != nil {
		return nil, err
	}
	reduced := make(map[string]any, len(own))
	for name, value := range own {
		if reduced[name], err = s.reduce(value); err != nil {
			return nil, err
		}
	}
	var b strings.Builder
	last, open := 0, false
	for _, at := range variable.FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(text[last:at[0]])
		last = at[1]
		name := strings.TrimSpace(text[at[2]:at[3]])
		if literal, ok := strings.CutPrefix(name, "!"); ok {
			b.WriteString("${" + literal + "}")
			continue
		}
		value, err := s.subVariable(name, reduced)
		if err != nil {
			return nil, err
		}
		if _, stays := value.(unknown); stays || !Known(value) {
			open = true
			continue
		}
		part, ok := Text(value)
		if !ok {
			return nil, sentence("Template error: variable %s in Fn::Sub expression does not resolve to a string", name)
		}
		if b.WriteString(part); b.Len() > maxText {
			return bounded(b.String())
		}
	}
	if open {
		if own == nil {
			return unknown{argument}, nil
		}
		return unknown{[]any{text, reduced}}, nil
	}
	b.WriteString(text[last:])
	return bounded(b.String())
}

func (s *Scope) subVariable(name string, own map[string]any) (any, error) {
	if value, there := own[name]; there {
		return value, nil
	}
	if resource, attribute, dotted := strings.Cut(name, "."); dotted {
		return s.look(resource, attribute, nil)
	}
	return s.ref(name)
}

// Size is about how many bytes a value takes when it is written out.
func Size(v any) int {
	const each = 16 // approximate bytes of a value that is not a text
	switch v := v.(type) {
	case string:
		return each + len(v)
	case json.Number:
		return each + len(v)
	case []any:
		size := each
		for _, item := range v {
			size += Size(item)
		}
		return size
	case map[string]any:
		size := each
		for key, item := range v {
			size += each + len(key) + Size(item)
		}
		return size
	case unknown:
		return Size(v.arguments)
	}
	return each
}

// Text is a text, a number or a truth value as a text; ok is false for other values.
func Text(v any) (text string, ok bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return string(v), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

func bounded(text string) (any, error) {
	if len(text) > maxText {
		return nil, sentence("Template error: a function makes a text of %d bytes, at most %d are allowed", len(text), maxText)
	}
	return text, nil
}
