package report_test

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/pasarela-ws/pasarela/internal/report"
)

// types writes into a field as a person does, with the event that the page waits for.
func types(id, value string) chromedp.Action {
	field := `document.getElementById('` + id + `')`
	return chromedp.Evaluate(field+`.value = `+value+`; `+field+`.dispatchEvent(new Event('input', { bubbles: true }))`, nil)
}

// TestADraftOfADefinitionIsKept: what is typed on the page of definitions and not saved is
// there again after another definition was looked at, after a reload and in another tab, of
// each definition and of a new one with its query; it goes when it is discarded or saved.
func TestADraftOfADefinitionIsKept(t *testing.T) {
	t.Parallel()
	ctx, _, served := browseWith(t, report.Options{DefinitionsDir: withLong(t)})
	opens := func(definition string) {
		t.Helper()
		do(t, ctx, chromedp.WaitReady("#open option[value=listed]", chromedp.ByQuery), chromedp.Evaluate(`document.getElementById('open').value = '`+definition+`'; document.getElementById('open').dispatchEvent(new Event('change'))`, nil))
	}
	comesBack := func() {
		t.Helper() // sessionStorage is what another tab does not have
		do(t, ctx, chromedp.Evaluate(`sessionStorage.clear()`, nil), chromedp.Reload(), chromedp.WaitReady("#open option[value=listed]", chromedp.ByQuery))
	}
	do(t, ctx, chromedp.Evaluate(`localStorage.setItem('language', 'en')`, nil), chromedp.Navigate(served.URL+"/definitions"))
	opens("listed")
	do(t, ctx, poll(`document.getElementById('yaml').value.includes('type: listed')`), types("yaml", `document.getElementById('yaml').value + '# mine'`))
	opens("long")
	do(t, ctx, poll(`document.getElementById('yaml').value.includes('type: long')`))
	isShown(t, ctx, "unsaved", "false")
	opens("listed")
	do(t, ctx, poll(`document.getElementById('yaml').value.endsWith('# mine')`))
	comesBack()
	do(t, ctx, poll(`document.getElementById('yaml').value.endsWith('# mine')`))
	isShown(t, ctx, "unsaved", "true")
	isShown(t, ctx, "new", "false")
	if got := text(t, ctx, `document.getElementById('open').value`); got != "listed" {
		t.Errorf("after coming back %q is chosen", got)
	}
	do(t, ctx, chromedp.Click("#discard", chromedp.ByQuery), poll(`document.getElementById('unsaved').hidden && !document.getElementById('yaml').value.includes('# mine')`))
	opens("")
	do(t, ctx, types("sketch-title", `'Shops'`), types("sql", `'select 1 as one'`))
	comesBack()
	do(t, ctx, poll(`document.getElementById('sketch-title').value === 'Shops' && document.getElementById('sql').value === 'select 1 as one'`))
	do(t, ctx, types("sketch-type", `'shops'`), chromedp.Click("#sketch button", chromedp.ByQuery), chromedp.WaitVisible("#preview tbody tr", chromedp.ByQuery), chromedp.Click("#save", chromedp.ByQuery))
	says(t, ctx, "#saving", "Saved; it is in use.")
	comesBack()
	do(t, ctx, poll(`document.getElementById('yaml').value.includes('type: shops')`))
	isShown(t, ctx, "unsaved", "false")
	opens("")
	do(t, ctx, poll(`document.getElementById('sql').value + document.getElementById('yaml').value === ''`))
}

func isShown(t *testing.T, ctx context.Context, id, want string) {
	t.Helper()
	do(t, ctx, poll(`String(document.getElementById('`+id+`').checkVisibility()) === '`+want+`'`))
}
