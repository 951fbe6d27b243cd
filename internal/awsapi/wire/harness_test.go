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
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	signer "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

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

// decision is one question that an authorizer was asked.
type decision struct {
	Action, Resource, Alias string
	Context                 pasarela.RequestContext
}

// authorizer records the questions and denies what deny names.
type authorizer struct {
	asked []decision
	deny  string
}

func (a *authorizer) Authorize(_ context.Context, who pasarela.Principal, action, resource string, rc pasarela.RequestContext) error {
	return a.decide(who, decision{action, resource, "", rc})
}

func (a *authorizer) AuthorizeAlias(_ context.Context, who pasarela.Principal, action, resource, alias string, _ pasarela.ConditionKeys) error {
	return a.decide(who, decision{Action: action, Resource: resource, Alias: alias})
}

func (a *authorizer) decide(who pasarela.Principal, d decision) error {
	a.asked = append(a.asked, d)
	if a.deny != "" && strings.Contains(d.Resource, a.deny) {
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
	caller := func(ctx context.Context, in thing) (map[string]string, error) {
		call, _ := wire.CallFrom(ctx)
		if in.ID == "find" {
			return nil, call.Authorize(ctx, "GET", "things", "found/x")
		}
		return map[string]string{"arn": call.Principal.ARN, "operation": call.Operation, "requestId": call.RequestID}, nil
	}
	return []wire.Operation{
		wire.Reply("CreateThing", "POST /v2/things", 201, echo).Declines(wire.Declined{Member: "cors", Reason: "not here."}, wire.Declined{Member: "ttl", Reason: "no.", Ignore: true}).OrInstead("Send its name alone."),
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
	url        string
	authorizer *authorizer
	calls      int
	log        bytes.Buffer
}

func start(t testing.TB) *server {
	s := &server{authorizer: &authorizer{}}
	log := slog.New(slog.NewTextHandler(&s.log, nil))
	guard := &wire.Guard{RegionAccount: pasarela.RegionAccount{Region: region, AccountID: "123456789012"}, Verifier: sigv4.New(sigv4.Options{}), Keys: keys{}, Authorizer: s.authorizer}
	operations := table(&s.calls)
	operations[5].Alias = func(path string) string { return "/parts" + path }
	h := httptest.NewServer(wire.NewREST(wire.RESTService{
		SigningName: "apigateway", StripPath: "/v2", Guard: guard, Log: log,
		Tags: func(_ context.Context, path []string) (map[string]string, error) {
			if strings.Join(path, "/") == "things/broken" {
				return nil, errors.New("store does not answer")
			}
			return map[string]string{"Team": "x"}, nil
		},
	}, operations))
	t.Cleanup(h.Close)
	s.url = h.URL
	return s
}

// call signs a request and returns status, headers and body.
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
