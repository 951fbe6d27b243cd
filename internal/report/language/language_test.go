package language_test

import (
	"math"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/language"
)

func TestCodes(t *testing.T) {
	for code, want := range map[string]language.Language{"es": "es", "en": "en", "es-MX": "es", "en_GB": "en", "es-419": "es", "fr": "", "": "", "e": "", "español": "", "ES": ""} {
		if got, ok := language.Parse(code); got != want || ok != (want != "") {
			t.Errorf("%q is %q, %t", code, got, ok)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, test := range []struct {
		n        float64
		decimals int
		grouped  bool
		es, en   string
	}{
		{0, 0, true, "0", "0"},
		{999, 0, true, "999", "999"},
		{1000, 0, true, "1.000", "1,000"},
		{-1000, 2, true, "-1.000,00", "-1,000.00"},
		{-100, 2, true, "-100,00", "-100.00"},
		{1234567.891, 2, true, "1.234.567,89", "1,234,567.89"},
		{1234567.891, 2, false, "1234567,89", "1234567.89"},
		{0.5, -1, true, "0,5", "0.5"},
		{123456, -1, true, "123.456", "123,456"},
		{math.MaxInt32, 1, true, "2.147.483.647,0", "2,147,483,647.0"},
	} {
		es, en := string(language.Spanish.AppendNumber(nil, test.n, test.decimals, test.grouped)), string(language.English.AppendNumber([]byte("x"), test.n, test.decimals, test.grouped))
		if es != test.es || en != "x"+test.en {
			t.Errorf("%v is %s and %s, want %s and %s", test.n, es, en, test.es, test.en)
		}
	}
}

func TestDates(t *testing.T) {
	at := time.Date(2026, 1, 31, 9, 5, 59, 0, time.UTC)
	if es, en := language.Spanish.DateTime(at), language.English.DateTime(at); es != "31/01/2026 09:05" || en != "2026-01-31 09:05" {
		t.Errorf("%s and %s", es, en)
	}
}

func TestTexts(t *testing.T) {
	for _, test := range []struct {
		text   language.Text
		es, en string
	}{
		{language.Text{"es": "sí", "en": "yes"}, "sí", "yes"},
		{language.Text{"en": "yes"}, "yes", "yes"},
		{language.Text{"es": "sí"}, "sí", "sí"},
		{language.Same("x"), "x", "x"},
		{nil, "", ""},
	} {
		if es, en := test.text.In("es"), test.text.In("en"); es != test.es || en != test.en {
			t.Errorf("%v reads %q and %q", test.text, es, en)
		}
	}
}

func TestEveryReasonIsSaidInEveryLanguage(t *testing.T) {
	for code, text := range language.Reasons() {
		for _, spoken := range language.All() {
			if len(text[spoken]) < 20 {
				t.Errorf("%s in %s: %q", code, spoken, text[spoken])
			}
		}
	}
	if got := language.Reason("nobody knows").In("en"); got != language.Unexpected["en"] {
		t.Errorf("an unknown reason reads %q", got)
	}
}
