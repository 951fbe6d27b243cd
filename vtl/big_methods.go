package vtl

import (
	"math/big"

	"github.com/pasarela-ws/pasarela/vtl/internal/javanumber"
	"github.com/pasarela-ws/pasarela/vtl/internal/syntax"
)

// bigMethod are methods of java.math.BigInteger.
func (r *Run) bigMethod(x *big.Int, name string, a arguments) (Value, bool) {
	switch {
	case len(a) == 0:
		return bigMethod0(x, name)
	case name == "valueOf" && a.fit("j"):
		return BigInteger(big.NewInt(int64(a[0].bits))), true
	case name == "toString" && a.fit("i"):
		return r.text(x.Text(javanumber.Radix(a.int(0)))), true
	case name == "pow" && a.fit("i"):
		if n := a.int(0); n < 0 || x.BitLen()*n > maxBits {
			r.fail(&MethodError{name, "the exponent is out of range"})
		}
		return BigInteger(new(big.Int).Exp(x, big.NewInt(int64(a.int(0))), nil)), true
	case a.fit("i"):
		return r.bitMethod(x, name, a.int(0))
	case len(a) != 1 || a[0].kind != KindBigInteger:
		return Value{}, false
	}
	y := a[0].ref.(*big.Int)
	if z := bitwise(name, x, y); z != nil {
		return BigInteger(z), true
	}
	switch name {
	case "add":
		return r.calculateBig(syntax.KindPlus, x, y), true
	case "subtract":
		return r.calculateBig(syntax.KindMinus, x, y), true
	case "multiply":
		return r.calculateBig(syntax.KindMultiply, x, y), true
	case "divide", "mod", "remainder":
		return r.divideBig(name, x, y), true
	case "gcd":
		return BigInteger(new(big.Int).GCD(nil, nil, new(big.Int).Abs(x), new(big.Int).Abs(y))), true
	case "max", "min":
		if (x.Cmp(y) >= 0) == (name == "max") {
			return BigInteger(x), true
		}
		return BigInteger(y), true
	}
	return Value{}, false
}

// bitwise is nil for methods that do something else.
func bitwise(name string, x, y *big.Int) *big.Int {
	switch name {
	case "and":
		return new(big.Int).And(x, y)
	case "or":
		return new(big.Int).Or(x, y)
	case "xor":
		return new(big.Int).Xor(x, y)
	case "andNot":
		return new(big.Int).AndNot(x, y)
	}
	return nil
}

// bitMethod are the methods that take the number of a bit.
func (r *Run) bitMethod(x *big.Int, name string, n int) (Value, bool) {
	if name == "shiftRight" || name == "shiftLeft" {
		if name == "shiftRight" {
			n = -n
		}
		if n < 0 {
			return BigInteger(new(big.Int).Rsh(x, uint(-n))), true
		}
	}
	if x.BitLen()+abs(n) > maxBits {
		r.fail(ErrTooMuchMemory)
	}
	if n < 0 {
		r.fail(&MethodError{name, "the number of a bit is negative"})
	}
	switch name {
	case "shiftLeft", "shiftRight":
		return BigInteger(new(big.Int).Lsh(x, uint(n))), true
	case "testBit":
		return Bool(x.Bit(n) == 1), true
	case "setBit":
		return BigInteger(new(big.Int).SetBit(x, n, 1)), true
	case "clearBit":
		return BigInteger(new(big.Int).SetBit(x, n, 0)), true
	case "flipBit":
		return BigInteger(new(big.Int).SetBit(x, n, 1-x.Bit(n))), true
	}
	return Value{}, false
}

func (r *Run) divideBig(name string, x, y *big.Int) Value {
	if y.Sign() == 0 || name == "mod" && y.Sign() < 0 {
		r.fail(&MethodError{name, "the divisor must be positive"})
	}
	switch name {
	case "divide":
		return r.calculateBig(syntax.KindDivide, x, y)
	case "mod":
		return r.calculateBig(syntax.KindModulus, x, y)
	}
	return BigInteger(new(big.Int).Rem(x, y))
}

func bigMethod0(x *big.Int, name string) (Value, bool) {
	switch name {
	case "abs":
		return BigInteger(new(big.Int).Abs(x)), true
	case "negate":
		return BigInteger(new(big.Int).Neg(x)), true
	case "signum":
		return int32Value(int64(x.Sign())), true
	case "not":
		return BigInteger(new(big.Int).Not(x)), true
	case "bitLength":
		if x.Sign() < 0 {
			return int32Value(int64(new(big.Int).Not(x).BitLen())), true
		}
		return int32Value(int64(x.BitLen())), true
	}
	return Value{}, false
}
