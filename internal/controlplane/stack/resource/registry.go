package resource

import (
	"fmt"
	"maps"
	"slices"
)

// Registry are the types that stacks may have, by name.
type Registry struct{ types map[string]*Type }

// NewRegistry makes a registry. Two types of one name are a mistake of the program
// and panic.
func NewRegistry(lists ...[]Type) *Registry {
	r := &Registry{types: map[string]*Type{}}
	for _, types := range lists {
		for i := range types {
			if r.types[types[i].Name] != nil {
				panic(fmt.Sprintf("resource: two types are called %s", types[i].Name))
			}
			r.types[types[i].Name] = &types[i]
		}
	}
	return r
}

// Type is the type of that name; ok is false when there is none.
func (r *Registry) Type(name string) (t *Type, ok bool) {
	t, ok = r.types[name]
	return t, ok
}

// Completed is a copy of the registry in which complete has changed one type, if there is
// a type of that name.
func (r *Registry) Completed(name string, complete func(*Type)) *Registry {
	copied := &Registry{types: maps.Clone(r.types)}
	if t, ok := copied.types[name]; ok {
		completed := *t
		complete(&completed)
		copied.types[name] = &completed
	}
	return copied
}

// Names are the names of all types, sorted.
func (r *Registry) Names() []string {
	names := make([]string, 0, len(r.types))
	for name := range r.types {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
