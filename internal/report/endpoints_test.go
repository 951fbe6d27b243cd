package report_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/report"
	"github.com/pasarela-ws/pasarela/internal/report/notify"
)

// TestARequestMayNameItsGateway: signed calls go to allowed gateways and to no
// other, whatever a request says.
func TestARequestMayNameItsGateway(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	host := strings.TrimPrefix(g.URL, "http://")
	served := start(t, "http://127.0.0.1:1", report.Options{AllowedEndpoints: []string{g.URL + "/"}})
	if status, _ := post(t, served, `{"connectionId":"named=","type":"existencias","domainName":"`+host+`","stage":"prod"}`); status != http.StatusCreated {
		t.Fatalf("the allowed gateway: %d", status)
	}
	g.wait("named=", notify.Ready)
	for _, named := range []string{
		`"domainName":"169.254.169.254","stage":"latest"`, `"domainName":"` + host + `.evil.example","stage":"prod"`, `"domainName":"` + host + `"`,
		`"domainName":"evil@` + host + `","stage":"prod"`, `"domainName":"` + host + `/../x","stage":"prod"`, `"domainName":"` + host + `","stage":"a/b"`,
	} {
		if status, _ := post(t, served, `{"connectionId":"x=","type":"existencias",`+named+`}`); status != http.StatusBadRequest {
			t.Errorf("%s: %d", named, status)
		}
	}
}
