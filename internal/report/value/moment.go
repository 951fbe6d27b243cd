package value

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A Moment is a day of the calendar and the clock's time on it, as the database
// wrote them: years 4713 BC (-4712) and earlier to 294276 and later.
type Moment struct {
	Year                             int32 // 0 is 1 BC
	Month, Day, Hour, Minute, Second uint8
	Nano                             int32
	Zone                             int32 // seconds east of UTC
	Zoned                            bool
}

// OfTime is the moment of a driver's time, by its own clock and zone.
func OfTime(t time.Time, zoned bool) Moment {
	_, east := t.Zone()
	m := Moment{
		Year: int32(t.Year()), Month: uint8(t.Month()), Day: uint8(t.Day()),
		Hour: uint8(t.Hour()), Minute: uint8(t.Minute()), Second: uint8(t.Second()), Nano: int32(t.Nanosecond()),
	}
	if zoned {
		m.Zone, m.Zoned = int32(east), true
	}
	return m
}

// ParseMoment reads ISO 8601 as PostgreSQL (with " BC" and years of more than four
// digits), MySQL, SQLite and SQL Server write it: a day, or a day and a time, with
// a space or a T between them.
func ParseMoment(text string) (m Moment, ok bool) {
	text, before := strings.CutSuffix(text, " BC")
	year, rest, ok := strings.Cut(text, "-")
	if !ok || len(year) < 4 || len(year) > 7 || !onlyDigits(year) {
		return Moment{}, false
	}
	n, err := strconv.Atoi(year)
	if err != nil {
		return Moment{}, false
	}
	if before {
		n = 1 - n
	}
	m.Year = int32(n)
	if len(rest) < 5 || rest[2] != '-' || !two(rest, &m.Month) || !two(rest[3:], &m.Day) || !m.inCalendar() {
		return Moment{}, false
	}
	if rest = rest[5:]; rest == "" {
		return m, true
	}
	if rest[0] != ' ' && rest[0] != 'T' {
		return Moment{}, false
	}
	return m, m.clock(rest[1:])
}

func two(text string, into *uint8) bool {
	if len(text) < 2 || !onlyDigits(text[:2]) {
		return false
	}
	*into = (text[0]-'0')*10 + text[1] - '0'
	return true
}

func (m *Moment) inCalendar() bool {
	if m.Month < 1 || m.Month > 12 || m.Day < 1 {
		return false
	}
	return int(m.Day) <= time.Date(int(m.Year), time.Month(m.Month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// clock reads "15:04", "15:04:05", "15:04:05.678" and a zone after it.
func (m *Moment) clock(text string) bool {
	if len(text) < 5 || text[2] != ':' || !two(text, &m.Hour) || !two(text[3:], &m.Minute) {
		return false
	}
	rest := text[5:]
	if len(rest) >= 3 && rest[0] == ':' {
		if !two(rest[1:], &m.Second) {
			return false
		}
		rest = rest[3:]
	}
	if len(rest) > 1 && rest[0] == '.' {
		end := 1
		for end < len(rest) && rest[end] >= '0' && rest[end] <= '9' {
			end++
		}
		digits := (rest[1:end] + "000000000")[:9]
		nano, err := strconv.Atoi(digits)
		if err != nil {
			return false
		}
		m.Nano, rest = int32(nano), rest[end:]
	}
	return m.Hour < 24 && m.Minute < 60 && m.Second < 60 && m.zone(strings.TrimPrefix(rest, " "))
}

// zone reads "", "Z", "+01", "-05:30" and "+00:19:32".
func (m *Moment) zone(text string) bool {
	if text == "" {
		return true
	}
	m.Zoned = true
	if text == "Z" {
		return true
	}
	if text[0] != '+' && text[0] != '-' {
		return false
	}
	var parts [3]uint8
	rest := text[1:]
	for i := range parts {
		if !two(rest, &parts[i]) {
			return false
		}
		if rest = strings.TrimPrefix(rest[2:], ":"); rest == "" {
			break
		}
	}
	m.Zone = int32(parts[0])*3600 + int32(parts[1])*60 + int32(parts[2])
	if text[0] == '-' {
		m.Zone = -m.Zone
	}
	return rest == ""
}

// ISODay is the day in ISO form: "2026-01-31", "0044-03-15 BC", "12345-01-01".
func (m Moment) ISODay() string {
	if m.Year <= 0 {
		return fmt.Sprintf("%04d-%02d-%02d BC", 1-m.Year, m.Month, m.Day)
	}
	return fmt.Sprintf("%04d-%02d-%02d", m.Year, m.Month, m.Day)
}

// Clock is the time of the day: "15:04:05", with the fraction of a second that it
// has.
func (m Moment) Clock() string {
	text := fmt.Sprintf("%02d:%02d:%02d", m.Hour, m.Minute, m.Second)
	if m.Nano != 0 {
		text += "." + strings.TrimRight(fmt.Sprintf("%09d", m.Nano), "0")
	}
	return text
}

// String is the moment in ISO form, its zone included.
func (m Moment) String() string {
	day, before := strings.CutSuffix(m.ISODay(), " BC")
	text := day + " " + m.Clock() + m.offset()
	if before {
		text += " BC"
	}
	return text
}

func (m Moment) offset() string {
	if !m.Zoned {
		return ""
	}
	sign, east := "+", m.Zone
	if east < 0 {
		sign, east = "-", -east
	}
	text := fmt.Sprintf("%s%02d", sign, east/3600)
	if east%3600 != 0 {
		text += fmt.Sprintf(":%02d", east/60%60)
	}
	if east%60 != 0 {
		text += fmt.Sprintf(":%02d", east%60)
	}
	return text
}
