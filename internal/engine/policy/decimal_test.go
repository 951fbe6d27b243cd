package policy_test

import (
	"math/big"
	"regexp"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/engine/policy"
)

var decimalForm = regexp.MustCompile(`^[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// FuzzCompareNumbers compares comparisons with exact fractions, and the accepted
// texts with the grammar of numbers.
func FuzzCompareNumbers(f *testing.F) {
	for _, seed := range [][2]string{{"1", "1.0"}, {"-1", "1"}, {"10", "9.5"}, {"1e3", "1000"}, {"-0", "0.000"}, {"0.1", "0.10e0"}, {"NaN", "1"}, {"0x10", "16"}, {"1_0", "10"}, {"9007199254740993", "9007199254740992"}, {".5", "5."}, {"1e-400", "0"}, {"+-1", "1e+-2"}, {"00012.50", "125e-1"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		order, ok := policy.CompareNumbers(a, b)
		if !decimalForm.MatchString(a) || !decimalForm.MatchString(b) {
			if ok {
				t.Fatalf("%q and %q are no numbers", a, b)
			}
			return
		}
		if !ok {
			return // too long
		}
		x, _ := new(big.Rat).SetString(a)
		y, _ := new(big.Rat).SetString(b)
		if x.Cmp(y) != order {
			t.Errorf("%s against %s: %d", a, b, order)
		}
	})
}
