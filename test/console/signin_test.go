package console

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	tab "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// signInURL is what `pasarela console` prints.
func (s server) signInURL(t *testing.T) string {
	t.Helper()
	out, err := exec.Command(pasarelaProgram, "console", "--data", s.data).Output()
	if err != nil {
		t.Fatalf("pasarela console: %v", err)
	}
	return strings.TrimSpace(string(out))
}

// The address that a command prints signs one browser in, once, in all of its tabs;
// the token leaves the address bar, and the secret is kept nowhere that a script
// could read it. Signing out ends all tabs.
func TestSignedInByAddressInEveryTab(t *testing.T) {
	t.Parallel()
	server := serve(t)
	address := server.signInURL(t)
	p := guided{browse(t, server), english}
	p.do(chromedp.Navigate(address))
	p.sees("There is no API yet")
	if at := p.address(); strings.Contains(at, "token") {
		t.Errorf("the address bar still shows %s", at)
	}
	for _, store := range []string{"localStorage", "sessionStorage"} {
		var kept string
		p.do(chromedp.Evaluate(`JSON.stringify({...`+store+`})`, &kept))
		if strings.Contains(kept, server.secretAccessKey) {
			t.Errorf("%s has the secret: %s", store, kept)
		}
	}
	var exported string
	p.do(chromedp.Evaluate(`new Promise((done) => { indexedDB.open('pasarela').onsuccess = ({ target }) => {
		target.result.transaction('session').objectStore('session').get('current').onsuccess = ({ target }) =>
			crypto.subtle.exportKey('raw', target.result.key).then(() => done('exported'), (error) => done(error.name)); }; })`, &exported, awaited))
	if exported != "InvalidAccessError" {
		t.Errorf("a script that asks for the key gets %s", exported)
	}
	second := guided{p.newTab(), english}
	second.sees("There is no API yet")
	p.do(tab.BringToFront())
	p.click("button", "Signed in: Root user")
	p.sees("Access key " + server.accessKeyID)
	p.click("menuitem", "Sign out")
	p.sees("Sign in to pasarela")
	second.sees("Sign in to pasarela")
	other := guided{browse(t, server), english}
	other.do(chromedp.Navigate(address))
	other.do(chromedp.Reload())
	other.sees("Sign in to pasarela")
}

// The policy of the page lets scripts connect to this server only.
func TestNoSocketToAnotherServer(t *testing.T) {
	t.Parallel()
	server := serve(t)
	p := browse(t, server)
	for _, elsewhere := range []string{"ws://127.0.0.1:1/", "wss://evil.example/", "ws://" + testkit.FreeAddress(t) + "/"} {
		var violated string
		p.do(chromedp.Evaluate(`new Promise((done) => {
			addEventListener('securitypolicyviolation', ({ effectiveDirective }) => done(effectiveDirective), { once: true });
			try { new WebSocket('`+elsewhere+`').onopen = () => done('opened'); } catch (error) { done(error.name); }
		})`, &violated, awaited))
		if violated != "connect-src" {
			t.Errorf("%s: %s", elsewhere, violated)
		}
	}
}

// newTab opens the console in another tab of the same browser.
func (p page) newTab() page {
	p.t.Helper()
	ctx, cancel := chromedp.NewContext(p.ctx)
	p.t.Cleanup(cancel)
	opened := page{p.t, ctx, p.server, p.done}
	if err := chromedp.Run(ctx, network.Enable()); err != nil {
		p.t.Fatal(err)
	}
	opened.do(chromedp.Navigate(p.server.endpoint + "/console/"))
	return opened
}

// A sign-in that is refused says in the reader's language what was wrong and what to do.
func TestARefusedSignInSaysWhatWasWrong(t *testing.T) {
	t.Parallel()
	server := serve(t)
	p := guided{browse(t, server), english}
	wrong := server
	wrong.secretAccessKey += "x"
	p.signIn(wrong)
	p.sees("The secret does not belong to this access key ID", "Copy the secret access key again")
	wrong = server
	wrong.accessKeyID = "AKIA0000000000000000"
	p.signIn(wrong)
	p.sees("This server does not know this access key", "Check the access key ID")
	wrong.secretAccessKey = ""
	p.signIn(wrong)
	p.sees("The access key is not complete")
	p = guided{p.page, spanish}
	p.click("radio|button|tab", p.language)
	p.sees("La clave de acceso está incompleta")
	p.do(network.EmulateNetworkConditions(true, 0, -1, -1))
	p.signIn(server)
	p.sees("El servidor no responde")
	p.do(network.EmulateNetworkConditions(false, 0, -1, -1))
	p.signIn(server)
	p.sees("Todavía no hay ninguna API")
}
