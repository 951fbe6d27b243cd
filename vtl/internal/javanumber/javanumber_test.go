package javanumber_test

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"testing"

	"github.com/pasarela-ws/pasarela/vtl/internal/javanumber"
)

func ExampleAppendDouble() {
	for _, f := range []float64{100, 12345678, 0.0001, 2e22, math.Inf(-1)} {
		fmt.Println(string(javanumber.AppendDouble(nil, f, 64)))
	}
	// Output:
	// 100.0
	// 1.2345678E7
	// 1.0E-4
	// 2.0E22
	// -Infinity
}

func ExampleDecimal_SetScale() {
	price := javanumber.Decimal{Unscaled: big.NewInt(2345), Scale: 3}
	rounded, err := price.SetScale(2, javanumber.RoundHalfEven)
	fmt.Println(string(rounded.Append(nil)), err)
	_, err = price.SetScale(2, javanumber.RoundUnnecessary)
	fmt.Println(err)
	// Output:
	// 2.34 <nil>
	// rounding is necessary: give a second argument, 4 is half up
}

// The rounding modes of 2.5 and their like, as the table of java.math.RoundingMode
// has them.
func TestRounding(t *testing.T) {
	tests := map[int64][7]int64{ // tenths: up, down, ceiling, floor, half up, half down, half even
		55:  {6, 5, 6, 5, 6, 5, 6},
		25:  {3, 2, 3, 2, 3, 2, 2},
		16:  {2, 1, 2, 1, 2, 2, 2},
		11:  {2, 1, 2, 1, 1, 1, 1},
		10:  {1, 1, 1, 1, 1, 1, 1},
		-11: {-2, -1, -1, -2, -1, -1, -1},
		-16: {-2, -1, -1, -2, -2, -2, -2},
		-25: {-3, -2, -2, -3, -3, -2, -2},
		-55: {-6, -5, -5, -6, -6, -5, -6},
	}
	for tenths, wants := range tests {
		for rounding, want := range wants {
			got, err := javanumber.Decimal{Unscaled: big.NewInt(tenths), Scale: 1}.SetScale(0, javanumber.Rounding(rounding))
			if err != nil || got.Unscaled.Int64() != want {
				t.Errorf("%d tenths, rounding %d: got %v, %v, want %d", tenths, rounding, got.Unscaled, err, want)
			}
		}
	}
	if _, err := (javanumber.Decimal{Unscaled: big.NewInt(1)}).SetScale(0, 8); !errors.Is(err, javanumber.ErrRounding) {
		t.Errorf("rounding 8: %v", err)
	}
}

func TestParse(t *testing.T) {
	tests := []struct {
		text            string
		double, integer bool
		decoded         bool
	}{
		{"12", true, true, true},
		{"+7", true, true, true},
		{" 1.5 ", true, false, false},
		{"1.5f", true, false, false},
		{"1.5ff", false, false, false},
		{"1_000", false, false, false},
		{"Infinity", true, false, false},
		{"inf", false, false, false},
		{"NaN", true, false, false},
		{"1e999", true, false, false},
		{"0x1F", false, false, true},
		{"#1F", false, false, true},
		{"0b1", false, false, false},
		{"", false, false, false},
		{"99999999999", true, false, false},
	}
	for _, test := range tests {
		_, double := javanumber.ParseDouble(test.text)
		_, integer := javanumber.ParseInteger(test.text, 10, 32)
		_, decoded := javanumber.Decode(test.text, 32)
		if double != test.double || integer != test.integer || decoded != test.decoded {
			t.Errorf("%q: double %v, integer %v, decoded %v", test.text, double, integer, decoded)
		}
	}
}

func TestCasts(t *testing.T) {
	for f, want := range map[float64]int64{1.9: 1, -1.9: -1, 1e10: math.MaxInt32, -1e10: math.MinInt32, math.Inf(1): math.MaxInt32} {
		if got := javanumber.Saturate(f, math.MinInt32, math.MaxInt32); got != want {
			t.Errorf("%v: got %d, want %d", f, got, want)
		}
	}
	if got := javanumber.Saturate(math.NaN(), -1, 1); got != 0 {
		t.Errorf("NaN: got %d", got)
	}
	big65 := new(big.Int).Lsh(big.NewInt(1), 64)
	if got := javanumber.Wrap(new(big.Int).Sub(big65, big.NewInt(2))); got != -2 {
		t.Errorf("2^64-2: got %d", got)
	}
}

// FuzzDouble: what is written is read back as the same number.
func FuzzDouble(f *testing.F) {
	for _, seed := range []float64{0, -0.5, 1e7, 123456789012345680, 5e-324, math.MaxFloat64} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, x float64) {
		text := string(javanumber.AppendDouble(nil, x, 64))
		if got, ok := javanumber.ParseDouble(text); !ok || got != x && !(math.IsNaN(got) && math.IsNaN(x)) {
			t.Errorf("%g became %s and %g", x, text, got)
		}
	})
}
