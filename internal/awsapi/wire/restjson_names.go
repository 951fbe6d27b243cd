package wire

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"

	"github.com/pasarela-ws/pasarela"
)

// shape is what a Go type reads of JSON, as far as names go. encoding/json takes
// "Tags" for "tags", and of two members of one name the last; another reader of the
// same body, such as a policy condition, may see another value. Here a name is exactly
// itself, once, or the body is refused (A-WIRE-5).
type shape struct {
	fields map[string]*shape // members of an object; nil when it is none
	elem   *shape            // values of a list or a map
}

// shapeOf is the shape of t: nil when nothing in it has a name.
func shapeOf(t reflect.Type) *shape { return shapes{}.of(t) }

// shapes are those of the types under way: a type may hold itself.
type shapes map[reflect.Type]*shape

// of is the shape of a type, made once; nil for a type that reads its JSON itself. A type
// inside itself has the same shape.
func (known shapes) of(t reflect.Type) *shape {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if s, ok := known[t]; ok {
		return s
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) {
		return nil // it reads itself
	}
	switch t.Kind() {
	case reflect.Struct:
		s := &shape{fields: map[string]*shape{}}
		known[t] = s
		for _, f := range reflect.VisibleFields(t) {
			if name := memberName(f); name != "" {
				s.fields[name] = known.of(f.Type)
			}
		}
		return s
	case reflect.Slice, reflect.Array, reflect.Map:
		s := &shape{}
		known[t] = s
		s.elem = known.of(t.Elem())
		return s
	}
	return nil
}

// memberName is how encoding/json calls a field; "" when it does not read it.
func memberName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	switch {
	case name == "-" || !f.IsExported() || name == "" && f.Anonymous:
		return ""
	case name == "":
		return f.Name
	}
	return name
}

// CheckMembers refuses a JSON body in which a member comes twice, or whose name differs from one
// of T's in its case only. The error is a [pasarela.Error].
func CheckMembers[T any](body []byte) error { return shapeOf(reflect.TypeFor[T]()).check(body) }

// check reads a body that encoding/json has taken for the shape's type.
func (s *shape) check(body []byte) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	return s.value(json.NewDecoder(bytes.NewReader(body)), "")
}

// value reads one JSON value and checks the names in it; at is its path, for the error.
func (s *shape) value(from *json.Decoder, at string) error {
	if s == nil {
		var skipped json.RawMessage
		return from.Decode(&skipped)
	}
	token, err := from.Token()
	if err != nil {
		return err
	}
	switch token {
	case json.Delim('{'):
		err = s.object(from, at)
	case json.Delim('['):
		for err == nil && from.More() {
			err = s.elem.value(from, at)
		}
	default:
		return nil
	}
	if err != nil {
		return err
	}
	_, err = from.Token() // the end
	return err
}

// object checks the names of one JSON object. A name given twice is an error, since decoders
// differ in which one counts.
func (s *shape) object(from *json.Decoder, at string) error {
	seen := map[string]bool{}
	for from.More() {
		token, err := from.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		if seen[name] {
			return pasarela.Errorf(pasarela.CodeBadRequest, "Invalid member '%s': it is given twice.", at+name)
		}
		seen[name] = true
		inner, err := s.member(name, at)
		if err != nil {
			return err
		}
		if err := inner.value(from, at+name+"."); err != nil {
			return err
		}
	}
	return nil
}

// member is the shape of the member called name: nil when it is unknown.
func (s *shape) member(name, at string) (*shape, error) {
	if s.fields == nil {
		return s.elem, nil
	}
	if inner, known := s.fields[name]; known {
		return inner, nil
	}
	for field := range s.fields {
		if strings.EqualFold(field, name) {
			return nil, pasarela.Errorf(pasarela.CodeBadRequest, "Invalid member '%s': its name is spelled %s.", at+name, field)
		}
	}
	return nil, nil
}
