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

// value cuts i to the size of the class.
func (c integral) value(i int64) Value {
	unused := 64 - c.size
	return Value{kind: c.kind, bits: uint64(i << unused >> unused)}
}

func (c integral) unsigned(i int64) uint64 {
	unused := 64 - c.size
	return uint64(i) << unused >> unused
}

// methods are those of Byte, Short, Integer or Long: those of all four, and what
// only the larger ones have.
func (c integral) methods() []method {
	rows := concat(numberMethods, c.parsingMethods(), []method{
		c.one("valueOf", c.value),
		c.one("toString", func(x int64) Value { return String(itoa(x)) }),
		c.one("hashCode", func(x int64) Value {
			if c.size == 64 {
				x ^= int64(uint64(x) >> 32)
			}
			return int32Value(int64(int32(x)))
		}),
	})
	if c.size < 64 {
		rows = append(rows, c.one("toUnsignedLong", func(x int64) Value { return Long(int64(c.unsigned(x))) }))
	}
	if c.size > 8 {
		rows = append(rows, c.one("reverseBytes", func(x int64) Value {
			return c.value(int64(bits.ReverseBytes64(uint64(x)) >> (64 - c.size)))
		}))
	}
	if c.size >= 32 {
		return concat(rows, c.bitMethods(), c.radixMethods(), c.arithmeticMethods())
	}
	return append(rows,
		c.one("toUnsignedInt", func(x int64) Value { return int32Value(int64(c.unsigned(x))) }),
		c.two("compare", func(x, y int64) Value { return int32Value(x - y) }),
		c.two("compareUnsigned", func(x, y int64) Value { return int32Value(int64(c.unsigned(x)) - int64(c.unsigned(y))) }))
}

// one is a static method of a number of the class, two of two numbers.
func (c integral) one(name string, result func(x int64) Value) method {
	return method{name, c.code, 0, func(_ *Run, _ Value, a arguments) Value { return result(int64(a[0].bits)) }}
}

func (c integral) two(name string, result func(x, y int64) Value) method {
	return method{name, c.code + c.code, 0, func(_ *Run, _ Value, a arguments) Value {
		return result(int64(a[0].bits), int64(a[1].bits))
	}}
}

// parsingMethods are those that read a text.
func (c integral) parsingMethods() []method {
	integer := func(name string) func(*Run, Value, arguments) Value {
		return func(r *Run, _ Value, a arguments) Value {
			i, ok := javanumber.ParseInteger(a[0].Text(), a.radix(), c.size)
			if !ok {
				r.refuse(name, "not_integer", quoteToken(a[0].Text()))
			}
			return c.value(i)
		}
	}
	rows := []method{
		{"parse" + c.name, "t", 0, integer("parse" + c.name)},
		{"parse" + c.name, "ti", 0, integer("parse" + c.name)},
		{"valueOf", "t", 0, integer("valueOf")},
		{"valueOf", "ti", 0, integer("valueOf")},
		{"decode", "t", 0, func(r *Run, _ Value, a arguments) Value {
			i, ok := javanumber.Decode(a[0].Text(), c.size)
			if !ok {
				r.refuse("decode", "not_integer", quoteToken(a[0].Text()))
			}
			return c.value(i)
		}},
	}
	if c.size < 32 {
		return rows
	}
	name := "parseUnsigned" + c.name
	unsigned := func(r *Run, _ Value, a arguments) Value {
		u, ok := javanumber.ParseUnsigned(a[0].Text(), a.radix(), c.size)
		if !ok {
			r.refuse(name, "not_unsigned", quoteToken(a[0].Text()))
		}
		return c.value(int64(u))
	}
	return append(rows, method{name, "t", 0, unsigned}, method{name, "ti", 0, unsigned})
}

// radix is the second argument, 10 without one.
func (a arguments) radix() int {
	if len(a) < 2 {
		return 10
	}
	return a.int(1)
}

// bitMethods are those that look at bits.
func (c integral) bitMethods() []method {
	rotated := func(sign int) func(*Run, Value, arguments) Value {
		return func(_ *Run, _ Value, a arguments) Value { return c.rotated(int64(a[0].bits), sign*a.int(1)) }
	}
	return []method{
		c.one("signum", func(x int64) Value { return int32Value(int64(order(x, 0))) }),
		c.one("bitCount", func(x int64) Value { return int32Value(int64(bits.OnesCount64(c.unsigned(x)))) }),
		c.one("numberOfLeadingZeros", func(x int64) Value { return int32Value(int64(c.size - bits.Len64(c.unsigned(x)))) }),
		c.one("numberOfTrailingZeros", func(x int64) Value {
			return int32Value(int64(min(bits.TrailingZeros64(c.unsigned(x)), c.size)))
		}),
		c.one("reverse", func(x int64) Value { return c.value(int64(bits.Reverse64(c.unsigned(x)) >> (64 - c.size))) }),
		c.one("highestOneBit", func(x int64) Value { return c.value(int64(highest(c.unsigned(x)))) }),
		c.one("lowestOneBit", func(x int64) Value { return c.value(x & -x) }),
		{"rotateLeft", c.code + "i", 0, rotated(1)},
		{"rotateRight", c.code + "i", 0, rotated(-1)},
	}
}

func highest(u uint64) uint64 {
	if u == 0 {
		return 0
	}
	return 1 << (bits.Len64(u) - 1)
}

func (c integral) rotated(x int64, left int) Value {
	if c.size == 32 {
		return c.value(int64(bits.RotateLeft32(uint32(x), left)))
	}
	return c.value(int64(bits.RotateLeft64(uint64(x), left)))
}

// radixMethods are those that write a number in another radix.
func (c integral) radixMethods() []method {
	spelled := func(name string, radix int) method {
		return c.one(name, func(x int64) Value { return String(strconv.FormatUint(c.unsigned(x), radix)) })
	}
	return []method{
		spelled("toHexString", 16), spelled("toBinaryString", 2), spelled("toOctalString", 8), spelled("toUnsignedString", 10),
		{"toString", c.code + "i", 0, func(r *Run, _ Value, a arguments) Value {
			return r.text(strconv.FormatInt(int64(a[0].bits), javanumber.Radix(a.int(1))))
		}},
		{"toUnsignedString", c.code + "i", 0, func(r *Run, _ Value, a arguments) Value {
			return r.text(strconv.FormatUint(c.unsigned(int64(a[0].bits)), javanumber.Radix(a.int(1))))
		}},
	}
}

// arithmeticMethods are those of two numbers of the class.
func (c integral) arithmeticMethods() []method {
	divided := func(name string, result func(x, y uint64) uint64) method {
		return method{name, c.code + c.code, 0, func(r *Run, _ Value, a arguments) Value {
			x, y := c.unsigned(int64(a[0].bits)), c.unsigned(int64(a[1].bits))
			if y == 0 {
				r.refuse(name, "division_by_zero")
			}
			return c.value(int64(result(x, y)))
		}}
	}
	return []method{
		c.two("compare", func(x, y int64) Value { return int32Value(int64(order(x, y))) }),
		c.two("compareUnsigned", func(x, y int64) Value { return int32Value(int64(order(c.unsigned(x), c.unsigned(y)))) }),
		c.two("max", func(x, y int64) Value { return c.value(max(x, y)) }),
		c.two("min", func(x, y int64) Value { return c.value(min(x, y)) }),
		c.two("sum", func(x, y int64) Value { return c.value(x + y) }),
		divided("divideUnsigned", func(x, y uint64) uint64 { return x / y }),
		divided("remainderUnsigned", func(x, y uint64) uint64 { return x % y }),
	}
}
