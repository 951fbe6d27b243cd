package console

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/internal/testkit/browser"
)

// unended is a report that is made for longer than any test.
const unended = `
type: unended
title: Unended
limits: { rows: 100000000 }
sql: with recursive n(i) as (select 1 union all select i + 1 from n) select i from n
columns: [{ name: i, format: integer }]
`

// pageTemplate passes on what the page of reports asks for.
const pageTemplate = `{"connectionId": "$context.connectionId", "caller": "", "client": $input.json('$.client'), "type": $input.json('$.type'),
	"format": $input.json('$.format'), "language": $input.json('$.language'), "parameters": $input.json('$.parameters')}`

// notesProgress notes the rows of each frame of progress that a page's sockets get, and every
// number of rows that the page shows.
const notesProgress = `
var heard = [], shown = []
window.WebSocket = class extends WebSocket {
	constructor(...all) {
		super(...all)
		this.addEventListener('message', ({ data }) => { const frame = JSON.parse(data); if (frame.event === 'progress') heard.push(frame.rows) })
	}
}
new MutationObserver(() => {
	const text = document.getElementById('figure-rows')?.textContent.replace(/\D/g, '')
	if (text && Number(text) !== shown.at(-1)) shown.push(Number(text))
}).observe(document, { subtree: true, childList: true, characterData: true })`

// What is posted for a page that is away, in frames of progress, and how many of them wait for
// it at most: they come a second apart and wait two.
const (
	progressWhileAway = 6
	waitingProgress   = 3
)

// The page of reports that loses its network while its report is made, and is loaded again, goes
// on where the report is: it is sent the newest progress only, and shows none that is older
// than what it showed (A-REPORT-26).
func TestAPageThatComesBackIsToldOfWhatIsNew(t *testing.T) {
	t.Parallel()
	server, address, definitions := serve(t), testkit.FreeAddress(t), t.TempDir()
	if err := os.WriteFile(filepath.Join(definitions, "unended.yaml"), []byte(unended), 0o600); err != nil {
		t.Fatal(err)
	}
	stage := operator{t, server}.stageOfThePage("http://" + address + "/api/reports/create")
	relay := testkit.NewRelay(t, strings.TrimPrefix(server.endpoint, "http://"))
	env := []string{"AWS_ACCESS_KEY_ID=" + server.accessKeyID, "AWS_SECRET_ACCESS_KEY=" + server.secretAccessKey}
	testkit.Start(t, env, reportsProgram, "serve", "--listen", address, "--data", t.TempDir(), "--definitions", definitions,
		"--endpoint", server.endpoint+"/"+stage, "--gateway", "ws://"+relay.Address()+"/"+stage, "--page-action", "report").WaitFor(t, `reports: (http\S+)`)
	p := page{t, browser.Window(t), server, &work{}}
	p.do(network.Enable(), chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := cdppage.AddScriptToEvaluateOnNewDocument(notesProgress).Do(ctx)
		return err
	}))
	p.do(chromedp.Navigate("http://"+address), chromedp.WaitReady("#type option", chromedp.ByQuery), chromedp.Click("#ask button", chromedp.ByQuery))
	_, shown := p.notes(2)
	known := shown[len(shown)-1]
	offline := func(is bool) { p.do(network.EmulateNetworkConditions(is, 0, -1, -1)) }
	offline(true)
	relay.Break(testkit.Reset)
	before := queued(t, server)
	testkit.Eventually(t, "progress for the page that is away", func() bool { return queued(t, server) >= before+progressWhileAway })

	newest := rowsOf(t, address)
	offline(false)
	p.do(chromedp.Reload())
	heard, shown := p.notes(waitingProgress + 2)
	if shown[0] < known || !slices.IsSorted(shown) {
		t.Errorf("the page showed %d rows, and when it was loaded again %v", known, shown)
	}
	older := 0
	for _, rows := range heard {
		if rows < newest {
			older++
		}
	}
	if older > waitingProgress {
		t.Errorf("the report was at %d rows before the page was loaded again, and it was sent %v", newest, heard)
	}
}

// rowsOf is how far the only report of a backend is.
func rowsOf(t *testing.T, address string) int64 {
	t.Helper()
	var list struct{ Reports []struct{ ID string } }
	var report struct{ Rows int64 }
	read := func(path string, into any) {
		response, err := http.Get("http://" + address + "/api/reports" + path)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if err := json.NewDecoder(response.Body).Decode(into); err != nil {
			t.Fatal(err)
		}
	}
	if read("", &list); len(list.Reports) != 1 {
		t.Fatalf("there are %d reports", len(list.Reports))
	}
	read("/"+list.Reports[0].ID, &report)
	return report.Rows
}

// notes waits for so many frames of progress, and returns their rows and those that the page
// has shown.
func (p page) notes(frames int) (heard, shown []int64) {
	p.t.Helper()
	testkit.EventuallyNil(p.t, func() error {
		p.do(chromedp.Evaluate(`heard`, &heard), chromedp.Evaluate(`shown`, &shown))
		if len(heard) < frames || len(shown) == 0 {
			return fmt.Errorf("the page was sent progress of %v rows, and shows %v", heard, shown)
		}
		return nil
	})
	return heard, shown
}

// stageOfThePage deploys an API by which the page of reports asks a backend, and which keeps
// sessions.
func (o operator) stageOfThePage(backend string) (path string) {
	o.t.Helper()
	id := o.rest("POST", "/v2/apis", object{"name": "Page", "protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action"}).text("apiId")
	api := "/v2/apis/" + id
	integration := o.rest("POST", api+"/integrations", object{
		"integrationType": "HTTP", "integrationMethod": "POST", "integrationUri": backend, "requestTemplates": object{"application/json": pageTemplate},
	}).text("integrationId")
	o.rest("POST", api+"/integrations/"+integration+"/integrationresponses", object{"integrationResponseKey": "$default"})
	o.rest("POST", api+"/routes", object{"routeKey": "report", "target": "integrations/" + integration})
	o.rest("POST", api+"/stages", object{"stageName": "prod", "tags": object{"pasarela:resumeSeconds": "300"}})
	o.rest("POST", api+"/deployments", object{"stageName": "prod"})
	served(o.t, o.server, id+"/prod")
	return id + "/prod"
}

var queuedPushes = regexp.MustCompile(`(?m)^pasarela_push_outcomes_total\{outcome="queued"\} (\d+)$`)

// queued is how many messages the gateway took for clients that are away.
func queued(t *testing.T, server server) int {
	t.Helper()
	response, err := http.Get(server.endpoint + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	found := queuedPushes.FindSubmatch(text)
	if found == nil {
		t.Fatal("no count of messages")
	}
	n, err := strconv.Atoi(string(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	return n
}
