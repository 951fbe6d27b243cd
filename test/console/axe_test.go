package console

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// axe is axe-core as the console's own development dependencies pin it.
const axe = root + "/internal/console/web/node_modules/axe-core/axe.min.js"

// axeScript reads axe-core, or skips loudly where it is not installed.
func axeScript(t *testing.T) string {
	t.Helper()
	script, err := os.ReadFile(axe)
	if err != nil {
		t.Skip("SKIPPED: axe-core is missing; npm ci --prefix internal/console/web")
	}
	return string(script)
}

// violation is what axe-core says of a page.
type violation struct {
	ID, Impact, Help string
	Nodes            []struct{ HTML, FailureSummary string }
}

// check runs the rules of WCAG 2.2 A and AA and axe's best practices: names, contrast,
// landmarks, order of headings, roles. Parts that are the same on every page are checked
// on two pages; the tour in Spanish, in dark colours, checks only what differs there:
// contrast and the language.
const check = `axe.run(%s, {
  resultTypes: ['violations'],
  runOnly: %s,
}).then(({ violations }) => violations.filter(({ impact }) => impact === 'serious' || impact === 'critical' || %t)
  .map(({ id, impact, help, nodes }) => ({ id, impact, help, nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary })) })))`

// isAccessible fails for each serious or critical violation on the page as it is, seen from
// its top: what lies under the fixed bar of a page that was scrolled is scrolled out, not small.
func (p page) isAccessible(script, where string) {
	p.t.Helper()
	rules := "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']"
	if strings.HasPrefix(where, spanish.language+"-") && os.Getenv("PASARELA_AXE") != "all" {
		rules = "{ type: 'rule', values: ['color-contrast', 'html-has-lang', 'html-lang-valid'] }"
	}
	context := "{ exclude: [['#top'], ['nav']] }"
	if strings.HasSuffix(where, "sign-in") || strings.HasSuffix(where, "-apis") || strings.HasSuffix(where, "-routes") {
		context = "document"
	}
	var violations []violation
	p.do(
		chromedp.Evaluate(script+"; scrollTo({ top: 0, behavior: 'instant' }); true", nil),
		chromedp.Evaluate(fmt.Sprintf(check, context, rules, os.Getenv("PASARELA_AXE") == "all"), &violations, awaited),
	)
	for _, v := range violations {
		var at strings.Builder
		for i, node := range v.Nodes {
			if i < 3 {
				fmt.Fprintf(&at, "\n    %.300s\n      %s", node.HTML, strings.ReplaceAll(node.FailureSummary, "\n", " "))
			}
		}
		p.t.Errorf("%s: %s %s: %s (%d places)%s", where, v.Impact, v.ID, v.Help, len(v.Nodes), at.String())
	}
}
