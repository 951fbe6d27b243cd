package resource

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// Difference is a property that is not what it was made to be.
type Difference struct {
	Path     string // /Settings/Level
	Expected any
	Actual   any // nil where there is none any more
}

// Differences are the properties of a template whose live values are others, by path.
// Properties that a template does not give may have any value, and so may those that have
// no effect.
func (ps Properties) Differences(expected, live map[string]any) []Difference {
	return ps.differences("", expected, live)
}

func (ps Properties) differences(path string, expected, live map[string]any) []Difference {
	var found []Difference
	for _, name := range slices.Sorted(maps.Keys(expected)) {
		p := ps[name]
		if p.noted != "" {
			continue
		}
		found = append(found, p.differences(path+"/"+name, name, expected[name], live[name])...)
	}
	return found
}

// differences are where a live value differs from the expected one, one for each value within.
// A default that AWS fills in is no difference.
func (p Property) differences(path, name string, expected, live any) []Difference {
	if live == nil && p.isAbsent(expected) {
		return nil
	}
	is, _ := live.(map[string]any)
	was, structured := expected.(map[string]any)
	switch {
	case p.kind == object && structured && is != nil:
		return p.members.differences(path, was, is)
	case p.kind == mapping && p.of.kind == object && structured && len(is) == len(was):
		var found []Difference
		for _, key := range slices.Sorted(maps.Keys(was)) {
			found = append(found, p.of.differences(path+"/"+key, key, was[key], is[key])...)
		}
		return found
	case p.kind == mapping && structured && name == "Tags": // a stack's own tags are there, too
		if !slices.ContainsFunc(slices.Collect(maps.Keys(was)), func(key string) bool { return !Equal(was[key], is[key]) }) {
			return nil
		}
	case p.kind == document && sameDocument(expected, live), Equal(expected, live):
		return nil
	}
	return []Difference{{path, expected, live}}
}

// isAbsent says whether a value is the one that a resource has that gives none.
func (p Property) isAbsent(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	case bool:
		return !v
	case string:
		return v == ""
	}
	return false
}

// sameDocument compares two texts as JSON.
func sameDocument(a, b any) bool {
	x, okX := a.(string)
	y, okY := b.(string)
	if !okX || !okY {
		return false
	}
	read := func(text string) (v any, err error) {
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		err = decoder.Decode(&v)
		return v, err
	}
	first, err := read(x)
	if err != nil {
		return false
	}
	second, err := read(y)
	return err == nil && Equal(first, second)
}
