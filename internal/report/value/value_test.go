package value_test

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/pasarela-ws/pasarela/internal/report/value"
)

func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"0": "0", "-12.50": "-12.50", "+7": "7", "007": "7", ".5": "0.5", "5.": "5", "1e+06": "1000000", "1.50e2": "150", "1.5E-3": "0.0015", "12345e-2": "123.45",
		"1234567890123456789012345678.1234567890": "1234567890123456789012345678.1234567890", "-0.10": "-0.10",
		"": "", "-": "", ".": "", "1e": "", "1e999": "", "0x1p-2": "", "1_000": "", "NaN": "", "Infinity": "", " 1": "", "1,5": "", "--1": "", "1.2.3": "",
	} {
		if got, ok := value.Plain(text); got != want || ok != (want != "") {
			t.Errorf("%q became %q, %t; want %q", text, got, ok, want)
		}
	}
}

func TestRound(t *testing.T) {
	for _, test := range []struct {
		plain    string
		decimals int
		want     string
	}{
		{"0.005", 2, "0.01"},
		{"-0.005", 2, "-0.01"},
		{"-0.004", 2, "0.00"},
		{"1.005", 2, "1.01"},
		{"999.995", 2, "1000.00"},
		{"12", 2, "12.00"},
		{"9.5", 0, "10"},
		{"0.4", 0, "0"},
		{"18446744073709551615", 0, "18446744073709551615"},
		{"0.125", 1, "0.1"},
	} {
		if got := value.Round(test.plain, test.decimals); got != test.want {
			t.Errorf("%s to %d decimals is %s, want %s", test.plain, test.decimals, got, test.want)
		}
	}
}

func TestSignificant(t *testing.T) {
	for plain, want := range map[string]int{"0": 0, "0.00": 0, "100": 1, "0.00120": 2, "123.45": 5, "-9007199254740993": 16, "10000000000000001": 17} {
		if got := value.Significant(plain); got != want {
			t.Errorf("%s has %d, want %d", plain, got, want)
		}
	}
}

// A sum is what exact fractions add up to, whatever the sizes and decimals.
func TestSumsAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var sum value.Sum
		want, most := new(big.Rat), 0
		count := rapid.IntRange(0, 30).Draw(t, "count")
		for range count {
			text := strconv.FormatInt(rapid.Int64().Draw(t, "whole"), 10)
			if rapid.Bool().Draw(t, "an integer") {
				n, _ := strconv.ParseInt(text, 10, 64)
				sum.AddInt(n)
			} else {
				if fraction := rapid.StringMatching(`[0-9]{0,12}`).Draw(t, "fraction"); fraction != "" {
					text += "." + fraction
					most = max(most, len(fraction))
				}
				if rapid.Bool().Draw(t, "wide") {
					text = rapid.StringMatching(`-?[1-9][0-9]{20,40}`).Draw(t, "digits")
				}
				sum.Add(text)
			}
			n, _ := new(big.Rat).SetString(text)
			want.Add(want, n)
		}
		got, ok := new(big.Rat).SetString(sum.Plain())
		if !ok || got.Cmp(want) != 0 || sum.Count() != int64(count) {
			t.Fatalf("the sum is %s of %d, want %s of %d", sum.Plain(), sum.Count(), want.FloatString(most), count)
		}
		if count > 0 {
			mean := new(big.Rat).Quo(want, new(big.Rat).SetInt64(int64(count)))
			got, _ := new(big.Rat).SetString(sum.Average(6))
			if off := new(big.Rat).Sub(got, mean); off.Abs(off).Cmp(big.NewRat(1, 1_000_000)) > 0 {
				t.Fatalf("the average is %s, want %s", sum.Average(6), mean.FloatString(12))
			}
		}
	})
}

func TestMoments(t *testing.T) {
	for text, want := range map[string]string{
		"2026-01-31": "2026-01-31 00:00:00", "9999-12-31": "9999-12-31 00:00:00", "0044-03-15 BC": "0044-03-15 00:00:00 BC", "4713-01-01 BC": "4713-01-01 00:00:00 BC",
		"5874897-12-31": "5874897-12-31 00:00:00", "2026-01-31 23:59:59.999": "2026-01-31 23:59:59.999", "1850-05-05T10:00:00Z": "1850-05-05 10:00:00+00",
		"1850-01-01 00:19:32+00:19:32": "1850-01-01 00:19:32+00:19:32", "2026-01-31 10:00:00-05:30": "2026-01-31 10:00:00-05:30", "2026-01-31 10:00": "2026-01-31 10:00:00",
		"0001-01-01 10:00:00+01 BC": "0001-01-01 10:00:00+01 BC", "2024-02-29": "2024-02-29 00:00:00",
	} {
		got, ok := value.ParseMoment(text)
		if !ok || got.String() != want {
			t.Errorf("%s reads %s, %t; want %s", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "0000-00-00", "2026-02-30", "2025-02-29", "infinity", "2026-1-1", "31/01/2026", "2026-01-31 24:00:00", "2026-01-31x", "2026-01-31 10:00:00+x", "12:00"} {
		if got, ok := value.ParseMoment(text); ok {
			t.Errorf("%q reads %s", text, got)
		}
	}
}

func TestValuesKeepTheirDigits(t *testing.T) {
	decimal := func(text string) value.Value { return value.OfDecimal(text) }
	integer, _ := value.OfInteger("99999999999999999999")
	for _, test := range []struct {
		value  value.Value
		text   string
		number string // "" where it is none
	}{
		{value.Value{}, "", ""},
		{value.OfBool(true), "true", "1"},
		{value.OfInt(math.MinInt64), "-9223372036854775808", "-9223372036854775808"},
		{value.OfUint(math.MaxUint64), "18446744073709551615", "18446744073709551615"},
		{integer, "99999999999999999999", "99999999999999999999"},
		{decimal("1.50"), "1.50", "1.50"},
		{decimal("NaN"), "NaN", ""},
		{value.OfDouble(1e6), "1000000", "1000000"},
		{value.OfDouble(12345678.9), "12345678.9", "12345678.9"},
		{value.OfDouble(math.Inf(-1)), "-Infinity", ""},
		{value.OfFloat(0.1), "0.1", "0.1"},
		{value.OfDate("9999-12-31"), "9999-12-31", ""},
		{value.OfDate("0000-00-00"), "0000-00-00", ""},
		{value.OfTimestamp("infinity"), "infinity", ""},
		{value.OfTimestamp("2026-01-31 10:00:00.5+01"), "2026-01-31 10:00:00.5+01", ""},
		{value.OfText("12.5"), "12.5", "12.5"},
		{value.OfText("a"), "a", ""},
	} {
		number, ok := test.value.Number()
		if test.value.String() != test.text || number != test.number || ok != (test.number != "") {
			t.Errorf("%s %v reads %q and %q, want %q and %q", test.value.Kind, test.value, test.value.String(), number, test.text, test.number)
		}
	}
}

func FuzzMoment(f *testing.F) {
	f.Add("2026-01-31 23:59:59.999+01:30 BC")
	f.Fuzz(func(t *testing.T, text string) {
		first, ok := value.ParseMoment(text)
		if !ok {
			return
		}
		again, ok := value.ParseMoment(first.String())
		if !ok || again != first {
			t.Errorf("%q reads %s, which reads %s", text, first, fmt.Sprint(again))
		}
	})
}
