package vtl

import (
	"errors"
	"strings"
)

// invoke calls a method; null where v has none of that name for those arguments.
func (r *Run) invoke(v Value, c Call) Value {
	result, _ := r.tryInvoke(v, c)
	return result
}

// tryInvoke is invoke that tells whether there is such a method.
func (r *Run) tryInvoke(v Value, c Call) (result Value, ok bool) {
	r.charge(1)
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
		e := effort{r.left()}
		h := e.hash(v)
		return Int(int64(h)), true
	}
	return Value{}, false
}

// arguments are those of a call. Their fit is Java's: a code letter a parameter.
//
//	s String     b boolean     i int      j long    f float    d double    c char
//	y byte       h short
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
	case 'y':
		return v.kind == KindByte
	case 'h':
		return v.kind == KindByte || v.kind == KindShort
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
