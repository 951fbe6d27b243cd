package iam_test

import (
	"encoding/xml"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/pasarela-ws/pasarela/internal/awsapi/iam"
	"github.com/pasarela-ws/pasarela/internal/awsapi/sts"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	"github.com/pasarela-ws/pasarela/internal/testkit/account"
)

const accountID = account.ID

// server is IAM and STS on a loopback port over a store in memory.
type server struct {
	*httptest.Server
	identities *identity.Service
	root       aws.Credentials
}

func serve(t testing.TB) server {
	t.Helper()
	a, log := account.Open(t, "us-east-1"), slog.New(slog.DiscardHandler)
	front := &wire.Router{IAM: iam.New(a.Identity, a.Guard(), log), STS: sts.New(a.Identity, a.Guard(), log), Gateway: http.NotFoundHandler()}
	srv := httptest.NewServer(front)
	t.Cleanup(srv.Close)
	return server{srv, a.Identity, a.Root}
}

// credentials sign a call by hand.
type credentials struct{ key, secret, token string }

func (s server) admin() credentials {
	return credentials{s.root.AccessKeyID, s.root.SecretAccessKey, ""}
}

// call posts a form and returns status and body.
func (s server) call(t *testing.T, service string, c credentials, form url.Values) (int, string) {
	t.Helper()
	body := form.Encode()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	if c.key != "" {
		account.Sign(t, aws.Credentials{AccessKeyID: c.key, SecretAccessKey: c.secret, SessionToken: c.token}, r, body, service, "eu-west-1")
	}
	response, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if id := response.Header.Get("X-Amzn-Requestid"); id == "" || !strings.Contains(string(text), "<RequestId>"+id+"</RequestId>") {
		t.Errorf("request id %q is not in the body: %s", id, text)
	}
	if ct := response.Header.Get("Content-Type"); ct != "text/xml" {
		t.Errorf("content type %q", ct)
	}
	return response.StatusCode, string(text)
}

func action(name, version string, pairs ...string) url.Values {
	form := url.Values{"Action": {name}, "Version": {version}}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

func (s server) iam(t *testing.T, c credentials, name string, pairs ...string) (int, string) {
	t.Helper()
	return s.call(t, "iam", c, action(name, iam.Version, pairs...))
}

func (s server) sts(t *testing.T, c credentials, name string, pairs ...string) (int, string) {
	t.Helper()
	return s.call(t, "sts", c, action(name, sts.Version, pairs...))
}

// failure is an error answer.
type failure struct {
	Type    string `xml:"Error>Type"`
	Code    string `xml:"Error>Code"`
	Message string `xml:"Error>Message"`
}

func parseFailure(t *testing.T, body string) failure {
	t.Helper()
	var f failure
	if err := xml.Unmarshal([]byte(body), &f); err != nil {
		t.Fatalf("%v\n%s", err, body)
	}
	return f
}
