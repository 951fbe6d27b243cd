package console

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/input"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
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

// A message is not closed while the mouse or the keyboard is on it: what somebody is about
// to press must not move away.
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

// staysForLooks waits until so many more looks have left the message where it is.
func (p page) staysForLooks(n int) {
	p.t.Helper()
	var looks int
	p.do(chromedp.Evaluate(`window.__looks`, &looks))
	p.shows("more looks at a message", fmt.Sprintf(`window.__looks >= %d && document.querySelector('.messages li') !== null`, looks+n))
}
