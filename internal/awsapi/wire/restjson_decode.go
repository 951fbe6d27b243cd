package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela"
)

// request is what the wire carried, before an operation's type is known.
type request struct {
	labels []label
	query  url.Values
	header http.Header // nil for a call inside the program
	body   []byte
}

// decodePlan says how to fill one input type; it is made once an operation.
type decodePlan struct {
	fields []outsideField
	body   bool   // some field is a member of the JSON body
	raw    []int  // the field that is the whole body, tag body:"raw"; nil for most
	names  *shape // the names of the body's members

	tags, tagKeys []int // the fields of tags that the call sets, and of keys that it takes away
}

// outsideField is a field that comes from the path or the query.
type outsideField struct {
	index  []int
	name   string
	label  bool
	header bool
}

// planOf reads the tags of an input's type, once: json for the body, uri for labels of the
// path, query and header for the rest, body:"raw" for a body as it stands.
func planOf(t reflect.Type) *decodePlan {
	plan := &decodePlan{names: shapeOf(t)}
	for _, f := range reflect.VisibleFields(t) {
		switch {
		case strings.EqualFold(f.Tag.Get("json"), "tags") && f.Type == reflect.TypeFor[map[string]string]():
			plan.tags = f.Index
		case f.Tag.Get("query") == "tagKeys" && f.Type == reflect.TypeFor[[]string]():
			plan.tagKeys = f.Index
		}
		if name := f.Tag.Get("uri"); name != "" {
			plan.fields = append(plan.fields, outsideField{index: f.Index, name: name, label: true})
		} else if name := f.Tag.Get("query"); name != "" {
			plan.fields = append(plan.fields, outsideField{index: f.Index, name: name})
		} else if name := f.Tag.Get("header"); name != "" {
			plan.fields = append(plan.fields, outsideField{index: f.Index, name: name, header: true})
		} else if f.Tag.Get("body") == "raw" {
			plan.raw = f.Index
		} else if name := f.Tag.Get("json"); name != "" && name != "-" {
			plan.body = true
		}
	}
	return plan
}

// decode fills in, which points to a value of the plan's type. The body goes
// first, so that it can never overwrite what the path says.
func (p *decodePlan) decode(r request, in any) error {
	if p.body {
		if err := decodeBody(r.body, in); err != nil {
			return err
		}
		if err := p.names.check(r.body); err != nil {
			return err
		}
	}
	target := reflect.ValueOf(in).Elem()
	if p.raw != nil {
		target.FieldByIndex(p.raw).SetBytes(r.body)
	}
	for _, f := range p.fields {
		var values []string
		switch {
		case f.header:
			values = r.header.Values(f.name)
		case f.label:
			for _, l := range r.labels {
				if l.name == f.name {
					values = []string{l.value}
				}
			}
		default:
			values = r.query[f.name]
		}
		if len(values) == 0 {
			continue
		}
		if err := setField(target.FieldByIndex(f.index), f.name, values); err != nil {
			return err
		}
	}
	return nil
}

// setField sets a field from a path, a query or a header, where everything is text. The
// error names the parameter and what was expected.
func setField(field reflect.Value, name string, values []string) error {
	if field.Kind() == reflect.Slice {
		field.Set(reflect.ValueOf(values))
		return nil
	}
	if field.Kind() == reflect.Pointer {
		field.Set(reflect.New(field.Type().Elem()))
		field = field.Elem()
	}
	switch field.Kind() {
	case reflect.String:
		field.SetString(values[0])
	case reflect.Bool:
		b, err := strconv.ParseBool(values[0])
		if err != nil {
			return pasarela.Errorf(pasarela.CodeBadRequest, "Invalid parameter '%s': expected true or false, got %q.", name, values[0])
		}
		field.SetBool(b)
	case reflect.Int, reflect.Int64:
		n, err := strconv.ParseInt(values[0], 10, 64)
		if err != nil {
			return pasarela.Errorf(pasarela.CodeBadRequest, "Invalid parameter '%s': expected a whole number, got %q.", name, values[0])
		}
		field.SetInt(n)
	default:
		panic(fmt.Sprintf("wire: no way to read a %s from the query", field.Type()))
	}
	return nil
}

// decodeBody reads a JSON object. Unknown members are ignored, since newer
// clients know more members (aws-controlplane §2); an absent body is an empty one.
func decodeBody(body []byte, in any) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	if err := decoder.Decode(in); err != nil {
		return bodyError(err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return pasarela.Errorf(pasarela.CodeBadRequest, "Invalid request body: something follows the JSON object at byte %d.", decoder.InputOffset())
	}
	return nil
}

// bodyError names the member and what was expected (A-WIRE-1).
func bodyError(err error) error {
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &kind) && kind.Field == "":
		return pasarela.Errorf(pasarela.CodeBadRequest, "Invalid request body: expected a JSON object, got %s.", withArticle(kind.Value))
	case errors.As(err, &kind):
		return pasarela.Errorf(pasarela.CodeBadRequest, "Invalid member '%s': expected %s, got %s.", kind.Field, jsonKind(kind.Type), withArticle(kind.Value))
	case errors.As(err, &syntax):
		return pasarela.Errorf(pasarela.CodeBadRequest, "Invalid request body: not JSON, %s at byte %d.", syntax.Error(), syntax.Offset)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return pasarela.Errorf(pasarela.CodeBadRequest, "Invalid request body: the JSON ends in the middle.")
	}
	return pasarela.Errorf(pasarela.CodeBadRequest, "Invalid request body: %s.", err)
}

// jsonKind is a Go type in the words of JSON, for errors.
func jsonKind(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int32, reflect.Int64:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	case reflect.Slice:
		return "a list"
	}
	return "an object"
}

// withArticle puts an article before encoding/json's word for a value ("number 1.5", "string").
func withArticle(value string) string {
	switch {
	case value == "array" || value == "object":
		return "an " + value
	case value == "bool":
		return "true or false"
	case strings.HasPrefix(value, "number "):
		return "the " + value
	}
	return "a " + value
}

// members are the raw top-level members of the body; none when the body is no object.
func (r request) members() map[string]json.RawMessage {
	var members map[string]json.RawMessage
	_ = json.Unmarshal(r.body, &members) // decodeBody speaks of what is wrong
	return members
}
