package wire

import (
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// queryField is a field of an input or output by its wire name.
type queryField struct {
	name  string
	index []int
	kind  reflect.Type
	keep  bool // written even without a value
}

// queryFields are the fields with an aws tag, those of embedded structs included.
func queryFields(t reflect.Type) []queryField {
	if t == reflect.TypeFor[time.Time]() {
		return nil
	}
	var fields []queryField
	for _, f := range reflect.VisibleFields(t) {
		tag := f.Tag.Get("aws")
		if tag == "" || tag == "-" {
			continue
		}
		if tag == "*" { // the fields of a struct, as if they stood here
			for _, inner := range queryFields(f.Type) {
				inner.index = append(slices.Clone(f.Index), inner.index...)
				fields = append(fields, inner)
			}
			continue
		}
		name, rest, _ := strings.Cut(tag, ",")
		fields = append(fields, queryField{name, f.Index, f.Type, slices.Contains(strings.Split(rest, ","), "keep")})
	}
	return fields
}

// maxMembers bounds a list in a form.
const maxMembers = 1000

// decodeStruct fills in a structure whose members have prefix in front: "Tags.member.1.".
func decodeStruct(form url.Values, prefix string, v reflect.Value) error {
	for _, f := range queryFields(v.Type()) {
		if err := decodeMember(form, prefix+f.name, v.FieldByIndex(f.index)); err != nil {
			return err
		}
	}
	return nil
}

// decodeMember fills in one member. A pointer stays nil for an absent one, which differs
// from an empty one.
func decodeMember(form url.Values, name string, v reflect.Value) error {
	if v.Kind() == reflect.Slice {
		return decodeList(form, name, v)
	}
	if v.Kind() == reflect.Struct {
		return decodeStruct(form, name+".", v)
	}
	values, there := form[name]
	if !there {
		return nil
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	return decodeScalar(name, values[0], v)
}

// decodeList reads X.member.1, X.member.2 ... until one is missing.
func decodeList(form url.Values, name string, v reflect.Value) error {
	for i := 1; ; i++ {
		at := name + ".member." + strconv.Itoa(i)
		if !hasMember(form, at, v.Type().Elem()) {
			return nil
		}
		if i > maxMembers {
			return invalidMember(name, "at most "+strconv.Itoa(maxMembers)+" members", "more")
		}
		item := reflect.New(v.Type().Elem()).Elem()
		if err := decodeMember(form, at, item); err != nil {
			return err
		}
		v.Set(reflect.Append(v, item))
	}
}

// hasMember looks for the value itself, or for any field of a structure.
func hasMember(form url.Values, at string, t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		_, there := form[at]
		return there
	}
	for _, f := range queryFields(t) {
		name := at + "." + f.name
		if f.kind.Kind() == reflect.Slice {
			name += ".member.1"
		}
		if _, there := form[name]; there {
			return true
		}
	}
	return false
}

// decodeScalar reads a text, a truth value or a number. It panics for other kinds: inputs
// are types of this program.
func decodeScalar(name, text string, v reflect.Value) error {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return invalidMember(name, "true or false", strconv.Quote(text))
		}
		v.SetBool(b)
	case reflect.Int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return invalidMember(name, "a whole number", strconv.Quote(text))
		}
		v.SetInt(int64(n))
	default:
		panic(fmt.Sprintf("wire: no way to read a %s from a form", v.Type()))
	}
	return nil
}

func invalidMember(name, expected, got string) error {
	return pasarela.Errorf("MalformedInput", "Invalid parameter '%s': expected %s, got %s.", name, expected, got)
}
