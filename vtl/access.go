package vtl

import (
	"errors"
	"unicode"
	"unicode/utf8"

	"github.com/pasarela-ws/pasarela/vtl/internal/javatext"
)

// ErrNoMember is returned by a [Host] that has no such property or method.
var ErrNoMember = errors.New("there is no such property or method")

func newProperty(name string) *property { return &property{name: name, getter: lowerFirst(name)} }

// property is v.name: a getter, get("name"), or isName (vtl §6); null when v
// has none.
func (r *Run) property(v Value, p *property) Value {
	switch v.kind {
	case KindMap:
		return v.ref.(*Map).text(p.name)
	case KindHost:
		return r.hostProperty(v.ref.(Host), p)
	case KindScope:
		s := v.ref.(*scope)
		if found, ok := s.member(p.getter); ok {
			return found
		}
		return s.lookup(String(p.name))
	case KindEntry:
		return entryProperty(v.ref.(*liveEntry), p.getter)
	case KindString, KindList:
		return sizeProperty(v, p.getter)
	case KindFloat, KindDouble:
		return doubleProperty(v, p.getter)
	}
	return Value{}
}

func (r *Run) hostProperty(h Host, p *property) Value {
	found, err := h.Get(r, p.name)
	switch {
	case err == nil:
		return found
	case !errors.Is(err, ErrNoMember):
		r.fail(err)
	}
	if plain := h.Plain(r); plain.kind != KindNull && plain.kind != KindHost {
		return r.property(plain, p)
	}
	return Value{}
}

func entryProperty(e *liveEntry, name string) Value {
	switch name {
	case "key":
		return e.key
	case "value":
		return e.current()
	}
	return Value{}
}

func sizeProperty(v Value, name string) Value {
	l, isList := v.ref.(*List)
	switch {
	case name == "empty" && !isList:
		return Bool(v.Text() == "")
	case name == "empty" && l.style != styleArray:
		return Bool(l.Len() == 0)
	case name == "blank" && !isList:
		return Bool(javatext.IsBlank(v.Text()))
	}
	return Value{}
}

func doubleProperty(v Value, name string) Value {
	switch name {
	case "naN":
		return Bool(v.float64() != v.float64())
	case "infinite":
		return Bool(isInfinite(v.float64()))
	}
	return Value{}
}

func lowerFirst(name string) string {
	c, size := utf8.DecodeRuneInString(name)
	if !unicode.IsUpper(c) {
		return name
	}
	return string(unicode.ToLower(c)) + name[size:]
}

// index is v[i]: get(i). A negative index counts from the end.
func (r *Run) index(v, i Value) Value {
	if v.kind == KindHost {
		if i.kind == KindString {
			return r.hostProperty(v.ref.(Host), newProperty(i.Text()))
		}
		v = r.plain(v)
	}
	i = r.fromEnd(v, i)
	switch v.kind {
	case KindList:
		l := v.ref.(*List)
		if (l.isList() || l.style == styleArray) && isInt(i) {
			return r.itemAt(l, int64(i.bits))
		}
	case KindMap:
		found, _ := v.ref.(*Map).Get(i)
		return found
	case KindScope:
		return v.ref.(*scope).lookup(i)
	}
	return Value{}
}

// itemAt is List.get.
func (r *Run) itemAt(l *List, i int64) Value {
	if i < 0 || i >= int64(l.Len()) {
		r.outOfRange("get", i, l.Len())
	}
	return l.At(int(i))
}

func isInt(v Value) bool { return v.kind >= KindByte && v.kind <= KindInteger }

// fromEnd converts an index below zero, which counts from the end, for values
// that have a size.
func (r *Run) fromEnd(v, i Value) Value {
	if i.kind != KindInteger || int64(i.bits) >= 0 {
		return i
	}
	size := 0
	switch v.kind {
	case KindList:
		size = v.ref.(*List).Len()
	case KindMap:
		size = v.ref.(*Map).Len()
	case KindScope:
		size = v.ref.(*scope).asMap().Len()
	default:
		r.refuse("[]", "negative_index")
	}
	return Int(int64(size) + int64(i.bits))
}

// setIndex is #set( $v[i] = x ): set(i, x) of lists, put(i, x) of maps.
func (r *Run) setIndex(v, i, x Value) {
	v = r.plain(v)
	i = r.fromEnd(v, i)
	r.changes++
	switch v.kind {
	case KindList:
		l := v.ref.(*List)
		if (l.isList() || l.style == styleArray) && isInt(i) {
			r.setItem(l, int64(i.bits), x)
		}
	case KindMap:
		r.putEntry(v.ref.(*Map), i, x)
	case KindScope:
		r.putEntry(v.ref.(*scope).asMap(), i, x)
	}
}

func (r *Run) setItem(l *List, i int64, x Value) Value {
	items := l.all()
	if i < 0 || i >= int64(len(items)) {
		r.outOfRange("set", i, len(items))
	}
	old := items[i]
	items[i] = x
	return old
}

// setProperty is #set( $v.name = x ).
func (r *Run) setProperty(v Value, name string, x Value) {
	r.changes++
	switch v = r.plain(v); v.kind {
	case KindMap:
		r.putEntry(v.ref.(*Map), String(name), x)
	case KindScope:
		r.putEntry(v.ref.(*scope).asMap(), String(name), x)
	}
}

// searchWork charges for the entries that are compared to find a key.
func (r *Run) searchWork(m *Map, key Value) {
	if _, scalar := keyOf(key); m.index == nil || !scalar {
		r.work(m.Len() * 8)
	}
}

func (r *Run) putEntry(m *Map, key, x Value) Value {
	r.take(2 * valueSize)
	r.searchWork(m, key)
	return m.Put(key, x)
}

func (r *Run) outOfRange(method string, i int64, size int) {
	r.refuse(method, "index_range", itoa(i), itoa(int64(size)))
}
