package pasarela_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela"
)

// A copy of a document is equal to it in every member, and shares none that can be
// changed: readers hold documents that a writer has copied.
func TestAClonedDocumentSharesNothing(t *testing.T) {
	document := &pasarela.APIDocument{}
	fill(t, reflect.ValueOf(document).Elem())
	clone := document.Clone()
	if diff := cmp.Diff(document, clone); diff != "" {
		t.Error(diff)
	}
	shared(t, "document", reflect.ValueOf(document).Elem(), reflect.ValueOf(clone).Elem())
	if diff := cmp.Diff(&pasarela.APIDocument{}, (&pasarela.APIDocument{}).Clone()); diff != "" {
		t.Errorf("an empty one: %s", diff)
	}
}

// fill gives every member a value.
func fill(t *testing.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Unix(1764374400, 0).UTC()))
			return
		}
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(t, v.Index(i))
		}
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(t, key)
		fill(t, value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem())
	case reflect.String:
		v.SetString("text")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Uint64:
		v.SetUint(7)
	case reflect.Float64:
		v.SetFloat(7)
	default:
		t.Fatalf("a member of type %s: say here how it is filled", v.Type())
	}
}

// shared reports what a and b both point to.
func shared(t *testing.T, where string, a, b reflect.Value) {
	switch a.Kind() {
	case reflect.Slice, reflect.Map, reflect.Pointer:
		if a.UnsafePointer() == b.UnsafePointer() {
			t.Errorf("%s is shared", where)
			return
		}
	}
	switch a.Kind() {
	case reflect.Struct:
		if a.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range a.NumField() {
			shared(t, where+"."+a.Type().Field(i).Name, a.Field(i), b.Field(i))
		}
	case reflect.Slice:
		for i := range a.Len() {
			shared(t, fmt.Sprintf("%s[%d]", where, i), a.Index(i), b.Index(i))
		}
	case reflect.Map:
		for _, key := range a.MapKeys() {
			shared(t, where+"[]", a.MapIndex(key), b.MapIndex(key))
		}
	case reflect.Pointer:
		shared(t, where, a.Elem(), b.Elem())
	}
}
