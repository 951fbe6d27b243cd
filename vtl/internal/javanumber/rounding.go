package javanumber

import (
	"errors"
	"math/big"
)

// Rounding says how a decimal is rounded: the constants of BigDecimal, ROUND_UP
// and so on, with Java's numbers.
type Rounding int

// The ways of rounding.
const (
	RoundUp Rounding = iota
	RoundDown
	RoundCeiling
	RoundFloor
	RoundHalfUp
	RoundHalfDown
	RoundHalfEven
	RoundUnnecessary
)

// Errors of [Decimal.SetScale].
var (
	ErrRounding          = errors.New("rounding is a number from 0 to 7")
	ErrRoundingNecessary = errors.New("rounding is necessary: give a second argument, 4 is half up")
)

// SetScale is BigDecimal.setScale.
func (a Decimal) SetScale(scale int, rounding Rounding) (Decimal, error) {
	if rounding < RoundUp || rounding > RoundUnnecessary {
		return Decimal{}, ErrRounding
	}
	if scale >= a.Scale {
		return Decimal{new(big.Int).Mul(a.Unscaled, pow10(scale-a.Scale)), scale}, nil
	}
	divisor := pow10(a.Scale - scale)
	quotient, rest := new(big.Int).QuoRem(a.Unscaled, divisor, new(big.Int))
	if rest.Sign() == 0 {
		return Decimal{quotient, scale}, nil
	}
	if rounding == RoundUnnecessary {
		return Decimal{}, ErrRoundingNecessary
	}
	half := new(big.Int).Mul(rest, two).CmpAbs(divisor)
	if rounding.awayFromZero(half, rest.Sign(), quotient.Bit(0) == 1) {
		quotient.Add(quotient, big.NewInt(int64(rest.Sign())))
	}
	return Decimal{quotient, scale}, nil
}

// awayFromZero says whether the quotient is rounded away from zero. half
// compares the remainder with a half (-1, 0, 1), sign is its sign, odd that of
// the quotient's last digit.
func (r Rounding) awayFromZero(half, sign int, odd bool) bool {
	switch r {
	case RoundUp:
		return true
	case RoundCeiling:
		return sign > 0
	case RoundFloor:
		return sign < 0
	case RoundHalfUp:
		return half >= 0
	case RoundHalfDown:
		return half > 0
	case RoundHalfEven:
		return half > 0 || half == 0 && odd
	}
	return false
}
