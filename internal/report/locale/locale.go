// Package locale holds the languages of reports: their texts, dates, numbers and
// sentences.
package locale

import (
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

// A Language is the ISO 639-1 code of a language that reports are made in.
type Language string

// The languages that workbooks, frames and the page are written in.
const (
	Spanish Language = "es"
	English Language = "en"
)

// All lists every language, the default first.
func All() []Language { return []Language{Spanish, English} }

// Parse reads a language code; "es-MX" and "es_MX" are Spanish.
func Parse(code string) (Language, bool) {
	if len(code) > 2 && (code[2] == '-' || code[2] == '_') {
		code = code[:2]
	}
	for _, known := range All() {
		if string(known) == code {
			return known, true
		}
	}
	return "", false
}

// A Text is one sentence in the languages it was written in.
type Text map[Language]string

// Same is a text that reads alike in every language.
func Same(words string) Text {
	text := Text{}
	for _, known := range All() {
		text[known] = words
	}
	return text
}

// Day is a day as it is kept ("2026-01-31"), as an argument of a message.
type Day string

// In is the day as reports of a language write it.
func (d Day) In(wanted language.Language) string {
	day, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return string(d)
	}
	return Language(wanted).Date(value.OfTime(day, false))
}

// Spoken is a text as an argument of a message.
type Spoken struct{ Text }

// In returns the text in a language of messages.
func (s Spoken) In(wanted language.Language) string { return s.Text.In(Language(wanted)) }

// In returns the text in the language, or else in the first one that it has.
func (t Text) In(wanted Language) string {
	if words, ok := t[wanted]; ok {
		return words
	}
	for _, known := range All() {
		if words, ok := t[known]; ok {
			return words
		}
	}
	return ""
}
