package console

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// stop is one page of the tour through all pages: the name of its screenshot, its address,
// and whether a button in its header opens a form.
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
		{"vpclinks", "#/vpclinks", true},
		{"stacks", "#/stacks", true},
		{"stack", "#/stacks/chat", false},
		{"functions", "#/functions", true},
		{"everywhere", "#/live", false},
		{"logs", "#/logs", false},
		{"nodes", "#/nodes", false},
		{"backup", "#/backup", false},
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
		{"deadletters", api + "/deadletters", false},
		{"live", api + "/live/prod", false},
	}
}

// ofEachKind are the stops that together have every kind of control: the second
// language and the dark colours belong to the controls, so these stand for the rest.
func (s stocked) ofEachKind() []stop {
	kinds := []string{"apis", "wizard", "usageplan", "domain", "role", "user", "groups", "simulator", "settings", "routes", "route", "integration", "stage", "deployments", "test", "live", "everywhere", "backup", "vpclinks", "stack"}
	return slices.DeleteFunc(s.places(), func(at stop) bool { return !slices.Contains(kinds, at.name) })
}

// Every page is accessible, shows no undefined values, and fits a phone and a narrow
// window. The rules of axe are tried on all pages in English and light colours; the widths on
// all in Spanish, whose words are longer, and dark colours; of the other half one page of
// each kind is looked at. With PASARELA_PICTURES all are, in both.
func TestEveryPage(t *testing.T) {
	t.Parallel()
	script := axeScript(t)
	server := serve(t)
	stock := operator{t, server}.stock(newBackend(t).URL)
	all, kinds := stock.places(), stock.ofEachKind()
	if os.Getenv("PASARELA_PICTURES") != "" {
		kinds = all
	}
	for _, look := range []struct {
		words
		mode               string
		accessible, fitted []stop
	}{{english, "light", all, kinds}, {spanish, "dark", kinds, all}} {
		t.Run(look.language, func(t *testing.T) {
			t.Parallel()
			p := guided{browse(t, server), look.words}
			p.do(chromedp.Evaluate(`localStorage.setItem('pasarela.appearance', '`+look.mode+`')`, nil), chromedp.Reload())
			p.logsFirstView()
			p.isAccessible(script, "sign-in")
			p.signIn(server)
			p.sees(p.words.createAPI)
			for _, at := range all {
				p.visits(at, func(name string) {
					p.speaks(name)
					if slices.Contains(look.fitted, at) {
						p.fits(name, narrow)
						p.fits(name, phone)
						p.do(emulation.SetDeviceMetricsOverride(1280, 900, 1, false))
					}
					if slices.Contains(look.accessible, at) {
						p.isAccessible(script, name)
					}
					p.pictures(name)
				})
			}
			p.visitsLiveTabs()
		})
	}
}

// visits looks at a page and at the form on it.
func (p guided) visits(at stop, look func(name string)) {
	p.t.Helper()
	name := p.language + "-" + at.name
	p.open(at.address)
	look(name)
	if at.form && p.opensForm(name) {
		look(name + "-form")
		p.click("button", p.words.cancel)
		p.closes()
	}
}

// visitsLiveTabs reads every tab of the live page that is open.
func (p guided) visitsLiveTabs() {
	p.t.Helper()
	var tabs int
	p.do(chromedp.Evaluate(`document.querySelectorAll('[role=tab]').length`, &tabs))
	if tabs < 5 {
		p.t.Fatalf("the live page has %d tabs", tabs)
	}
	for i := range tabs {
		p.do(chromedp.Evaluate(fmt.Sprintf(`document.querySelectorAll('[role=tab]')[%d].click()`, i), nil))
		p.settles()
		p.speaks(fmt.Sprintf("%s-live-tab-%d", p.language, i))
	}
}

// speaks fails for a sentence of the other language, and for texts such as
// "undefined". Texts of users or of AWS are in code or logs, or listed here.
func (p guided) speaks(where string) {
	p.t.Helper()
	var texts []string
	p.do(chromedp.Evaluate(`(() => {
		const found = [];
		const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		while (walk.nextNode()) {
			const element = walk.currentNode.parentElement;
			if (!element.closest('code, pre, .cm-editor, [role=log], noscript, script, style') && walk.currentNode.data.trim()) found.push(walk.currentNode.data.trim());
		}
		for (const name of ['aria-label', 'placeholder', 'title', 'alt'])
			for (const element of document.querySelectorAll('[' + name + ']'))
				if (!element.closest('.cm-editor')) found.push(element.getAttribute(name));
		return [...new Set(found)];
	})()`, &texts))
	for _, text := range texts {
		for _, own := range ownWords {
			text = strings.ReplaceAll(text, own, "")
		}
		if wrong := neverSaid.FindString(text); wrong != "" {
			p.t.Errorf("%s: %q says %q", where, text, wrong)
		}
		other := englishWords
		if p.language == english.language {
			other = spanishWords
		}
		if found := other.FindAllString(text, -1); len(found) > 0 {
			p.t.Errorf("%s: %q has the other language's %q", where, text, found)
		}
	}
}

// ownWords are what the stock is called, and languages in their own words.
var ownWords = []string{"for the backend", "a chat", "Español", "English"}

var (
	neverSaid    = regexp.MustCompile(`\bundefined\b|\bNaN\b|\[object |Invalid Date|\b\d{1,2}/\d{1,2}/\d{2,4}\b`)
	englishWords = regexp.MustCompile(`(?i)\b(the|of|is|are|and|with|not|this|that|from|has|was|will|which|nothing|your|you|every|went|add|remove|delete|select|close|open|next|page|\d [AP]M)\b`)
	spanishWords = regexp.MustCompile(`(?i)\b(el|los|las|una|que|del|por|para|con|sin|está|esta|este|según|ninguna?|quitar|eliminar|elegir|cerrar|abrir)\b`)
)

// open goes to an address and waits until the page has its heading and nothing
// of it is still loading: Cloudscape's spinner is known by half of its circle.
func (p page) open(hash string) {
	p.t.Helper()
	p.do(chromedp.Evaluate(`location.hash = '`+hash+`'`, nil))
	p.settles()
	testkit.EventuallyNil(p.t, func() error {
		var complaint string
		p.do(chromedp.Evaluate(`document.querySelector('h1') === null ? 'no heading' : document.querySelector('[class*=circle-left]') ? 'loading' : ''`, &complaint))
		if complaint != "" {
			return errors.New(complaint)
		}
		return nil
	})
}

// settled is a promise of a moment at which every call of the page has been answered, and
// nothing loads, for three looks in a row. What is to be seen at that moment is looked at
// by its then: a call of its own may find the page loading again.
const settled = `(async () => {
	for (let made = -1, quiet = 0; quiet < 3; ) {
		await new Promise((done) => setTimeout(done, 40));
		const now = window.__calls;
		quiet = now.open === 0 && now.made === made && !document.querySelector('[class*=circle-left]') ? quiet + 1 : 0;
		made = now.made;
	}
})()`

// settles waits for such a moment.
func (p page) settles() {
	p.t.Helper()
	p.do(chromedp.Evaluate(settled, nil, awaited))
}

// logsFirstView logs how long the first view took; no test depends on it,
// because the machine of a test is busy.
func (p page) logsFirstView() {
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
		testkit.EventuallyNil(p.t, func() error {
			var ready bool
			if p.do(chromedp.Evaluate(opened+` !== null && `+opened+`.querySelector('[class*=circle-left]') === null`, &ready)); !ready {
				return errors.New(name + ": the form does not open")
			}
			return nil
		})
	}
	return pressed
}

// pictures keeps the page as it is, and as it is on a phone, where PASARELA_PICTURES says.
func (p guided) pictures(name string) {
	p.t.Helper()
	if os.Getenv("PASARELA_PICTURES") == "" {
		return
	}
	p.page.photograph(name + "-wide")
	p.do(emulation.SetDeviceMetricsOverride(phone, 900, 1, true))
	p.settles()
	p.page.photograph(name + "-phone")
	p.do(emulation.SetDeviceMetricsOverride(1280, 900, 1, false))
}
