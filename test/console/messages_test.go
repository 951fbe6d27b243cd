package console

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// countsLooks makes the times of messages shorter, and counts how often it was looked
// whether one can be closed.
const countsLooks = `(() => {
	window.__looks = 0;
	const later = window.setTimeout, shorter = { 5000: 1500, 1000: 50 };
	window.setTimeout = (act, after, ...given) => later(act, shorter[after] ?? after, ...given);
	const find = Document.prototype.querySelector;
	Document.prototype.querySelector = function (what) {
		if (what.startsWith('.messages:hover')) window.__looks++;
		return find.call(this, what);
	};
})()`

// A message is not closed while the mouse or the keyboard is on it: a button must not move
// away while a user is about to press it.
func TestMessagesInUseStay(t *testing.T) {
	t.Parallel()
	server := serve(t)
	stock := operator{t, server}.stock(newBackend(t).URL)
	p := guided{browse(t, server), english}
	p.do(chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := cdppage.AddScriptToEvaluateOnNewDocument(countsLooks).Do(ctx)
		return err
	}), chromedp.Reload())
	p.signIn(server)
	p.sees(apiName)
	p.open("#/apis/" + stock.apiID + "/settings")
	p.opens("Edit")
	p.fill("Description", "changed")
	p.click("button", "Save changes")
	p.closes()
	p.click("button", "Undo") // the mouse stays there
	p.sees("Undone: ")
	p.staysForLooks(2)
	p.do(chromedp.Evaluate(`document.querySelector('.messages button').focus({ focusVisible: true })`, nil),
		chromedp.MouseEvent(input.MouseMoved, 1, 1))
	p.staysForLooks(2)
	p.do(chromedp.Evaluate(`document.activeElement.blur()`, nil))
	p.shows("no message", `document.querySelector('.messages li') === null`)
}

// What was deleted a moment after something else takes nothing of its "Undo": both stand there, on
// a phone too, and nothing lies over them.
func TestOffersAboutSeveralThingsStandTogether(t *testing.T) {
	t.Parallel()
	server := serve(t)
	o := operator{t, server}
	stock := o.stock(newBackend(t).URL)
	models := "/v2/apis/" + stock.apiID + "/models"
	o.rest("POST", models, object{"name": "Pear", "contentType": "application/json", "schema": `{"type":"object"}`})
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.sees(apiName)
	p.open("#/apis/" + stock.apiID + "/models")
	for _, row := range []string{"Order", "Pear"} {
		p.picksRow(row)
		p.opens("Delete")
		p.settles()
		p.click("button", "Delete")
		p.closes()
		p.sees("Models: deleted " + row)
	}
	p.do(emulation.SetDeviceMetricsOverride(phone, 900, 1, true))
	p.offers(1)
	p.click("button", "All notifications")
	p.offers(2)
	for _, n := range []int{1, 0} {
		p.do(chromedp.Evaluate(`[...document.querySelectorAll('.messages button')].find((one) => one.innerText === 'Undo').click()`, nil))
		p.shows("one offer less", fmt.Sprintf(`[...document.querySelectorAll('.messages button')].filter((one) => one.innerText === 'Undo').length === %d`, n))
	}
	testkit.Eventually(t, "both models to be back", func() bool { return len(o.items(models)) == 2 })
}

// offers waits until so many messages offer "Undo", each with nothing over its button.
func (p page) offers(n int) {
	p.t.Helper()
	p.shows(fmt.Sprintf("%d offers that can be pressed", n), fmt.Sprintf(`(() => {
		const buttons = [...document.querySelectorAll('.messages button')].filter((one) => one.innerText === 'Undo' && one.checkVisibility());
		const isFree = (button) => {
			const { left, top, right, bottom } = button.getBoundingClientRect();
			return [[left + 12, top + 1], [right - 12, top + 1], [left + 12, bottom - 1], [right - 12, bottom - 1]].every(([x, y]) => button.contains(document.elementFromPoint(x, y)));
		};
		return buttons.length === %d && buttons.every(isFree);
	})()`, n))
}

// staysForLooks waits until so many more looks have left the message where it is.
func (p page) staysForLooks(n int) {
	p.t.Helper()
	var looks int
	p.do(chromedp.Evaluate(`window.__looks`, &looks))
	p.shows("more looks at a message", fmt.Sprintf(`window.__looks >= %d && document.querySelector('.messages li') !== null`, looks+n))
}
