// Package recurrence reads how often a report is made, such as "every monday at 7:00" or
// "cada lunes a las 7:00", and writes it as the cron expression of a NATS message schedule.
package recurrence

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// A When is a recurring time of a clock. It has no zone of its own.
type When struct {
	weekdays []time.Weekday // sorted; empty: every day
	day      int            // of the month, 1 to 28; 0: by weekday
	hourly   bool           // every full hour
	hour     int
	minute   int
}

// lastDay is the last day that every month has.
const lastDay = 28

var (
	clockShape = regexp.MustCompile(`^([01]?[0-9]|2[0-3])(?::([0-5][0-9]))?$`)
	accents    = strings.NewReplacer("á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u", ",", " ")
	workdays   = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	weekdays   = map[string]time.Weekday{
		"monday": time.Monday, "tuesday": time.Tuesday, "wednesday": time.Wednesday, "thursday": time.Thursday,
		"friday": time.Friday, "saturday": time.Saturday, "sunday": time.Sunday,
		"lunes": time.Monday, "martes": time.Tuesday, "miercoles": time.Wednesday, "jueves": time.Thursday,
		"viernes": time.Friday, "sabado": time.Saturday, "domingo": time.Sunday,
	}
	filling = []string{"and", "y", "on", "the", "el", "los"}
)

// Parse reads a recurring time. The error says what is accepted.
func Parse(text string) (When, error) {
	words := strings.Fields(accents.Replace(strings.ToLower(text)))
	words = slices.DeleteFunc(words, func(word string) bool { return slices.Contains(filling, word) })
	when, ok := parse(words)
	if !ok {
		return When{}, language.Errorf("value.recurrence", "value", strconv.Quote(text), "last", lastDay)
	}
	return when, nil
}

func parse(words []string) (When, bool) {
	if len(words) < 2 || words[0] != "every" && words[0] != "cada" {
		return When{}, false
	}
	words = words[1:]
	if len(words) == 1 && (words[0] == "hour" || words[0] == "hora") {
		return When{hourly: true}, true
	}
	at := slices.IndexFunc(words, func(word string) bool { return word == "at" || word == "a" })
	if at < 1 {
		return When{}, false
	}
	when, clock := When{}, words[at+1:]
	if len(clock) == 2 && words[at] == "a" && (clock[0] == "las" || clock[0] == "la") {
		clock = clock[1:]
	}
	if len(clock) != 1 || !when.readClock(clock[0]) || !when.readDays(words[:at]) {
		return When{}, false
	}
	return when, true
}

func (w *When) readClock(text string) bool {
	parts := clockShape.FindStringSubmatch(text)
	if parts == nil {
		return false
	}
	w.hour, _ = strconv.Atoi(parts[1]) // the shape has digits only
	if parts[2] != "" {
		w.minute, _ = strconv.Atoi(parts[2])
	}
	return true
}

func (w *When) readDays(words []string) bool {
	switch all := strings.Join(words, " "); {
	case all == "day" || all == "dia":
		return true
	case all == "weekday" || all == "dia laborable":
		w.weekdays = workdays
		return true
	case words[0] == "month" || words[0] == "mes":
		return w.readDay(words[1:])
	}
	for _, word := range words {
		day, known := weekdays[word]
		if !known || slices.Contains(w.weekdays, day) {
			return false
		}
		w.weekdays = append(w.weekdays, day)
	}
	slices.Sort(w.weekdays)
	return true
}

func (w *When) readDay(words []string) bool {
	if len(words) == 2 && (words[0] == "day" || words[0] == "dia") {
		words = words[1:]
	}
	if len(words) != 1 {
		return false
	}
	day, err := strconv.Atoi(words[0])
	w.day = day
	return err == nil && day >= 1 && day <= lastDay
}

// Cron is the time as NATS takes it: seconds, minutes, hours, days of the month, months,
// weekdays from Sunday, 0.
func (w When) Cron() string {
	if w.hourly {
		return "0 0 * * * *"
	}
	days, month := "*", "*"
	if len(w.weekdays) > 0 {
		numbers := make([]string, len(w.weekdays))
		for i, day := range w.weekdays {
			numbers[i] = strconv.Itoa(int(day))
		}
		days = strings.Join(numbers, ",")
	}
	if w.day > 0 {
		month = strconv.Itoa(w.day)
	}
	return fmt.Sprintf("0 %d %d %s * %s", w.minute, w.hour, month, days)
}

// Next is the first such time after a moment, in the moment's zone. A time that the
// clock skips on a day (as summer time begins) does not come on that day.
func (w When) Next(after time.Time) time.Time {
	if w.hourly {
		return after.Truncate(time.Minute).Add(time.Duration(60-after.Minute()) * time.Minute)
	}
	year, month, day := after.Date()
	for i := 0; ; i++ { // ends within a month and a skipped day
		at := time.Date(year, month, day+i, w.hour, w.minute, 0, 0, after.Location())
		if at.After(after) && at.Hour() == w.hour && w.on(at) {
			return at
		}
	}
}

func (w When) on(at time.Time) bool {
	if w.day > 0 {
		return at.Day() == w.day
	}
	return len(w.weekdays) == 0 || slices.Contains(w.weekdays, at.Weekday())
}
