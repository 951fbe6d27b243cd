package wire_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
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

type pair struct {
	Key   string `aws:"Key,required"`
	Value string `aws:"Value,keep"`
}

type deep struct {
	Name   string   `aws:"Name"`
	Values []string `aws:"Values"`
}

type named struct {
	Name string `aws:"Name"`
}

// form is an input with a member of every kind.
type form struct {
	Who    named    `aws:"*"`
	Text   *string  `aws:"Text"`
	Count  *int     `aws:"Count"`
	Size   int      `aws:"Size"`
	On     bool     `aws:"On"`
	Maybe  *bool    `aws:"Maybe"`
	List   []string `aws:"List"`
	Pairs  []pair   `aws:"Pairs"`
	Deep   []deep   `aws:"Deep"`
	Inside pair     `aws:"Inside"`
	Hidden string
}

// output is an output with a value of every kind.
type output struct {
	Text    string         `aws:"Text"`
	Kept    string         `aws:"Kept,keep"`
	Given   *string        `aws:"Given"`
	On      bool           `aws:"On"`
	Count   int            `aws:"Count"`
	At      time.Time      `aws:"At"`
	Nothing []string       `aws:"Nothing"`
	Empty   []string       `aws:"Empty"`
	Pairs   []pair         `aws:"Pairs"`
	Map     map[string]int `aws:"Map"`
	Part    *pair          `aws:"Part"`
	Blank   struct{}       `aws:"Blank,keep"`
	None    *pair          `aws:"None"`
}

// queryService serves a small table; calls sees the decoded inputs.
func queryService(j *authorizer, calls func(form)) *wire.QueryService {
	target := func(_ context.Context, in form) wire.Target {
		return wire.Target{Resource: "arn:aws:thing:::" + in.Who.Name, Keys: pasarela.RequestContext{"thing:name": {in.Who.Name}}}
	}
	table := []wire.QueryOperation{
		wire.QueryVoid("Take", target, func(_ context.Context, in form) error {
			calls(in)
			return nil
		}),
		wire.QueryReply("Answer", target, func(context.Context, form) (output, error) {
			empty := ""
			return output{
				Text: "a<b>&", Given: &empty, On: true, At: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC), Empty: []string{},
				Pairs: []pair{{"k", ""}}, Map: map[string]int{"b": 2, "a": 1}, Part: &pair{},
			}, nil
		}),
		wire.QueryVoid("Fail", target, func(_ context.Context, in form) error {
			if in.Who.Name == "busy" {
				return pasarela.Errorf("Throttling", "Rate exceeded")
			}
			return errors.New("the disk says: secret path /var/lib")
		}),
		wire.QueryVoid("Free", func(context.Context, form) wire.Target { return wire.Target{Unguarded: true} }, func(ctx context.Context, _ form) error {
			if call, ok := wire.CallFrom(ctx); !ok || call.Principal != alice || call.Operation != "Free" {
				return errors.New("the call is not known")
			}
			return nil
		}),
	}
	guard := &wire.Guard{
		RegionAccount: pasarela.RegionAccount{Region: region, AccountID: "123456789012"}, Verifier: sigv4.New(sigv4.Options{}),
		Keys: keys{}, Authorizer: j, AnyRegion: true,
	}
	declined := []wire.DeclinedOperation{{Names: []string{"Fly"}, Reason: "there are no wings."}}
	return wire.NewQuery(wire.QueryService{
		SigningName: "thing", Version: "2010-01-01", Namespace: "https://thing/", Guard: guard, Log: slog.New(slog.DiscardHandler),
	}, table, declined)
}

func postForm(t testing.TB, h http.Handler, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	sum := sha256.Sum256([]byte(body))
	credentials := aws.Credentials{AccessKeyID: keyID, SecretAccessKey: secret}
	if err := signer.NewSigner().SignHTTP(context.Background(), credentials, r, hex.EncodeToString(sum[:]), "thing", "eu-west-1", time.Now()); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestQueryDecode(t *testing.T) {
	text, count, maybe := "", 3, false
	tests := []struct {
		name, body string
		want       form
	}{
		{"nothing", "", form{}},
		{"scalars", "Name=a+b%20c&Text=&Count=3&Size=4&On=true&Maybe=false&Hidden=x&Unknown=y", form{Who: named{"a b c"}, Text: &text, Count: &count, Size: 4, On: true, Maybe: &maybe}},
		{"lists", "List.member.1=a&List.member.2=&List.member.4=lost", form{List: []string{"a", ""}}},
		{"an empty list", "List=&Pairs=", form{}},
		{"structures", "Pairs.member.1.Key=k&Pairs.member.2.Value=v&Inside.Key=i", form{Pairs: []pair{{Key: "k"}, {Value: "v"}}, Inside: pair{Key: "i"}}},
		{"lists in structures", "Deep.member.1.Values.member.1=x&Deep.member.1.Values.member.2=y&Deep.member.2.Name=n", form{Deep: []deep{{Values: []string{"x", "y"}}, {Name: "n"}}}},
		{"the first of two", "Name=a&Name=b", form{Who: named{"a"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got form
			w := postForm(t, queryService(&authorizer{}, func(in form) { got = in }), "Action=Take&Version=2010-01-01&"+test.body)
			if w.Code != 200 {
				t.Fatalf("%d: %s", w.Code, w.Body)
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func requestID() *regexp.Regexp { return regexp.MustCompile(`<RequestId>[0-9a-f-]{36}</RequestId>`) }

func TestQueryEncode(t *testing.T) {
	w := postForm(t, queryService(&authorizer{}, nil), "Action=Answer&Version=2010-01-01")
	want := `<AnswerResponse xmlns="https://thing/"><AnswerResult><Text>a&lt;b&gt;&amp;</Text><Kept></Kept><Given></Given><On>true</On><Count>0</Count>` +
		`<At>2026-01-02T03:04:05Z</At><Empty></Empty><Pairs><member><Key>k</Key><Value></Value></member></Pairs>` +
		`<Map><entry><key>a</key><value>1</value></entry><entry><key>b</key><value>2</value></entry></Map><Part><Value></Value></Part><Blank></Blank>` +
		`</AnswerResult><ResponseMetadata>ID</ResponseMetadata></AnswerResponse>`
	if d := cmp.Diff(want, requestID().ReplaceAllString(w.Body.String(), "ID")); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestQueryRefusals(t *testing.T) {
	tests := []struct {
		name, body string
		status     int
		want       string
	}{
		{"unknown operation", "Action=Run&Version=2010-01-01", 400, "<Type>Sender</Type><Code>InvalidAction</Code><Message>Could not find operation Run for version 2010-01-01</Message>"},
		{"another version", "Action=Take&Version=2009-01-01", 400, "<Type>Sender</Type><Code>InvalidAction</Code><Message>Could not find operation Take for version 2009-01-01</Message>"},
		{"declined", "Action=Fly&Version=2010-01-01", 400, "<Type>Sender</Type><Code>InvalidAction</Code><Message>Could not find operation Fly for version 2010-01-01: there are no wings.</Message>"},
		{"no operation", "Version=2010-01-01", 400, "<Type>Sender</Type><Code>MissingAction</Code><Message>The request must contain the parameter Action.</Message>"},
		{"number", "Action=Take&Count=x", 400, "<Type>Sender</Type><Code>MalformedInput</Code><Message>Invalid parameter &#39;Count&#39;: expected a whole number, got &#34;x&#34;.</Message>"},
		{"boolean in a list", "Action=Take&On=1x", 400, "<Type>Sender</Type><Code>MalformedInput</Code><Message>Invalid parameter &#39;On&#39;: expected true or false, got &#34;1x&#34;.</Message>"},
		{"not a form", "Action=Take&x=%zz", 400, "<Type>Sender</Type><Code>MalformedQueryString</Code><Message>The form in the request body does not parse.</Message>"},
		{"refused", "Action=Take&Name=forbidden", 403, "<Type>Sender</Type><Code>AccessDenied</Code><Message>User: arn:aws:iam::123456789012:user/alice is not authorized to perform: thing:Take on resource: arn:aws:thing:::forbidden</Message>"},
		{"throttled", "Action=Fail&Name=busy", 429, "<Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message>"},
		{"broken inside", "Action=Fail", 500, "<Type>Receiver</Type><Code>ServiceFailure</Code><Message>Internal server error. The request id of this answer stands in the server&#39;s log beside the cause.</Message>"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := postForm(t, queryService(&authorizer{deny: "forbidden"}, func(form) { t.Error("the operation was reached") }), test.body)
			want := `<ErrorResponse xmlns="https://thing/"><Error>` + test.want + `</Error>ID</ErrorResponse>`
			if d := cmp.Diff(want, requestID().ReplaceAllString(w.Body.String(), "ID")); w.Code != test.status || d != "" {
				t.Errorf("status %d (-want +got):\n%s", w.Code, d)
			}
		})
	}
}

func TestQueryTooManyMembers(t *testing.T) {
	body := url.Values{"Action": {"Take"}}
	for i := range 1001 {
		body.Set("List.member."+strconv.Itoa(i+1), "x")
	}
	w := postForm(t, queryService(&authorizer{}, func(form) { t.Error("the operation was reached") }), body.Encode())
	if w.Code != 400 || !strings.Contains(w.Body.String(), "expected at most 1000 members, got more") {
		t.Errorf("%d: %s", w.Code, w.Body)
	}
}

func TestQueryAuthorization(t *testing.T) {
	j := &authorizer{}
	s := queryService(j, func(form) {})
	if w := postForm(t, s, "Action=Take&Name=x"); w.Code != 200 {
		t.Fatal(w.Body)
	}
	if len(j.asked) != 1 || j.asked[0].Action != "thing:Take" || j.asked[0].Resource != "arn:aws:thing:::x" || !slices.Equal(j.asked[0].Context["thing:name"], []string{"x"}) {
		t.Errorf("asked %+v", j.asked)
	}
	if w := postForm(t, s, "Action=Free"); w.Code != 200 || len(j.asked) != 1 {
		t.Errorf("%s, asked %+v", w.Body, j.asked)
	}
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/", strings.NewReader("Action=Free"))
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != 403 || !strings.Contains(w.Body.String(), "MissingAuthenticationToken") {
		t.Errorf("unsigned: %d %s", w.Code, w.Body)
	}
}

func TestQueryMembers(t *testing.T) {
	op := wire.QueryReply("Answer", nil, func(context.Context, form) (output, error) { return output{}, nil })
	want := []string{"Name", "Text", "Count", "Size", "On", "Maybe", "List", "Pairs", "Pairs.Key", "Pairs.Value", "Deep", "Deep.Name", "Deep.Values", "Inside", "Inside.Key", "Inside.Value"}
	if d := cmp.Diff(want, wire.QueryMembers(op.Input)); d != "" {
		t.Error(d)
	}
	if got := wire.QueryMembers(op.Output); !slices.Contains(got, "Part.Key") || slices.Contains(got, "At.wall") {
		t.Errorf("%v", got)
	}
}

// FuzzQuery: no form panics, and every answer is XML of ours with a request id.
func FuzzQuery(f *testing.F) {
	f.Add("Action=Take&Version=2010-01-01&Name=a&List.member.1=b&Pairs.member.1.Key=k&Deep.member.1.Values.member.1=x")
	f.Add("Action=Answer&Count=99999999999999999999&On=yes")
	f.Add("Action=Take&=&&;%")
	s := queryService(&authorizer{}, func(form) {})
	f.Fuzz(func(t *testing.T, body string) {
		w := postForm(t, s, body)
		if !requestID().MatchString(w.Body.String()) || w.Code == 500 && !strings.Contains(body, "Fail") {
			t.Errorf("%d: %s", w.Code, w.Body)
		}
	})
}
