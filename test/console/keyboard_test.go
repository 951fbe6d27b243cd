package console

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// Signing in, the wizard and a deletion with the keyboard alone. A dialog takes the
// focus and gives it back to the button that opened it.
func TestKeyboardAlone(t *testing.T) {
	t.Parallel()
	server := serve(t)
	p := guided{browse(t, server), english}
	p.sees(p.accessKeyID) // the page decides first whether somebody is signed in
	p.tabTo(p.accessKeyID)
	p.types(server.accessKeyID)
	p.tabTo(p.secretAccessKey)
	p.types(server.secretAccessKey)
	p.tabTo(p.words.signIn)
	p.do(key(kb.Enter))
	p.sees("There is no API yet")
	p.tabTo("Create API with HTTP integration on $connect")
	p.do(key(kb.Enter))
	for _, step := range []string{"WebSocket API", "IAM role", "Integration on $connect", "Body mapping template", "Integration responses"} {
		p.sees(step)
		p.tabTo("Next")
		p.do(key(kb.Enter))
	}
	p.sees("Clients connect to")
	p.tabTo("Create and deploy")
	p.do(key(kb.Enter))
	p.sees("The API is created and deployed")
	p.tabTo("APIs")
	p.do(key(kb.Enter))
	p.sees("WebSocket APIs of this server")
	p.tabTo("Select " + apiName)
	p.do(key(" "))
	p.tab(input.ModifierShift, "Delete")
	p.do(key(kb.Enter))
	p.sees("every open connection is closed")
	p.holdsFocus("dialog")
	p.do(key(kb.Escape))
	p.closes()
	p.hasFocus("Delete")
	p.do(key(kb.Enter))
	p.holdsFocus("dialog")
	p.tabTo("Type the name to confirm")
	p.types(apiName)
	p.tabTo("Delete")
	p.do(key(kb.Enter))
	p.sees("There is no API yet")
}

// types writes where the focus is.
func (p page) types(text string) {
	p.t.Helper()
	p.do(chromedp.ActionFunc(input.InsertText(text).Do))
}

// tabTo moves forward until the focus is on what begins with that label; in the
// grid of a list the arrows lead on.
func (p page) tabTo(label string) {
	p.t.Helper()
	p.tab(0, label)
}

// tab presses Tab until the focus is on what begins with that label.
func (p page) tab(modifiers input.Modifier, label string) {
	p.t.Helper()
	var seen []string
	for range 80 {
		p.do(chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(modifiers)))
		at := p.focused()
		if strings.HasPrefix(at, "grid ") { // one stop for the whole grid: its first row is below
			p.do(key(kb.ArrowDown))
			at = p.focused()
		}
		at = strings.TrimPrefix(at, "grid ")
		if strings.HasPrefix(at, label) {
			return
		}
		seen = append(seen, at)
	}
	p.t.Fatalf("the keyboard does not reach %q, but %q", label, seen)
}

// focused is the label of what has the focus, behind "grid " in a list.
func (p page) focused() string {
	p.t.Helper()
	var at string
	p.do(chromedp.Evaluate(`(() => { const e = document.activeElement;
		const labelled = (e.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id)?.innerText ?? '').join(' ').trim();
		const label = e.getAttribute('aria-label') || labelled || [...(e.labels ?? [])].map((l) => l.innerText).join(' ') || e.innerText || e.tagName;
		return (e.closest('table') ? 'grid ' : '') + label.trim(); })()`, &at))
	return at
}

// hasFocus waits until the keyboard is at what has that label.
func (p page) hasFocus(label string) {
	p.t.Helper()
	testkit.EventuallyNil(p.t, func() error {
		if at := strings.TrimPrefix(p.focused(), "grid "); !strings.HasPrefix(at, label) {
			return fmt.Errorf("the focus is on %q, not on %q", at, label)
		}
		return nil
	})
}

// holdsFocus waits until the focus is inside of what has that role.
func (p page) holdsFocus(role string) {
	p.t.Helper()
	testkit.EventuallyNil(p.t, func() error {
		var inside bool
		p.do(chromedp.Evaluate(`document.activeElement.closest('[role=`+role+`]') !== null`, &inside))
		if !inside {
			return errors.New("the focus is not in the " + role)
		}
		return nil
	})
}
