package value_test

import (
	"math"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/pasarela-ws/pasarela/internal/report/value"
)

// TestShortDoubles: the decimal of a binary number is the shortest that reads back as it.
func TestShortDoubles(t *testing.T) {
	for f, want := range map[float64]bool{0: true, 0.1: true, -0.29: true, 12345678.9: true, 1e14: true, 0.0001: true, 0.00001: false, 1.0 / 7: false, 1e15: false, 0.30000000000000004: false, math.NaN(): false, math.Inf(1): false, 5e-324: false} {
		if _, ok := value.ShortDouble(f); ok != want {
			t.Errorf("%v is short: %t", f, ok)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.Float64().Draw(t, "any")
		if rapid.Bool().Draw(t, "an amount") {
			f = float64(rapid.Int64Range(-1e16, 1e16).Draw(t, "unscaled")) / math.Pow10(rapid.IntRange(0, 8).Draw(t, "scale"))
			f += float64(rapid.IntRange(-2, 2).Draw(t, "off")) * math.Abs(f) * 0x1p-53
		}
		if f == 0 {
			f = 0 // without a sign
		}
		want := strconv.FormatFloat(f, 'f', -1, 64)
		if short, ok := value.ShortDouble(f); ok && string(short.Append(nil)) != want {
			t.Fatalf("%s is written as %s", want, short.Append(nil))
		}
	})
}

func TestShortTexts(t *testing.T) {
	for plain, want := range map[string]string{
		"0": "0", "-0.00": "0", "12.50": "12.5", "-0.05": "-0.05", "100": "100", "999999999999999": "999999999999999", "-12345678901234.5": "-12345678901234.5",
		"0.000000000000001": "0.000000000000001", "0.0000000000000001": "", "1000000000000000": "", "12345678901234.56": "", "123456789012345678901234567890": "",
	} {
		short, ok := value.ShortPlain(plain)
		if ok != (want != "") || ok && string(short.Append(nil)) != want {
			t.Errorf("%s is %v, %t, written as %s", plain, short, ok, short.Append(nil))
		}
	}
	for n, want := range map[int64]bool{0: true, 999_999_999_999_999: true, -999_999_999_999_999: true, 1e15: false, math.MinInt64: false} {
		if short, ok := value.ShortInt(n); ok != want || ok && string(short.Append(nil)) != strconv.FormatInt(n, 10) {
			t.Errorf("%d is %v, %t", n, short, ok)
		}
	}
}
