package compatibility

import (
	"encoding/json"
	"reflect"
	"sort"
	"strings"
)

// MembersOf are the paths of all members that a Go type reads from or writes to
// the wire, spelled as [Model.Members] spells them.
func MembersOf(t reflect.Type) []string {
	var paths []string
	if t != nil {
		walkType(t, "", map[reflect.Type]bool{}, &paths)
	}
	sort.Strings(paths)
	return paths
}

// walkType adds the paths of all members below a Go type, once where types contain themselves.
func walkType(t reflect.Type, prefix string, above map[reflect.Type]bool, paths *[]string) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		walkType(t.Elem(), prefix, above, paths)
	case reflect.Map:
		walkType(t.Elem(), prefix+"*.", above, paths)
	case reflect.Struct:
		if above[t] || t.Implements(reflect.TypeFor[json.Marshaler]()) {
			return
		}
		above[t] = true
		defer delete(above, t)
		for _, f := range wireFields(t) {
			*paths = append(*paths, prefix+f.name)
			walkType(f.kind, prefix+f.name+".", above, paths)
		}
	}
}

type wireField struct {
	name string
	kind reflect.Type
}

// wireFields are the fields of a struct and of those embedded in it, found as
// encoding/json finds them: of two with one name the less deep one counts.
func wireFields(t reflect.Type) []wireField {
	depths := map[string]int{}
	kinds := map[string]reflect.Type{}
	collect(t, 0, depths, kinds)
	fields := make([]wireField, 0, len(kinds))
	for name, kind := range kinds {
		fields = append(fields, wireField{name, kind})
	}
	return fields
}

func collect(t reflect.Type, depth int, depths map[string]int, kinds map[string]reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		name := wireName(f)
		if name == "" && f.Anonymous && f.Type.Kind() == reflect.Struct {
			collect(f.Type, depth+1, depths, kinds)
			continue
		}
		if name == "" || name == "-" {
			continue
		}
		if d, ok := depths[name]; !ok || depth < d {
			depths[name], kinds[name] = depth, f.Type
		}
	}
}

func wireName(f reflect.StructField) string {
	for _, tag := range [...]string{"uri", "query", "header"} {
		if name := f.Tag.Get(tag); name != "" {
			return name
		}
	}
	if f.Tag.Get("body") == "raw" {
		return "body"
	}
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}
