package wire_test

import (
	"context"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/sigv4"
)

func (keys) Key(_ context.Context, id, _ string) (string, pasarela.Principal, error) {
	if id != keyID {
		return "", pasarela.Principal{}, sigv4.ErrUnknownKey
	}
	return secret, alice, nil
}

func (keys) NoteUse(pasarela.Principal) {}

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
	sign(t, r, keyID, "apigateway", time.Now())
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
