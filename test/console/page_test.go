package console

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/internal/testkit/browser"
)

// page is the console in a browser.
type page struct {
	t      *testing.T
	ctx    context.Context
	server server
	done   *work
}

// work counts what a person did at the page, for the figures of a test.
type work struct {
	began          time.Time
	clicks, fields int
}

// logsWork says what a walk took so far.
func (p page) logsWork(walk string) {
	p.t.Helper()
	p.t.Logf("%s: %d clicks, %d fields, %.0f s", walk, p.done.clicks, p.done.fields, time.Since(p.done.began).Seconds())
}

// staysInside fails for a request to another server than the page's, and for a
// secret in a URL, where logs and proxies would see it.
func (p page) staysInside(address string) {
	to, err := url.Parse(address)
	if err != nil || to.Scheme != "data" && to.Host != strings.TrimPrefix(p.server.endpoint, "http://") {
		p.t.Errorf("the page asks outside: %s", address)
	}
	if strings.Contains(address, url.QueryEscape(p.server.secretAccessKey)) || strings.Contains(address, p.server.secretAccessKey) {
		p.t.Errorf("a secret is in the URL %s", address)
	}
}

// browse opens the console in Chromium, or skips loudly where there is none.
func browse(t *testing.T, server server) page {
	t.Helper()
	ctx := browser.Window(t)
	p := page{t, ctx, server, &work{began: time.Now()}}
	chromedp.ListenTarget(ctx, func(event any) {
		switch event := event.(type) {
		case *runtime.EventExceptionThrown:
			t.Errorf("the page threw %s", event.ExceptionDetails.Error())
		case *network.EventRequestWillBeSent:
			p.staysInside(event.Request.URL)
		case *network.EventWebSocketCreated:
			p.staysInside(event.URL)
		}
	})
	p.do(chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := cdppage.AddScriptToEvaluateOnNewDocument(countsCalls).Do(ctx)
		return err
	}))
	p.do(network.Enable(), emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}))
	p.do(chromedp.Navigate(server.endpoint + "/console/"))
	return p
}

// countsCalls keeps how many calls the page has made, and how many have no answer yet; a
// log that is followed has none for long.
const countsCalls = `(() => {
	window.__calls = { made: 0, open: 0 };
	const call = window.fetch;
	window.fetch = async (...given) => {
		const follows = /\/logs\?/.test(given[0].url ?? String(given[0]));
		window.__calls.made++;
		if (follows) return call(...given);
		window.__calls.open++;
		try {
			return await call(...given);
		} finally {
			setTimeout(() => window.__calls.open--, 20);
		}
	};
})()`

func (p page) do(actions ...chromedp.Action) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, testkit.WaitLimit)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// click presses what has that role and accessible name.
func (p page) click(role, name string) {
	p.t.Helper()
	p.done.clicks++
	p.on(role, name, press)
}

func press(ctx context.Context, node cdp.BackendNodeID) error {
	x, y, err := place(ctx, node)
	if err != nil {
		return err
	}
	object, err := dom.ResolveNode().WithBackendNodeID(node).Do(ctx)
	if err != nil {
		return err
	}
	if _, _, err := runtime.CallFunctionOn(watch).WithObjectID(object.ObjectID).Do(ctx); err != nil {
		return err
	}
	if err := chromedp.MouseClickXY(x, y).Do(ctx); err != nil {
		return err
	}
	var hit bool
	if err := chromedp.Evaluate(`window.__hit`, &hit).Do(ctx); err == nil && !hit {
		return errors.New("the page moved under the mouse")
	}
	return nil
}

// watch remembers whether the next press of the mouse begins and ends on the element: what
// is loaded late, or a message that closes, moves a page between the look and the click, or
// within the click.
const watch = `function () {
  window.__hit = false;
  const meets = ({ target }) => this.contains(target) || !!target.closest('label')?.contains(this) ||
    this.matches('input') && target.contains(this) && target.getBoundingClientRect().height < 80;
  document.addEventListener('mousedown', (event) => { window.__hit = meets(event); }, { once: true, capture: true });
  document.addEventListener('mouseup', (event) => { window.__hit &&= meets(event); }, { once: true, capture: true });
}`

// show scrolls to a control and does nothing to it.
func (p page) show(role, name string) {
	p.t.Helper()
	p.on(role, name, func(ctx context.Context, node cdp.BackendNodeID) error {
		_, _, err := place(ctx, node)
		return err
	})
}

// fill replaces the text of an input or an editor.
func (p page) fill(name, text string) {
	p.t.Helper()
	p.done.fields++
	p.on("textbox|searchbox|combobox|spinbutton", name, press)
	p.do(chromedp.KeyEvent("a", chromedp.KeyModifiers(input.ModifierCtrl)), chromedp.KeyEvent("\b"))
	if text != "" {
		p.do(chromedp.ActionFunc(input.InsertText(text).Do))
	}
}

// choose opens a list by its name and takes the option that begins so. A press that opens
// the list may be taken for a miss, since the page moves with it, and the press after it
// closes the list: a list that is closed is opened again.
func (p page) choose(name, option string) {
	p.t.Helper()
	p.click("button|combobox", name+"*")
	p.done.clicks++
	testkit.EventuallyNil(p.t, func() error {
		complaint := p.try("option", option+"*", press)
		if complaint != nil {
			_ = p.try("button|combobox", name+"*", pressIfClosed) // the next look for the option tells
		}
		return complaint
	})
}

// pressIfClosed presses what opens a list, unless the list is open.
func pressIfClosed(ctx context.Context, node cdp.BackendNodeID) error {
	object, err := dom.ResolveNode().WithBackendNodeID(node).Do(ctx)
	if err != nil {
		return err
	}
	expanded, _, err := runtime.CallFunctionOn(`function () { return this.getAttribute('aria-expanded') }`).WithObjectID(object.ObjectID).Do(ctx)
	if err != nil || string(expanded.Value) != `"false"` {
		return err
	}
	return press(ctx, node)
}

// sees waits until the page says all of it.
func (p page) sees(texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		testkit.EventuallyNil(p.t, func() error {
			said := p.said()
			if strings.Contains(said, text) {
				return nil
			}
			return fmt.Errorf("the page does not say %q, but\n%s", text, said)
		})
	}
}

// said is the text that a person can read now.
func (p page) said() string {
	p.t.Helper()
	var text string
	p.do(chromedp.Evaluate(`document.body.innerText`, &text))
	return text
}

// address is what the address bar shows.
func (p page) address() string {
	p.t.Helper()
	var at string
	p.do(chromedp.Location(&at))
	return at
}

// on does something to a control as soon as it is there, enabled, and reachable
// by the mouse.
func (p page) on(role, name string, act func(context.Context, cdp.BackendNodeID) error) {
	p.t.Helper()
	testkit.EventuallyNil(p.t, func() error { return p.try(role, name, act) })
}

// try does it if that is possible now.
func (p page) try(role, name string, act func(context.Context, cdp.BackendNodeID) error) (complaint error) {
	p.t.Helper()
	p.do(chromedp.ActionFunc(func(ctx context.Context) error {
		node, err := find(ctx, role, name)
		if err == nil {
			err = act(ctx, node)
		}
		if err != nil {
			complaint = fmt.Errorf("%s %q: %w", role, name, err)
		}
		return nil
	}))
	return complaint
}

// node is what a screen reader gets of one element. (cdproto's own type refuses
// what newer browsers say.)
type node struct {
	Ignored    bool              `json:"ignored"`
	Role       value             `json:"role"`
	Name       value             `json:"name"`
	Properties []property        `json:"properties"`
	Backend    cdp.BackendNodeID `json:"backendDOMNodeId"`
}

type value struct {
	Value any `json:"value"`
}

func (v value) text() string {
	text, _ := v.Value.(string)
	return text
}

type property struct {
	Name  string `json:"name"`
	Value value  `json:"value"`
}

func (n node) disabled() bool {
	return slices.ContainsFunc(n.Properties, func(p property) bool { return p.Name == "disabled" && p.Value.Value == true })
}

// Where a person looks for a control: in an open dialog, which covers the rest; else in the
// form or on the page, and then around them. null says that there is no such place.
var places = []string{
	`((dialogs) => dialogs.findLast((dialog) => dialog.checkVisibility()) ?? document.querySelector('.sub-page') ?? document.querySelector('main'))(` + dialogs + `)`,
	`((dialogs) => dialogs.some((dialog) => dialog.checkVisibility()) ? null : document)(` + dialogs + `)`,
}

const dialogs = `[...document.querySelectorAll('[role=dialog], dialog[open]')]`

// find looks for a control by role ("button|link") and accessible name; a name
// that ends in * is a prefix, one that begins with * a suffix, and "– optional" after a label does not count.
func find(ctx context.Context, roles, name string) (cdp.BackendNodeID, error) {
	var known []string
	for _, place := range places {
		within, thrown, err := runtime.Evaluate(place).Do(ctx)
		if err != nil {
			return 0, err
		}
		if thrown != nil {
			return 0, thrown
		}
		if within.ObjectID == "" {
			continue
		}
		for role := range strings.SplitSeq(roles, "|") {
			node, others, err := findIn(ctx, within.ObjectID, role, name)
			if node != 0 || err != nil {
				return node, err
			}
			known = append(known, others...)
		}
	}
	return 0, fmt.Errorf("not among %q", known)
}

// findIn looks for a control within an element. Those of the role that have another name, or
// are disabled, are its second result.
func findIn(ctx context.Context, within runtime.RemoteObjectID, role, name string) (_ cdp.BackendNodeID, others []string, _ error) {
	var found struct {
		Nodes []node `json:"nodes"`
	}
	if err := cdp.Execute(ctx, "Accessibility.queryAXTree", &accessibility.QueryAXTreeParams{ObjectID: within, Role: role}, &found); err != nil {
		return 0, nil, err
	}
	for _, one := range found.Nodes {
		if one.Ignored {
			continue
		}
		if named(one.Name.text(), name) && !one.disabled() {
			return one.Backend, nil, nil
		}
		others = append(others, one.Name.text())
	}
	return 0, others, nil
}

func named(have, want string) bool {
	have = strings.TrimSpace(have)
	if prefix, ok := strings.CutSuffix(want, "*"); ok {
		return strings.HasPrefix(have, prefix)
	}
	if suffix, ok := strings.CutPrefix(want, "*"); ok {
		return strings.HasSuffix(have, suffix)
	}
	for _, optional := range []string{"", " – optional", " – opcional"} {
		if have == want+optional {
			return true
		}
	}
	return false
}

// reach brings an element into view and says where the mouse meets it: null while
// it moves or something lies over it.
const reach = `async function () {
  this.scrollIntoView({ block: 'center', inline: 'nearest' });
  const before = this.getBoundingClientRect();
  await new Promise((frame) => requestAnimationFrame(() => requestAnimationFrame(frame)));
  const now = this.getBoundingClientRect();
  const x = now.x + Math.min(now.width / 2, 200), y = now.y + now.height / 2;
  const hit = document.elementFromPoint(x, y);
  const reached = hit && (this.contains(hit) || hit.contains(this) || hit.closest('label')?.contains(this));
  return reached && before.x === now.x && before.y === now.y && this.isConnected ? [x, y] : null;
}`

func place(ctx context.Context, node cdp.BackendNodeID) (x, y float64, err error) {
	object, err := dom.ResolveNode().WithBackendNodeID(node).Do(ctx)
	if err != nil {
		return 0, 0, err
	}
	result, thrown, err := runtime.CallFunctionOn(reach).WithObjectID(object.ObjectID).WithAwaitPromise(true).WithReturnByValue(true).Do(ctx)
	if err != nil {
		return 0, 0, err
	}
	if thrown != nil {
		return 0, 0, thrown
	}
	var point []float64
	if err := json.Unmarshal(result.Value, &point); err != nil || len(point) != 2 {
		return 0, 0, errors.New("the mouse cannot reach it")
	}
	return point[0], point[1], nil
}

// photograph keeps a picture where PASARELA_PICTURES says; the guide's are made so.
func (p page) photograph(name string) {
	p.t.Helper()
	dir := os.Getenv("PASARELA_PICTURES")
	if dir == "" {
		return
	}
	var picture []byte
	p.do(chromedp.CaptureScreenshot(&picture))
	if err := os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// key presses one key.
func key(name string) chromedp.Action { return chromedp.KeyEvent(name) }

// opened is a form or another task in place of its page, or a dialog in front of it.
const opened = `document.querySelector('[role=dialog], .sub-page')`

// closes waits until no form and no dialog is open.
func (p page) closes() {
	p.t.Helper()
	testkit.EventuallyNil(p.t, func() error {
		var there bool
		p.do(chromedp.Evaluate(opened+` !== null`, &there))
		if there {
			return errors.New("there is still a form or a dialog")
		}
		return nil
	})
}

// lacks waits until nothing has that role and accessible name.
func (p page) lacks(role, name string) {
	p.t.Helper()
	testkit.EventuallyNil(p.t, func() error {
		var complaint error
		p.do(chromedp.ActionFunc(func(ctx context.Context) error {
			if _, err := find(ctx, role, name); err == nil {
				complaint = fmt.Errorf("there is still a %s %q", role, name)
			}
			return nil
		}))
		return complaint
	})
}

// opens presses a button until its form or dialog is there: a page that is still loading
// may move under the mouse, and the next click must not meet the page behind.
func (p page) opens(button string) {
	p.t.Helper()
	p.until("nothing opens after "+button, opened+` !== null`, "button", button)
}

// selects marks one row of a list, and it alone.
func (p page) selects(name string) {
	p.t.Helper()
	p.do(chromedp.Evaluate(`document.querySelectorAll('tbody input[type=checkbox]:checked').forEach((box) => box.click())`, nil))
	p.marks(name)
}

// marks adds a row to those that are selected; "*end" is a row whose name ends so.
func (p page) marks(name string) {
	p.t.Helper()
	var before int
	p.do(chromedp.Evaluate(marked, &before))
	label := "Select " + name
	if len(name) > 1 && strings.HasPrefix(name, "*") {
		label = name
	}
	p.until("the list selects nothing by "+name, fmt.Sprintf("%s === %d", marked, before+1), "checkbox", label)
}

const marked = `document.querySelectorAll('tbody input[type=checkbox]:checked').length`

// until clicks a control until a condition of the page holds, looking twice a
// second after each click.
func (p page) until(complaint, condition, role, name string) {
	p.t.Helper()
	testkit.EventuallyNil(p.t, func() error {
		p.click(role, name)
		for range 10 {
			var holds bool
			if p.do(chromedp.Evaluate(`new Promise((done) => setTimeout(() => done(`+condition+`), 50))`, &holds, awaited)); holds {
				return nil
			}
		}
		return errors.New(complaint)
	})
}

func awaited(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }
