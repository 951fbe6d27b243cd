package resource

import (
	"maps"
	"strings"
)

// ToWire are checked properties by their names on the wire of the rest-json
// protocol: routeKey of RouteKey. Keys of maps stay as they are.
func (ps Properties) ToWire(checked map[string]any) map[string]any {
	members := make(map[string]any, len(checked))
	for name, value := range checked {
		members[ps[name].wireName(name)] = ps[name].toWire(value)
	}
	return members
}

// Changes are the members of an update: the changed ones of r, those that are given no
// longer with the value that they have without, and those that name the resource.
func (ps Properties) Changes(r *Request, naming ...string) map[string]any {
	members := map[string]any{}
	for _, name := range r.Changed() {
		p := ps[name]
		value, given := r.Properties[name]
		if !given {
			value = p.absent
		}
		if value == nil || p.noted != "" {
			continue
		}
		if p.merged {
			value = p.filled(r.Previous[name], value)
		}
		members[p.wireName(name)] = p.toWire(value)
	}
	for _, name := range naming {
		members[ps[name].wireName(name)] = r.Properties[name]
	}
	return members
}

func (p Property) wireName(name string) string {
	if p.wire != "" {
		return p.wire
	}
	return strings.ToLower(name[:1]) + name[1:]
}

func (p Property) toWire(value any) any {
	return p.nested(value, Property.toWire, Properties.ToWire)
}

// nested converts the items of a list and the entries of a map by part, and an object by
// members.
func (p Property) nested(value any, part func(Property, any) any, members func(Properties, map[string]any) map[string]any) any {
	switch v := value.(type) {
	case []any:
		if p.of == nil {
			return v
		}
		items := make([]any, len(v))
		for i := range v {
			items[i] = part(*p.of, v[i])
		}
		return items
	case map[string]any:
		switch {
		case p.kind == object:
			return members(p.members, v)
		case p.of == nil:
			return v
		}
		entries := make(map[string]any, len(v))
		for key := range v {
			entries[key] = part(*p.of, v[key])
		}
		return entries
	}
	return value
}

// filled is after with the values for absence of what only before has.
func (p Property) filled(before, after any) any {
	was, _ := before.(map[string]any)
	is, ok := after.(map[string]any)
	if !ok {
		return after
	}
	is = maps.Clone(is)
	for key, value := range was {
		part := p.members[key]
		if p.of != nil {
			part = *p.of
		}
		if now, there := is[key]; there && part.merged {
			is[key] = part.filled(value, now)
		} else if !there && part.absent != nil && !(part.kind == object && p.of != nil) {
			is[key] = part.absent
		}
	}
	return is
}

// FromWire are the properties of a resource by their names in templates, read from what
// an operation returns by names of the wire: the reverse of [Properties.ToWire]. Only
// what the operation returns is in them.
func (ps Properties) FromWire(members map[string]any) map[string]any {
	live := map[string]any{}
	for name, p := range ps {
		if value, there := members[p.wireName(name)]; there && value != nil {
			live[name] = p.fromWire(value)
		}
	}
	return live
}

func (p Property) fromWire(value any) any {
	return p.nested(value, Property.fromWire, Properties.FromWire)
}
