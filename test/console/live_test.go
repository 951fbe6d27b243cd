package console

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// The live page: who is connected, one found by the filter, a push that reaches
// it, what happened to it, its log line by line, the limits in effect, and the
// disconnect.
func TestLivePageByClicks(t *testing.T) {
	t.Parallel()
	server := serve(t)
	o := operator{t, server}
	stock := o.stock(newBackend(t).URL)
	client := dial(t, server, stock.apiID+"/prod", "the-one/2.0")
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.openAPI()
	p.click("link", "Live")
	p.sees("console-test/1.0", "the-one/2.0")
	p.fill("Find", "the-one")
	p.sees("1")
	p.selects("*")
	p.fill("Message", `{"hello":"one"}`)
	p.click("button", "Post")
	if _, text, err := client.Read(t.Context()); err != nil || string(text) != `{"hello":"one"}` {
		t.Fatalf("the client got %s, %v", text, err)
	}
	p.click("button", "*=")
	p.sees("Every execution went well", "CONNECT $connect", "ms")
	p.click("tab", "Metrics")
	p.sees("Rate limit (requests per second)", "100", "Idle timeout (seconds)", "600", "24 hours", "ConnectCount")
	if history := o.send("pasarela", "GET", "/pasarela/apis/"+stock.apiID+"/stages/prod/metrics/history", "application/json", nil); !strings.Contains(string(history), `"everySeconds":60`) {
		t.Errorf("the history is %s", history)
	}
	p.click("tab", "Execution log")
	p.sees("is connecting to WebSocket API", "Stage: "+stock.apiID+"/prod")
	p.click("tab", "Access log")
	p.sees("it needs an “Access log format” and an “Access log destination”", "Edit stage prod")
	p.click("tab", "Handshakes")
	p.sees("Connected")
	p.click("tab", "Connections")
	p.fill("Find", "the-one")
	p.selects("*")
	p.opens("Disconnect")
	p.sees("The client is disconnected")
	p.click("button", "Disconnect")
	if _, _, err := client.Read(t.Context()); websocket.CloseStatus(err) == -1 {
		t.Errorf("the client was not closed: %v", err)
	}
}

// dial connects a client whose messages the test reads itself.
func dial(t *testing.T, server server, path, agent string) *websocket.Conn {
	t.Helper()
	return testkit.Connect(t, strings.Replace(server.endpoint, "http", "ws", 1)+"/"+path, testkit.Header("User-Agent", agent)).Conn
}

// Lists hold 300 routes and many connections: 2,000 here, or as many as
// PASARELA_CONNECTIONS says (10,000 need 20,000 descriptors). Of connections the page asks
// for what it shows, whatever their number.
func TestLongListsByClicks(t *testing.T) {
	t.Parallel()
	server := serve(t)
	o := operator{t, server}
	api := o.rest("POST", "/v2/apis", object{"name": apiName, "protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action"}).text("apiId")
	for i := range 299 {
		o.rest("POST", "/v2/apis/"+api+"/routes", object{"routeKey": "route" + strconv.Itoa(i)})
	}
	o.rest("POST", "/v2/apis/"+api+"/routes", object{"routeKey": "$connect"})
	o.rest("POST", "/v2/apis/"+api+"/stages", object{"stageName": "prod"})
	o.rest("POST", "/v2/apis/"+api+"/deployments", object{"stageName": "prod"})
	n := 2000
	if asked, err := strconv.Atoi(os.Getenv("PASARELA_CONNECTIONS")); err == nil {
		n = asked
	}
	hold(t, server, api+"/prod", n)
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.openAPI()
	p.sees("Routes (300)", "$connect")
	p.settles()
	if calls, rows := p.callsAndRows(); calls > 40 || rows > 25 {
		t.Errorf("300 routes take %d calls since the page was opened, and %d rows", calls, rows)
	}
	p.click("button", "Page 12")
	p.sees("route98")
	p.fill("Find", "route27")
	p.sees("route27", "route279", "11")
	p.click("link", "Live")
	p.sees("(" + thousandsOf(n) + ")")
	p.settles()
	p.listsAWindow()
	p.click("button", "Next page")
	p.shows("Page 2 of all pages", `document.querySelector('[aria-current="true"]')?.innerText === '2'`)
	p.settles()
	p.listsAWindow()
	last := "client-" + strconv.Itoa(n-1) + "/"
	p.fill("Find", last)
	p.sees(last)
	p.shows("one row", `document.querySelectorAll('tbody tr').length === 1`)
	p.selects("*")
	p.open("#/live")
	p.sees("(" + thousandsOf(n) + ")")
	p.settles()
	p.listsAWindow()
	p.page.photograph("many-connections")
	p.viewsRoutesFirst(api)
}

// thousandsOf writes a number below a million as the page does.
func thousandsOf(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}

// listsAWindow fails where the page shows more than 25 rows, or where an answer to it
// about connections has more than these.
func (p page) listsAWindow() {
	p.t.Helper()
	if _, rows := p.callsAndRows(); rows != 25 {
		p.t.Errorf("%d rows are shown", rows)
	}
	var sizes []int
	p.do(chromedp.Evaluate(`performance.getEntriesByType('resource').filter(({ name }) => /connections\?/.test(name)).map(({ decodedBodySize }) => decodedBodySize)`, &sizes))
	if len(sizes) == 0 || slices.Max(sizes) > 10_000 {
		p.t.Errorf("the answers about connections have %v bytes", sizes)
	}
}

// viewsRoutesFirst opens the list of routes as a browser does that has nothing of the
// console, and logs when it said something and when the list was there: by hand on a quiet
// machine, as often as PASARELA_FIRST_VIEWS says. What it loads for that does not depend on
// the machine, and is bounded.
func (p page) viewsRoutesFirst(api string) {
	p.t.Helper()
	p.do(chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := cdppage.AddScriptToEvaluateOnNewDocument(`new MutationObserver((_, all) => {
			if ((document.querySelector('tbody')?.rows.length ?? 0) < 25) return;
			all.disconnect();
			window.__listed = performance.now();
			window.__loaded = performance.getEntriesByType('resource').map(({ transferSize }) => transferSize);
		}).observe(document, { childList: true, subtree: true })`).Do(ctx)
		return err
	}))
	times, err := strconv.Atoi(os.Getenv("PASARELA_FIRST_VIEWS"))
	if err != nil {
		times = 1
	}
	for range times {
		p.do(chromedp.Navigate("about:blank"), network.ClearBrowserCache(), chromedp.Navigate(p.server.endpoint+"/console/#/apis/"+api+"/routes"))
		p.shows("the list", `!!window.__listed`)
		var said, listed float64
		var loaded []int
		p.do(chromedp.Evaluate(`performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0`, &said), chromedp.Evaluate(`window.__listed`, &listed), chromedp.Evaluate(`window.__loaded`, &loaded))
		bytes := 0
		for _, size := range loaded {
			bytes += size
		}
		p.t.Logf("the first view: something after %.0f ms, 300 routes after %.0f ms, by %d requests, %d bytes", said, listed, len(loaded), bytes)
		if len(loaded) > 30 || bytes < 100_000 || bytes > 1_000_000 {
			p.t.Errorf("the first view takes %d requests, %d bytes", len(loaded), bytes)
		}
	}
}

// shows waits until a condition of the page holds.
func (p page) shows(what, condition string) {
	p.t.Helper()
	testkit.Eventually(p.t, what, func() bool {
		var holds bool
		p.do(chromedp.Evaluate(condition, &holds))
		return holds
	})
}

// callsAndRows are the calls that the page made since it was opened, and the rows of its list.
func (p page) callsAndRows() (calls, rows int) {
	p.t.Helper()
	p.do(chromedp.Evaluate(`window.__calls.made`, &calls), chromedp.Evaluate(`document.querySelector('tbody').rows.length`, &rows))
	p.t.Logf("%d calls, %d rows", calls, rows)
	return calls, rows
}

// hold opens n sockets, 32 at a time, that stay open as long as the test.
func hold(t *testing.T, server server, path string, n int) {
	t.Helper()
	served(t, server, path)
	work, failed := make(chan int), make(chan error, 32)
	ctx, cancel := context.WithTimeout(t.Context(), 4*testkit.WaitLimit)
	defer cancel()
	url := strings.Replace(server.endpoint, "http", "ws", 1) + "/" + path
	for range 32 {
		go func() {
			var first error
			for i := range work {
				socket, _, err := websocket.Dial(ctx, url, &websocket.DialOptions{HTTPHeader: map[string][]string{"User-Agent": {"client-" + strconv.Itoa(i) + "/1"}}})
				if err != nil {
					first = errors.Join(first, err)
					continue
				}
				t.Cleanup(func() { _ = socket.CloseNow() })
			}
			failed <- first
		}()
	}
	for i := range n {
		work <- i
	}
	close(work)
	for range 32 {
		if err := <-failed; err != nil {
			t.Fatal(err)
		}
	}
}

// The way from a line of the log to what happened: the lines are searched by words, an id
// in them leads to its timeline, which says where the time went and what the backend said,
// and which has an address to share.
func TestFromALogLineToItsTimeline(t *testing.T) {
	t.Parallel()
	backend := newBackend(t)
	server := serve(t)
	o := operator{t, server}
	stock := o.stock(backend.URL)
	o.rest("PATCH", "/v2/apis/"+stock.apiID+"/stages/prod", object{"defaultRouteSettings": object{"loggingLevel": "INFO", "dataTraceEnabled": true, "detailedMetricsEnabled": true}})
	dial(t, server, stock.apiID+"/prod?reportType=ventas", "timeline/1.0")
	script := axeScript(t)
	for _, words := range []words{english, spanish} {
		t.Run(words.language, func(t *testing.T) {
			p := guided{browse(t, server), words}
			p.signIn(server)
			p.sees(apiName)
			p.do(chromedp.Navigate(server.endpoint + "/console/#/apis/" + stock.apiID + "/live"))
			log, find, phases, received, link, metrics, allRoutes, deployments := "Execution log", "Find in the log", "Backend: ", "Received response. Status: 201", "Copy link", "Metrics", "All routes", "Deployments served in this range"
			if words.language == spanish.language {
				log, find, phases, received, link, metrics, allRoutes, deployments = "Registro de ejecución", "Buscar en el registro", "Backend: ", "Respuesta recibida. Estado: 201", "Copiar el enlace", "Métricas", "Todas las rutas", "Despliegues que se sirvieron en este intervalo"
			}
			p.click("tab", metrics)
			p.sees(allRoutes, deployments, "· first") // the moment of each, by its name
			o.rest("POST", "/v2/apis/"+stock.apiID+"/deployments", object{"stageName": "prod", "description": "second in " + words.language})
			p.sees("· second in " + words.language) // while the page is open
			p.page.photograph("metrics-" + words.language)
			p.click("tab", log)
			p.fill(find, "ventas TRANSFORMATIONS")
			p.sees("Endpoint request body after transformations")
			p.page.photograph("log-" + words.language)
			p.click("link", "*=")
			p.sees(phases)
			p.sees(link, "CONNECT $connect", `"type": "ventas"`, received)
			if at := p.address(); !strings.Contains(at, "#/explain/") {
				t.Errorf("the timeline is at %s", at)
			}
			p.page.photograph("timeline-" + words.language)
			p.isAccessible(script, "timeline "+words.language)
			p.do(chromedp.EmulateViewport(390, 844), chromedp.Evaluate(`document.body.classList.add('awsui-dark-mode')`, nil))
			p.page.photograph("timeline-phone-" + words.language)
			testkit.Eventually(t, "the minute of the call to end: percentiles are of whole minutes", func() bool {
				history := o.send("pasarela", "GET", "/pasarela/apis/"+stock.apiID+"/stages/prod/metrics/history", "application/json", nil)
				var counted struct{ Latency [][]int }
				if err := json.Unmarshal(history, &counted); err != nil {
					t.Fatal(err)
				}
				return slices.ContainsFunc(counted.Latency, func(calls []int) bool { return len(calls) > 0 && slices.Max(calls) > 0 })
			})
			p.do(chromedp.EmulateViewport(1100, 760))
			p.open("#/apis/" + stock.apiID + "/live")
			p.click("tab", metrics)
			for _, percentile := range []string{"p50", "p90", "p99"} {
				p.show("img|image", percentile+": *")
			}
			p.page.photograph("percentiles-" + words.language)
		})
	}
}

// Where the stage has tags for connections, one form posts to all that have a tag and says
// what became of the message; elsewhere there is no such form.
func TestOnePostReachesAllWithATag(t *testing.T) {
	t.Parallel()
	server := serve(t)
	o := operator{t, server}
	stock := o.stock(newBackend(t).URL)
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.openAPI()
	p.click("link", "Live")
	p.sees("Connections", "console-test/1.0")
	p.lacks("button", "Post to all")
	tags := url.PathEscape("arn:aws:apigateway:us-east-1::/apis/" + stock.apiID + "/stages/prod")
	o.rest("POST", "/v2/tags/"+tags, object{"tags": object{"pasarela:connectionTags": "true"}})
	var clients []*websocket.Conn
	for range 2 {
		clients = append(clients, dial(t, server, stock.apiID+"/prod?reportType=ventas", "tagged/1.0"))
	}
	var open struct {
		Connections []struct{ ConnectionID, UserAgent string }
	}
	if err := json.Unmarshal(o.send("pasarela", "GET", "/pasarela/apis/"+stock.apiID+"/stages/prod/connections", "application/json", nil), &open); err != nil {
		t.Fatal(err)
	}
	for _, one := range open.Connections {
		if one.UserAgent == "tagged/1.0" {
			o.send("execute-api", "PUT", "/"+stock.apiID+"/prod/@connections/"+one.ConnectionID+"/tags", "application/json", []byte(`{"tags":["dept:sales"]}`))
		}
	}
	p.do(chromedp.Reload())
	p.sees("dept:sales")
	p.fill("Tag", "dept:none")
	p.click("button", "Post to all")
	p.sees("No connection has this tag.")
	p.fill("Tag", "dept:sales")
	p.click("button", "Post to all")
	p.sees("2 sent")
	p.page.photograph("fan-out")
	for _, client := range clients {
		if _, text, err := client.Read(t.Context()); err != nil || string(text) != `{"hello":"everyone"}` {
			t.Errorf("a client got %s, %v", text, err)
		}
	}
	p.isAccessible(axeScript(t), "fan-out")
}
