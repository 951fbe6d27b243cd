package vtl

import (
	"math/bits"
	"strconv"

	"github.com/pasarela-ws/pasarela/vtl/internal/javanumber"
)

func itoa(i int64) string { return strconv.FormatInt(i, 10) }

func int32Value(i int64) Value { return Value{kind: KindInteger, bits: uint64(i)} }

// integral is one of Java's classes of integers of a fixed size.
type integral struct {
	kind Kind
	size int    // in bits
	code string // of its primitive type: see arguments.fit
	name string // behind "parse"
}

var integrals = map[Kind]integral{
	KindByte:    {KindByte, 8, "y", "Byte"},
	KindShort:   {KindShort, 16, "h", "Short"},
	KindInteger: {KindInteger, 32, "i", "Int"},
	KindLong:    {KindLong, 64, "j", "Long"},
}

// value cuts i to the size of the class.
func (c integral) value(i int64) Value {
	unused := 64 - c.size
	return Value{kind: c.kind, bits: uint64(i << unused >> unused)}
}

func (c integral) unsigned(i int64) uint64 {
	unused := 64 - c.size
	return uint64(i) << unused >> unused
}

// integralMethod are the static methods of Byte, Short, Integer and Long.
func (r *Run) integralMethod(c integral, name string, a arguments) (Value, bool) {
	switch {
	case len(a) > 0 && a[0].kind == KindString:
		return r.parsedInteger(c, name, a)
	case a.fit(c.code):
		return c.ofOne(name, int64(a[0].bits))
	case c.size >= 32 && a.fit(c.code+"i") && (name == "toString" || name == "toUnsignedString"):
		if radix := javanumber.Radix(a.int(1)); name == "toString" {
			return r.text(strconv.FormatInt(int64(a[0].bits), radix)), true
		} else {
			return r.text(strconv.FormatUint(c.unsigned(int64(a[0].bits)), radix)), true
		}
	case c.size >= 32 && a.fit(c.code+"i") && (name == "rotateLeft" || name == "rotateRight"):
		return c.rotated(int64(a[0].bits), a.int(1), name == "rotateLeft"), true
	case a.fit(c.code + c.code):
		return r.ofTwo(c, name, int64(a[0].bits), int64(a[1].bits))
	}
	return Value{}, false
}

// parsedInteger are the methods that read an integer.
func (r *Run) parsedInteger(c integral, name string, a arguments) (Value, bool) {
	radix := 10
	switch {
	case a.fit("s"):
	case a.fit("si") && name != "decode":
		radix = a.int(1)
	default:
		return Value{}, false
	}
	text := a[0].Text()
	switch {
	case name == "parse"+c.name || name == "valueOf":
		i, ok := javanumber.ParseInteger(text, radix, c.size)
		return c.value(r.integer(name, text, i, ok)), true
	case name == "decode":
		i, ok := javanumber.Decode(text, c.size)
		return c.value(r.integer(name, text, i, ok)), true
	case c.size >= 32 && name == "parseUnsigned"+c.name:
		u, ok := javanumber.ParseUnsigned(text, radix, c.size)
		if !ok {
			r.fail(&MethodError{name, quoteToken(text) + " is not an unsigned integer"})
		}
		return c.value(int64(u)), true
	}
	return Value{}, false
}

// integer is what was read of a text, if it is an integer.
func (r *Run) integer(method, text string, i int64, ok bool) int64 {
	if !ok {
		r.fail(&MethodError{method, quoteToken(text) + " is not an integer"})
	}
	return i
}

// ofOne are the methods that all four have, and those that only Integer and Long do.
func (c integral) ofOne(name string, x int64) (Value, bool) {
	switch name {
	case "valueOf":
		return c.value(x), true
	case "toString":
		return String(itoa(x)), true
	case "hashCode":
		if c.size == 64 {
			x ^= int64(uint64(x) >> 32)
		}
		return int32Value(int64(int32(x))), true
	case "toUnsignedInt":
		return int32Value(int64(c.unsigned(x))), c.size < 32
	case "toUnsignedLong":
		return Long(int64(c.unsigned(x))), c.size < 64
	case "reverseBytes":
		return c.value(int64(bits.ReverseBytes64(uint64(x)) >> (64 - c.size))), c.size > 8
	}
	if c.size < 32 {
		return Value{}, false
	}
	if v, ok := c.counted(name, x); ok {
		return v, true
	}
	return c.spelled(name, c.unsigned(x))
}

// counted are the methods that look at bits.
func (c integral) counted(name string, x int64) (Value, bool) {
	u := c.unsigned(x)
	switch name {
	case "signum":
		return int32Value(int64(order(x, 0))), true
	case "bitCount":
		return int32Value(int64(bits.OnesCount64(u))), true
	case "numberOfLeadingZeros":
		return int32Value(int64(c.size - bits.Len64(u))), true
	case "numberOfTrailingZeros":
		return int32Value(int64(min(bits.TrailingZeros64(u), c.size))), true
	case "reverse":
		return c.value(int64(bits.Reverse64(u) >> (64 - c.size))), true
	case "highestOneBit":
		return c.value(int64(highest(u))), true
	case "lowestOneBit":
		return c.value(x & -x), true
	}
	return Value{}, false
}

func highest(u uint64) uint64 {
	if u == 0 {
		return 0
	}
	return 1 << (bits.Len64(u) - 1)
}

// spelled are the methods that write bits.
func (c integral) spelled(name string, u uint64) (Value, bool) {
	switch name {
	case "toHexString":
		return String(strconv.FormatUint(u, 16)), true
	case "toBinaryString":
		return String(strconv.FormatUint(u, 2)), true
	case "toOctalString":
		return String(strconv.FormatUint(u, 8)), true
	case "toUnsignedString":
		return String(strconv.FormatUint(u, 10)), true
	}
	return Value{}, false
}

func (c integral) rotated(x int64, by int, left bool) Value {
	if !left {
		by = -by
	}
	if c.size == 32 {
		return c.value(int64(bits.RotateLeft32(uint32(x), by)))
	}
	return c.value(int64(bits.RotateLeft64(uint64(x), by)))
}

// ofTwo are the methods of two numbers of the class.
func (r *Run) ofTwo(c integral, name string, x, y int64) (Value, bool) {
	switch name {
	case "compare":
		if c.size < 32 {
			return int32Value(x - y), true
		}
		return int32Value(int64(order(x, y))), true
	case "compareUnsigned":
		if c.size < 32 {
			return int32Value(int64(c.unsigned(x)) - int64(c.unsigned(y))), true
		}
		return int32Value(int64(order(c.unsigned(x), c.unsigned(y)))), true
	}
	if c.size < 32 {
		return Value{}, false
	}
	switch name {
	case "max":
		return c.value(max(x, y)), true
	case "min":
		return c.value(min(x, y)), true
	case "sum":
		return c.value(x + y), true
	case "divideUnsigned", "remainderUnsigned":
		if y == 0 {
			r.fail(&MethodError{name, "division by zero"})
		}
		if name == "divideUnsigned" {
			return c.value(int64(c.unsigned(x) / c.unsigned(y))), true
		}
		return c.value(int64(c.unsigned(x) % c.unsigned(y))), true
	}
	return Value{}, false
}
