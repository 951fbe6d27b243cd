package console

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// resumeWords are what a timeline says of a connection that outlives its sockets, in the
// order in which it happens: the message that nobody confirmed, the socket's end, the
// message that waits, and the client's return with what was sent again.
var resumeWords = map[string][]string{
	english.language: {"The socket ended (1006", "1 message waits for it", "The message waits for its client", "The client came back: 1 message that it had not confirmed was sent again, and 1 that waited"},
	spanish.language: {"El socket terminó (1006", "le espera 1 mensaje", "El mensaje espera a su cliente", "El cliente volvió: se envió otra vez 1 mensaje que no había confirmado, y 1 que esperaba"},
}

// mailboxWords are what the lists of connections say of one whose client is away: of its two
// messages it got the first, and confirmed neither.
var mailboxWords = map[string][]string{
	english.language: {"Away, may come back until ", " · 2 unconfirmed"},
	spanish.language: {"Ausente, puede volver hasta las ", " · 2 sin confirmar"},
}

// The whole life of a connection whose client went away and came back is one timeline, by
// command, by call and in the console; while it is away the lists say so, and what waits.
func TestTheTimelineOfAConnectionThatOutlivesItsSocket(t *testing.T) {
	t.Parallel()
	server := serve(t)
	o := operator{t, server}
	stock := o.stock(newBackend(t).URL)
	o.rest("POST", "/v2/tags/"+url.PathEscape("arn:aws:apigateway:us-east-1::/apis/"+stock.apiID+"/stages/prod"), object{"tags": object{"pasarela:resumeSeconds": "300"}})
	socket := stock.apiID + "/prod?reportType=ventas&pasarela-session=0123456789abcdef0123456789"
	first := dial(t, server, socket, "resumable/1.0")
	id := ""
	away := func() bool {
		var open struct {
			Connections []struct {
				ConnectionID, UserAgent string
				Away                    bool
			}
		}
		if err := json.Unmarshal(o.send("pasarela", "GET", "/pasarela/apis/"+stock.apiID+"/stages/prod/connections", "application/json", nil), &open); err != nil {
			t.Fatal(err)
		}
		for _, one := range open.Connections {
			if one.UserAgent == "resumable/1.0" {
				id = one.ConnectionID
				return one.Away
			}
		}
		return false
	}
	testkit.Eventually(t, "the connection", func() bool { away(); return id != "" })
	post := func(body string) {
		o.send("execute-api", "POST", "/"+stock.apiID+"/prod/@connections/"+url.PathEscape(id), "application/json", []byte(body))
	}
	post("not confirmed") // as this client reads nothing, it returns no pings
	_ = first.CloseNow()
	testkit.Eventually(t, "the client to be away", away)
	post("waits")
	pages := map[string]guided{}
	for _, words := range []words{english, spanish} {
		p := guided{browse(t, server), words}
		pages[words.language] = p
		p.signIn(server)
		p.sees(apiName)
		p.open("#/apis/" + stock.apiID + "/live")
		p.sees(mailboxWords[words.language]...)
		p.page.photograph("mailbox-" + words.language)
		p.open("#/live")
		p.sees(mailboxWords[words.language]...)
	}
	again := dial(t, server, socket, "resumable/1.0")
	for _, want := range []string{"not confirmed", "waits"} {
		if _, text, err := again.Read(t.Context()); err != nil || string(text) != want {
			t.Errorf("got %q, want %q: %v", text, want, err)
		}
	}
	defer again.CloseNow()
	for _, words := range []words{english, spanish} {
		language := words.language
		var explained struct{ Text string }
		testkit.Eventually(t, "the timeline", func() bool {
			if err := json.Unmarshal(o.send("pasarela", "GET", "/pasarela/explain/"+url.PathEscape(id)+"?language="+language, "application/json", nil), &explained); err != nil {
				t.Fatal(err)
			}
			return strings.Contains(explained.Text, resumeWords[language][3])
		})
		inOrder(t, explained.Text, resumeWords[language])
		p := pages[language]
		p.do(chromedp.Navigate(server.endpoint + "/console/#/explain/" + url.PathEscape(id)))
		for _, want := range resumeWords[language] { // the newest first, and the earlier ones folded
			testkit.EventuallyNil(t, func() error {
				p.do(chromedp.Evaluate(`document.querySelectorAll('main [aria-expanded=false]').forEach((one) => one.click())`, nil))
				if said := p.said(); !strings.Contains(said, want) {
					return fmt.Errorf("the page does not say %q, but\n%s", want, said)
				}
				return nil
			})
		}
		p.page.photograph("timeline-resume-" + language)
	}
}

// inOrder fails where a text does not have all of it, one behind the other.
func inOrder(t *testing.T, text string, want []string) {
	t.Helper()
	rest := text
	for _, one := range want {
		at := strings.Index(rest, one)
		if at < 0 {
			t.Errorf("%q is not there, or not in its place:\n%s", one, text)
			return
		}
		rest = rest[at+len(one):]
	}
}
