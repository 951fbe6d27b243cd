package locale

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/report/value"
)

// DecimalMark separates the decimals: "," in Spanish, "." in English.
func (l Language) DecimalMark() byte {
	if l == Spanish {
		return ','
	}
	return '.'
}

// GroupMark separates the thousands: "." in Spanish, "," in English.
func (l Language) GroupMark() byte {
	if l == Spanish {
		return '.'
	}
	return ','
}

// Percent writes the percent sign behind a number: with a space in Spanish, as the Academy
// has it, and without one in English.
func (l Language) Percent(number string) string {
	if l == Spanish {
		return number + " %"
	}
	return number + "%"
}

// ListMark separates the fields of CSV files, as spreadsheets of that language
// expect them: ";" where "," is the decimal mark.
func (l Language) ListMark() byte {
	if l == Spanish {
		return ';'
	}
	return ','
}

// Date writes a day: 31/01/2026 in Spanish, 2026-01-31 in English; 15/03/0044 a. C.
// and 0044-03-15 BC before our era.
func (l Language) Date(m value.Moment) string {
	if l != Spanish {
		return m.ISODay()
	}
	if m.Year <= 0 {
		return fmt.Sprintf("%02d/%02d/%04d a. C.", m.Day, m.Month, 1-m.Year)
	}
	return fmt.Sprintf("%02d/%02d/%04d", m.Day, m.Month, m.Year)
}

// months are the short names as spreadsheets write mmm.
var months = map[Language][12]string{
	Spanish: {"ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"},
	English: {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
}

// Month writes a month: ene 2026 in Spanish, Jan 2026 in English. Before our era it is
// the month's first day, as [Language.Date] writes it.
func (l Language) Month(m value.Moment) string {
	names, ok := months[l]
	if m.Year <= 0 || !ok {
		return l.Date(m)
	}
	return names[m.Month-1] + " " + strconv.Itoa(int(m.Year))
}

// DateTime writes a day and the time of it, to the minute or, where there are any,
// with the seconds and their fraction.
func (l Language) DateTime(m value.Moment) string {
	clock := m.Clock()
	if m.Second == 0 && m.Nano == 0 {
		clock = clock[:5]
	}
	return l.Date(m) + " " + strings.Replace(clock, ".", string(l.DecimalMark()), 1)
}

// AppendNumber writes a number in plain notation with the language's marks, with
// thousands grouped if wanted. Every digit stays.
func (l Language) AppendNumber(to []byte, plain string, grouped bool) []byte {
	if strings.HasPrefix(plain, "-") {
		to, plain = append(to, '-'), plain[1:]
	}
	whole, fraction, cut := strings.Cut(plain, ".")
	for i := range len(whole) {
		if grouped && i > 0 && (len(whole)-i)%3 == 0 {
			to = append(to, l.GroupMark())
		}
		to = append(to, whole[i])
	}
	if cut {
		to = append(append(to, l.DecimalMark()), fraction...)
	}
	return to
}
