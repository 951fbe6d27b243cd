package report_test

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/pasarela-ws/pasarela/internal/report"
)

func holds(t *testing.T, ctx context.Context, wants map[string]string) {
	t.Helper()
	for expression, want := range wants {
		if got := text(t, ctx, expression); got != want {
			t.Errorf("%s is %q, want %q", expression, got, want)
		}
	}
}

// TestAPreviewIsRead: it says of which rows its figures are, its table is no higher than its
// scroll bar is in sight, its dates are in the page's language, and its chart has an axis with
// the unit and says each value to the pointer and to the keyboard.
func TestAPreviewIsRead(t *testing.T) {
	t.Parallel()
	ctx, _, _ := browse(t)
	key := func(name string) chromedp.Action {
		return chromedp.Evaluate(`document.querySelector('#chart svg').dispatchEvent(new KeyboardEvent('keydown', { key: '`+name+`' }))`, nil)
	}
	do(t, ctx, choose("ventas", "es"), chromedp.SetValue("#parameter-year", "2025", chromedp.ByQuery), chromedp.Click("#ask button", chromedp.ByQuery), chromedp.WaitVisible("#preview tbody tr", chromedp.ByQuery))
	holds(t, ctx, map[string]string{
		`document.getElementById('of').textContent`:                                                                     "Se ven 20 de las 10.209 filas; los totales y el gráfico son de todas.",
		`document.getElementById('format-hint').textContent`:                                                            "El archivo sale en el idioma de esta página, español; se cambia arriba.",
		`document.querySelector('#rows td').textContent`:                                                                "1 ene 2025, 9:27:16",
		`[...document.querySelectorAll('#chart text')].slice(0, 5).map((e) => e.textContent).join()`:                    "0 €,10.000 €,20.000 €,30.000 €,40.000 €",
		`document.querySelector('.wide').clientHeight <= 352 && document.querySelector('.wide').scrollHeight > 600`:     "true",
		`document.querySelector('#history .details').textContent.includes('10.209 filas')`:                              "true",
		`document.querySelector('#chart svg').tabIndex + document.querySelector('#chart [role=status]').textContent[0]`: "0P",
	})
	do(t, ctx, key("ArrowRight"), key("ArrowRight"))
	says(t, ctx, "#chart [role=status]", "Importe: feb 2025, 20.")
	do(t, ctx, key("End"))
	says(t, ctx, "#chart [role=status]", "Importe: dic 2025, 34.")
	do(t, ctx, chromedp.Evaluate(`document.querySelectorAll('#chart .reach')[2].dispatchEvent(new PointerEvent('pointerenter'))`, nil))
	says(t, ctx, "#chart [role=status]", "Importe: mar 2025, 21.")
	if got := text(t, ctx, `document.querySelectorAll('#chart .read').length`); got != "1" {
		t.Errorf("%s bars are marked as read", got)
	}
	do(t, ctx, choose("ventas", "en"))
	says(t, ctx, "#of", "20 of 10,209 rows are shown; totals and chart are of all.")
	do(t, ctx, poll(`document.querySelector('#rows td').textContent === 'Jan 1, 2025, 9:27:16 AM'.replace(' AM', '\u202fAM') || document.querySelector('#rows td').textContent === 'Jan 1, 2025, 9:27:16 AM'`))
	var frame []byte // a page draws none by itself while another test's is in front
	do(t, ctx, chromedp.EmulateViewport(1200, 800), chromedp.CaptureScreenshot(&frame), chromedp.CaptureScreenshot(&frame), poll(`document.querySelector('#chart svg').viewBox.baseVal.width === document.getElementById('chart').clientWidth`))
	do(t, ctx, choose("ventas", "en"), chromedp.SetValue("#parameter-year", "2024", chromedp.ByQuery), chromedp.Click("#ask button", chromedp.ByQuery), poll(`document.querySelector('#preview:not([hidden]) td')?.textContent.startsWith('Jan 1, 2024, ')`))
	says(t, ctx, "#of", "rows are shown; totals and chart are of all.")
	says(t, ctx, "#format-hint", "The file is in the language of this page, English")
}

// TestAReportWithoutRowsSaysSo: in a sentence, and not in the colour of success.
func TestAReportWithoutRowsSaysSo(t *testing.T) {
	t.Parallel()
	ctx, _, _ := browse(t)
	do(t, ctx, choose("listed", "en"), chromedp.SetValue("#parameter-ids", "999999999", chromedp.ByQuery), chromedp.Click("#ask button", chromedp.ByQuery), chromedp.WaitVisible("#waiting[data-state=empty]", chromedp.ByQuery))
	says(t, ctx, "#history .badge[data-state=empty]", "Ready, without rows")
	holds(t, ctx, map[string]string{
		`document.getElementById('state').textContent`:                                                       "Ready, but without a row: there are no data for what was asked for.",
		`document.getElementById('preview').hidden && document.activeElement.id`:                             "download",
		`getComputedStyle(document.getElementById('state')).color === getComputedStyle(document.body).color`: "true",
	})
}

// slow has rows that are counted at once and take long to write.
const slow = "type: slow\ntitle: Slow\ncount: true\nsql: select s.id, hex(zeroblob(300)) as name from sales s cross join products p where :kind is null or p.category = :kind\nparameters: [{ name: kind, type: text }]\ncolumns: [{ name: id, format: integer }, { name: name }]\n"

// TestAReportOfTheListIsCancelled: one that runs while another is on show has how far it is,
// and Cancel.
func TestAReportOfTheListIsCancelled(t *testing.T) {
	t.Parallel()
	ctx, _, _ := browseWith(t, report.Options{PageAction: "report", DefinitionsDir: folderOf(t, slow, accents)})
	do(t, ctx, choose("slow", "en"), chromedp.Click("#ask button", chromedp.ByQuery), chromedp.WaitVisible("#figure-percent", chromedp.ByQuery))
	do(t, ctx, choose("tildes", "en"), chromedp.Click("#ask button", chromedp.ByQuery), chromedp.WaitVisible("#download", chromedp.ByQuery))
	do(t, ctx, poll(`[...document.querySelectorAll('#history .badge[data-state=running]')].some((each) => /^Being made… \d+%$/.test(each.textContent))`))
	do(t, ctx, chromedp.Evaluate(`[...document.querySelectorAll('#history button')].find((each) => each.textContent === 'Cancel').click()`, nil), chromedp.WaitVisible("#history .badge[data-state=cancelled]", chromedp.ByQuery))
}

// TestAServiceThatStopsIsSaidOnce: what the page says of it holds whether the report goes on
// meanwhile or not.
func TestAServiceThatStopsIsSaidOnce(t *testing.T) {
	t.Parallel()
	ctx, gateway, served := browse(t)
	do(t, ctx, choose("long", "en"), chromedp.SetValue("#parameter-rows", "50000000", chromedp.ByQuery), chromedp.Click("#ask button", chromedp.ByQuery), chromedp.WaitVisible("#cancel", chromedp.ByQuery))
	served.CloseClientConnections()
	served.Listener.Close()
	gateway.drop()
	says(t, ctx, "#warning", "The report service does not answer. What is shown is from before, and this page tries again by itself. The report goes on when the service is back.")
	if got := text(t, ctx, `document.getElementById('alarm').textContent`); got != "" {
		t.Errorf("it says besides: %q", got)
	}
}

// TestNumbersAreWrittenInOneWay: thousands are grouped from four digits on, as in the reports,
// and the percent sign stands as in the language.
func TestNumbersAreWrittenInOneWay(t *testing.T) {
	t.Parallel()
	ctx, _, _ := browse(t)
	for language, want := range map[string]string{"es": "1.249|10.209|12,5 %|1 feb 2025|1 feb 2025, 9:05|44", "en": "1,249|10,209|12.5%|Feb 1, 2025|Feb 1, 2025, 9:05 AM|44"} {
		var got string
		do(t, ctx, choose("ventas", language), chromedp.Evaluate(`import('/page/words.js').then((w) => [w.number(1249), w.number(10209), w.percent(12.5, 1), w.date('2025-02-01'), w.date('01/02/2025 09:05'), w.date('44')].join('|').replace(/[\u00a0\u202f]/g, ' '))`, &got,
			func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
		if got != want {
			t.Errorf("in %s: %s, want %s", language, got, want)
		}
	}
}

// TestAReportThatIsTriedAgainSaysWhyOnThePage: in the page's language, and not how long such reports
// take; the row of the list stays short.
func TestAReportThatIsTriedAgainSaysWhyOnThePage(t *testing.T) {
	t.Parallel()
	ctx, _, _ := browseWith(t, report.Options{DefinitionsDir: folderOf(t, unreachable), Sources: map[string]string{"dead": "postgres://u:geheim@127.0.0.1:1/db"}, Attempts: 4})
	do(t, ctx, choose("x", "es"), chromedp.Click("#ask button", chromedp.ByQuery))
	says(t, ctx, "#state", "En espera, es el siguiente. No se puede llegar a la base de datos. Se vuelve a intentar solo.")
	do(t, ctx, poll(`document.querySelector('#history .badge').textContent === 'En espera, es el siguiente' && !document.getElementById('figure-usually')`))
}

// TestAFailedReportLeadsToItsDefinition: who may write definitions sees what the database said.
func TestAFailedReportLeadsToItsDefinition(t *testing.T) {
	t.Parallel()
	ctx, _, _ := browse(t)
	do(t, ctx, choose("roto", "en"), chromedp.Click("#ask button", chromedp.ByQuery), chromedp.WaitVisible("#cause", chromedp.ByQuery))
	says(t, ctx, "#cause-text", "no such table: nowhere")
	do(t, ctx, chromedp.Click("#cause-definition", chromedp.ByQuery), chromedp.WaitVisible("#faults button", chromedp.ByQuery), poll(`document.getElementById('open').value === 'roto' && document.getElementById('yaml').value.includes('type: roto')`))
	says(t, ctx, "#faults", "no such table: nowhere")
}
