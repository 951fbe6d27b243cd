package wire_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	signer "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/sigv4"
)

const (
	keyID  = "AKIAIOSFODNN7EXAMPLE"
	secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	region = "us-east-1"
)

var alice = pasarela.Principal{ARN: "arn:aws:iam::123456789012:user/alice", AccountID: "123456789012", AccessKeyID: keyID, Type: pasarela.PrincipalUser}

type keys struct{}

func (keys) Key(_ context.Context, id, _ string) (string, pasarela.Principal, error) {
	if id != keyID {
		return "", pasarela.Principal{}, sigv4.ErrUnknownKey
	}
	return secret, alice, nil
}

// decision is one question that an authorizer was asked.
type decision struct {
	Action, Resource, Alias string
	Context                 pasarela.RequestContext
}

// judge remembers what it was asked and denies what deny names.
type judge struct {
	asked []decision
	deny  string
}

func (j *judge) Authorize(_ context.Context, who pasarela.Principal, action, resource string, rc pasarela.RequestContext) error {
	return j.judge(who, decision{action, resource, "", rc})
}

func (j *judge) AuthorizeAlias(_ context.Context, who pasarela.Principal, action, resource, alias string, _ pasarela.ConditionKeys) error {
	return j.judge(who, decision{Action: action, Resource: resource, Alias: alias})
}

func (j *judge) judge(who pasarela.Principal, d decision) error {
	j.asked = append(j.asked, d)
	if j.deny != "" && strings.Contains(d.Resource, j.deny) {
		return pasarela.Errorf(pasarela.CodeAccessDenied, "User: %s is not authorized to perform: %s on resource: %s", who.ARN, d.Action, d.Resource)
	}
	return nil
}

// thing is an input with a member of every kind.
type thing struct {
	ID       string            `json:"-" uri:"thingId"`
	Part     string            `json:"-" uri:"partKey"`
	Keys     []string          `json:"-" query:"tagKeys"`
	Flag     bool              `json:"-" query:"flag"`
	Name     *string           `json:"name"`
	Count    *int              `json:"count"`
	Rate     *float64          `json:"rate"`
	On       *bool             `json:"on"`
	List     []string          `json:"list"`
	Map      map[string]string `json:"map"`
	Settings *struct {
		Burst *int `json:"burst"`
	} `json:"settings"`
	Tags map[string]string `json:"tags"`
}

// table echoes what it was given, so that tests see what was decoded.
func table(calls *int) []wire.Operation {
	echo := func(_ context.Context, in thing) (thing, error) {
		*calls++
		return in, nil
	}
	fail := func(_ context.Context, in thing) error {
		switch in.ID {
		case "missing":
			return pasarela.Errorf(pasarela.CodeNotFound, "Invalid Thing identifier specified %s", in.ID)
		case "gone":
			return pasarela.Errorf(pasarela.CodeGone, "")
		case "busy":
			return pasarela.Errorf(pasarela.CodeTooManyRequests, "Too Many Requests")
		}
		return errors.New("the disk says: secret path /var/lib")
	}
	list := func(context.Context, thing) ([]string, error) { return strings.Split("abcdefg", ""), nil }
	caller := func(ctx context.Context, _ thing) (map[string]string, error) {
		call, _ := wire.CallFrom(ctx)
		return map[string]string{"arn": call.Principal.ARN, "operation": call.Operation, "requestId": call.RequestID}, nil
	}
	return []wire.Operation{
		wire.Reply("CreateThing", "POST /v2/things", 201, echo).Declines(wire.Declined{Member: "cors", Reason: "not here."}, wire.Declined{Member: "ttl", Reason: "no.", Ignore: true}),
		wire.Reply("ImportThings", "POST /v2/things?mode=import", 201, func(_ context.Context, in struct {
			Body []byte `body:"raw"`
		},
		) (map[string]string, error) {
			return map[string]string{"csv": string(in.Body)}, nil
		}),
		wire.List("GetThings", "GET /v2/things", wire.PagesV2, list, func(s string) string { return s }),
		wire.Reply("GetThing", "GET /v2/things/{thingId}", 200, caller),
		wire.Void("DeleteThing", "DELETE /v2/things/{thingId}", 204, fail),
		wire.Reply("UpdatePart", "PATCH /v2/things/{thingId}/parts/{partKey}", 200, func(_ context.Context, in thing) (map[string]any, error) {
			return map[string]any{"id": in.ID, "part": in.Part, "keys": in.Keys, "flag": in.Flag, "html": "<&>"}, nil
		}),
		wire.Reply("GetTags", "GET /v2/tags/{thingId+}", 200, func(_ context.Context, in thing) (map[string]string, error) {
			return map[string]string{"id": in.ID}, nil
		}),
	}
}

type server struct {
	url   string
	judge *judge
	calls int
	log   bytes.Buffer
}

func start(t testing.TB) *server {
	s := &server{judge: &judge{}}
	log := slog.New(slog.NewTextHandler(&s.log, nil))
	guard := &wire.Guard{Place: pasarela.Place{Region: region, AccountID: "123456789012"}, Verifier: sigv4.New(sigv4.Options{}), Keys: keys{}, Authorizer: s.judge}
	operations := table(&s.calls)
	operations[5].Alias = func(path string) string { return "/parts" + path }
	h := httptest.NewServer(wire.NewREST(wire.RESTService{
		SigningName: "apigateway", StripPath: "/v2", Guard: guard, Log: log,
		Tags: func(_ context.Context, path string) (map[string]string, error) {
			if path == "/things/broken" {
				return nil, errors.New("store is away")
			}
			return map[string]string{"Team": "x"}, nil
		},
	}, operations))
	t.Cleanup(h.Close)
	s.url = h.URL
	return s
}

// call signs a request and answers status, headers and body.
func (s *server) call(t testing.TB, method, path, body string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(body))
	err = signer.NewSigner().SignHTTP(t.Context(), aws.Credentials{AccessKeyID: keyID, SecretAccessKey: secret}, r, hex.EncodeToString(sum[:]), "apigateway", region, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return s.do(t, r)
}

func (s *server) do(t testing.TB, r *http.Request) (*http.Response, string) {
	t.Helper()
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(text)
}

func TestCallsAreDecodedAndAnswered(t *testing.T) {
	s := start(t)
	for _, c := range []struct {
		name, method, path, body string
		status                   int
		want                     string
	}{
		{
			"all kinds", "POST", "/v2/things", `{"name":"n","count":3,"rate":1.5,"on":false,"list":[],"map":{"a":""},"settings":{"burst":0},"newer":{"x":1}}`, 201,
			`{"name":"n","count":3,"rate":1.5,"on":false,"list":[],"map":{"a":""},"settings":{"burst":0},"tags":null}`,
		},
		{"no body", "POST", "/v2/things", "", 201, `{"name":null,"count":null,"rate":null,"on":null,"list":null,"map":null,"settings":null,"tags":null}`},
		{"null is absent", "POST", "/v2/things", `{"name":null,"map":null,"cors":null,"ttl":5}`, 201, `{"name":null,"count":null,"rate":null,"on":null,"list":null,"map":null,"settings":null,"tags":null}`},
		{"labels are decoded once", "PATCH", "/v2/things/a%2Fb/parts/%24connect%2525", "{}", 200, `{"flag":false,"html":"<&>","id":"a/b","keys":null,"part":"$connect%25"}`},
		{"repeated query", "PATCH", "/v2/things/a/parts/b?tagKeys=b%20c&tagKeys=x&flag=true", "{}", 200, `{"flag":true,"html":"<&>","id":"a","keys":["b c","x"],"part":"b"}`},
		{"encoded ARN", "GET", "/v2/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fapis%2Fabc", "", 200, `{"id":"arn:aws:apigateway:us-east-1::/apis/abc"}`},
		{"plain ARN", "GET", "/v2/tags/arn:aws:apigateway:us-east-1::/apis/abc", "", 200, `{"id":"arn:aws:apigateway:us-east-1::/apis/abc"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			response, body := s.call(t, c.method, c.path, c.body)
			if response.StatusCode != c.status || body != c.want {
				t.Errorf("got %d %s\nwant %d %s", response.StatusCode, body, c.status, c.want)
			}
			if got := response.Header.Get("Content-Type"); got != "application/json" {
				t.Errorf("content type %q", got)
			}
		})
	}
}

func TestAnswersAreStamped(t *testing.T) {
	s := start(t)
	response, body := s.call(t, "GET", "/v2/things/a", "")
	id := response.Header.Get("x-amzn-RequestId")
	if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(id) {
		t.Errorf("x-amzn-RequestId %q", id)
	}
	if got := response.Header.Get("x-amz-apigw-id"); !regexp.MustCompile(`^[A-Za-z0-9_-]{15}=$`).MatchString(got) {
		t.Errorf("x-amz-apigw-id %q", got)
	}
	if want := `{"arn":"` + alice.ARN + `","operation":"GetThing","requestId":"` + id + `"}`; body != want {
		t.Errorf("got %s, want %s", body, want)
	}
	if _, body := s.call(t, "POST", "/v2/things?mode=import", "a,b"); body != `{"csv":"a,b"}` {
		t.Errorf("mode=import reached %s", body)
	}
}

func TestBadBodiesAreNamed(t *testing.T) {
	s := start(t)
	for _, c := range []struct{ body, want string }{
		{`{"count":"3"}`, "Invalid member 'count': expected a whole number, got a string."},
		{`{"count":1.5}`, "Invalid member 'count': expected a whole number, got the number 1.5."},
		{`{"settings":{"burst":true}}`, "Invalid member 'settings.burst': expected a whole number, got true or false."},
		{`{"map":{"a":1}}`, "Invalid member 'map': expected a string, got a number."},
		{`{"list":"x"}`, "Invalid member 'list': expected a list, got a string."},
		{`{"name":["x"]}`, "Invalid member 'name': expected a string, got an array."},
		{`[1]`, "Invalid request body: expected a JSON object, got an array."},
		{`{"name":`, "Invalid request body: the JSON ends in the middle."},
		{`{name:1}`, "Invalid request body: not JSON, invalid character 'n' looking for beginning of object key string at byte 2."},
		{`{} {}`, "Invalid request body: something follows the JSON object at byte"},
		{`{"cors":{}}`, "Invalid member 'cors': not here."},
	} {
		response, body := s.call(t, "POST", "/v2/things", c.body)
		if response.StatusCode != 400 || response.Header.Get("x-amzn-ErrorType") != "BadRequestException" || !strings.Contains(body, c.want) {
			t.Errorf("%s: got %d %s %s, want %s", c.body, response.StatusCode, response.Header.Get("x-amzn-ErrorType"), body, c.want)
		}
	}
	if s.calls != 0 {
		t.Errorf("%d of them reached the operation", s.calls)
	}
	if response, body := s.call(t, "PATCH", "/v2/things/a/parts/b?flag=maybe", "{}"); response.StatusCode != 400 || !strings.Contains(body, "'flag'") {
		t.Errorf("got %d %s", response.StatusCode, body)
	}
}

func TestErrorsHaveAWSsForm(t *testing.T) {
	s := start(t)
	for _, c := range []struct {
		path   string
		status int
		code   string
		body   string
	}{
		{"/v2/things/missing", 404, "NotFoundException", `{"message":"Invalid Thing identifier specified missing"}`},
		{"/v2/things/gone", 410, "GoneException", ""},
		{"/v2/things/busy", 429, "TooManyRequestsException", `{"message":"Too Many Requests"}`},
	} {
		response, body := s.call(t, "DELETE", c.path, "")
		if response.StatusCode != c.status || response.Header.Get("x-amzn-ErrorType") != c.code || body != c.body {
			t.Errorf("got %d %s %s", response.StatusCode, response.Header.Get("x-amzn-ErrorType"), body)
		}
	}
	response, body := s.call(t, "DELETE", "/v2/things/other", "")
	if response.StatusCode != 500 || strings.Contains(body, "disk") {
		t.Errorf("got %d %s", response.StatusCode, body)
	}
	if id := response.Header.Get("x-amzn-RequestId"); !strings.Contains(s.log.String(), id) || !strings.Contains(s.log.String(), "the disk says") {
		t.Errorf("the log does not tell the cause of %s: %s", id, s.log.String())
	}
}

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
	if s.calls != 0 || len(s.judge.asked) != 0 {
		t.Errorf("%d calls, %d decisions", s.calls, len(s.judge.asked))
	}
}

func TestDecisionsNameActionAndResource(t *testing.T) {
	s := start(t)
	for _, c := range []struct{ method, path, action, resource, alias string }{
		{"GET", "/v2/things/a", "apigateway:GET", "arn:aws:apigateway:us-east-1::/things/a", ""},
		{"PATCH", "/v2/things/a/parts/%24connect", "apigateway:PATCH", "arn:aws:apigateway:us-east-1::/things/a/parts/$connect", "arn:aws:apigateway:us-east-1::/parts/things/a/parts/%24connect"},
		{"GET", "/v2/tags/arn%3Aaws%3A%3A%2Fapis%2Fx", "apigateway:GET", "arn:aws:apigateway:us-east-1::/tags/arn%3Aaws%3A%3A%2Fapis%2Fx", ""},
		{"GET", "/v2/tags/arn:aws::/apis/x", "apigateway:GET", "arn:aws:apigateway:us-east-1::/tags/arn%3Aaws%3A%3A%2Fapis%2Fx", ""},
	} {
		s.judge.asked = nil
		s.call(t, c.method, c.path, "")
		if len(s.judge.asked) != 1 {
			t.Fatalf("%s: %d decisions", c.path, len(s.judge.asked))
		}
		got := s.judge.asked[0]
		if got.Action != c.action || got.Resource != c.resource || got.Alias != c.alias {
			t.Errorf("%s %s: got %s on %s or %s", c.method, c.path, got.Action, got.Resource, got.Alias)
		}
	}
	s.judge.asked = nil
	s.call(t, "POST", "/v2/things", `{"tags":{"Env":"prod"}}`)
	rc := s.judge.asked[0].Context
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
	s.judge.deny = "/things"
	response, body := s.call(t, "POST", "/v2/things", "{}")
	want := `{"Message":"User: arn:aws:iam::123456789012:user/alice is not authorized to perform: apigateway:POST on resource: arn:aws:apigateway:us-east-1::/things"}`
	if response.StatusCode != 403 || response.Header.Get("x-amzn-ErrorType") != "AccessDeniedException" || body != want || s.calls != 0 {
		t.Errorf("got %d %s after %d calls", response.StatusCode, body, s.calls)
	}
	s.judge.deny = ""
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

func TestPages(t *testing.T) {
	s := start(t)
	_, body := s.call(t, "GET", "/v2/things", "")
	if body != `{"items":["a","b","c","d","e","f","g"]}` {
		t.Error(body)
	}
	_, body = s.call(t, "GET", "/v2/things?maxResults=3", "")
	token := regexp.MustCompile(`"nextToken":"([^"]+)"`).FindStringSubmatch(body)
	if !strings.HasPrefix(body, `{"items":["a","b","c"],`) || token == nil {
		t.Fatal(body)
	}
	if _, body = s.call(t, "GET", "/v2/things?maxResults=900&nextToken="+strings.ReplaceAll(token[1], "=", "%3D"), ""); body != `{"items":["d","e","f","g"]}` {
		t.Error(body)
	}
	for _, query := range []string{"maxResults=0", "maxResults=-1", "maxResults=x", "nextToken=x", "nextToken=eDp5"} {
		if response, body := s.call(t, "GET", "/v2/things?"+query, ""); response.StatusCode != 400 {
			t.Errorf("%s: %d %s", query, response.StatusCode, body)
		}
	}
}

func TestBodiesAreBounded(t *testing.T) {
	s := start(t)
	long := `{"name":"` + strings.Repeat("x", wire.MaxBody) + `"}`
	if response, body := s.call(t, "POST", "/v2/things", long); response.StatusCode != 413 {
		t.Errorf("got %d %s", response.StatusCode, body)
	}
	r, _ := http.NewRequestWithContext(t.Context(), "POST", s.url+"/v2/things", io.MultiReader(strings.NewReader(long))) // chunked: no length
	if response, body := s.do(t, r); response.StatusCode != 413 {
		t.Errorf("chunked: got %d %s", response.StatusCode, body)
	}
}

func TestTwoRowsForOnePathPanic(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	calls := 0
	wire.NewREST(wire.RESTService{}, append(table(&calls), table(&calls)[0]))
}
