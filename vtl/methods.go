package vtl

import (
	"errors"
	"strings"
)

// method is a row of the tables of methods: one overload of one method of one of
// Java's classes. To add a method, add a row to the table of its class.
type method struct {
	name       string
	parameters string // see arguments.fit
	traits     trait
	call       func(r *Run, v Value, a arguments) Value // nil: Java has the method, this package does not
}

// trait is a property of a method that its caller must know.
type trait uint8

const (
	// changes is a method that may change a list or map: see [Call.Changes].
	changes trait = 1 << iota
	// noNulls refuses null arguments, as Java does with a NullPointerException.
	noNulls
	// alone is a method without parameters that Velocity 1.7 finds for calls with
	// arguments too; invoking it fails then, which ends the rendering.
	alone
)

// class is one of Java's classes that have methods here. Static methods, which
// Velocity finds through an object of the class, are in the same table.
type class uint8

const (
	classNone class = iota
	classString
	classBoolean
	classCharacter
	classByte
	classShort
	classInteger
	classLong
	classBigInteger
	classFloat
	classDouble
	classBigDecimal
	classArray
	classArrayList
	classJSONArray
	classSubList
	classView // of a map: keySet, values, entrySet
	classMap
	classEntry
	classIterator
	classScope  // $foreach
	classObject // what all of them have
	classCount
)

// classTables are the methods by class. The first row of a name whose parameters
// take the arguments is called.
func classTables() [classCount][]method {
	return [classCount][]method{
		classString:     stringMethods,
		classBoolean:    booleanMethods,
		classCharacter:  characterMethods(),
		classByte:       integral{KindByte, 8, "y", "Byte"}.methods(),
		classShort:      integral{KindShort, 16, "h", "Short"}.methods(),
		classInteger:    integral{KindInteger, 32, "i", "Int"}.methods(),
		classLong:       integral{KindLong, 64, "j", "Long"}.methods(),
		classBigInteger: concat(numberMethods, bigMethods),
		classFloat:      concat(numberMethods, floatingMethods(KindFloat, "parseFloat")),
		classDouble:     concat(numberMethods, floatingMethods(KindDouble, "parseDouble"), doubleMethods),
		classBigDecimal: concat(numberMethods, decimalMethods),
		classArray:      concat(collectionMethods, itemMethods, arrayMethods),
		classArrayList:  concat(collectionMethods, itemMethods, listMethods, arrayListMethods),
		classJSONArray:  concat(collectionMethods, itemMethods, listMethods, arrayListMethods, jsonArrayMethods),
		classSubList:    concat(collectionMethods, itemMethods, listMethods, subListMethods),
		classView:       concat(collectionMethods, viewMethods),
		classMap:        mapMethods,
		classEntry:      entryMethods,
		classIterator:   iteratorMethods,
		classScope:      concat(scopeMethods(), mapMethods),
		classObject:     objectMethods,
	}
}

func concat(tables ...[]method) []method {
	var all []method
	for _, table := range tables {
		all = append(all, table...)
	}
	return all
}

// overloads are all methods of one name, grouped by class.
type overloads struct {
	groups [classCount]uint8 // the number of a class's rows in rows, counted from 1
	rows   [][]method
}

// methodsNamed is the tables by name. The compiler looks a name up once; calls
// find the rows of a class by its number.
var methodsNamed = func() map[string]*overloads {
	named := make(map[string]*overloads)
	for c, table := range classTables() {
		for _, m := range table {
			o := named[m.name]
			if o == nil {
				o = new(overloads)
				named[m.name] = o
			}
			if o.groups[c] == 0 {
				o.rows = append(o.rows, nil)
				o.groups[c] = uint8(len(o.rows))
			}
			group := &o.rows[o.groups[c]-1]
			*group = append(*group, m)
		}
	}
	return named
}()

// of are the rows of a class.
func (o *overloads) of(c class) []method {
	if o == nil || o.groups[c] == 0 {
		return nil
	}
	return o.rows[o.groups[c]-1]
}

var classesOfKinds = [...]class{
	KindBoolean: classBoolean, KindByte: classByte, KindShort: classShort, KindInteger: classInteger, KindLong: classLong,
	KindBigInteger: classBigInteger, KindFloat: classFloat, KindDouble: classDouble, KindBigDecimal: classBigDecimal,
	KindCharacter: classCharacter, KindString: classString, KindMap: classMap, KindEntry: classEntry,
	KindIterator: classIterator, KindScope: classScope, KindHost: classNone,
}

var classesOfLists = [...]class{
	styleArrayList: classArrayList, styleJSON: classJSONArray, styleSubList: classSubList, styleArray: classArray,
	styleKeySet: classView, styleValues: classView, styleEntrySet: classView,
}

func classOf(v Value) class {
	if v.kind == KindList {
		return classesOfLists[v.ref.(*List).style]
	}
	return classesOfKinds[v.kind]
}

// invoke calls a method; the result is null where v has none of that name for
// those arguments. found is methodsNamed[c.Method].
func (r *Run) invoke(v Value, c Call, found *overloads) Value {
	result, _ := r.tryInvoke(v, c, found)
	return result
}

// tryInvoke is invoke that says whether there is such a method.
func (r *Run) tryInvoke(v Value, c Call, found *overloads) (result Value, ok bool) {
	r.charge(1)
	if v.kind == KindHost {
		h := v.ref.(Host)
		c.Changes = r.changes
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
	kind := classOf(v)
	if kind == classNone {
		return Value{}, false
	}
	a := arguments(c.Arguments)
	r.lookingWork(v, a)
	for _, rows := range [...][]method{found.of(kind), found.of(classObject)} {
		for i := range rows {
			if rows[i].call != nil && a.fit(rows[i].parameters) {
				return rows[i].invoke(r, v, a), true
			}
		}
	}
	if len(a) > 0 && kind != classScope && (isAlone(found.of(kind)) || isAlone(found.of(classObject))) {
		r.refuse(c.Method, "no_arguments")
	}
	return Value{}, false
}

func (m *method) invoke(r *Run, v Value, a arguments) Value {
	if m.traits&noNulls != 0 {
		r.present(m.name, a)
	}
	if m.traits&changes != 0 {
		r.changes++
	}
	return m.call(r, v, a)
}

func isAlone(rows []method) bool {
	for i := range rows {
		if rows[i].traits&alone != 0 {
			return true
		}
	}
	return false
}

// lookingWork charges for what methods read: a string, a list, the entries of a
// map in which a key is searched.
func (r *Run) lookingWork(v Value, a arguments) {
	switch v.kind {
	case KindString:
		r.work(len(v.Text()))
	case KindList:
		r.work(v.ref.(*List).Len() * 4)
	case KindMap:
		r.searchWork(v.ref.(*Map), a.first())
	case KindScope:
		if m := v.ref.(*scope).storage; m != nil {
			r.searchWork(m, a.first())
		}
	}
}

// objectMethods are those of java.lang.Object.
var objectMethods = []method{
	{"toString", "", alone, func(r *Run, v Value, _ arguments) Value { return r.text(r.toString(v)) }},
	{"equals", "o", 0, func(r *Run, v Value, a arguments) Value { return Bool(r.equals(v, a[0])) }},
	{"hashCode", "", alone, func(r *Run, v Value, _ arguments) Value {
		e := effort{r.left()}
		return Int(int64(e.hash(v)))
	}},
	{"getClass", "", alone, nil},
	{"notify", "", alone, nil},
	{"notifyAll", "", alone, nil},
	{"wait", "", alone, nil},
}

// arguments are those of a call. They fit parameters by Java's rules; the
// parameters are written as code letters.
//
//	s String     b boolean     i int      j long    f float    d double    c char
//	y byte       h short       t String that is not null
//	o Object     C Collection  M Map      B BigInteger   D BigDecimal, not null
//
// An int takes Byte, Short and Integer, a long those and Long, and so on; null
// fits every class but those that say otherwise, and no primitive type. "*"
// repeats the letter before it any number of times, "**" the two letters.
type arguments []Value

func (a arguments) fit(codes string) bool {
	if fixed, repeated := strings.CutSuffix(codes, "*"); repeated {
		period := 1
		if rest, pairs := strings.CutSuffix(fixed, "*"); pairs {
			fixed, period = rest, 2
		}
		return a.fitRepeated(fixed[:len(fixed)-period], fixed[len(fixed)-period:])
	}
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

func (a arguments) fitRepeated(fixed, period string) bool {
	if len(a) < len(fixed) || (len(a)-len(fixed))%len(period) != 0 || !a[:len(fixed)].fit(fixed) {
		return false
	}
	for i := len(fixed); i < len(a); i += len(period) {
		if !a[i : i+len(period)].fit(period) {
			return false
		}
	}
	return true
}

// fits says whether a value can be an argument for a parameter of that code (see the table of
// codes above) as Java's overload resolution of Velocity finds it.
func fits(v Value, code byte) bool {
	switch code {
	case 's':
		return v.kind == KindString || v.kind == KindNull
	case 't':
		return v.kind == KindString
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
	case 'B':
		return v.kind == KindBigInteger
	case 'D':
		return v.kind == KindBigDecimal
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
		if v.kind != KindNull {
			continue
		}
		if len(a) == 1 {
			r.refuse(method, "null_argument")
		}
		r.refuse(method, "null_among")
	}
}

// first is the first argument, null without any.
func (a arguments) first() Value {
	if len(a) == 0 {
		return Value{}
	}
	return a[0]
}

func (a arguments) int(i int) int { return int(int64(a[i].bits)) }
