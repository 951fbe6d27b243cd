package report_test

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/pasarela-ws/pasarela/internal/report"
	"github.com/pasarela-ws/pasarela/internal/report/delivery"
)

// editing opens the page of definitions with one of them, "" for a new one.
func editing(t *testing.T, set report.Options, open string) context.Context {
	t.Helper()
	ctx, _, served := browseWith(t, set)
	do(t, ctx, chromedp.Evaluate(`localStorage.setItem('language', 'en')`, nil), chromedp.Navigate(served.URL+"/definitions#type="+open), chromedp.WaitReady("#source option", chromedp.ByQuery))
	do(t, ctx, poll(`document.getElementById('open').value === '`+open+`' && (!'`+open+`' || document.getElementById('yaml').value !== '')`))
	return ctx
}

func answer(t *testing.T, ctx context.Context, value string) {
	t.Helper()
	do(t, ctx, chromedp.WaitVisible("#sure", chromedp.ByQuery), chromedp.Click("#sure-"+value, chromedp.ByQuery), chromedp.WaitNotVisible("#sure", chromedp.ByQuery))
}

func replaced(from, to string) chromedp.Action {
	return types("yaml", "document.getElementById('yaml').value.replace(`"+from+"`, `"+to+"`)")
}

// TestSavingSaysWhoMayHaveAReport: and leads to it, where the page of reports has it.
func TestSavingSaysWhoMayHaveAReport(t *testing.T) {
	t.Parallel()
	ctx := editing(t, report.Options{DefinitionsDir: folderOf(t, accents, strings.Replace(accents, "type: tildes", "type: other", 1))}, "tildes")
	do(t, ctx, types("yaml", "document.getElementById('yaml').value + `callers: [ana, 'fin-*']\nattributes: { department: [sales, hr] }\n`"), chromedp.Click("#save", chromedp.ByQuery))
	says(t, ctx, "#saving", "Saved; it is in use. It is only for: ana or fin-* and department: sales or hr. The page of reports in this browser does not show it.")
	isShown(t, ctx, "saved", "false")
	do(t, ctx, types("yaml", "document.getElementById('yaml').value.replace(/callers[^]*/, '')"), chromedp.Click("#save", chromedp.ByQuery), chromedp.WaitVisible("#saved a", chromedp.ByQuery), chromedp.Click("#saved a", chromedp.ByQuery))
	do(t, ctx, chromedp.WaitVisible("#parameter-n", chromedp.ByQuery), poll(`document.getElementById('type').value === 'tildes' && location.hash === ''`))
}

// TestADraftIsNotWrittenOverUnasked: what was changed by hand stays unless a person says so; a
// refused query leaves no rows of the one before, and nothing to try is said.
func TestADraftIsNotWrittenOverUnasked(t *testing.T) {
	t.Parallel()
	ctx := editing(t, report.Options{DefinitionsDir: withLong(t)}, "")
	do(t, ctx, chromedp.Click("#try", chromedp.ByQuery))
	says(t, ctx, "#of", "There is no definition to try yet")
	const write = "#sketch button"
	do(t, ctx, types("sketch-type", "`shops`"), types("sketch-title", "`Shops`"), types("sql", "`select name, stock from products where :kind is null or category = :kind`"), chromedp.Click(write, chromedp.ByQuery), chromedp.WaitVisible("#preview tbody tr", chromedp.ByQuery))
	do(t, ctx, types("sql", "`select name from products`"), chromedp.Click(write, chromedp.ByQuery), poll(`!document.getElementById('yaml').value.includes('stock')`))
	do(t, ctx, replaced("title: Shops", "title: Mine"), chromedp.Click(write, chromedp.ByQuery))
	answer(t, ctx, "no")
	do(t, ctx, poll(`document.getElementById('yaml').value.includes('title: Mine')`), chromedp.Reload(), chromedp.WaitVisible("#preview tbody tr", chromedp.ByQuery), chromedp.Click(write, chromedp.ByQuery))
	answer(t, ctx, "yes")
	do(t, ctx, poll(`document.getElementById('yaml').value.includes('title: Shops')`), chromedp.WaitVisible("#preview tbody tr", chromedp.ByQuery))
	do(t, ctx, types("sql", "`select name from nowhere`"), chromedp.Click(write, chromedp.ByQuery), chromedp.WaitNotVisible("#preview", chromedp.ByQuery))
	says(t, ctx, "#sketch-fault", "no such table: nowhere")
	if got := text(t, ctx, `document.getElementById('of').textContent`); got != "" {
		t.Errorf("of the rows that went it says %q", got)
	}
	open := func(name string) chromedp.Action {
		return chromedp.Evaluate(`document.getElementById('open').value = '`+name+`'; document.getElementById('open').dispatchEvent(new Event('change'))`, nil)
	}
	do(t, ctx, types("yaml", "``"), open("ventas"), chromedp.WaitVisible("#parameter-year", chromedp.ByQuery), open(""), chromedp.WaitNotPresent("#parameter-year", chromedp.ByQuery))
	if got := text(t, ctx, `document.getElementById('preview').hidden + document.getElementById('description').textContent`); got != "true" {
		t.Errorf("of another definition there is %q", got)
	}
}

// TestThePageListsTheTables: folded, of the database that is chosen, or of the definition.
func TestThePageListsTheTables(t *testing.T) {
	t.Parallel()
	ctx := editing(t, report.Options{DefinitionsDir: withLong(t), Sources: map[string]string{"dead": "postgres://u@127.0.0.1:1/db"}}, "")
	isShown(t, ctx, "tables-list", "false")
	do(t, ctx, chromedp.SetValue("#source", "sample", chromedp.ByQuery), chromedp.Click("#tables summary", chromedp.ByQuery))
	says(t, ctx, "#tables-title", "Tables and columns of sample")
	says(t, ctx, "#tables-list", "customersid (integer), name (text), since (text)")
	do(t, ctx, chromedp.Evaluate(`document.getElementById('source').value = 'dead'; document.getElementById('source').dispatchEvent(new Event('change'))`, nil))
	says(t, ctx, "#tables-title", "Tables and columns of dead")
	says(t, ctx, "#tables-fault", "cannot be reached")
	if got := text(t, ctx, `document.getElementById('tables-list').textContent`); got != "" {
		t.Errorf("of the other database there is %q", got)
	}
}

// TestADefinitionIsRenamedAndDeletedOnThePage: with what breaks; a type that is taken is
// replaced when a person says so only.
func TestADefinitionIsRenamedAndDeletedOnThePage(t *testing.T) {
	t.Parallel()
	ctx := editing(t, report.Options{DefinitionsDir: folderOf(t, accents, weekly), Delivery: delivery.Options{Folders: map[string]string{"accounts": t.TempDir()}}}, "weekly")
	const wish = `{ type: 'weekly', caller: 'nobody', when: 'every day at 7', timezone: 'UTC', deliver: [{ folder: 'accounts' }] }`
	do(t, ctx, chromedp.Evaluate(`fetch('/api/schedules', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(`+wish+`) }).then(({ status }) => { window.answered = status; }); true`, nil), poll(`window.answered === 201`))
	options := `[...document.getElementById('open').options].map((each) => each.value).join()`
	do(t, ctx, replaced("type: weekly", "type: tildes"), chromedp.Click("#save", chromedp.ByQuery))
	says(t, ctx, "#sure-text", "There is a definition of type tildes already.")
	answer(t, ctx, "no")
	do(t, ctx, replaced("type: tildes", "type: each_week"), chromedp.Click("#save", chromedp.ByQuery))
	says(t, ctx, "#sure-text", "If you rename it, requests for weekly get an error.")
	says(t, ctx, "#sure-choice", "Keep its scheduled report, which otherwise is no longer made: every day at 7:00.")
	answer(t, ctx, "yes")
	do(t, ctx, poll(`document.getElementById('open').value === 'each_week' && `+options+` === ',each_week,tildes'`))
	says(t, ctx, "#saving", "Scheduled reports that go on under the new name: 1.")
	do(t, ctx, replaced("type: each_week", "type: weekly"), chromedp.Click("#save", chromedp.ByQuery))
	answer(t, ctx, "other")
	do(t, ctx, poll(`document.getElementById('open').value === 'weekly' && `+options+` === ',each_week,tildes,weekly'`))
	for _, name := range []string{"weekly", "each_week"} {
		do(t, ctx, chromedp.Evaluate(`document.getElementById('open').value = '`+name+`'; document.getElementById('open').dispatchEvent(new Event('change'))`, nil), poll(`document.getElementById('yaml').value.includes('type: `+name+`')`))
		do(t, ctx, chromedp.Evaluate(`document.getElementById('remove').click()`, nil)) // the page gets shorter and longer while rows are tried
		says(t, ctx, "#sure-text", name+".yaml? This cannot be undone.")
		isShown(t, ctx, "sure-choice", "false")
		answer(t, ctx, "yes")
		says(t, ctx, "#saving", "Deleted: Weekly.")
	}
	do(t, ctx, poll(options+` === ',tildes' && document.getElementById('yaml').value === ''`))
	isShown(t, ctx, "remove", "false")
}
