package console

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// The title of a page and the way to it name what it shows, by its name where it has one.
func TestTitlesAndBreadcrumbsNameWhatIsShown(t *testing.T) {
	t.Parallel()
	server := serve(t)
	o := operator{t, server}
	stock := o.stock(newBackend(t).URL)
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.sees(apiName)
	api := "#/apis/" + stock.apiID
	_, stack, _ := strings.Cut(o.stacks(), "<StackId>")
	stack, _, _ = strings.Cut(stack, "<")
	for _, c := range []struct{ address, title, way string }{
		{"#/apis", "APIs", ""},
		{"#/wizard", "HTTP integration on $connect · APIs", "APIs > HTTP integration on $connect"},
		{api + "/wizard", "HTTP integration on $connect · " + apiName + " · APIs", "APIs > " + apiName + " > HTTP integration on $connect"},
		{api + "/routes/" + stock.connectRoute, "$connect · Routes · " + apiName + " · APIs", "APIs > " + apiName + " > Routes > $connect"},
		{api + "/stages/prod", "prod · Stages · " + apiName + " · APIs", "APIs > " + apiName + " > Stages > prod"},
		{"#/usageplans/" + stock.plan, "basic · Usage plans", "Usage plans > basic"},
		{"#/stacks/" + url.PathEscape(stack), "chat · Stacks", "Stacks > chat"},
		{"#/iam/policies/" + url.PathEscape("arn:aws:iam::"+o.account()+":policy/"+polName), polName + " · Policies", "Policies > " + polName},
		{"#/explain/L0SM9cOFvHcCIhw%3D", "L0SM9cOFvHcCIhw= · Explain", "Explain > L0SM9cOFvHcCIhw="},
	} {
		p.open(c.address)
		testkit.EventuallyNil(t, func() error {
			var title, way string
			p.do(chromedp.Title(&title), chromedp.Evaluate(`[...document.querySelectorAll('nav[class*=breadcrumb] li')].filter((one) => !one.closest('[aria-hidden=true]') && getComputedStyle(one.closest('ol')).visibility !== 'hidden').map((one) => one.innerText.trim()).filter((one) => one && one !== '...').join(' > ')`, &way))
			if title != c.title+" · pasarela" || way != c.way {
				return fmt.Errorf("%s is called %q, its way %q", c.address, title, way)
			}
			return nil
		})
	}
}

// The form of a new integration and that of a new stage fit a window: what is seldom needed
// is folded, and open where it has a value.
func TestTheUsualFormsFitAWindow(t *testing.T) {
	t.Parallel()
	server := serve(t)
	o := operator{t, server}
	stock := o.stock(newBackend(t).URL)
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.sees(apiName)
	p.do(chromedp.EmulateViewport(1400, 900))
	for _, c := range []struct {
		list, button string
		folded       bool
	}{{"integrations", "Create integration", true}, {"stages", "Create stage", true}, {"stages/prod", "Edit", false}} {
		p.open("#/apis/" + stock.apiID + "/" + c.list)
		p.opens(c.button)
		p.settles()
		var height int
		var folded bool
		p.do(chromedp.Evaluate(`Math.round(document.querySelector('.sub-page').getBoundingClientRect().bottom + scrollY)`, &height),
			chromedp.Evaluate(`[...document.querySelectorAll('.sub-page [aria-expanded]')].some((one) => one.innerText.trim() === 'Additional settings' && one.getAttribute('aria-expanded') === 'false')`, &folded))
		t.Logf("%s: %d px", c.button, height)
		if c.folded && height > 900 || folded != c.folded {
			t.Errorf("%s: %d px, folded %v", c.button, height, folded)
		}
		p.page.photograph("form-" + strings.ReplaceAll(c.list, "/", "-"))
		if c.list == "integrations" {
			p.click("button", p.add)
			p.fill(p.template, template)
			p.sees(p.validJSON)
			p.do(chromedp.Evaluate(`Math.round(document.querySelector('.sub-page').getBoundingClientRect().bottom + scrollY)`, &height))
			if t.Logf("with a template: %d px", height); height > 1100 {
				t.Errorf("the form with a template is %d px high", height)
			}
			p.page.photograph("form-template")
			p.click("button", "Cancel")
			p.click("button", "Discard changes")
			p.closes()
			continue
		}
		p.click("button", "Cancel")
		p.closes()
	}
}
