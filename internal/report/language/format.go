package language

import (
	"strconv"
	"time"
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

// ListMark separates the fields of CSV files, as spreadsheets of that language
// expect them: ";" where "," is the decimal mark.
func (l Language) ListMark() byte {
	if l == Spanish {
		return ';'
	}
	return ','
}

// Date writes a day: 31/01/2026 in Spanish, 2026-01-31 in English.
func (l Language) Date(t time.Time) string {
	if l == Spanish {
		return t.Format("02/01/2006")
	}
	return t.Format(time.DateOnly)
}

// DateTime writes a day and the time of it to the minute.
func (l Language) DateTime(t time.Time) string { return l.Date(t) + t.Format(" 15:04") }

// AppendNumber writes a number with that many decimals, or as many as it has if
// decimals is negative, with thousands grouped if wanted.
func (l Language) AppendNumber(to []byte, n float64, decimals int, grouped bool) []byte {
	start := len(to)
	to = strconv.AppendFloat(to, n, 'f', decimals, 64)
	whole := len(to)
	for i := start; i < len(to); i++ {
		if to[i] == '.' {
			to[i], whole = l.DecimalMark(), i
			break
		}
	}
	if !grouped {
		return to
	}
	first := start
	if first < len(to) && to[first] == '-' {
		first++
	}
	for at := whole - 3; at > first; at -= 3 {
		to = append(to, 0)
		copy(to[at+1:], to[at:])
		to[at] = l.GroupMark()
	}
	return to
}
