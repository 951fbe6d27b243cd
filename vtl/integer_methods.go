package vtl

import (
	"math/bits"
	"strconv"
	"strings"
)

func itoa(i int64) string { return strconv.FormatInt(i, 10) }

// parse is Integer.parseInt and its like.
func (r *Run) parseInteger(method, s string, radix, size int) int64 {
	i, err := strconv.ParseInt(s, radix, size)
	if err != nil || strings.Contains(s, "_") || radix < 2 {
		r.fail(&MethodError{method, quoteToken(s) + " is not an integer"})
	}
	return i
}

func int32Value(i int64) Value { return Value{kind: KindInteger, bits: uint64(i)} }

// integerMethod are the static methods of java.lang.Integer.
func (r *Run) integerMethod(name string, a arguments) (Value, bool) {
	switch {
	case (name == "parseInt" || name == "valueOf") && a.fit("s"):
		return int32Value(r.parseInteger(name, a[0].Text(), 10, 32)), true
	case (name == "parseInt" || name == "valueOf") && a.fit("si"):
		return int32Value(r.parseInteger(name, a[0].Text(), a.int(1), 32)), true
	case name == "decode" && a.fit("s"):
		return int32Value(r.parseInteger(name, a[0].Text(), 0, 32)), true
	case !a.fit("i") && !a.fit("ii"):
		return Value{}, false
	}
	x := int32(a.int(0))
	if len(a) == 1 {
		return r.integerStatic(name, x)
	}
	y := int32(a.int(1))
	switch name {
	case "max":
		return int32Value(int64(max(x, y))), true
	case "min":
		return int32Value(int64(min(x, y))), true
	case "sum":
		return int32Value(int64(x + y)), true
	case "compare":
		return int32Value(int64(order(int64(x), int64(y)))), true
	case "toString":
		return r.text(strconv.FormatInt(int64(x), radixOf(y))), true
	case "divideUnsigned", "remainderUnsigned":
		return r.unsigned(name, uint32(x), uint32(y)), true
	}
	return Value{}, false
}

func (r *Run) unsigned(name string, x, y uint32) Value {
	if y == 0 {
		r.fail(&MethodError{name, "division by zero"})
	}
	if name == "divideUnsigned" {
		return int32Value(int64(int32(x / y)))
	}
	return int32Value(int64(int32(x % y)))
}

func radixOf(i int32) int {
	if i < 2 || i > 36 {
		return 10
	}
	return int(i)
}

func (r *Run) integerStatic(name string, x int32) (Value, bool) {
	u := uint32(x)
	switch name {
	case "valueOf", "hashCode":
		return int32Value(int64(x)), true
	case "toString":
		return String(itoa(int64(x))), true
	case "toHexString":
		return String(strconv.FormatUint(uint64(u), 16)), true
	case "toBinaryString":
		return String(strconv.FormatUint(uint64(u), 2)), true
	case "toOctalString":
		return String(strconv.FormatUint(uint64(u), 8)), true
	case "signum":
		return int32Value(int64(order(int64(x), 0))), true
	case "bitCount":
		return int32Value(int64(bits.OnesCount32(u))), true
	case "reverse":
		return int32Value(int64(int32(bits.Reverse32(u)))), true
	case "reverseBytes":
		return int32Value(int64(int32(bits.ReverseBytes32(u)))), true
	case "numberOfLeadingZeros":
		return int32Value(int64(bits.LeadingZeros32(u))), true
	case "numberOfTrailingZeros":
		return int32Value(int64(bits.TrailingZeros32(u))), true
	case "highestOneBit":
		if u == 0 {
			return int32Value(0), true
		}
		return int32Value(int64(int32(1 << (31 - bits.LeadingZeros32(u))))), true
	case "lowestOneBit":
		return int32Value(int64(x & -x)), true
	case "toUnsignedLong":
		return Long(int64(u)), true
	case "toUnsignedString":
		return String(strconv.FormatUint(uint64(u), 10)), true
	}
	return Value{}, false
}

// longMethod are the static methods of java.lang.Long.
func (r *Run) longMethod(name string, a arguments) (Value, bool) {
	switch {
	case (name == "parseLong" || name == "valueOf") && a.fit("s"):
		return Long(r.parseInteger(name, a[0].Text(), 10, 64)), true
	case (name == "parseLong" || name == "valueOf") && a.fit("si"):
		return Long(r.parseInteger(name, a[0].Text(), a.int(1), 64)), true
	case name == "decode" && a.fit("s"):
		return Long(r.parseInteger(name, a[0].Text(), 0, 64)), true
	case a.fit("j"):
		return longStatic(name, int64(a[0].bits))
	case !a.fit("jj"):
		return Value{}, false
	}
	x, y := int64(a[0].bits), int64(a[1].bits)
	switch name {
	case "max":
		return Long(max(x, y)), true
	case "min":
		return Long(min(x, y)), true
	case "sum":
		return Long(x + y), true
	case "compare":
		return int32Value(int64(order(x, y))), true
	case "toString":
		return r.text(strconv.FormatInt(x, radixOf(int32(y)))), true
	}
	return Value{}, false
}

func longStatic(name string, x int64) (Value, bool) {
	u := uint64(x)
	switch name {
	case "valueOf":
		return Long(x), true
	case "hashCode":
		return int32Value(int64(int32(u ^ u>>32))), true
	case "toString":
		return String(itoa(x)), true
	case "toHexString":
		return String(strconv.FormatUint(u, 16)), true
	case "toBinaryString":
		return String(strconv.FormatUint(u, 2)), true
	case "toOctalString":
		return String(strconv.FormatUint(u, 8)), true
	case "signum":
		return int32Value(int64(order(x, 0))), true
	case "bitCount":
		return int32Value(int64(bits.OnesCount64(u))), true
	case "numberOfLeadingZeros":
		return int32Value(int64(bits.LeadingZeros64(u))), true
	case "numberOfTrailingZeros":
		return int32Value(int64(bits.TrailingZeros64(u))), true
	}
	return Value{}, false
}
