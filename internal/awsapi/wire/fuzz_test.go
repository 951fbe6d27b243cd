package wire_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
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
	guard := &wire.Guard{RegionAccount: pasarela.RegionAccount{Region: region, AccountID: "123456789012"}, Verifier: sigv4.New(sigv4.Options{}), Keys: keys{}, Authorizer: &authorizer{}}
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
	front := &wire.Router{APIGatewayV2: nothing, APIGateway: nothing, Connections: nothing, IAM: nothing, STS: nothing, CloudFormation: nothing, Gateway: nothing}
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

// FuzzPath: what a path names is one resource, whose own path names it again, and no
// segment of it is empty; two resources never share a path.
func FuzzPath(f *testing.F) {
	for _, seed := range []string{"/v2/things", "/v2/things/", "/v2//things/a", "/v2/things/%61", "/v2/things/a%2Fparts%2Fb", "/v2/things/a/parts/%24connect", "/v2/things/%2e%2e", "/v2/tags/arn%3Aaws%3A%2Fx", "/v2/things/%252F", "/V2/things", "/v2/things/a;x/parts/b"} {
		f.Add("GET", seed)
		f.Add("PATCH", seed)
	}
	calls := 0
	guard := &wire.Guard{RegionAccount: pasarela.RegionAccount{Region: region, AccountID: "123456789012"}}
	service := wire.NewREST(wire.RESTService{StripPath: "/v2", Guard: guard}, table(&calls))
	type named struct{ operation, segments string }
	f.Fuzz(func(t *testing.T, method, target string) {
		u, err := url.ParseRequestURI(target)
		if err != nil {
			t.Skip()
		}
		operation, path, segments, ok := wire.Matched(service, method, u.EscapedPath())
		if !ok {
			return
		}
		for _, segment := range strings.Split(u.EscapedPath(), "/")[1:] {
			if segment == "" && operation != "GetTags" {
				t.Errorf("%q has an empty segment", target)
			}
		}
		again := "/v2"
		for _, segment := range segments {
			again += "/" + url.PathEscape(segment)
		}
		operation2, path2, segments2, ok := wire.Matched(service, method, again)
		if !ok || (named{operation, strings.Join(segments, "\x00")}) != (named{operation2, strings.Join(segments2, "\x00")}) || path != path2 {
			t.Errorf("%q is %s %q %q, and %q is %s %q %q", target, operation, path, segments, again, operation2, path2, segments2)
		}
		if operation != "GetTags" && strings.Count(path, "/") != len(segments) {
			t.Errorf("%q: %d segments in %q", target, len(segments), path)
		}
	})
}

// FuzzNames: what an operation reads of a body that is taken is what its exact names say.
func FuzzNames(f *testing.F) {
	for _, seed := range []string{`{"tags":{"a":"b"},"name":"x"}`, `{"Tags":{"a":"b"}}`, `{"\u0074ags":{"a":"b"}}`, `{"tags":{},"tags":{"a":"b"}}`, `{"tag\u017f":{"a":"b"}}`, `{"settings":{"burst":1,"Burst":2}}`, `{"x":{"tags":1}}`, " null "} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		in, err := wire.Decoded[thing](body)
		if err != nil || len(bytes.TrimSpace(body)) == 0 {
			return
		}
		var exact map[string]json.RawMessage
		if err := json.Unmarshal(body, &exact); err != nil {
			t.Fatalf("%q was taken: %v", body, err)
		}
		var tags map[string]string
		if raw, given := exact["tags"]; given {
			_ = json.Unmarshal(raw, &tags)
		}
		var name *string
		if raw, given := exact["name"]; given {
			_ = json.Unmarshal(raw, &name)
		}
		if !maps.Equal(tags, in.Tags) || (name == nil) != (in.Name == nil) || name != nil && *name != *in.Name {
			t.Errorf("%q: tags %v, name %v; exactly they are %v, %v", body, in.Tags, in.Name, tags, name)
		}
	})
}
