package console

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// stop is a page of the tour: the name of its picture, its address, and whether a button in
// its head opens a form.
type stop struct {
	name, address string
	form          bool
}

func (s stocked) places() []stop {
	api := "#/apis/" + s.apiID
	return []stop{
		{"apis", "#/apis", true},
		{"wizard", "#/wizard", false},
		{"apikeys", "#/apikeys", true},
		{"usageplans", "#/usageplans", true},
		{"usageplan", "#/usageplans/" + s.plan, true},
		{"domains", "#/domains", true},
		{"domain", "#/domains/ws.example.com", true},
		{"certificates", "#/certificates", true},
		{"roles", "#/iam/roles", true},
		{"role", "#/iam/roles/" + roleName, false},
		{"policies", "#/iam/policies", true},
		{"users", "#/iam/users", true},
		{"user", "#/iam/users/reports", false},
		{"groups", "#/iam/groups", true},
		{"group", "#/iam/groups/pushers", false},
		{"simulator", "#/iam/simulator", false},
		{"explain", "#/explain", false},
		{"settings", "#/settings", false},
		{"routes", api + "/routes", true},
		{"route", api + "/routes/" + s.connectRoute, false},
		{"integrations", api + "/integrations", true},
		{"integration", api + "/integrations/" + s.integration, true},
		{"authorizers", api + "/authorizers", true},
		{"models", api + "/models", true},
		{"api-wizard", api + "/wizard", false},
		{"api-settings", api + "/settings", false},
		{"stages", api + "/stages", true},
		{"stage", api + "/stages/prod", true},
		{"deployments", api + "/deployments", true},
		{"test", api + "/test", false},
		{"live", api + "/live/prod", false},
	}
}

// ofEachKind are the stops that together have every kind of control: the second
// language and the dark colours belong to the controls, so these stand for the rest.
func (s stocked) ofEachKind() []stop {
	kinds := []string{"apis", "wizard", "usageplan", "domain", "role", "user", "groups", "simulator", "settings", "routes", "route", "integration", "stage", "deployments", "test", "live"}
	return slices.DeleteFunc(s.places(), func(at stop) bool { return !slices.Contains(kinds, at.name) })
}

// Every page is accessible, says nothing that is undefined, and does not scroll
// sideways on a phone: all of them in light, one of each kind in dark. Who asks for
// pictures gets all of both.
func TestEveryPage(t *testing.T) {
	t.Parallel()
	script := axeScript(t)
	server := serve(t)
	stock := operator{t, server}.stock(newBackend(t).URL)
	dark := stock.ofEachKind()
	if os.Getenv("PASARELA_PICTURES") != "" {
		dark = stock.places()
	}
	for _, look := range []struct {
		words
		mode  string
		stops []stop
	}{{english, "light", stock.places()}, {spanish, "dark", dark}} {
		t.Run(look.language, func(t *testing.T) {
			p := guided{browse(t, server), look.words}
			p.do(chromedp.Evaluate(`localStorage.setItem('pasarela.appearance', '`+look.mode+`')`, nil), chromedp.Reload())
			p.tellsFirstView()
			p.isAccessible(script, "sign-in")
			p.signIn(server)
			p.sees(p.words.createAPI)
			for _, at := range look.stops {
				name := look.language + "-" + at.name
				p.open(at.address)
				p.isAccessible(script, name)
				p.pictures(name)
				if at.form && p.opensForm(name) {
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
func (p page) opensForm(name string) bool {
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
				return name + ": the form does not open"
			}
			return ""
		})
	}
	return pressed
}

// pictures looks at the page at the width of a phone, and keeps both views.
func (p guided) pictures(name string) {
	p.t.Helper()
	if strings.HasSuffix(name, "-form") && os.Getenv("PASARELA_PICTURES") == "" {
		return // a dialog has the width of the page, which was looked at
	}
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
