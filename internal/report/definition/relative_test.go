package definition_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

func dated(t *testing.T, extra, preset string) *definition.Definition {
	t.Helper()
	d, err := definition.Read("d.yaml", []byte("type: x\ntitle: X\n"+extra+"sql: select a from t where d = :d\nparameters: [{ name: d, type: date, default: "+preset+", latest: 2099-12-31 }]\ncolumns: [{ name: a }]\n"))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// wait moves the clock of the bubble on.
func wait(t *testing.T, until string) {
	t.Helper()
	at, err := time.Parse(time.RFC3339, until)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Until(at))
}

func TestDatesCountedFromToday(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := dated(t, "", "today")
		wait(t, "2028-03-31T23:30:00Z") // a Friday, after 29 February
		for text, want := range map[string]string{
			"today": "2028-03-31", "Yesterday": "2028-03-30", "tomorrow": "2028-04-01", "today - 7 days": "2028-03-24", "today+1 week": "2028-04-07",
			"today - 1 month": "2028-02-29", "today - 13 months": "2027-02-28", "today - 1 year": "2027-03-31", "start of week": "2028-03-27", "end of week": "2028-04-02",
			"start of month": "2028-03-01", "end of month": "2028-03-31", "start of month - 1 month": "2028-02-01", "end of  month -1 month": "2028-02-29",
			"start of quarter": "2028-01-01", "end of quarter - 3 months": "2027-12-31", "start of year": "2028-01-01", "end of year + 1 year": "2029-12-31", "yesterday - 1 day": "2028-03-29",
			"hoy": "2028-03-31", "Ayer": "2028-03-30", "mañana": "2028-04-01", "hoy - 7 días": "2028-03-24", "hoy + 1 semana": "2028-04-07", "inicio de mes - 1 mes": "2028-02-01", "fin de mes - 2 meses": "2028-01-31",
			"principio de trimestre": "2028-01-01", "fin de año + 1 año": "2029-12-31", "comienzo de semana": "2028-03-27", "final de mes": "2028-03-31", "hoy - 3 dias": "2028-03-28",
			"2026-01-31": "2026-01-31",
		} {
			values, err := d.Check(map[string]string{"d": text})
			if err != nil || values["d"] != want {
				t.Errorf("%s is %v, %v; want %s", text, values, err, want)
			}
		}
		for _, text := range []string{"someday", "start", "start of day", "today - x days", "today - 99999 days", "today 1 day", "end of month - 1 quarter", "fin de día", "hoy - x días"} {
			if values, err := d.Check(map[string]string{"d": text}); err == nil || !strings.Contains(err.Error(), "counted from today") {
				t.Errorf("%s is %v, %v", text, values, err)
			}
		}
		if _, err := d.Check(map[string]string{"d": "today + 100 years"}); err == nil || !strings.Contains(err.Error(), "must not be after") {
			t.Errorf("a date behind the latest: %v", err)
		}
	})
}

func TestADefaultIsCountedWhenItIsRequested(t *testing.T) {
	madrid, err := value.ParseZone("Europe/Madrid")
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		plain, zoned, sourced := dated(t, "", "start of month"), dated(t, "timezone: America/New_York\n", "today"), dated(t, "", "today")
		sourced.SourceZone = madrid
		check := func(d *definition.Definition, want string) {
			t.Helper()
			values, err := d.Check(nil)
			if err != nil || values["d"] != want || d.Preset(&d.Parameters[0]) != want {
				t.Errorf("the default is %v, %v; want %s", values, err, want)
			}
		}
		check(plain, "2000-01-01")
		wait(t, "2026-06-30T23:30:00Z")
		check(plain, "2026-06-01")
		check(zoned, "2026-06-30")
		check(sourced, "2026-07-01")
		wait(t, "2026-07-01T01:00:00Z")
		check(plain, "2026-07-01")
		check(zoned, "2026-06-30")
	})
}

// TestARelativeDateIsSaidInALanguage: and is read in it as what it was.
func TestARelativeDateIsSaidInALanguage(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"ayer":                       {"yesterday", "ayer"},
		"Start of  month - 1 month":  {"start of month - 1 month", "inicio de mes - 1 mes"},
		"final de trimestre +2 años": {"end of quarter +2 years", "fin de trimestre +2 años"},
		"2026-01-31":                 {"2026-01-31", "2026-01-31"},
		"de":                         {"de", "de"},
	} {
		for i, l := range []locale.Language{locale.English, locale.Spanish} {
			if got := definition.RelativeIn(l, text); got != want[i] || definition.RelativeIn(locale.English, got) != want[0] {
				t.Errorf("%s in %s is %q, want %q", text, l, got, want[i])
			}
		}
	}
}
