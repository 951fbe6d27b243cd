package wire

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"time"
)

// encodeQuery writes the answer of an operation. encoding/xml is not used for
// the structure: it leaves the element of an empty list out, which clients take
// for a missing member.
func encodeQuery(operation, namespace string, out any, requestID string) ([]byte, error) {
	e := queryEncoder{}
	e.WriteString("<" + operation + `Response xmlns="`)
	e.text(namespace)
	e.WriteString(`">`)
	if _, empty := out.(nothing); !empty {
		if err := e.element(operation+"Result", reflect.ValueOf(out), true); err != nil {
			return nil, err
		}
	}
	e.WriteString("<ResponseMetadata><RequestId>")
	e.text(requestID)
	e.WriteString("</RequestId></ResponseMetadata></" + operation + "Response>")
	return e.Bytes(), nil
}

// queryEncoder writes responses of the query protocol. encoding/xml would not do: lists have
// an element "member" for each item, and empty elements are kept or left out member by
// member.
type queryEncoder struct{ bytes.Buffer }

func (e *queryEncoder) text(s string) { _ = xml.EscapeText(e, []byte(s)) } // a buffer never fails

// element writes <name>value</name>, or nothing when there is no value and it
// need not be kept.
func (e *queryEncoder) element(name string, v reflect.Value, keep bool) error {
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil
		}
		v, keep = v.Elem(), true
	}
	if v.IsZero() && !keep && v.Kind() != reflect.Bool && v.Kind() != reflect.Int {
		return nil
	}
	e.WriteString("<" + name + ">")
	if err := e.value(v); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	e.WriteString("</" + name + ">")
	return nil
}

// value writes what is between an element's tags. Times are UTC in whole seconds.
func (e *queryEncoder) value(v reflect.Value) error {
	if t, ok := v.Interface().(time.Time); ok {
		e.WriteString(t.UTC().Format("2006-01-02T15:04:05Z"))
		return nil
	}
	switch v.Kind() {
	case reflect.String:
		e.text(v.String())
	case reflect.Bool:
		e.WriteString(strconv.FormatBool(v.Bool()))
	case reflect.Int:
		e.WriteString(strconv.FormatInt(v.Int(), 10))
	case reflect.Slice:
		for i := range v.Len() {
			if err := e.element("member", v.Index(i), true); err != nil {
				return err
			}
		}
	case reflect.Map:
		return e.entries(v)
	case reflect.Struct:
		for _, f := range queryFields(v.Type()) {
			if err := e.element(f.name, v.FieldByIndex(f.index), f.keep); err != nil {
				return err
			}
		}
	default:
		return fmt.Errorf("no way to write a %s", v.Type())
	}
	return nil
}

// entries writes a map with text keys, sorted.
func (e *queryEncoder) entries(v reflect.Value) error {
	values := map[string]reflect.Value{}
	for _, key := range v.MapKeys() {
		values[key.String()] = v.MapIndex(key)
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		e.WriteString("<entry>")
		if err := e.element("key", reflect.ValueOf(key), true); err != nil {
			return err
		}
		if err := e.element("value", values[key], true); err != nil {
			return err
		}
		e.WriteString("</entry>")
	}
	return nil
}
