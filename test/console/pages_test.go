package console

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// places are the addresses of every page, by the name of its picture.
func (s stocked) places() [][2]string {
	api := "#/apis/" + s.apiID
	return [][2]string{
		{"apis", "#/apis"},
		{"wizard", "#/wizard"},
		{"apikeys", "#/apikeys"},
		{"usageplans", "#/usageplans"},
		{"usageplan", "#/usageplans/" + s.plan},
		{"domains", "#/domains"},
		{"domain", "#/domains/ws.example.com"},
		{"certificates", "#/certificates"},
		{"roles", "#/iam/roles"},
		{"role", "#/iam/roles/" + roleName},
		{"policies", "#/iam/policies"},
		{"users", "#/iam/users"},
		{"user", "#/iam/users/reports"},
		{"simulator", "#/iam/simulator"},
		{"explain", "#/explain"},
		{"settings", "#/settings"},
		{"routes", api + "/routes"},
		{"route", api + "/routes/" + s.connectRoute},
		{"integrations", api + "/integrations"},
		{"integration", api + "/integrations/" + s.integration},
		{"authorizers", api + "/authorizers"},
		{"models", api + "/models"},
		{"api-wizard", api + "/wizard"},
		{"api-settings", api + "/settings"},
		{"stages", api + "/stages"},
		{"stage", api + "/stages/prod"},
		{"deployments", api + "/deployments"},
		{"test", api + "/test"},
		{"live", api + "/live/prod"},
	}
}

// Every page is accessible in light and in dark, says nothing that is undefined,
// and does not scroll sideways on a phone.
func TestEveryPage(t *testing.T) {
	t.Parallel()
	script := axeScript(t)
	server := serve(t)
	stock := operator{t, server}.stock(newBackend(t).URL)
	for _, look := range []struct {
		words
		mode string
	}{{english, "light"}, {spanish, "dark"}} {
		t.Run(look.language, func(t *testing.T) {
			p := guided{browse(t, server), look.words}
			p.do(chromedp.Evaluate(`localStorage.setItem('pasarela.appearance', '`+look.mode+`')`, nil), chromedp.Reload())
			p.tellsFirstView()
			p.isAccessible(script, "sign-in")
			p.signIn(server)
			p.sees(p.words.createAPI)
			for _, place := range stock.places() {
				name := look.language + "-" + place[0]
				p.open(place[1])
				p.isAccessible(script, name)
				p.pictures(name)
				if p.opensForm() {
					p.isAccessible(script, name+"-form")
					p.pictures(name + "-form")
					p.do(key(kb.Escape))
					p.waits("dialog")
				}
			}
		})
	}
}

// open goes to an address and waits until the page has its heading and nothing
// of it is still loading.
func (p page) open(hash string) {
	p.t.Helper()
	p.do(chromedp.Evaluate(`location.hash = '`+hash+`'`, nil))
	eventually(p.t, func() string {
		var complaint string
		p.do(chromedp.Evaluate(`document.querySelector('h1') === null ? 'no heading' : document.querySelector('[class*=spinner]') ? 'loading' : ''`, &complaint))
		return complaint
	})
}

// tellsFirstView logs how long the first view took: a figure for people, not held,
// because the machine of a test is busy.
func (p page) tellsFirstView() {
	p.t.Helper()
	var millis float64
	p.do(chromedp.Poll(`performance.getEntriesByName('first-contentful-paint')[0]?.startTime`, &millis))
	p.t.Logf("first view after %.0f ms", millis)
}

// opensForm presses the button that makes something, where the page has one, and
// waits for its form.
func (p page) opensForm() bool {
	p.t.Helper()
	var pressed bool
	p.do(chromedp.Evaluate(`(() => {
		const make = document.querySelector('[class*=header] button[class*=variant-primary]:not([disabled])');
		make?.click();
		return !!make;
	})()`, &pressed))
	if pressed {
		eventually(p.t, func() string {
			var ready bool
			if p.do(chromedp.Evaluate(`document.querySelector('[role=dialog]') !== null && document.querySelector('[role=dialog] [class*=spinner]') === null`, &ready)); !ready {
				return "the form does not open"
			}
			return ""
		})
	}
	return pressed
}

// pictures looks at the page at the width of a phone, and keeps both views.
func (p guided) pictures(name string) {
	p.t.Helper()
	p.page.photograph(name + "-wide")
	p.do(emulation.SetDeviceMetricsOverride(390, 900, 1, true))
	eventually(p.t, func() string {
		var wide int64
		if p.do(chromedp.Evaluate(`document.documentElement.scrollWidth`, &wide)); wide > 390 {
			return fmt.Sprintf("%s: the page is %d wide on a phone of 390", name, wide)
		}
		return ""
	})
	p.page.photograph(name + "-phone")
	p.do(emulation.SetDeviceMetricsOverride(1280, 900, 1, false))
}
