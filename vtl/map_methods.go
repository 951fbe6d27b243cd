package vtl

// mapMethod is a method of java.util.Map.
func (r *Run) mapMethod(self Value, m *Map, name string, a arguments) (Value, bool) {
	key := Value{}
	if len(a) > 0 {
		key = a[0]
	}
	r.searchWork(m, key)
	switch len(a) {
	case 0:
		return r.mapMethod0(m, name)
	case 1:
		return r.mapMethod1(m, name, a)
	case 2:
		if v, ok := r.mapMethod2(m, name, a); ok {
			return v, true
		}
	case 3:
		if name == "replace" {
			old, ok := m.Get(a[0])
			if ok = ok && r.equals(old, a[1]); ok {
				m.Put(a[0], a[2])
			}
			return Bool(ok), true
		}
	}
	return r.mapStatic(name, a)
}

func (r *Run) mapMethod0(m *Map, name string) (Value, bool) {
	switch name {
	case "size":
		return Int(int64(m.Len())), true
	case "isEmpty":
		return Bool(m.Len() == 0), true
	case "keySet":
		return ListValue(&List{style: styleKeySet, of: m}), true
	case "values":
		return ListValue(&List{style: styleValues, of: m}), true
	case "entrySet":
		return ListValue(&List{style: styleEntrySet, of: m}), true
	case "clear":
		m.clear()
		return String(""), true
	case "clone":
		c := NewMap(m.Len())
		c.Silent = m.Silent
		r.putAll(c, m)
		return MapValue(c), true
	}
	return r.mapStatic(name, nil)
}

func (r *Run) mapMethod1(m *Map, name string, a arguments) (Value, bool) {
	switch name {
	case "get":
		v, _ := m.Get(a[0])
		return v, true
	case "containsKey":
		_, ok := m.Get(a[0])
		return Bool(ok), true
	case "containsValue":
		return Bool(r.indexOf(&List{style: styleValues, of: m}, a[0]) >= 0), true
	case "remove":
		v, _ := m.Remove(a[0])
		return v, true
	case "putAll":
		if a.fit("M") {
			r.present(name, a)
			r.putAll(m, a[0].ref.(*Map))
			return String(""), true
		}
	}
	return Value{}, false
}

func (r *Run) mapMethod2(m *Map, name string, a arguments) (Value, bool) {
	switch name {
	case "put":
		return r.putEntry(m, a[0], a[1]), true
	case "getOrDefault":
		if v, ok := m.Get(a[0]); ok {
			return v, true
		}
		return a[1], true
	case "putIfAbsent":
		if v, ok := m.Get(a[0]); ok && v.kind != KindNull {
			return v, true
		}
		return r.putEntry(m, a[0], a[1]), true
	case "replace":
		if _, ok := m.Get(a[0]); ok {
			return m.Put(a[0], a[1]), true
		}
		return Value{}, true
	case "remove":
		v, ok := m.Get(a[0])
		if ok = ok && r.equals(v, a[1]); ok {
			m.Remove(a[0])
		}
		return Bool(ok), true
	}
	return Value{}, false
}

// mapStatic are Map.of and Map.entry, which Java reaches through an instance.
func (r *Run) mapStatic(name string, a arguments) (Value, bool) {
	switch {
	case name == "of" && len(a)%2 == 0:
		r.present(name, a)
		m := NewMap(len(a) / 2)
		for i := 0; i < len(a); i += 2 {
			r.putEntry(m, a[i], a[i+1])
		}
		return MapValue(m), true
	case name == "entry" && len(a) == 2:
		r.present(name, a)
		return Value{kind: KindEntry, ref: &liveEntry{entry: entry{a[0], a[1]}}}, true
	}
	return Value{}, false
}

func (r *Run) putAll(to, from *Map) {
	for _, e := range from.all() {
		r.putEntry(to, e.key, e.value)
	}
}

func entryMethod(e *liveEntry, name string, a arguments) (Value, bool) {
	switch {
	case name == "getKey" && a.fit(""):
		return e.key, true
	case name == "getValue" && a.fit(""):
		return e.current(), true
	case name == "setValue" && a.fit("o"):
		old := e.current()
		e.value = a[0]
		if e.of != nil {
			e.of.Put(e.key, a[0])
		}
		return old, true
	}
	return Value{}, false
}

// scopeMethod is a method of $foreach, which also is a map.
func (r *Run) scopeMethod(self Value, name string, a arguments) (Value, bool) {
	s := self.ref.(*scope)
	if a.fit("") {
		if len(name) > 3 && name[:3] == "get" {
			if v, ok := s.member(lowerFirst(name[3:])); ok {
				return v, true
			}
		}
		switch name {
		case "isFirst", "isLast":
			return s.member(lowerFirst(name[2:]))
		case "hasNext":
			return Bool(s.hasNext), true
		}
	}
	if name == "get" && a.fit("o") {
		return s.lookup(a[0]), true
	}
	return r.mapMethod(self, s.asMap(), name, a)
}
