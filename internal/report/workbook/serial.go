package workbook

import (
	"strconv"

	"github.com/pasarela-ws/pasarela/internal/report/value"
)

// A serial is a moment as spreadsheets count, by the moment's own clock.
type serial struct {
	days     int64 // from 1899-12-30
	fraction int64 // of the day, in units of 864 ns
}

// unitsADay are 11 decimals of a day: what a double has left of today's serials.
const unitsADay = 100_000_000_000

// serialOf: ok is false before March 1900, where spreadsheets disagree (1900 was no
// leap year, but Excel has its 29 February), and after 9999.
func serialOf(m *value.Moment) (s serial, ok bool) {
	if m.Year < 1900 || m.Year > 9999 || m.Year == 1900 && m.Month < 3 {
		return serial{}, false
	}
	// Years begin in March here: the day that leap years have more is their last.
	year, month := int64(m.Year), int64(m.Month)
	if month < 3 {
		year, month = year-1, month+12
	}
	const first = 693_900 // 1899-12-30 as it is counted below
	s.days = 365*year + year/4 - year/100 + year/400 + (153*(month-3)+2)/5 + int64(m.Day) - first
	seconds := (int64(m.Hour)*60+int64(m.Minute))*60 + int64(m.Second)
	s.fraction = (seconds*1e9 + int64(m.Nano) + 432) / 864
	if s.fraction >= unitsADay {
		s.days, s.fraction = s.days+1, s.fraction-unitsADay
	}
	return s, true
}

func (s serial) append(to []byte) []byte {
	to = strconv.AppendInt(to, s.days, 10)
	if s.fraction == 0 {
		return to
	}
	to = append(to, '.')
	for unit, left := int64(unitsADay/10), s.fraction; left > 0; unit /= 10 {
		to, left = append(to, byte('0'+left/unit)), left%unit
	}
	return to
}
