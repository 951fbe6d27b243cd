package report_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/pasarela-ws/pasarela/internal/report"
	"github.com/pasarela-ws/pasarela/internal/report/delivery"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

func press(t *testing.T, ctx context.Context, act string) {
	t.Helper()
	button := `document.querySelector('#schedules button[data-act="` + act + `"]')`
	do(t, ctx, poll(button), chromedp.Evaluate(button+`.click()`, nil))
}

func says(t *testing.T, ctx context.Context, selector, want string) {
	t.Helper()
	do(t, ctx, poll(`document.querySelector('`+selector+`')?.textContent.includes('`+want+`')`))
}

// TestAPersonSchedulesAReport: "every Monday and Friday at 7:30 into the folder" is seven
// clicks; the list says when it comes next, and runs, pauses, resumes and deletes it.
func TestAPersonSchedulesAReport(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	ctx, _, _ := browseWith(t, report.Options{Delivery: delivery.Options{
		Folders: map[string]string{"accounts": folder}, SMTP: "smtp://127.0.0.1:1?from=reports@example.com&tls=none", MailTo: []string{"@example.com"},
	}})
	do(t, ctx, choose("ventas", "es"), chromedp.SetValue("#parameter-year", "2024", chromedp.ByQuery), chromedp.Click("#regular summary", chromedp.ByQuery), chromedp.WaitVisible("#keep-schedule", chromedp.ByQuery))
	do(t, ctx, chromedp.Click(`#weekdays input[value="friday"]`, chromedp.ByQuery), chromedp.Evaluate(`document.getElementById('time').value = '07:30'; document.getElementById('zone').value = 'Europe/Madrid'`, nil))
	if got := text(t, ctx, `document.getElementById('zone').value + document.getElementById('time').value`); got != "Europe/Madrid07:30" {
		t.Fatalf("chosen is %s", got)
	}
	do(t, ctx, chromedp.Click("#keep-schedule", chromedp.ByQuery))
	says(t, ctx, "#schedule-fault", "Indica a dónde se envía")
	do(t, ctx, chromedp.SetValue("#mail", "ana@other.example", chromedp.ByQuery), chromedp.Click("#keep-schedule", chromedp.ByQuery))
	says(t, ctx, "#schedule-fault", "No se puede enviar a ana@other.example. Se admiten: @example.com")
	do(t, ctx, chromedp.Evaluate(`document.getElementById('mail').value = ''`, nil), chromedp.Click(`#folders input[value="accounts"]`, chromedp.ByQuery), chromedp.Click("#keep-schedule", chromedp.ByQuery))
	do(t, ctx, chromedp.WaitVisible("#schedules li", chromedp.ByQuery))
	for expression, want := range map[string]string{
		`document.querySelector('#schedules .next').textContent.split(' · ')[0]`:                         "cada lunes y viernes a las 7:30 (Europe/Madrid)",
		`/Próximo: (lunes|viernes).* 7:30/.test(document.querySelector('#schedules .next').textContent)`: "true",
		`document.querySelector('#schedules li').textContent.includes('Carpeta accounts')`:               "true",
		`document.activeElement.id`:                                                       "schedules-title",
		`document.documentElement.scrollWidth <= innerWidth`:                              "true",
		`[...document.querySelectorAll('input, select')].every(e => e.labels.length > 0)`: "true",
	} {
		if got := text(t, ctx, expression); got != want {
			t.Errorf("%s is %q, want %q", expression, got, want)
		}
	}
	press(t, ctx, "pause")
	says(t, ctx, "#schedules .badge", "En pausa")
	do(t, ctx, choose("ventas", "en"))
	says(t, ctx, "#schedules .next", "every Monday and Friday at 7:30 (Europe/Madrid)")
	press(t, ctx, "resume")
	says(t, ctx, "#schedules .next", "Next: ")
	says(t, ctx, "#schedules li", "Year: 2024 · xlsx")
	press(t, ctx, "runNow")
	says(t, ctx, "#history li", "Scheduled")
	says(t, ctx, "#schedules li", ", delivered")
	testkit.Eventually(t, "a file", func() bool {
		names, _ := filepath.Glob(filepath.Join(folder, "ventas-2024 *.xlsx"))
		return len(names) == 1
	})
	do(t, ctx, chromedp.Reload(), chromedp.WaitVisible("#schedules li", chromedp.ByQuery))
	press(t, ctx, "remove")
	do(t, ctx, chromedp.WaitVisible("#sure", chromedp.ByQuery), chromedp.Click(`#sure button[value="yes"]`, chromedp.ByQuery), chromedp.WaitNotVisible("#scheduled", chromedp.ByQuery))
}

// TestAPersonChangesASchedule: the form has it as it is, the same schedule has another hour, day
// and target afterwards; a day that some months lack is said at its field.
func TestAPersonChangesASchedule(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	ctx, _, served := browseWith(t, report.Options{Delivery: delivery.Options{
		Folders: map[string]string{"accounts": folder}, SMTP: "smtp://127.0.0.1:1?from=reports@example.com&tls=none", MailTo: []string{"@example.com"},
	}})
	do(t, ctx, choose("clientes", "en"), chromedp.Click("#regular summary", chromedp.ByQuery), chromedp.WaitVisible("#counted-from", chromedp.ByQuery))
	says(t, ctx, "#folders", "Folder accounts ("+folder+")")
	do(t, ctx, chromedp.SetValue("#counted-from", "start of month - 1 month", chromedp.ByQuery), chromedp.SetValue("#mail", "ana@example.com", chromedp.ByQuery), chromedp.Click("#keep-schedule", chromedp.ByQuery), chromedp.WaitVisible("#schedules li", chromedp.ByQuery))
	says(t, ctx, "#schedules li", "The first day of the month before")
	id := text(t, ctx, `document.querySelector('#schedules button').dataset.of`)
	do(t, ctx, choose("ventas", "es"), chromedp.Evaluate(`document.getElementById('mail').value = ''`, nil))
	press(t, ctx, "change")
	do(t, ctx, chromedp.WaitVisible("#leave-schedule", chromedp.ByQuery))
	for expression, want := range map[string]string{
		`document.getElementById('type').value`:                "clientes",
		`document.getElementById('counted-from').value`:        "start of month - 1 month",
		`document.getElementById('counted-to').value`:          "",
		`document.getElementById('every').value`:               "week",
		`document.getElementById('time').value`:                "07:00",
		`document.getElementById('mail').value`:                "ana@example.com",
		`document.getElementById('keep-schedule').textContent`: "Guardar los cambios",
	} {
		if got := text(t, ctx, expression); got != want {
			t.Errorf("%s is %q, want %q", expression, got, want)
		}
	}
	do(t, ctx, chromedp.Evaluate(`document.getElementById('every').value = 'month'; document.getElementById('every').onchange(); document.getElementById('day').value = '31'; document.getElementById('time').value = '08:30'`, nil),
		chromedp.Click(`#folders input[value="accounts"]`, chromedp.ByQuery), chromedp.Click("#keep-schedule", chromedp.ByQuery))
	says(t, ctx, "#schedule-fault", "Debe estar entre 1 y 28")
	if got := text(t, ctx, `document.getElementById('day').getAttribute('aria-invalid') + document.activeElement.id`); got != "trueday" {
		t.Errorf("the field of the day is %s", got)
	}
	do(t, ctx, chromedp.Evaluate(`document.getElementById('day').value = '28'`, nil), chromedp.Click("#keep-schedule", chromedp.ByQuery))
	says(t, ctx, "#schedules .next", "cada mes el día 28 a las 8:30")
	all := listOf(t, served)
	if len(all) != 1 || all[0].ID != id || all[0].Parameters["from"] != "start of month - 1 month" {
		t.Errorf("schedules %+v", all)
	}
	if got := text(t, ctx, `document.querySelector('#schedules li').textContent.includes('ana@example.com, Carpeta accounts') && document.getElementById('leave-schedule').hidden`); got != "true" {
		t.Error(text(t, ctx, `document.querySelector('#schedules li').textContent`))
	}
}

// TestTheRowOfAScheduleSaysWhatWentWrong, in the page's language.
func TestTheRowOfAScheduleSaysWhatWentWrong(t *testing.T) {
	t.Parallel()
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }))
	defer receiver.Close()
	ctx, _, _ := browseWith(t, report.Options{Delivery: delivery.Options{WebHooks: []string{receiver.URL}}})
	do(t, ctx, choose("ventas", "es"), chromedp.Click("#regular summary", chromedp.ByQuery), chromedp.WaitVisible("#hook", chromedp.ByQuery),
		chromedp.SetValue("#hook", receiver.URL+"/in", chromedp.ByQuery), chromedp.Click("#keep-schedule", chromedp.ByQuery), chromedp.WaitVisible("#schedules li", chromedp.ByQuery))
	press(t, ctx, "runNow")
	says(t, ctx, "#schedules .fault", "No se ha entregado a "+receiver.URL+"/in: responde «500 Internal Server Error».")
	says(t, ctx, "#schedules li", ", no entregado")
	do(t, ctx, choose("ventas", "en"))
	says(t, ctx, "#schedules .fault", "it answers “500 Internal Server Error”")
}

// tooWide are the options of dates whose text is wider than their field has room for, but
// for its padding and its arrow.
const tooWide = `(() => {
	const select = document.querySelector('#dates select'), style = getComputedStyle(select), pen = document.createElement('canvas').getContext('2d');
	pen.font = style.font;
	const room = select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - 16;
	return [...select.options].filter((option) => pen.measureText(option.text).width > room).map((option) => option.text + ' ' + pen.measureText(option.text).width + ' > ' + room).join('; ');
})()`

// TestDatesOfASchedule: a date that the form proposes is counted anew for each run, one that
// a person has written stays, and one may be chosen that is counted.
func TestDatesOfASchedule(t *testing.T) {
	t.Parallel()
	ctx, _, served := browseWith(t, report.Options{Delivery: delivery.Options{Folders: map[string]string{"accounts": t.TempDir()}}})
	do(t, ctx, choose("clientes", "en"), chromedp.Click("#regular summary", chromedp.ByQuery), chromedp.WaitVisible("#counted-from", chromedp.ByQuery))
	if got := text(t, ctx, `document.querySelector('#folders input').checked`); got != "true" {
		t.Error("the only place is not chosen")
	}
	do(t, ctx, chromedp.EmulateViewport(1000, 800)) // the form beside the reports
	for _, spoken := range []string{"es", "en"} {
		do(t, ctx, choose("clientes", spoken))
		if cut := text(t, ctx, tooWide); cut != "" {
			t.Errorf("%s: cut are %s", spoken, cut)
		}
	}
	do(t, ctx, chromedp.SetValue("#counted-from", "start of month - 1 month", chromedp.ByQuery), chromedp.Click("#keep-schedule", chromedp.ByQuery), chromedp.WaitVisible("#schedules li", chromedp.ByQuery))
	_, content := ask(t, served, "GET", "/api/schedules", "", "")
	if !strings.Contains(content, `"parameters":{"from":"start of month - 1 month"`) {
		t.Errorf("kept is %s", content)
	}
}

// TestAPageWithoutPlacesSaysSo: where the operator has set up none, nothing can be scheduled.
func TestAPageWithoutPlacesSaysSo(t *testing.T) {
	t.Parallel()
	ctx, _, _ := browse(t)
	do(t, ctx, choose("ventas", "en"), chromedp.Click("#regular summary", chromedp.ByQuery), chromedp.WaitVisible("#no-places", chromedp.ByQuery))
	if got := text(t, ctx, `document.getElementById('keep-schedule').disabled`); got != "true" {
		t.Error("the button is enabled")
	}
}
