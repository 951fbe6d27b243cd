package wire_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	signer "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
)

func TestNothingUnsignedReachesAnOperation(t *testing.T) {
	s := start(t)
	r, _ := http.NewRequestWithContext(t.Context(), "POST", s.url+"/v2/things", strings.NewReader("{}"))
	response, body := s.do(t, r)
	if response.StatusCode != 403 || response.Header.Get("x-amzn-ErrorType") != "MissingAuthenticationTokenException" || body != `{"message":"Missing Authentication Token"}` {
		t.Errorf("unsigned: got %d %s", response.StatusCode, body)
	}
	sum := sha256.Sum256([]byte("{}"))
	for name, bad := range map[string]struct {
		id, secret, service, region, body, code string
	}{
		"unknown key":   {"AKIANOBODY", secret, "apigateway", region, "{}", "UnrecognizedClientException"},
		"wrong secret":  {keyID, "guess", "apigateway", region, "{}", "InvalidSignatureException"},
		"wrong service": {keyID, secret, "iam", region, "{}", "InvalidSignatureException"},
		"wrong region":  {keyID, secret, "apigateway", "mars-1", "{}", "InvalidSignatureException"},
		"other body":    {keyID, secret, "apigateway", region, `{"name":"x"}`, "InvalidSignatureException"},
	} {
		r, _ := http.NewRequestWithContext(t.Context(), "POST", s.url+"/v2/things", strings.NewReader(bad.body))
		err := signer.NewSigner().SignHTTP(t.Context(), aws.Credentials{AccessKeyID: bad.id, SecretAccessKey: bad.secret}, r, hex.EncodeToString(sum[:]), bad.service, bad.region, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		response, body := s.do(t, r)
		if response.StatusCode != 403 || response.Header.Get("x-amzn-ErrorType") != bad.code {
			t.Errorf("%s: got %d %s %s", name, response.StatusCode, response.Header.Get("x-amzn-ErrorType"), body)
		}
	}
	if s.calls != 0 || len(s.authorizer.asked) != 0 {
		t.Errorf("%d calls, %d decisions", s.calls, len(s.authorizer.asked))
	}
}

func TestDecisionsNameActionAndResource(t *testing.T) {
	s := start(t)
	for _, c := range []struct{ method, path, action, resource, alias string }{
		{"GET", "/v2/things/a", "apigateway:GET", "arn:aws:apigateway:us-east-1::/things/a", ""},
		{"PATCH", "/v2/things/a/parts/%24connect", "apigateway:PATCH", "arn:aws:apigateway:us-east-1::/things/a/parts/$connect", "arn:aws:apigateway:us-east-1::/parts/things/a/parts/$connect"},
		{"GET", "/v2/tags/arn%3Aaws%3A%3A%2Fapis%2Fx", "apigateway:GET", "arn:aws:apigateway:us-east-1::/tags/arn%3Aaws%3A%3A%2Fapis%2Fx", ""},
		{"GET", "/v2/tags/arn:aws::/apis/x", "apigateway:GET", "arn:aws:apigateway:us-east-1::/tags/arn%3Aaws%3A%3A%2Fapis%2Fx", ""},
	} {
		s.authorizer.asked = nil
		s.call(t, c.method, c.path, "")
		if len(s.authorizer.asked) != 1 {
			t.Fatalf("%s: %d decisions", c.path, len(s.authorizer.asked))
		}
		got := s.authorizer.asked[0]
		if got.Action != c.action || got.Resource != c.resource || got.Alias != c.alias {
			t.Errorf("%s %s: got %s on %s or %s", c.method, c.path, got.Action, got.Resource, got.Alias)
		}
	}
	s.authorizer.asked = nil
	s.call(t, "POST", "/v2/things", `{"tags":{"Env":"prod"}}`)
	rc := s.authorizer.asked[0].Context
	want := pasarela.RequestContext{
		"aws:sourceip": {"127.0.0.1"}, "aws:securetransport": {"false"}, "aws:requestedregion": {region},
		"aws:requesttag/env": {"prod"}, "aws:tagkeys": {"Env"}, "aws:resourcetag/team": {"x"}, "aws:viaawsservice": {"false"},
	}
	for key, values := range want {
		if diff := cmp.Diff(values, rc[key]); diff != "" {
			t.Errorf("%s: %s", key, diff)
		}
	}
}

func TestDenialsSayWhoWhatAndWhere(t *testing.T) {
	s := start(t)
	s.authorizer.deny = "/things"
	response, body := s.call(t, "POST", "/v2/things", "{}")
	want := `{"Message":"User: arn:aws:iam::123456789012:user/alice is not authorized to perform: apigateway:POST on resource: arn:aws:apigateway:us-east-1::/things"}`
	if response.StatusCode != 403 || response.Header.Get("x-amzn-ErrorType") != "AccessDeniedException" || body != want || s.calls != 0 {
		t.Errorf("got %d %s after %d calls", response.StatusCode, body, s.calls)
	}
	s.authorizer.deny = ""
	if response, _ := s.call(t, "GET", "/v2/things/broken", ""); response.StatusCode != 500 {
		t.Errorf("without its tags a resource was decided on: %d", response.StatusCode)
	}
}

func TestUnknownPathsAreDenied(t *testing.T) {
	s := start(t)
	for _, c := range []struct{ method, path string }{
		{"GET", "/v2/nothing"}, {"PUT", "/v2/things"}, {"GET", "/v2/things/a/parts"}, {"GET", "/v2/things//parts/x"}, {"GET", "/"},
	} {
		response, body := s.call(t, c.method, c.path, "")
		if response.StatusCode != 403 || !strings.Contains(body, "Unable to determine service/operation name to be authorized") {
			t.Errorf("%s %s: got %d %s", c.method, c.path, response.StatusCode, body)
		}
	}
}

// An operation may ask about what it found; outside of a request it may not.
func TestOperationsAuthoriseWhatTheyFind(t *testing.T) {
	s := start(t)
	s.authorizer.deny = "/things/found"
	if response, body := s.call(t, "GET", "/v2/things/find", ""); response.StatusCode != 403 || !strings.Contains(body, "apigateway:GET on resource: arn:aws:apigateway:us-east-1::/things/found%2Fx") {
		t.Errorf("got %d %s", response.StatusCode, body)
	}
	if err := (wire.Call{}).Authorize(t.Context(), "GET", "things", "x"); err == nil {
		t.Error("allowed without a caller")
	}
}
