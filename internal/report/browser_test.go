package report_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela/internal/report"
	"github.com/pasarela-ws/pasarela/internal/report/delivery"
	"github.com/pasarela-ws/pasarela/internal/report/samples"
	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/internal/testkit/browser"
)

// sockets is a minimal gateway: it does what the guide's $connect does, with a
// template that passes the query string on, and serves @connections.
type sockets struct {
	*httptest.Server
	t       *testing.T
	backend string
	mu      sync.Mutex
	open    map[string]*websocket.Conn
	ready   map[string]chan struct{}
	next    int
	session map[string]string // connection by session
}

func newSockets(t *testing.T) *sockets {
	s := &sockets{t: t, open: map[string]*websocket.Conn{}, ready: map[string]chan struct{}{}, session: map[string]string{}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *sockets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if id, found := strings.CutPrefix(r.URL.Path, "/prod/@connections/"); found {
		s.push(w, r, id)
		return
	}
	if session := r.URL.Query().Get("pasarela-session"); session != "" {
		s.resumable(w, r, session)
		return
	}
	s.mu.Lock()
	s.next++
	id, ready := fmt.Sprintf("socket-%d=", s.next), make(chan struct{})
	s.ready[id] = ready
	s.mu.Unlock()
	parameters := map[string]string{}
	for name := range r.URL.Query() {
		parameters[name] = r.URL.Query().Get(name)
	}
	body, _ := json.Marshal(map[string]any{"connectionId": id, "type": parameters["reportType"], "client": parameters["client"], "parameters": parameters})
	response, err := http.Post(s.backend+"/api/reports/create", "application/json", bytes.NewReader(body))
	if err != nil || response.StatusCode != http.StatusCreated {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	response.Body.Close()
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return
	}
	s.mu.Lock()
	s.open[id] = conn
	s.mu.Unlock()
	close(ready)
	conn.CloseRead(context.Background())
}

// resumable keeps the connection of a session; its client asks for a report by a message.
func (s *sockets) resumable(w http.ResponseWriter, r *http.Request, session string) {
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return
	}
	s.mu.Lock()
	id, known := s.session[session]
	if !known {
		s.next++
		id = fmt.Sprintf("socket-%d=", s.next)
		s.session[session], s.ready[id] = id, make(chan struct{})
		close(s.ready[id])
	}
	s.open[id] = conn
	s.mu.Unlock()
	for {
		_, text, err := conn.Read(context.Background()) // ends with the page
		if err != nil {
			return
		}
		var wish map[string]any
		if err := json.Unmarshal(text, &wish); err != nil {
			s.t.Errorf("the page sent %s", text)
		}
		wish["connectionId"] = id
		delete(wish, "action")
		body, _ := json.Marshal(wish)
		response, err := http.Post(s.backend+"/api/reports/create", "application/json", bytes.NewReader(body))
		if err != nil {
			s.t.Errorf("%s: %v", body, err)
			return
		}
		if response.StatusCode != http.StatusCreated { // the route has a route response
			said, _ := io.ReadAll(response.Body)
			_ = conn.Write(context.Background(), websocket.MessageText, said) // the page may be gone
		}
		response.Body.Close()
	}
}

func (s *sockets) push(w http.ResponseWriter, r *http.Request, id string) {
	s.mu.Lock()
	ready := s.ready[id]
	s.mu.Unlock()
	if ready == nil {
		w.WriteHeader(http.StatusGone)
		return
	}
	<-ready
	s.mu.Lock()
	conn := s.open[id]
	s.mu.Unlock()
	frame, _ := io.ReadAll(r.Body)
	if conn == nil || conn.Write(r.Context(), websocket.MessageText, frame) != nil {
		w.WriteHeader(http.StatusGone)
	}
}

// drop closes every connection without a close frame, as a network failure
// does.
func (s *sockets) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, conn := range s.open {
		conn.CloseNow()
	}
}

// long counts to as many rows as wanted, so that there is time to watch.
const long = `
type: long
title: { es: Largo, en: Long }
parameters: [{ name: rows, title: Rows, type: integer, default: 300000, minimum: 1 }]
sql: with recursive n(i) as (select 1 union all select i + 1 from n where i < :rows) select i, 'fila ' || i as text, i * 1.5 as amount from n
columns: [{ name: i, format: integer }, { name: text }, { name: amount, format: money, total: sum }]
`

// broken asks for a table that is not there.
const broken = "type: roto\ntitle: { es: Roto, en: Broken }\nsql: select nope from nowhere\ncolumns: [{ name: nope }]\n"

// noted holds a text that is longer than a cell of a workbook.
const noted = "type: noted\ntitle: { es: Cortado, en: Cut }\nsql: select hex(zeroblob(20000)) as name\ncolumns: [{ name: name }]\n"

// listed has parameters of several values.
const listed = `
type: listed
title: { es: Lista, en: List }
sql: select id from sales where (:ids is null or id in (:ids)) and (:colours is null or 'a, b' in (:colours)) and (:sizes is null or 's' in (:sizes)) and 'x' in (:needed) and (:days is null or sold_on in (:days))
parameters:
  - { name: ids, type: integer, list: true }
  - { name: colours, type: choice, list: true, values: ["a, b", { value: c, title: { es: Cian, en: Cyan } }, d], default: [c] }
  - { name: sizes, type: choice, list: true, values: [s, m] }
  - { name: needed, type: choice, list: true, values: [x, y], required: true, default: [x] }
  - { name: days, type: date, list: true }
columns: [{ name: id, format: integer }]
`

func withLong(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, samples.Files); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"long.yaml": long, "broken.yaml": broken, "noted.yaml": noted, "listed.yaml": listed} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// browse opens the page in Chromium, or skips loudly where there is none.
func browse(t *testing.T) (context.Context, *sockets, *httptest.Server) {
	t.Helper()
	return browseWith(t, report.Options{})
}

func browseWith(t *testing.T, set report.Options) (context.Context, *sockets, *httptest.Server) {
	t.Helper()
	gateway := newSockets(t)
	if set.DefinitionsDir == "" {
		set.DefinitionsDir = withLong(t)
	}
	set.GatewayURL = "ws" + strings.TrimPrefix(gateway.URL, "http") + "/prod"
	served := start(t, gateway.URL, set)
	gateway.backend = served.URL
	ctx, cancel := context.WithTimeout(browser.Window(t), 3*time.Minute) // Chromium on a busy machine
	t.Cleanup(cancel)
	do(t, ctx, chromedp.EmulateViewport(360, 740), chromedp.Navigate(served.URL), chromedp.WaitVisible("#parameters .field, #type:disabled", chromedp.ByQuery))
	return ctx, gateway, served
}

// do does one thing after the other. An element that the page draws anew between being found
// and being used is looked for again.
func do(t *testing.T, ctx context.Context, actions ...chromedp.Action) {
	t.Helper()
	for _, action := range actions {
		testkit.EventuallyNil(t, func() error {
			err := chromedp.Run(ctx, action)
			if err != nil && !isDrawnAnew(err) {
				t.Fatal(err)
			}
			return err
		})
	}
}

// isDrawnAnew says whether Chromium no longer has the element that it found.
func isDrawnAnew(err error) bool {
	var refused *cdproto.Error
	return errors.As(err, &refused) && (strings.HasPrefix(refused.Message, "No node with given id") || strings.HasPrefix(refused.Message, "Could not find node with given id"))
}

// poll waits for what the page shows. It looks by the clock: a page that is not in front
// draws no frames, and several tests share the browser.
func poll(expression string) chromedp.Action {
	return chromedp.Poll(expression, nil, chromedp.WithPollingInterval(50*time.Millisecond), chromedp.WithPollingTimeout(testkit.WaitLimit))
}

func text(t *testing.T, ctx context.Context, expression string) string {
	t.Helper()
	var value string
	do(t, ctx, chromedp.Evaluate("String("+expression+")", &value))
	return value
}

func choose(reportType, language string) chromedp.Tasks {
	set := func(id, value string) chromedp.Action {
		return chromedp.Evaluate(fmt.Sprintf(`{ const e = document.getElementById(%q); e.value = %q; e.dispatchEvent(new Event('change')); true }`, id, value), nil)
	}
	return chromedp.Tasks{set("language", language), set("type", reportType)}
}

func TestAPersonWaitsOnThePage(t *testing.T) {
	t.Parallel()
	ctx, _, _ := browse(t)
	do(t, ctx, choose("ventas", "es"), chromedp.SetValue("#parameter-year", "2024", chromedp.ByQuery))
	// By keyboard alone: from the last field to the button, and press it.
	do(t, ctx, chromedp.Focus("#ask button", chromedp.ByQuery), chromedp.KeyEvent("\r"), chromedp.WaitVisible("#download", chromedp.ByQuery), chromedp.WaitVisible("#preview", chromedp.ByQuery))
	for expression, want := range map[string]string{
		`document.getElementById('state').textContent`:                                    "Listo",
		`document.getElementById('download').textContent`:                                 "Descargar ventas-2024.xlsx",
		`document.activeElement.id`:                                                       "download",
		`document.querySelectorAll('#rows tbody tr').length`:                              "20",
		`document.querySelectorAll('#chart rect.bar').length`:                             "12",
		`document.querySelector('#chart svg').getAttribute('role')`:                       "img",
		`document.documentElement.lang`:                                                   "es",
		`document.documentElement.scrollWidth <= innerWidth`:                              "true",
		`document.getElementById('announce').textContent.includes('Listo')`:               "true",
		`document.getElementById('warning').hidden`:                                       "true",
		`document.querySelectorAll('#history li').length`:                                 "1",
		`[...document.querySelectorAll('input, select')].every(e => e.labels.length > 0)`: "true",
	} {
		if got := text(t, ctx, expression); got != want {
			t.Errorf("%s is %q, want %q", expression, got, want)
		}
	}
	opened := openWorkbook(t, download(t, text(t, ctx, `document.getElementById('download').href`)))
	if !strings.Contains(opened, "Ventas") || !strings.Contains(opened, "2024-01-01") {
		t.Errorf("openpyxl read %s", opened)
	}
	do(t, ctx, choose("ventas", "en"))
	if got := text(t, ctx, `document.querySelector('h1').textContent + document.title + document.getElementById('state').textContent`); got != "ReportsReportsReady" {
		t.Errorf("in English the page says %q", got)
	}
}

func TestAPersonWatchesAndCancels(t *testing.T) {
	t.Parallel()
	ctx, _, _ := browse(t)
	do(t, ctx, choose("long", "en"), chromedp.SetValue("#parameter-rows", "5000000", chromedp.ByQuery), chromedp.Click("#ask button", chromedp.ByQuery))
	do(t, ctx, chromedp.WaitVisible("#figure-rows", chromedp.ByQuery), chromedp.Click("#cancel", chromedp.ByQuery))
	do(t, ctx, chromedp.WaitVisible("#waiting[data-state=cancelled]", chromedp.ByQuery))
	if got := text(t, ctx, `document.getElementById('state').textContent`); got != "Cancelled" {
		t.Errorf("the page says %q", got)
	}
}

func TestAPageWithoutItsSocketAsksOn(t *testing.T) {
	t.Parallel()
	ctx, gateway, _ := browse(t)
	do(t, ctx, choose("long", "en"), chromedp.Click("#ask button", chromedp.ByQuery), chromedp.WaitVisible("#cancel", chromedp.ByQuery))
	gateway.drop()
	do(t, ctx, chromedp.WaitVisible("#download", chromedp.ByQuery))
}

// A page that is left or reloaded finds the report that is on its way again, and
// what it asked for with its parameters; what is deleted is gone.
func TestAPersonComesBackToThePage(t *testing.T) {
	t.Parallel()
	ctx, _, _ := browse(t)
	do(t, ctx, choose("long", "en"), chromedp.SetValue("#parameter-rows", "50000000", chromedp.ByQuery), chromedp.Click("#ask button", chromedp.ByQuery), chromedp.WaitVisible("#cancel", chromedp.ByQuery))
	do(t, ctx, chromedp.Reload(), chromedp.WaitVisible("#waiting[data-state=running]", chromedp.ByQuery), chromedp.WaitVisible("#history li", chromedp.ByQuery))
	if got := text(t, ctx, `document.querySelector('#history li').textContent`); !strings.Contains(got, "Rows: 50000000") || !strings.Contains(got, "xlsx") {
		t.Errorf("the history says %q", got)
	}
	do(t, ctx, chromedp.Click("#cancel", chromedp.ByQuery), chromedp.WaitVisible("#waiting[data-state=cancelled]", chromedp.ByQuery))
	remove := `[...document.querySelectorAll('#history li button')].find((each) => each.textContent === 'Delete')`
	do(t, ctx, poll(remove), chromedp.Evaluate(remove+`.click()`, nil), chromedp.WaitVisible("#sure", chromedp.ByQuery))
	do(t, ctx, chromedp.Click(`#sure button[value="no"]`, chromedp.ByQuery), chromedp.WaitNotVisible("#sure", chromedp.ByQuery))
	if got := text(t, ctx, `document.querySelectorAll('#history li').length`); got != "1" {
		t.Errorf("after a no %s reports are left", got)
	}
	do(t, ctx, chromedp.Evaluate(remove+`.click()`, nil), chromedp.Click(`#sure button[value="yes"]`, chromedp.ByQuery), chromedp.WaitVisible("#nothing", chromedp.ByQuery))
}

// A page that is loaded again, or whose network breaks, goes on with the connection of its
// session: it gets its report's link by push, and requests no second one.
func TestAReloadedPageHearsOfItsReportByPush(t *testing.T) {
	t.Parallel()
	ctx, gateway, _ := browseWith(t, report.Options{PageAction: "report"})
	do(t, ctx, choose("long", "en"), chromedp.SetValue("#parameter-rows", "50000000", chromedp.ByQuery), chromedp.Click("#ask button", chromedp.ByQuery), chromedp.WaitVisible("#cancel", chromedp.ByQuery))
	for name, again := range map[string]chromedp.Action{
		"reload":          chromedp.Reload(),
		"a broken socket": chromedp.ActionFunc(func(context.Context) error { gateway.drop(); return nil }),
	} {
		do(t, ctx, again, chromedp.WaitVisible("#waiting[data-state=running][data-heard=push]", chromedp.ByQuery))
		if got := text(t, ctx, `document.querySelectorAll('#history li').length`); got != "1" {
			t.Errorf("after %s there are %s reports", name, got)
		}
	}
	gateway.mu.Lock()
	if len(gateway.session) != 1 {
		t.Errorf("%d sessions", len(gateway.session))
	}
	gateway.mu.Unlock()
	do(t, ctx, chromedp.Click("#cancel", chromedp.ByQuery), chromedp.WaitVisible("#waiting[data-state=cancelled]", chromedp.ByQuery))
	if got := text(t, ctx, `sessionStorage.getItem('waiting')`); got != "null" {
		t.Errorf("what is over is kept: %s", got)
	}
}

// A page whose network is away says at its report that what it shows is from before, also
// where the socket stays open as if nothing were; when the network is back it goes on by
// itself, and nothing is left of what it said.
func TestAPageWithoutNetworkSaysSo(t *testing.T) {
	t.Parallel()
	ctx, gateway, _ := browseWith(t, report.Options{PageAction: "report"})
	offline := func(is bool) chromedp.Action {
		return network.EmulateNetworkConditions(is, 0, -1, -1)
	}
	do(t, ctx, choose("long", "en"), chromedp.SetValue("#parameter-rows", "50000000", chromedp.ByQuery), chromedp.Click("#ask button", chromedp.ByQuery), chromedp.WaitVisible("#waiting[data-state=running]", chromedp.ByQuery))
	do(t, ctx, network.Enable(), offline(true))
	gateway.drop()
	do(t, ctx, poll(`document.getElementById('warning').textContent.startsWith('The report service does not answer.')`))
	do(t, ctx, offline(false), poll(`document.getElementById('warning').hidden`), chromedp.WaitVisible("#waiting[data-state=running][data-heard=push]", chromedp.ByQuery))

	do(t, ctx, offline(true), chromedp.Click("#ask button", chromedp.ByQuery), chromedp.WaitVisible("#waiting[data-state=failed]", chromedp.ByQuery))
	do(t, ctx, offline(false), poll(`document.getElementById('alarm').textContent === ''`))
	badge := `document.querySelector('#history li .badge').dataset.state`
	do(t, ctx, poll(badge+` === 'running'`), chromedp.Click("#history li button", chromedp.ByQuery), chromedp.WaitVisible("#cancel", chromedp.ByQuery), chromedp.Click("#cancel", chromedp.ByQuery), poll(badge+` === 'cancelled'`))
}

// TestThePageSaysThatAQuotaIsUsedUp: a caller with a report that is made and one that waits
// gets no third; the page says so in its language, and asks again when one has ended.
func TestThePageSaysThatAQuotaIsUsedUp(t *testing.T) {
	t.Parallel()
	ctx, _, _ := browseWith(t, report.Options{PageAction: "report", Workers: 1, MaxPerCaller: 1})
	asks := func(state string) {
		t.Helper()
		do(t, ctx, chromedp.Click("#ask button.main", chromedp.ByQuery), chromedp.WaitVisible("#waiting[data-state="+state+"]", chromedp.ByQuery))
	}
	do(t, ctx, choose("long", "es"), chromedp.SetValue("#parameter-rows", "50000000", chromedp.ByQuery))
	asks("running")
	asks("queued")
	asks("failed")
	says(t, ctx, "#state", "Ya tienes muchos informes en espera. Espera a que termine alguno.")
	says(t, ctx, "#alarm", "Ya tienes muchos informes en espera.")
	do(t, ctx, choose("long", "en"))
	says(t, ctx, "#state", "You have many reports waiting already. Wait until one is done.")
	do(t, ctx, chromedp.Reload(), chromedp.WaitVisible("#waiting[data-state=queued]", chromedp.ByQuery), chromedp.Click("#cancel", chromedp.ByQuery), chromedp.WaitVisible("#waiting[data-state=cancelled]", chromedp.ByQuery))
	asks("queued")
}

func TestAPersonChoosesSeveralValues(t *testing.T) {
	t.Parallel()
	ctx, _, _ := browse(t)
	do(t, ctx, choose("listed", "en"), chromedp.SetValue("#parameter-ids", " 7, 8,007", chromedp.ByQuery))
	if got := text(t, ctx, `[...document.getElementById('parameter-colours').selectedOptions].map((option) => option.value).join()`); got != "c" {
		t.Errorf("%q is chosen, not the default", got)
	}
	do(t, ctx, chromedp.Evaluate(`for (const option of document.getElementById('parameter-colours').options) option.selected = option.value !== 'd'`, nil))
	do(t, ctx, chromedp.Click("#ask button", chromedp.ByQuery), chromedp.WaitVisible("#preview", chromedp.ByQuery))
	for expression, want := range map[string]string{
		`document.querySelectorAll('#rows tbody tr').length`:    "2",
		`document.getElementById('warning').hidden`:             "true",
		`document.querySelector('#history .hint').textContent`:  "ids: 7 and 8 · colours: a, b and Cyan · needed: x · xlsx · en",
		`document.getElementById('hint-ids').textContent`:       "One or more values, with commas between them. Nothing given means all.",
		`document.getElementById('hint-colours').textContent`:   "Choose one or more (with Ctrl or ⌘). Nothing chosen means Cyan.",
		`document.getElementById('hint-sizes').textContent`:     "Choose one or more (with Ctrl or ⌘). Nothing chosen means all.",
		`document.getElementById('hint-needed').textContent`:    "Choose at least one (several with Ctrl or ⌘).",
		`document.getElementById('parameter-colours').multiple`: "true",
		`document.documentElement.scrollWidth <= innerWidth`:    "true",
	} {
		if got := text(t, ctx, expression); got != want {
			t.Errorf("%s is %q, want %q", expression, got, want)
		}
	}
}

// TestARefusalIsSaidAtItsField: what the service says of a value stands at its field in the
// page's language, of a report and of a schedule; a service that does not answer is named, in
// place of the browser's words.
func TestARefusalIsSaidAtItsField(t *testing.T) {
	t.Parallel()
	ctx, _, served := browseWith(t, report.Options{PageAction: "report", Delivery: delivery.Options{Folders: map[string]string{"accounts": t.TempDir()}}})
	do(t, ctx, choose("listed", "es"), chromedp.Click("#regular summary", chromedp.ByQuery), chromedp.WaitVisible("#folders input", chromedp.ByQuery))
	for button, value := range map[string]string{"#ask button.main": "7, x", "#keep-schedule": "8, y"} {
		do(t, ctx, chromedp.SetValue("#parameter-ids", value, chromedp.ByQuery), chromedp.Click(button, chromedp.ByQuery))
		says(t, ctx, "#hint-ids.fault", `Este valor no es válido. Debe ser un número entero, no "`+value[3:]+`".`)
	}
	for _, where := range []string{"#alarm", "#state"} {
		says(t, ctx, where, "El valor de «ids» no es válido; el formulario dice por qué.")
	}
	served.CloseClientConnections()
	served.Close()
	do(t, ctx, chromedp.SetValue("#parameter-ids", "7", chromedp.ByQuery), chromedp.Click("#keep-schedule", chromedp.ByQuery))
	says(t, ctx, "#schedule-fault", "No se puede hablar con el servicio de informes.")
}

// TestAReloadKeepsTheForm: what a person has put into the form of each type, and when and
// where it is to come regularly, is there again after a reload and in the other language; a
// default that was left stays one.
func TestAReloadKeepsTheForm(t *testing.T) {
	t.Parallel()
	ctx, _, _ := browseWith(t, report.Options{Delivery: delivery.Options{
		Folders: map[string]string{"accounts": t.TempDir(), "sales": t.TempDir()}, SMTP: "smtp://127.0.0.1:1?from=reports@example.com&tls=none", MailTo: []string{"@example.com"},
	}})
	do(t, ctx, choose("ventas", "en"), types("parameter-year", `'2023'`), types("format", `'csv'`))
	do(t, ctx, choose("listed", "en"), types("parameter-ids", `'7, x'`), chromedp.Evaluate(`for (const option of document.getElementById('parameter-sizes').options) option.selected = true`, nil), types("parameter-needed", `'y'`))
	do(t, ctx, chromedp.Click("#regular summary", chromedp.ByQuery), chromedp.WaitVisible("#weekdays input", chromedp.ByQuery),
		chromedp.Click(`#weekdays input[value="friday"]`, chromedp.ByQuery), chromedp.Click(`#folders input[value="sales"]`, chromedp.ByQuery), types("time", `'08:15'`), types("zone", `'Europe/Madrid'`), types("mail", `'ana@example.com'`))
	const form = `JSON.stringify([...document.getElementById('ask').elements].filter((e) => e.checkVisibility() && e.id !== 'keep-schedule' && !['submit', 'fieldset'].includes(e.type)).map((e) => e.type === 'checkbox' ? e.value + e.checked : [...(e.selectedOptions ?? [e])].map((o) => o.value).join('+')))`
	before := text(t, ctx, form)
	for _, want := range []string{`["listed","7, x","c","s+m","y","","xlsx","week","mondaytrue"`, `"fridaytrue"`, `"08:15","Europe/Madrid"`, `"salestrue"`, `"ana@example.com"`} {
		if !strings.Contains(before, want) {
			t.Fatalf("filled in is %s, which lacks %s", before, want)
		}
	}
	for name, again := range map[string]chromedp.Action{"a reload": chromedp.Reload(), "the other language": choose("listed", "es")} {
		do(t, ctx, again, poll(`document.getElementById('regular').open && `+form+` === '`+before+`'`))
		if got := text(t, ctx, form); got != before {
			t.Errorf("after %s: %s, want %s", name, got, before)
		}
	}
	do(t, ctx, choose("ventas", "en"))
	if got := text(t, ctx, `document.getElementById('parameter-year').value + document.getElementById('parameter-region').value + document.getElementById('format').value`); got != "2023csv" {
		t.Errorf("of the other type there is %q", got)
	}
	if got := text(t, ctx, `sessionStorage.getItem('form')`); strings.Contains(got, "colours") {
		t.Errorf("a default is kept: %s", got)
	}
}

func TestThePageSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	ctx, gateway, _ := browse(t)
	do(t, ctx, choose("ventas", "en"), chromedp.SetValue("#parameter-year", "1999", chromedp.ByQuery), chromedp.Click("#ask button", chromedp.ByQuery))
	if got := text(t, ctx, `document.activeElement.id + document.activeElement.getAttribute('aria-invalid')`); got != "parameter-yeartrue" {
		t.Errorf("focus is on %s", got)
	}
	for language, want := range map[string]string{"en": "This value is not valid. It must be between 2022 and 2026.", "es": "Este valor no es válido. Debe estar entre 2022 y 2026."} {
		do(t, ctx, choose("ventas", language), chromedp.SetValue("#parameter-year", "1999", chromedp.ByQuery), chromedp.Click("#ask button", chromedp.ByQuery))
		if got := text(t, ctx, `document.getElementById('hint-year').textContent`); got != want {
			t.Errorf("in %s the page says %q", language, got)
		}
	}
	for language, want := range map[string]string{"en": "This value is not valid. It must be a whole number.", "es": "Este valor no es válido. Debe ser un número entero."} {
		do(t, ctx, choose("ventas", language), chromedp.SetValue("#parameter-year", "2025.5", chromedp.ByQuery), chromedp.Click("#ask button", chromedp.ByQuery))
		says(t, ctx, "#hint-year", want)
	}
	do(t, ctx, choose("ventas", "en"))
	gateway.Close()
	do(t, ctx, chromedp.SetValue("#parameter-year", "2024", chromedp.ByQuery), chromedp.Click("#ask button", chromedp.ByQuery), chromedp.WaitVisible("#waiting[data-state=failed]", chromedp.ByQuery))
	if got := text(t, ctx, `document.getElementById('alarm').textContent`); !strings.Contains(got, "gateway cannot be reached") {
		t.Errorf("the page says %q", got)
	}
}

// What the file could not hold as it was stands beside the preview, and goes with it.
func TestThePageSaysWhatTheFileCouldNotHold(t *testing.T) {
	ctx, _, _ := browse(t)
	do(t, ctx, choose("noted", "en"), chromedp.Click("#ask button", chromedp.ByQuery), chromedp.WaitVisible("#notes li", chromedp.ByQuery))
	if notes := text(t, ctx, `document.querySelector('#notes').innerText`); !strings.Contains(notes, "differs from the data") || !strings.Contains(notes, "32767") {
		t.Errorf("the page says %q", notes)
	}
	do(t, ctx, choose("ventas", "en"), chromedp.Click("#ask button", chromedp.ByQuery), chromedp.WaitVisible("#rows tfoot", chromedp.ByQuery))
	if notes := text(t, ctx, `document.querySelector('#notes').hidden + document.querySelector('#notes ul').innerText`); notes != "true" {
		t.Errorf("for a whole file the page says %q", notes)
	}
}

// What the server says of a failed report is in the page's language, also when that
// changes after the report was asked for.
func TestThePageSaysWhyAReportFailedInItsLanguage(t *testing.T) {
	t.Parallel()
	ctx, _, _ := browse(t)
	do(t, ctx, choose("roto", "en"), chromedp.Click("#ask button", chromedp.ByQuery), chromedp.WaitVisible("#waiting[data-state=failed]", chromedp.ByQuery))
	for language, want := range map[string]string{"en": "problem in its set-up", "es": "un problema en su configuración"} {
		do(t, ctx, choose("roto", language), poll(`document.querySelector('#history li')?.textContent.includes("`+want+`")`))
		if got := text(t, ctx, `document.getElementById('state').textContent`); !strings.Contains(got, want) {
			t.Errorf("in %s the page says %q", language, got)
		}
	}
}

func download(t *testing.T, link string) string {
	t.Helper()
	if _, err := url.Parse(link); err != nil {
		t.Fatal(err)
	}
	response, err := http.Get(link)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v", link, response.Status, err)
	}
	file := filepath.Join(t.TempDir(), "report.xlsx")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

const openScript = `
import sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
for sheet in book:
    print(sheet.title, sheet.max_row, sheet.max_column, len(sheet._charts), list(sheet.tables))
for row in book.worksheets[-1].iter_rows(max_row=3, values_only=True):
    print(row[0])
`

// openWorkbook has openpyxl read a workbook, or skips loudly without it.
func openWorkbook(t *testing.T, file string) string {
	t.Helper()
	if exec.Command("/usr/bin/python3", "-c", "import openpyxl").Run() != nil {
		t.Skip("SKIPPED: openpyxl is missing; apt-get install python3-openpyxl")
	}
	said, err := exec.Command("/usr/bin/python3", "-c", openScript, file).CombinedOutput()
	if err != nil {
		t.Fatalf("openpyxl: %v\n%s", err, said)
	}
	return string(said)
}
