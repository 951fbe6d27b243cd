package console

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// A key whose quota is used up is refused with 429. The home page and the handshakes of the
// stage name plan and key, and the plan's page says that nothing is left.
func TestAQuotaThatIsUsedUpIsSeen(t *testing.T) {
	t.Parallel()
	server := serve(t)
	o := operator{t, server}
	stock := o.stock(newBackend(t).URL)
	o.rest("PATCH", "/v2/apis/"+stock.apiID+"/routes/"+stock.connectRoute, object{"apiKeyRequired": true})
	o.rest("PATCH", "/usageplans/"+stock.plan, object{"patchOperations": []object{{"op": "replace", "path": "/quota/limit", "value": "2"}}})
	o.rest("POST", "/v2/apis/"+stock.apiID+"/deployments", object{"stageName": "prod"})
	key := o.rest("GET", "/apikeys/"+stock.key+"?includeValue=true", object{}).text("value")
	url := strings.Replace(server.endpoint, "http", "ws", 1) + "/" + stock.apiID + "/prod"
	testkit.Refused(t, url, http.StatusForbidden)
	for range 2 {
		testkit.Connect(t, url, testkit.Header("x-api-key", key))
	}
	testkit.Refused(t, url, http.StatusTooManyRequests, testkit.Header("x-api-key", key))
	for _, w := range []words{english, spanish} {
		p := guided{browse(t, server), w}
		p.signIn(server)
		says := map[string][]string{
			"English": {"The quota of usage plan basic (", "is used up for API key partner (", "Usage plans", "Used up", "Quota", "It starts again at "},
			"Español": {"La cuota del plan de uso basic (", "está agotada para la clave de API partner (", "Planes de uso", "Agotada", "Cuota", "Empieza de nuevo el "},
		}[w.language]
		p.sees(says[0], says[1], says[5])
		p.page.photograph("quota-home-" + w.language)
		p.click("link", says[2])
		p.click("link", "basic")
		p.sees(says[4], says[3])
		p.page.photograph("quota-plan-" + w.language)
	}
}
