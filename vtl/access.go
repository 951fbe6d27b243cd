package vtl

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrNoMember is how a [Host] says that it has no such property or method.
var ErrNoMember = errors.New("there is no such property or method")

func newProperty(name string) *property { return &property{name: name, getter: lowerFirst(name)} }

// property is v.name: a getter, get("name"), or isName (vtl §6). Null is none.
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
		return Bool(isBlank(v.Text()))
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

// fromEnd turns an index below zero into one from the start, for what has a size.
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
		r.fail(&MethodError{"[]", "a negative index needs something with a size"})
	}
	return Int(int64(size) + int64(i.bits))
}

// setIndex is #set( $v[i] = x ): set(i, x) of lists, put(i, x) of maps.
func (r *Run) setIndex(v, i, x Value) {
	v = r.plain(v)
	i = r.fromEnd(v, i)
	r.mutations++
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
	r.mutations++
	switch v = r.plain(v); v.kind {
	case KindMap:
		r.putEntry(v.ref.(*Map), String(name), x)
	case KindScope:
		r.putEntry(v.ref.(*scope).asMap(), String(name), x)
	}
}

// searchWork counts the entries that have to be looked at to find a key.
func (r *Run) searchWork(m *Map, key Value) {
	if _, scalar := keyOf(key); m.index == nil || !scalar {
		r.work(m.Len() * 8)
	}
}

func (r *Run) putEntry(m *Map, key, x Value) Value {
	r.Charge(2 * valueSize)
	r.searchWork(m, key)
	return m.Put(key, x)
}

func (r *Run) outOfRange(method string, i int64, size int) {
	r.fail(&MethodError{method, "index " + itoa(i) + " is out of range for length " + itoa(int64(size))})
}

// invoke calls a method; null where v has none of that name for those arguments.
func (r *Run) invoke(v Value, c Call) Value {
	result, _ := r.tryInvoke(v, c)
	return result
}

// tryInvoke is invoke that tells whether there is such a method.
func (r *Run) tryInvoke(v Value, c Call) (result Value, ok bool) {
	r.spend(1)
	if v.kind == KindHost {
		h := v.ref.(Host)
		result, err := h.Call(r, c)
		if err == nil {
			return result, true
		}
		if !errors.Is(err, ErrNoMember) {
			r.fail(err)
		}
		if v = h.Plain(r); v.kind == KindNull || v.kind == KindHost {
			return Value{}, false
		}
	}
	a := arguments(c.Arguments)
	if result, ok = r.method(v, c.Method, a); ok {
		return result, true
	}
	if result, ok = r.objectMethod(v, c.Method, a); ok {
		return result, true
	}
	if len(a) > 0 && takesNothing(v, c.Method) {
		r.fail(&MethodError{c.Method, "it takes no arguments"})
	}
	return Value{}, false
}

// method is a method of the class that v is of.
func (r *Run) method(v Value, name string, a arguments) (Value, bool) {
	switch v.kind {
	case KindString:
		return r.stringMethod(v.Text(), name, a)
	case KindList:
		r.noteMutation(name)
		return r.listMethod(v.ref.(*List), name, a)
	case KindMap:
		r.noteMutation(name)
		return r.mapMethod(v, v.ref.(*Map), name, a)
	case KindScope:
		r.noteMutation(name)
		return r.scopeMethod(v, name, a)
	case KindEntry:
		r.noteMutation(name)
		return entryMethod(v.ref.(*liveEntry), name, a)
	case KindIterator:
		r.noteMutation(name)
		return r.iteratorMethod(v.ref.(*iterator), name, a)
	case KindBoolean:
		return r.booleanMethod(v, name, a)
	case KindCharacter:
		return r.characterMethod(v, name, a)
	}
	if v.isNumber() {
		return r.numberMethod(v, name, a)
	}
	return Value{}, false
}

// noteMutation counts calls of methods that may change a list or map.
func (r *Run) noteMutation(method string) {
	if mutates(method) {
		r.mutations++
	}
}

// mutates says whether a method may change a list or map.
func mutates(method string) bool {
	switch method {
	case "add", "addAll", "remove", "removeAll", "retainAll", "clear", "set", "put", "putAll", "putIfAbsent", "replace", "setValue":
		return true
	}
	return false
}

// takesNothing says whether a method exists without parameters. Velocity takes it
// for calls with arguments too, and fails.
func takesNothing(v Value, method string) bool {
	own := ""
	switch v.kind {
	case KindString:
		own = " length isEmpty isBlank intern stripIndent trim strip stripLeading stripTrailing toUpperCase toLowerCase " +
			"toCharArray getBytes chars codePoints lines describeConstable translateEscapes "
	case KindList:
		own = " size isEmpty iterator toArray clear stream parallelStream spliterator "
		if l := v.ref.(*List); l.isList() || l.style == styleArray {
			own += " clone trimToSize listIterator "
		}
	case KindMap:
		own = " size isEmpty keySet values entrySet clear clone "
	case KindEntry:
		own = " getKey getValue "
	case KindIterator:
		own = " hasNext next remove "
	case KindBoolean:
		own = " booleanValue describeConstable "
	case KindCharacter:
		own = " charValue describeConstable "
	case KindFloat, KindDouble:
		own = " byteValue shortValue intValue longValue floatValue doubleValue isNaN isInfinite describeConstable "
	case KindByte, KindShort, KindInteger, KindLong, KindBigInteger, KindBigDecimal:
		own = " byteValue shortValue intValue longValue floatValue doubleValue describeConstable "
	case KindBlock, KindNull, KindHost, KindScope:
		return false
	}
	return strings.Contains(own+" toString hashCode getClass notify notifyAll wait ", " "+method+" ")
}

// objectMethod is what every object has.
func (r *Run) objectMethod(v Value, name string, a arguments) (Value, bool) {
	switch {
	case v.kind == KindBlock || v.kind == KindNull:
	case name == "toString" && a.fit(""):
		return r.text(r.toString(v)), true
	case name == "equals" && a.fit("o"):
		return Bool(r.equals(v, a[0])), true
	case name == "hashCode" && a.fit(""):
		e := effort{r.steps}
		h := e.hash(v)
		return Int(int64(h)), true
	}
	return Value{}, false
}

// arguments are those of a call. Their fit is Java's: a code letter a parameter.
//
//	s String     b boolean     i int      j long    f float    d double    c char
//	o Object     C Collection  M Map
//
// An int takes Byte, Short and Integer, a long those and Long, and so on; null
// fits every class, but no primitive type.
type arguments []Value

func (a arguments) fit(codes string) bool {
	if len(a) != len(codes) {
		return false
	}
	for i := range codes {
		if !fits(a[i], codes[i]) {
			return false
		}
	}
	return true
}

func fits(v Value, code byte) bool {
	switch code {
	case 's':
		return v.kind == KindString || v.kind == KindNull
	case 'b':
		return v.kind == KindBoolean
	case 'i':
		return isInt(v)
	case 'j':
		return isInt(v) || v.kind == KindLong
	case 'f':
		return isInt(v) || v.kind == KindLong || v.kind == KindFloat
	case 'd':
		return isInt(v) || v.kind == KindLong || v.kind == KindFloat || v.kind == KindDouble
	case 'c':
		return v.kind == KindCharacter
	case 'C':
		l, ok := v.ref.(*List)
		return v.kind == KindNull || ok && l.style != styleArray
	case 'M':
		return v.kind == KindMap || v.kind == KindNull
	}
	return true
}

// present fails for a null among the arguments, as Java does for most.
func (r *Run) present(method string, a arguments) {
	for _, v := range a {
		if v.kind == KindNull {
			r.fail(&MethodError{method, "an argument is null"})
		}
	}
}

func (a arguments) int(i int) int { return int(int64(a[i].bits)) }
