package vtl

import "strings"

// asMap is the map of a value that is one, or of $foreach.
func (v Value) asMap() *Map {
	if s, ok := v.ref.(*scope); ok {
		return s.asMap()
	}
	return v.ref.(*Map)
}

// mapMethods are those of java.util.Map, and its static ones.
var mapMethods = []method{
	{"size", "", alone, func(_ *Run, v Value, _ arguments) Value { return Int(int64(v.asMap().Len())) }},
	{"isEmpty", "", alone, func(_ *Run, v Value, _ arguments) Value { return Bool(v.asMap().Len() == 0) }},
	{"keySet", "", alone, viewOf(styleKeySet)},
	{"values", "", alone, viewOf(styleValues)},
	{"entrySet", "", alone, viewOf(styleEntrySet)},
	{"get", "o", 0, func(_ *Run, v Value, a arguments) Value {
		found, _ := v.asMap().Get(a[0])
		return found
	}},
	{"getOrDefault", "oo", 0, func(_ *Run, v Value, a arguments) Value {
		if found, ok := v.asMap().Get(a[0]); ok {
			return found
		}
		return a[1]
	}},
	{"containsKey", "o", 0, func(_ *Run, v Value, a arguments) Value {
		_, ok := v.asMap().Get(a[0])
		return Bool(ok)
	}},
	{"containsValue", "o", 0, func(r *Run, v Value, a arguments) Value {
		return Bool(r.indexOf(&List{style: styleValues, of: v.asMap()}, a[0]) >= 0)
	}},
	{"put", "oo", changes, func(r *Run, v Value, a arguments) Value { return r.putEntry(v.asMap(), a[0], a[1]) }},
	{"putIfAbsent", "oo", changes, func(r *Run, v Value, a arguments) Value {
		if found, ok := v.asMap().Get(a[0]); ok && found.kind != KindNull {
			return found
		}
		return r.putEntry(v.asMap(), a[0], a[1])
	}},
	{"putAll", "M", changes | noNulls, func(r *Run, v Value, a arguments) Value {
		r.putAll(v.asMap(), a[0].asMap())
		return String("")
	}},
	{"replace", "oo", changes, func(_ *Run, v Value, a arguments) Value {
		if _, ok := v.asMap().Get(a[0]); !ok {
			return Value{}
		}
		return v.asMap().Put(a[0], a[1])
	}},
	{"replace", "ooo", changes, func(r *Run, v Value, a arguments) Value {
		old, ok := v.asMap().Get(a[0])
		if ok = ok && r.equals(old, a[1]); ok {
			v.asMap().Put(a[0], a[2])
		}
		return Bool(ok)
	}},
	{"remove", "o", changes, func(_ *Run, v Value, a arguments) Value {
		removed, _ := v.asMap().Remove(a[0])
		return removed
	}},
	{"remove", "oo", changes, func(r *Run, v Value, a arguments) Value {
		found, ok := v.asMap().Get(a[0])
		if ok = ok && r.equals(found, a[1]); ok {
			v.asMap().Remove(a[0])
		}
		return Bool(ok)
	}},
	{"clear", "", changes | alone, func(_ *Run, v Value, _ arguments) Value {
		v.asMap().clear()
		return String("")
	}},
	{"clone", "", alone, func(r *Run, v Value, _ arguments) Value {
		m := v.asMap()
		c := NewMap(m.Len())
		c.silent = m.silent
		r.putAll(c, m)
		return MapValue(c)
	}},
	{"of", "oo**", noNulls, func(r *Run, _ Value, a arguments) Value {
		m := NewMap(len(a) / 2)
		for i := 0; i < len(a); i += 2 {
			r.putEntry(m, a[i], a[i+1])
		}
		return MapValue(m)
	}},
	{"entry", "oo", noNulls, func(_ *Run, _ Value, a arguments) Value {
		return Value{kind: KindEntry, ref: &liveEntry{entry: entry{a[0], a[1]}}}
	}},
}

func viewOf(style listStyle) func(*Run, Value, arguments) Value {
	return func(_ *Run, v Value, _ arguments) Value { return ListValue(&List{style: style, of: v.asMap()}) }
}

func (r *Run) putAll(to, from *Map) {
	for _, e := range from.all() {
		r.putEntry(to, e.key, e.value)
	}
}

// entryMethods are those of java.util.Map.Entry.
var entryMethods = []method{
	{"getKey", "", alone, func(_ *Run, v Value, _ arguments) Value { return v.ref.(*liveEntry).key }},
	{"getValue", "", alone, func(_ *Run, v Value, _ arguments) Value { return v.ref.(*liveEntry).current() }},
	{"setValue", "o", changes, func(_ *Run, v Value, a arguments) Value {
		e := v.ref.(*liveEntry)
		old := e.current()
		e.value = a[0]
		if e.of != nil {
			e.of.Put(e.key, a[0])
		}
		return old
	}},
}

// scopeMethods are those of $foreach that maps do not have; it also is a map.
func scopeMethods() []method {
	member := func(getter, name string) method {
		return method{getter, "", 0, func(_ *Run, v Value, _ arguments) Value {
			found, _ := v.ref.(*scope).member(name)
			return found
		}}
	}
	rows := []method{
		member("isFirst", "first"), member("isLast", "last"), member("hasNext", "hasNext"),
		{"get", "o", 0, func(_ *Run, v Value, a arguments) Value { return v.ref.(*scope).lookup(a[0]) }},
	}
	for _, name := range []string{"index", "count", "hasNext", "first", "last", "parent", "topmost", "replaced"} {
		rows = append(rows, member("get"+strings.ToUpper(name[:1])+name[1:], name))
	}
	return rows
}
