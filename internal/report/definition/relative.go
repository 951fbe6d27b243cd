package definition

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
)

// relativeDate is the form of a date that is counted from the day of the request:
// "today", "yesterday - 1 year", "start of month - 1 month", in English or Spanish.
var relativeDate = regexp.MustCompile(`^(today|yesterday|tomorrow|(?:start|end) of (?:week|month|quarter|year))(?: ?([+-]) ?([0-9]{1,4}) (day|week|month|year)s?)?$`)

// english are the English words for the Spanish ones, some of them without their accents, too.
var english = map[string]string{
	"hoy": "today", "ayer": "yesterday", "mañana": "tomorrow", "manana": "tomorrow", "principio": "start", "inicio": "start", "comienzo": "start", "fin": "end", "final": "end", "de": "of",
	"día": "day", "días": "days", "dia": "day", "dias": "days", "semana": "week", "semanas": "weeks", "mes": "month", "meses": "months", "trimestre": "quarter", "año": "year", "años": "years",
}

var letters = regexp.MustCompile(`\p{L}+`)

func inEnglish(text string) string {
	return letters.ReplaceAllStringFunc(strings.ToLower(text), func(word string) string { return cmp.Or(english[word], word) })
}

// spanish are the Spanish words for the English ones.
var spanish = map[string]string{
	"today": "hoy", "yesterday": "ayer", "tomorrow": "mañana", "start": "inicio", "end": "fin", "of": "de", "day": "día", "days": "días", "week": "semana", "weeks": "semanas",
	"month": "mes", "months": "meses", "quarter": "trimestre", "year": "año", "years": "años",
}

// RelativeIn is a date that is counted from the day of the request in the words of a
// language, whatever language it is written in; any other text is as it was.
func RelativeIn(l locale.Language, text string) string {
	words := strings.Join(strings.Fields(inEnglish(text)), " ")
	if !relativeDate.MatchString(words) {
		return text
	}
	if l == locale.Spanish {
		words = letters.ReplaceAllStringFunc(words, func(word string) string { return cmp.Or(spanish[word], word) })
	}
	return words
}

// relative evaluates a date that is counted from today. ok is false for a text that is
// no such date. The offset comes first, so that "end of month - 1 month" is the last day
// of the month before; a month that is too short for the day gives its last one. Weeks
// begin on Monday.
func relative(text string, today time.Time) (day string, ok bool) {
	parts := relativeDate.FindStringSubmatch(strings.Join(strings.Fields(inEnglish(text)), " "))
	if parts == nil {
		return "", false
	}
	base, sign, count, unit := parts[1], parts[2], parts[3], parts[4]
	at := time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC)
	if n, err := strconv.Atoi(sign + count); err == nil {
		at = shifted(at, n, unit)
	}
	switch base {
	case "today":
	case "yesterday":
		at = at.AddDate(0, 0, -1)
	case "tomorrow":
		at = at.AddDate(0, 0, 1)
	default:
		edge, period, _ := strings.Cut(base, " of ")
		at = edgeOf(at, edge == "end", period)
	}
	return at.Format(time.DateOnly), true
}

func shifted(at time.Time, n int, unit string) time.Time {
	switch unit {
	case "day":
		return at.AddDate(0, 0, n)
	case "week":
		return at.AddDate(0, 0, 7*n)
	case "year":
		n *= 12
	}
	first := time.Date(at.Year(), at.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	return first.AddDate(0, 0, min(at.Day(), first.AddDate(0, 1, -1).Day())-1)
}

// edgeOf is the first or the last day of the period that the day is in.
func edgeOf(at time.Time, last bool, period string) time.Time {
	var start, next time.Time
	switch period {
	case "week":
		start = at.AddDate(0, 0, -(int(at.Weekday())+6)%7)
		next = start.AddDate(0, 0, 7)
	case "month":
		start = time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC)
		next = start.AddDate(0, 1, 0)
	case "quarter":
		start = time.Date(at.Year(), (at.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC)
		next = start.AddDate(0, 3, 0)
	default:
		start = time.Date(at.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
		next = start.AddDate(1, 0, 0)
	}
	if last {
		return next.AddDate(0, 0, -1)
	}
	return start
}

// today is the day that relative dates are counted from: by the definition's time zone,
// else by its source's, UTC without either (A-REPORT-24).
func (d *Definition) today() time.Time {
	zone := d.SourceZone
	if d.Zone != nil {
		zone = *d.Zone
	}
	return time.Now().In(zone.Location())
}

// Preset is the parameter's default for a request made now: a date where the definition
// says "start of month". It is "" without a default.
func (d *Definition) Preset(p *Parameter) string {
	if p.Default == "" {
		return ""
	}
	canonical, err := p.canonical(p.Default, d.today())
	if err != nil { // out of its own range today; the request is refused with the reason
		return ""
	}
	return canonical
}

// hasRelative tells whether a default, of a list too, counts a date from today.
func hasRelative(text string) bool {
	values, err := ListValues(text)
	return err == nil && slices.ContainsFunc(values, func(one string) bool {
		_, ok := relative(one, time.Time{})
		return ok
	})
}

func badDate(text string) error {
	return language.Errorf("value.date", "value", strconv.Quote(text))
}
