package recurrence_test

import (
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/recurrence"
)

func TestTimesAreUnderstoodInBothLanguages(t *testing.T) {
	t.Parallel()
	madrid, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		t.Fatal(err)
	}
	saturday := time.Date(2026, time.March, 28, 12, 30, 0, 0, madrid) // summer time begins in the night that follows
	for text, want := range map[string]struct{ cron, next string }{
		"every monday at 7:00":                {"0 0 7 * * 1", "2026-03-30T07:00:00+02:00"},
		"cada lunes a las 7":                  {"0 0 7 * * 1", "2026-03-30T07:00:00+02:00"},
		"Every Thursday and Monday at 07:30":  {"0 30 7 * * 1,4", "2026-03-30T07:30:00+02:00"},
		"cada miércoles, sábado a las 19:05":  {"0 5 19 * * 3,6", "2026-03-28T19:05:00+01:00"},
		"every weekday at 7":                  {"0 0 7 * * 1,2,3,4,5", "2026-03-30T07:00:00+02:00"},
		"cada día laborable a las 7":          {"0 0 7 * * 1,2,3,4,5", "2026-03-30T07:00:00+02:00"},
		"every day at 12:30":                  {"0 30 12 * * *", "2026-03-29T12:30:00+02:00"},
		"cada día a la 1":                     {"0 0 1 * * *", "2026-03-29T01:00:00+01:00"},
		"every day at 2:30":                   {"0 30 2 * * *", "2026-03-30T02:30:00+02:00"}, // the 29th has no 2:30
		"every month on day 1 at 0:00":        {"0 0 0 1 * *", "2026-04-01T00:00:00+02:00"},
		"cada mes el día 28 a las 23:59":      {"0 59 23 28 * *", "2026-03-28T23:59:00+01:00"},
		"every hour":                          {"0 0 * * * *", "2026-03-28T13:00:00+01:00"},
		"cada hora":                           {"0 0 * * * *", "2026-03-28T13:00:00+01:00"},
		"every month on the 3 at 7":           {"0 0 7 3 * *", "2026-04-03T07:00:00+02:00"},
		"every saturday and sunday at 12:31":  {"0 31 12 * * 0,6", "2026-03-28T12:31:00+01:00"},
		"cada sábado y domingo a las 12:30":   {"0 30 12 * * 0,6", "2026-03-29T12:30:00+02:00"},
		"every  monday,  tuesday   at   00:5": {},
		"every monday":                        {},
		"monday at 7":                         {},
		"every monday monday at 7":            {},
		"every month on day 29 at 7":          {},
		"every month on day 0 at 7":           {},
		"every fortnight at 7":                {},
		"every at 7":                          {},
		"every day at 24:00":                  {},
		"every day at 7:60":                   {},
		"every day at 7 8":                    {},
		"0 7 * * 1":                           {},
		"":                                    {},
	} {
		when, err := recurrence.Parse(text)
		if want.cron == "" {
			if err == nil {
				t.Errorf("%q is taken as %s", text, when.Cron())
			}
			continue
		}
		if err != nil {
			t.Error(err)
			continue
		}
		if cron, next := when.Cron(), when.Next(saturday).Format(time.RFC3339); cron != want.cron || next != want.next {
			t.Errorf("%q is %q and next on %s; want %q and %s", text, cron, next, want.cron, want.next)
		}
		for spoken, said := range when.Text() {
			if again, err := recurrence.Parse(said); err != nil || again.Cron() != want.cron {
				t.Errorf("%q is said as %q in %s, which is read as %q, %v", text, said, spoken, again.Cron(), err)
			}
		}
	}
}

func TestTimesAreSaid(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"every sunday, thursday, monday at 7": {"every Monday, Thursday and Sunday at 7:00", "cada lunes, jueves y domingo a las 7:00"},
		"cada día laborable a las 13:05":      {"every weekday at 13:05", "cada día laborable a las 13:05"},
		"every day at 1":                      {"every day at 1:00", "cada día a la 1:00"},
		"every month on 3 at 0:10":            {"every month on day 3 at 0:10", "cada mes el día 3 a las 0:10"},
		"cada hora":                           {"every hour", "cada hora"},
	} {
		when, err := recurrence.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if said := when.Text(); said["en"] != want[0] || said["es"] != want[1] {
			t.Errorf("%q is said as %v", text, said)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("every monday, thursday at 7:30")
	f.Add("cada mes el día 1 a las 7")
	f.Fuzz(func(t *testing.T, text string) {
		when, err := recurrence.Parse(text)
		if err != nil {
			return
		}
		now := time.Date(2026, time.January, 31, 12, 0, 0, 0, time.UTC)
		if next := when.Next(now); !next.After(now) || next.Sub(now) > 60*24*time.Hour {
			t.Errorf("%q is next on %s", text, next)
		}
	})
}
