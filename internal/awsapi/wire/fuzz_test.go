package wire_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/sigv4"
)

// FuzzDecode feeds bodies and paths to a handler behind the signature check: it
// must answer JSON and never panic.
func FuzzDecode(f *testing.F) {
	for _, body := range []string{"", "{}", `{"name":"x","map":{"a":"b"}}`, `{"count":1e999}`, `{"settings":{"burst":null}}`, "[", `{"tags":{"":""}}`, "\x00", `{"name":"\ud800"}`} {
		f.Add("PATCH", "/v2/things/a/parts/b?tagKeys=x", body)
	}
	f.Add("GET", "/v2/tags/arn%3A%2Fx/y", "")
	f.Add("GET", "/v2/things?maxResults=1&nextToken=MTph", "")
	calls := 0
	guard := &wire.Guard{Place: pasarela.Place{Region: region, AccountID: "123456789012"}, Verifier: sigv4.New(sigv4.Options{}), Keys: keys{}, Authorizer: &judge{}}
	service := wire.NewREST(wire.RESTService{SigningName: "apigateway", StripPath: "/v2", Guard: guard, Log: slog.New(slog.DiscardHandler)}, table(&calls))
	f.Fuzz(func(t *testing.T, method, target, body string) {
		r, err := http.NewRequest(method, "http://127.0.0.1"+target, strings.NewReader(body))
		if err != nil {
			t.Skip()
		}
		w := httptest.NewRecorder()
		wire.Unguarded(service, w, r, []byte(body))
		if w.Code == http.StatusInternalServerError && r.Method != http.MethodDelete {
			t.Errorf("%s %s: 500", method, target)
		}
		if w.Body.Len() > 0 && !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s %s: %q", method, target, w.Body.String())
		}
	})
}

// FuzzFront must send every request somewhere.
func FuzzFront(f *testing.F) {
	f.Add("POST", "/", "AWS4-HMAC-SHA256 Credential=A/20260102/r/iam/aws4_request, SignedHeaders=host, Signature=0", "Action=X")
	f.Add("GET", "/prod/%40connections/x%3D", "", "")
	f.Add("POST", "/?Version=2010-05-08", "Bearer", "a=%zz")
	nothing := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	front := &wire.Front{APIGatewayV2: nothing, APIGateway: nothing, Connections: nothing, IAM: nothing, STS: nothing, CloudFormation: nothing, Gateway: nothing}
	f.Fuzz(func(t *testing.T, method, target, authorization, body string) {
		r, err := http.NewRequestWithContext(context.Background(), method, "http://127.0.0.1"+target, strings.NewReader(body))
		if err != nil {
			t.Skip()
		}
		r.Header.Set("Authorization", authorization)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		front.ServeHTTP(httptest.NewRecorder(), r)
	})
}
