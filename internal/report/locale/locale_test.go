package locale_test

import (
	"testing"

	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

func TestCodes(t *testing.T) {
	for code, want := range map[string]locale.Language{"es": "es", "en": "en", "es-MX": "es", "en_GB": "en", "es-419": "es", "fr": "", "": "", "e": "", "español": "", "ES": ""} {
		if got, ok := locale.Parse(code); got != want || ok != (want != "") {
			t.Errorf("%q is %q, %t", code, got, ok)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, test := range []struct {
		plain   string
		grouped bool
		es, en  string
	}{
		{"0", true, "0", "0"},
		{"999", true, "999", "999"},
		{"1000", true, "1.000", "1,000"},
		{"-1000.00", true, "-1.000,00", "-1,000.00"},
		{"-100.00", true, "-100,00", "-100.00"},
		{"1234567.89", true, "1.234.567,89", "1,234,567.89"},
		{"1234567.89", false, "1234567,89", "1234567.89"},
		{"18446744073709551615", false, "18446744073709551615", "18446744073709551615"},
		{"18446744073709551615", true, "18.446.744.073.709.551.615", "18,446,744,073,709,551,615"},
	} {
		es, en := string(locale.Spanish.AppendNumber(nil, test.plain, test.grouped)), string(locale.English.AppendNumber([]byte("x"), test.plain, test.grouped))
		if es != test.es || en != "x"+test.en {
			t.Errorf("%v is %s and %s, want %s and %s", test.plain, es, en, test.es, test.en)
		}
	}
}

func TestDates(t *testing.T) {
	for text, want := range map[string][2]string{
		"2026-01-31 09:05:00":     {"31/01/2026 09:05", "2026-01-31 09:05"},
		"2026-01-31 23:59:59.999": {"31/01/2026 23:59:59,999", "2026-01-31 23:59:59.999"},
		"1899-12-31":              {"31/12/1899 00:00", "1899-12-31 00:00"},
		"0044-03-15 BC":           {"15/03/0044 a. C. 00:00", "0044-03-15 BC 00:00"},
		"12345-06-07":             {"07/06/12345 00:00", "12345-06-07 00:00"},
	} {
		at, ok := value.ParseMoment(text)
		if es, en := locale.Spanish.DateTime(at), locale.English.DateTime(at); !ok || es != want[0] || en != want[1] {
			t.Errorf("%s is %s and %s", text, es, en)
		}
	}
}

func TestTexts(t *testing.T) {
	for _, test := range []struct {
		text   locale.Text
		es, en string
	}{
		{locale.Text{"es": "sí", "en": "yes"}, "sí", "yes"},
		{locale.Text{"en": "yes"}, "yes", "yes"},
		{locale.Text{"es": "sí"}, "sí", "sí"},
		{locale.Same("x"), "x", "x"},
		{nil, "", ""},
	} {
		if es, en := test.text.In("es"), test.text.In("en"); es != test.es || en != test.en {
			t.Errorf("%v reads %q and %q", test.text, es, en)
		}
	}
}

func TestEveryReasonIsSaidInEveryLanguage(t *testing.T) {
	for code, text := range locale.Reasons() {
		for _, spoken := range locale.All() {
			if len(text[spoken]) < 20 {
				t.Errorf("%s in %s: %q", code, spoken, text[spoken])
			}
		}
	}
	if got := locale.Reason("not a code").In("en"); got == "" || got != locale.Reason("unexpected").In("en") {
		t.Errorf("an unknown reason reads %q", got)
	}
}

// TestATotalIsCalledByItsColumnOnce: a column that says so already is no "Media, media".
func TestATotalIsCalledByItsColumnOnce(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		in                 locale.Language
		kind, column, want string
	}{
		{locale.Spanish, "average", "Media", "Media"},
		{locale.Spanish, "sum", "Importe total", "Importe total"},
		{locale.Spanish, "sum", "Importe", "Importe, total"},
		{locale.English, "average", "Average", "Average"},
		{locale.English, "count", "Account", "Account, count"},
	} {
		if got := locale.TotalOf(test.in, test.kind, test.column); got != test.want {
			t.Errorf("%s of %s in %s is %q, want %q", test.kind, test.column, test.in, got, test.want)
		}
	}
}
