package vtl

import (
	"math/big"

	"github.com/pasarela-ws/pasarela/vtl/internal/javanumber"
	"github.com/pasarela-ws/pasarela/vtl/internal/syntax"
)

func (v Value) bigInteger() *big.Int { return v.ref.(*big.Int) }

// bigMethods are those of java.math.BigInteger.
var bigMethods = []method{
	{"abs", "", 0, func(_ *Run, v Value, _ arguments) Value { return BigInteger(new(big.Int).Abs(v.bigInteger())) }},
	{"negate", "", 0, func(_ *Run, v Value, _ arguments) Value { return BigInteger(new(big.Int).Neg(v.bigInteger())) }},
	{"not", "", 0, func(_ *Run, v Value, _ arguments) Value { return BigInteger(new(big.Int).Not(v.bigInteger())) }},
	{"signum", "", 0, func(_ *Run, v Value, _ arguments) Value { return int32Value(int64(v.bigInteger().Sign())) }},
	{"bitLength", "", 0, func(_ *Run, v Value, _ arguments) Value {
		x := v.bigInteger()
		if x.Sign() < 0 {
			x = new(big.Int).Not(x)
		}
		return int32Value(int64(x.BitLen()))
	}},
	{"valueOf", "j", 0, func(_ *Run, _ Value, a arguments) Value { return BigInteger(big.NewInt(int64(a[0].bits))) }},
	{"toString", "i", 0, func(r *Run, v Value, a arguments) Value {
		return r.text(v.bigInteger().Text(javanumber.Radix(a.int(0))))
	}},
	{"pow", "i", 0, func(r *Run, v Value, a arguments) Value {
		x, n := v.bigInteger(), a.int(0)
		if n < 0 || x.BitLen()*n > maxBits {
			r.refuse("pow", "exponent")
		}
		return BigInteger(new(big.Int).Exp(x, big.NewInt(int64(n)), nil))
	}},

	{"shiftLeft", "i", 0, func(r *Run, v Value, a arguments) Value { return r.shifted("shiftLeft", v.bigInteger(), a.int(0)) }},
	{"shiftRight", "i", 0, func(r *Run, v Value, a arguments) Value { return r.shifted("shiftRight", v.bigInteger(), -a.int(0)) }},
	bitMethod("testBit", func(x *big.Int, n int) Value { return Bool(x.Bit(n) == 1) }),
	bitMethod("setBit", func(x *big.Int, n int) Value { return BigInteger(new(big.Int).SetBit(x, n, 1)) }),
	bitMethod("clearBit", func(x *big.Int, n int) Value { return BigInteger(new(big.Int).SetBit(x, n, 0)) }),
	bitMethod("flipBit", func(x *big.Int, n int) Value { return BigInteger(new(big.Int).SetBit(x, n, 1-x.Bit(n))) }),

	bigMethod("and", func(_ *Run, x, y *big.Int) Value { return BigInteger(new(big.Int).And(x, y)) }),
	bigMethod("or", func(_ *Run, x, y *big.Int) Value { return BigInteger(new(big.Int).Or(x, y)) }),
	bigMethod("xor", func(_ *Run, x, y *big.Int) Value { return BigInteger(new(big.Int).Xor(x, y)) }),
	bigMethod("andNot", func(_ *Run, x, y *big.Int) Value { return BigInteger(new(big.Int).AndNot(x, y)) }),
	bigMethod("add", func(r *Run, x, y *big.Int) Value { return r.calculateBig(syntax.KindPlus, x, y) }),
	bigMethod("subtract", func(r *Run, x, y *big.Int) Value { return r.calculateBig(syntax.KindMinus, x, y) }),
	bigMethod("multiply", func(r *Run, x, y *big.Int) Value { return r.calculateBig(syntax.KindMultiply, x, y) }),
	bigMethod("divide", func(r *Run, x, y *big.Int) Value {
		r.checkDivisor("divide", y.Sign() != 0)
		return r.calculateBig(syntax.KindDivide, x, y)
	}),
	bigMethod("mod", func(r *Run, x, y *big.Int) Value {
		r.checkDivisor("mod", y.Sign() > 0)
		return r.calculateBig(syntax.KindModulus, x, y)
	}),
	bigMethod("remainder", func(r *Run, x, y *big.Int) Value {
		r.checkDivisor("remainder", y.Sign() != 0)
		return BigInteger(new(big.Int).Rem(x, y))
	}),
	bigMethod("gcd", func(_ *Run, x, y *big.Int) Value {
		return BigInteger(new(big.Int).GCD(nil, nil, new(big.Int).Abs(x), new(big.Int).Abs(y)))
	}),
	bigMethod("max", func(_ *Run, x, y *big.Int) Value {
		if x.Cmp(y) >= 0 {
			return BigInteger(x)
		}
		return BigInteger(y)
	}),
	bigMethod("min", func(_ *Run, x, y *big.Int) Value {
		if x.Cmp(y) >= 0 {
			return BigInteger(y)
		}
		return BigInteger(x)
	}),
}

// bigMethod is a method that takes another big integer.
func bigMethod(name string, result func(r *Run, x, y *big.Int) Value) method {
	return method{name, "B", 0, func(r *Run, v Value, a arguments) Value { return result(r, v.bigInteger(), a[0].bigInteger()) }}
}

// bitMethod is a method that takes the number of a bit.
func bitMethod(name string, result func(x *big.Int, n int) Value) method {
	return method{name, "i", 0, func(r *Run, v Value, a arguments) Value {
		r.checkBit(name, v.bigInteger(), a.int(0))
		return result(v.bigInteger(), a.int(0))
	}}
}

func (r *Run) checkBit(name string, x *big.Int, n int) {
	if x.BitLen()+abs(n) > maxBits {
		r.fail(ErrTooMuchMemory)
	}
	if n < 0 {
		r.refuse(name, "negative_bit")
	}
}

func (r *Run) shifted(name string, x *big.Int, left int) Value {
	if left < 0 {
		return BigInteger(new(big.Int).Rsh(x, uint(-left)))
	}
	r.checkBit(name, x, left)
	return BigInteger(new(big.Int).Lsh(x, uint(left)))
}

func (r *Run) checkDivisor(name string, valid bool) {
	if !valid {
		r.refuse(name, "divisor")
	}
}
