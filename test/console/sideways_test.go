package console

import (
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Widths at which every page is looked at, in pixels: a phone, and a small laptop's window.
const (
	phone  = 390
	narrow = 1100
)

// sideways lists what is wider than its place: the page, what is cut off at an edge, what a
// table has beyond its own, and the text of an input. Code and logs are there to be moved
// sideways; so are, on a phone, tables, tabs and long values in inputs.
const sideways = `((phone) => {
	const found = [];
	if (document.documentElement.scrollWidth > innerWidth) found.push('the page: ' + document.documentElement.scrollWidth + ' of ' + innerWidth);
	for (const element of document.body.querySelectorAll('*')) {
		if (element.clientWidth < 2 || element.scrollWidth <= element.clientWidth + 1 || element.closest('pre, code, .cm-editor, [role=log], [class*=sticky-scrollbar]') || !element.checkVisibility()) continue;
		const { overflowX, clipPath, clip, display } = getComputedStyle(element);
		if (display === 'inline' || overflowX === 'visible' || clipPath !== 'none' || clip !== 'auto') continue;
		if (phone && (['auto', 'scroll'].includes(overflowX) || element.matches('input') || element.closest('[class*=breadcrumb]'))) continue;
		found.push(element.tagName.toLowerCase() + ' ' + element.className + ' "' + (element.value ?? element.innerText ?? '').trim().replace(/\\s+/g, ' ').slice(0, 60) + '": ' + element.scrollWidth + ' of ' + element.clientWidth);
	}
	return found;
})(%t)`

// fits fails for what does not fit the page at one width.
func (p page) fits(where string, width int64) {
	p.t.Helper()
	p.do(emulation.SetDeviceMetricsOverride(width, 900, 1, width == phone))
	var found []string
	p.do(chromedp.Evaluate(settled+".then(() => "+fmt.Sprintf(sideways, width == phone)+")", &found, awaited))
	if len(found) > 0 {
		p.t.Errorf("%s at %d px:\n  %s", where, width, strings.Join(found, "\n  "))
	}
}
