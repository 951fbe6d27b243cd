package vtl

import (
	"math"
	"math/big"
	"unsafe"

	"github.com/pasarela-ws/pasarela/vtl/internal/javanumber"
)

// Kind is the kind of a [Value]: the Java classes that occur in templates.
type Kind uint8

// The kinds of values. Integers are of three kinds as in Java, and the kind of a
// result follows from the kinds of the operands.
const (
	KindNull Kind = iota
	KindBoolean
	KindByte
	KindShort
	KindInteger
	KindLong
	KindBigInteger
	KindFloat
	KindDouble
	KindBigDecimal
	KindCharacter
	KindString
	KindList     // and Java's arrays and views of maps: see [List]
	KindMap      //
	KindEntry    // of a map
	KindIterator //
	KindScope    // $foreach and $macro
	KindBlock    // what #define and #@macro make
	KindHost
)

var kindTitles = [...]string{
	"null", "boolean", "byte", "short", "integer", "long", "big integer", "float", "double",
	"big decimal", "character", "string", "list", "map", "entry", "iterator", "scope", "block", "object",
}

func (k Kind) String() string { return kindTitles[k] }

// Value is the value of a variable or expression. The zero Value is null.
// Values are copied freely; lists and maps are shared by their copies, as in
// Java.
type Value struct {
	kind Kind
	bits uint64 // bool, integers, float bits, UTF-16 unit, length of a string in bytes
	ref  any    // stringData, *big.Int, javanumber.Decimal, *List, *Map, *liveEntry, *iterator, *scope, *block, Host
}

// stringData is the pointer to the bytes of a string. Kept in ref and not in a
// field of its own, it makes values a third smaller, as in log/slog.
type stringData *byte

// Null is the absence of a value.
func Null() Value { return Value{} }

// Bool makes a boolean.
func Bool(b bool) Value {
	if b {
		return Value{kind: KindBoolean, bits: 1}
	}
	return Value{kind: KindBoolean}
}

// String makes a string. Templates count it in UTF-16 units.
func String(s string) Value {
	return Value{kind: KindString, bits: uint64(len(s)), ref: stringData(unsafe.StringData(s))}
}

// Int makes Java's Integer, or a Long where i is too large for one.
func Int(i int64) Value {
	if i == int64(int32(i)) {
		return Value{kind: KindInteger, bits: uint64(i)}
	}
	return Long(i)
}

// Long makes Java's Long.
func Long(i int64) Value { return Value{kind: KindLong, bits: uint64(i)} }

// BigInteger makes Java's BigInteger; i must not change afterwards.
func BigInteger(i *big.Int) Value { return Value{kind: KindBigInteger, ref: i} }

// Double makes Java's Double.
func Double(f float64) Value { return Value{kind: KindDouble, bits: doubleBits(f)} }

func float(f float32) Value { return Value{kind: KindFloat, bits: doubleBits(float64(f))} }

// doubleBits are the bits of Double.doubleToLongBits, which has one NaN. Its bits are part of
// results: of hashCode, compareTo and doubleToLongBits.
func doubleBits(f float64) uint64 {
	if f != f {
		return 0x7ff8000000000000
	}
	return math.Float64bits(f)
}

// BigDecimal makes Java's BigDecimal: unscaled times ten to the power of -scale.
// unscaled must not change afterwards.
func BigDecimal(unscaled *big.Int, scale int) Value {
	return decimalValue(javanumber.Decimal{Unscaled: unscaled, Scale: scale})
}

func decimalValue(d javanumber.Decimal) Value { return Value{kind: KindBigDecimal, ref: d} }

// ListValue makes a value of a list.
func ListValue(l *List) Value { return Value{kind: KindList, ref: l} }

// MapValue makes a value of a map.
func MapValue(m *Map) Value { return Value{kind: KindMap, ref: m} }

// HostValue makes a value of an object of the embedding program.
func HostValue(h Host) Value { return Value{kind: KindHost, ref: h} }

// character is one UTF-16 unit.
func character(unit uint16) Value { return Value{kind: KindCharacter, bits: uint64(unit)} }

// Kind says what the value is.
func (v Value) Kind() Kind { return v.kind }

// IsNull says whether the value is null.
func (v Value) IsNull() bool { return v.kind == KindNull }

// Bool is the boolean; false for every other kind.
func (v Value) Bool() bool { return v.kind == KindBoolean && v.bits != 0 }

// Text is the string; "" for every other kind. See [Value.Append] for the text
// that any value prints.
func (v Value) Text() string {
	if v.kind != KindString {
		return ""
	}
	start, _ := v.ref.(stringData)
	return unsafe.String(start, int(v.bits))
}

// Int64 is the value of an integer of at most 64 bits; ok is false for every
// other kind.
func (v Value) Int64() (i int64, ok bool) {
	return int64(v.bits), v.kind >= KindByte && v.kind <= KindLong
}

// List is the list, nil for every other kind.
func (v Value) List() *List {
	l, _ := v.ref.(*List)
	return l
}

// Map is the map, nil for every other kind.
func (v Value) Map() *Map {
	m, _ := v.ref.(*Map)
	return m
}

func (v Value) isNumber() bool { return v.kind >= KindByte && v.kind <= KindBigDecimal }

func (v Value) isInteger() bool { return v.kind >= KindByte && v.kind <= KindBigInteger }

func (v Value) float64() float64 { return math.Float64frombits(v.bits) }

// Host is an object that the embedding program gives to templates. Its methods
// run while a template is rendered; an error that they return ends the rendering,
// except [ErrNoMember], which says that there is no such property or method, so
// that the reference is null. Java selects methods by the types of arguments; a
// host returns ErrNoMember for arguments that none of its methods takes.
type Host interface {
	// Get is $object.name and $object["name"].
	Get(r *Run, name string) (Value, error)
	// Call is $object.name(arguments).
	Call(r *Run, c Call) (Value, error)
	// Plain is the value that is used for the object everywhere else: when it is
	// printed, compared, iterated, assigned to, and for methods that Call does not
	// know. Null if the object has no such value; it prints nothing then.
	Plain(r *Run) Value
}

// Call is the call of a method of a [Host].
type Call struct {
	Method    string
	Arguments []Value // valid during the call
	Prepared  any     // what Options.Prepare made of constant arguments
	// Changes counts the calls and assignments so far that may have changed a list or map,
	// for hosts that cache something computed from one.
	Changes int
}
