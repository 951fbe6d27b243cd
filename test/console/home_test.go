package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// The first page says what all APIs do now: open connections, and the latest failures
// with their causes, each of which leads to its timeline.
func TestHomeSaysWhatHappensNow(t *testing.T) {
	t.Parallel()
	backend := newBackend(t)
	server := serve(t)
	o := operator{t, server}
	stock := o.stock(backend.URL)
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.sees("Open connections", "Errors in the last hour", "Latest failures")
	p.show("link", "1")
	backend.Respond(testkit.Response{Status: http.StatusAccepted})
	_, header := testkit.Refused(t, strings.Replace(server.endpoint, "http", "ws", 1)+"/"+stock.apiID+"/prod", http.StatusInternalServerError)
	request := header.Get("x-amz-apigw-id")
	p.sees("CONNECT $connect", "integration response")
	p.shows("the connection and the error, each a link", `document.querySelectorAll('tbody a[href="#/apis/`+stock.apiID+`/live"]').length === 2`)
	p.do(chromedp.Click(`a[href="#/explain/`+url.PathEscape(request)+`"], a[href="#/explain/`+url.QueryEscape(request)+`"]`, chromedp.ByQuery))
	p.sees("Explain", request, "202", "Request ID", "API ID", stock.apiID, "not kept")
	for what, page := range map[string]string{"stage": "stages/prod", "route": "routes/" + stock.connectRoute, "integration": "integrations/" + stock.integration} {
		p.shows("a link to the "+what, `!!document.querySelector('a[href="#/apis/`+stock.apiID+`/`+page+`"]')`)
	}
	p.click("link", "Edit stage prod")
	p.sees("Additional settings", "Save changes")
	p.open("#/apis/" + stock.apiID + "/integrations/" + stock.integration)
	p.sees("Used by routes", "$connect", "order")
}
