package console

import (
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// Calls that the backend refused are listed with their cause, go through when they are
// replayed, and are deleted; both languages say what happened.
func TestDeadLettersByClicks(t *testing.T) {
	t.Parallel()
	script := axeScript(t)
	backend := newBackend(t)
	var refuses atomic.Bool
	backend.RespondWith(func(r testkit.Request) testkit.Response {
		connects := strings.Contains(r.Body, "ventas") // from the queue too: refused, it would close the client
		if refuses.Load() && !connects {
			return testkit.Response{Status: http.StatusNotFound}
		}
		return created
	})
	server := serve(t)
	o := operator{t, server}
	stock := o.stock(backend.URL)
	stage := url.PathEscape("arn:aws:apigateway:us-east-1::/apis/" + stock.apiID + "/stages/prod")
	o.rest("POST", "/v2/apis/"+stock.apiID+"/integrations/"+stock.integration+"/integrationresponses", object{"integrationResponseKey": "404"})
	o.rest("POST", "/v2/apis/"+stock.apiID+"/deployments", object{"stageName": "prod"})
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.sees(apiName)
	p.open("#/apis/" + stock.apiID + "/deadletters")
	p.sees("This stage calls its backends at once", "There are no dead letters")
	o.rest("POST", "/v2/tags/"+stage, object{"tags": object{"pasarela:async": "true"}})
	client := o.connect(stock.apiID + "/prod?reportType=ventas")
	refuses.Store(true)
	for _, order := range []string{"pears", "plums", "quinces"} {
		if err := client.Write(t.Context(), websocket.MessageText, []byte(`{"action":"order","of":"`+order+`"}`)); err != nil {
			t.Fatal(err)
		}
	}
	p.sees("(3)", "Given up at", "MESSAGE order", "The backend answered 404.", `"of":"pears"`)
	p.shows("the stage to be asynchronous", `!document.body.innerText.includes('This stage calls its backends at once')`)
	p.do(chromedp.Evaluate(`document.querySelector('tbody a[href^="#/explain/"]').click()`, nil))
	p.sees("became a dead letter: the backend answered 404", "Given up")
	p.do(chromedp.Evaluate(`document.querySelector('main a[href$="/deadletters/prod"]').click()`, nil))
	p.sees("(3)", "Given up at")
	refuses.Store(false)
	p.selects("1")
	p.click("button", "Replay")
	p.sees("1 in the queue again", "(2)")
	p.do(chromedp.Evaluate(`localStorage.setItem('pasarela.language', 'es')`, nil), chromedp.Reload())
	p = guided{p.page, spanish}
	p.sees("Llamadas abandonadas", "Abandonada el", "El backend respondió 404.", "(2)")
	p.do(chromedp.Evaluate(`document.querySelector('tbody input[type=checkbox]').click()`, nil))
	p.opens("Eliminar")
	p.sees("El backend no recibirá nunca estas llamadas")
	p.click("button", "Eliminar")
	p.closes()
	p.sees("(1)", `"of":"quinces"`)
	p.isAccessible(script, "dead letters")
	p.fits("dead letters", phone)
	p.do(emulation.SetDeviceMetricsOverride(1280, 900, 1, false))
	p.pictures("deadletters")
	p.opens("Repetir todas")
	p.sees("Se vuelve a llamar al backend")
	p.click("button", "Repetir todas")
	p.closes()
	p.sees("Otra vez en la cola: 1", "No hay llamadas abandonadas")
}
