package console

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/internal/testkit/browser"
)

// reconnectingPage connects again when its socket has ended. When nothing has come for a
// while it opens another one, and closes the first once that is open: a close before would
// end the connection. It counts what came, and what was not in order: messages count up, on
// each socket from one that came before or from the one behind it.
const reconnectingPage = `<!doctype html><title>A page that comes back</title><script>
const seen = { sockets: 0, refused: 0, last: 0, again: 0, wrong: [] }
const connect = (url, silent) => {
	const socket = new WebSocket(url)
	let opened = false, heard = Date.now(), before = 0
	const leave = (old) => {
		clearInterval(watch)
		socket.onclose = null
		setTimeout(() => connect(url, old), 20)
	}
	const watch = setInterval(() => { if (opened && Date.now() - heard > 1500) leave(socket) }, 100)
	socket.onopen = () => {
		opened = true
		heard = Date.now()
		seen.sockets++
		if (silent) silent.onmessage = null
		silent?.close()
	}
	socket.onclose = () => {
		if (!opened) seen.refused++
		leave(opened ? null : silent)
	}
	socket.onmessage = ({ data }) => {
		heard = Date.now()
		const n = Number(data)
		if (!(n <= seen.last + 1) || before && n !== before + 1) seen.wrong.push(data + ' after ' + seen.last + ', on its socket after ' + before)
		if (n <= seen.last) seen.again++
		before = n
		seen.last = Math.max(seen.last, n)
	}
}
</script>`

// seen is what the page counted.
type seen struct {
	Sockets, Refused, Last, Again int
	Wrong                         []string
}

// cut is a way in which a page loses its network, and gets it back.
type cut struct {
	name       string
	lose, back func()
}

// A page whose network is cut, on the way and by the browser's own tools, gets every
// message, in order (A-GATEWAY-51). PASARELA_BREAKS says how often, else 8 times.
func TestAPageWhoseNetworkIsCutMissesNothing(t *testing.T) {
	t.Parallel()
	breaks := 8
	if text := os.Getenv("PASARELA_BREAKS"); text != "" {
		var err error
		if breaks, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	server := serve(t)
	backend := newBackend(t)
	o := operator{t, server}
	stage := o.stageWithSessions(backend.URL)
	relay := testkit.NewRelay(t, strings.TrimPrefix(server.endpoint, "http://"))
	// A page of the same machine: Chromium asks a person before a page of another one, or of
	// none as about:blank, may connect to this machine.
	pages := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(reconnectingPage)) }))
	t.Cleanup(pages.Close)
	p := page{t, browser.Window(t), server, &work{}}
	address := "ws://" + relay.Address() + "/" + stage + "?pasarela-session=0123456789abcdef0123456789"
	p.do(network.Enable(), chromedp.Navigate(pages.URL), chromedp.Evaluate(`connect(`+strconv.Quote(address)+`)`, nil))

	id := backend.Next(t).Body
	posted := 0
	post := func(n int) {
		for range n {
			posted++
			o.send("execute-api", "POST", "/"+stage+"/@connections/"+url.PathEscape(id), "application/json", []byte(strconv.Itoa(posted)))
		}
	}
	offline := func(is bool) { p.do(network.EmulateNetworkConditions(is, 0, -1, -1)) }
	cuts := []cut{{"offline", func() { // its socket breaks, and those that it opens are refused
		offline(true)
		relay.Break(testkit.Reset)
		refused := p.seen().Refused
		testkit.Eventually(t, "a socket that is refused", func() bool { return p.seen().Refused > refused })
	}, func() { offline(false) }}}
	for how, name := range []string{testkit.Reset: "reset", testkit.HalfOpen: "half-open", testkit.Silence: "silence"} {
		cuts = append(cuts, cut{name, func() { relay.Break(testkit.Break(how)) }, func() {}})
	}
	random := rand.New(rand.NewPCG(1, 3))
	testkit.Eventually(t, "the page to be connected", func() bool { return p.seen().Sockets == 1 })
	for i := range breaks {
		c, before := cuts[i%len(cuts)], p.seen().Sockets
		post(1 + random.IntN(40))
		c.lose()
		post(1 + random.IntN(10))
		c.back()
		testkit.EventuallyNil(t, func() error {
			if s := p.seen(); s.Sockets == before {
				return fmt.Errorf("break %d, %s: the page has not come back: %+v", i, c.name, s)
			}
			return nil
		})
	}
	post(1)
	testkit.Eventually(t, "the last message", func() bool { return p.seen().Last == posted })
	got := p.seen()
	t.Logf("%d messages, %d breaks, %d sockets, %d messages came again", posted, breaks, got.Sockets, got.Again)
	if len(got.Wrong) > 0 {
		t.Errorf("out of order: %q", got.Wrong)
	}
	backend.Untouched(t) // no second $connect, and no $disconnect
}

// stageWithSessions deploys an API whose backend is told the id of each connection that
// opens or ends, and which keeps sessions.
func (o operator) stageWithSessions(backend string) (path string) {
	o.t.Helper()
	id := o.rest("POST", "/v2/apis", object{"name": "Cuts", "protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action"}).text("apiId")
	api := "/v2/apis/" + id
	integration := o.rest("POST", api+"/integrations", object{
		"integrationType": "HTTP", "integrationMethod": "POST", "integrationUri": backend,
		"requestTemplates": object{"application/json": "$context.connectionId"},
	}).text("integrationId")
	o.rest("POST", api+"/integrations/"+integration+"/integrationresponses", object{"integrationResponseKey": "201"})
	for _, route := range []string{"$connect", "$disconnect"} {
		o.rest("POST", api+"/routes", object{"routeKey": route, "target": "integrations/" + integration})
	}
	o.rest("POST", api+"/stages", object{"stageName": "prod", "tags": object{"pasarela:resumeSeconds": "300"}})
	o.rest("POST", api+"/deployments", object{"stageName": "prod"})
	served(o.t, o.server, id+"/prod")
	return id + "/prod"
}

func (p page) seen() (s seen) {
	p.t.Helper()
	p.do(chromedp.Evaluate(`seen`, &s))
	return s
}
