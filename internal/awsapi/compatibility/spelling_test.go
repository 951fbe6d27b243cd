package compatibility_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/apigateway"
	"github.com/pasarela-ws/pasarela/internal/awsapi/apigatewayv2"
	"github.com/pasarela-ws/pasarela/internal/awsapi/extension"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/engine/policy"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/sigv4"
)

// byPolicy decides by one document and remembers the resources it was asked about.
type byPolicy struct {
	document *policy.Document
	asked    []string
}

func (b *byPolicy) Authorize(_ context.Context, _ pasarela.Principal, action, resource string, rc pasarela.RequestContext) error {
	b.asked = append(b.asked, resource)
	if b.document == nil {
		return pasarela.Errorf(pasarela.CodeAccessDenied, "no")
	}
	if v, _ := b.document.Evaluate(&policy.Request{Action: action, Resource: resource, Keys: policy.Keys(rc.Values)}); v != policy.Allowed {
		return pasarela.Errorf(pasarela.CodeAccessDenied, "no")
	}
	return nil
}

func (b *byPolicy) obey(t testing.TB, statements string) {
	t.Helper()
	d, err := policy.Parse(`{"Version":"2012-10-17","Statement":[`+statements+`]}`, policy.Identity)
	if err != nil {
		t.Fatal(err)
	}
	b.document, b.asked = d, nil
}

// forgetful has no execution and no open connection: Explain looks them up before it
// asks for a permission.
type forgetful struct{ extension.Live }

func (forgetful) Find(string) []execution.Entry { return nil }

func (forgetful) IsOpen(string) bool { return false }

func (forgetful) Forgot() (time.Time, bool) { return time.Time{}, false }

// services are all tables of the rest-json protocol behind one router.
type services struct {
	front      *wire.Router
	apis       *apis.Service
	authorizer *byPolicy
}

func newServices() *services {
	regionAccount := pasarela.RegionAccount{Region: region, AccountID: account}
	s := &services{authorizer: &byPolicy{}}
	s.apis = apis.New(apis.Options{
		Bucket: memory.NewBucket(), RegionAccount: regionAccount, Log: slog.New(slog.DiscardHandler), Checker: apis.EngineChecker{},
		Endpoint: func(apiID string) string { return "wss://" + apiID },
	})
	guard := &wire.Guard{RegionAccount: regionAccount, Verifier: sigv4.New(sigv4.Options{}), Keys: oneKey{}, Authorizer: s.authorizer}
	log := slog.New(slog.DiscardHandler)
	s.front = &wire.Router{
		APIGatewayV2: apigatewayv2.New(s.apis, guard, log), APIGateway: apigateway.New(s.apis, guard, log),
		Extension: extension.New(extension.Services{Live: forgetful{}}, guard, log), Gateway: http.NotFoundHandler(),
	}
	return s
}

// send signs a request for a target exactly as it is spelled.
func (s *services) send(t testing.TB, service, method, target, body string) (status int, kind, response string) {
	t.Helper()
	r := httptest.NewRequest(method, "http://127.0.0.1"+target, strings.NewReader(body))
	r.RequestURI = target
	hash := sha256.Sum256([]byte(body))
	who := aws.Credentials{AccessKeyID: accessKeyID, SecretAccessKey: secretKey}
	if err := v4.NewSigner().SignHTTP(t.Context(), who, r, hex.EncodeToString(hash[:]), service, region, time.Now()); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	s.front.ServeHTTP(w, r)
	return w.Code, w.Header().Get("X-Amzn-Errortype"), w.Body.String()
}

// spellings are other ways to write a path.
func spellings(path string) []string {
	list := []string{path + "/", path + "//", path + "/.", path + "/./", path + "%2F", path + "/%2e", "/" + path, path + "/x/..", path + "/..;/", path + "%20", path + "%00", path + ";a=b"}
	segments := strings.Split(path, "/")
	for i := 1; i < len(segments); i++ {
		with := func(segment ...string) {
			all := append(append(append([]string{}, segments[:i]...), segment...), segments[i+1:]...)
			list = append(list, strings.Join(all, "/"))
		}
		s := segments[i]
		with("", s)
		with(".", s)
		with("..", s)
		with("x", "..", s)
		with("%2e", s)
		with("%" + hex.EncodeToString([]byte(s[:1])) + s[1:])
		with("%" + strings.ToUpper(hex.EncodeToString([]byte(s[:1]))) + s[1:])
		with(strings.ToUpper(s))
		with(s + "%2F")
	}
	return list
}

type row struct {
	service, strip string
	op             wire.Operation
}

func everyOperation(s *services) []row {
	var rows []row
	for _, op := range apigatewayv2.Operations(s.apis) {
		rows = append(rows, row{"apigateway", "/v2", op})
	}
	for _, op := range apigateway.Operations(s.apis) {
		rows = append(rows, row{"apigateway", "", op})
	}
	for _, op := range extension.Operations(extension.Services{}) {
		rows = append(rows, row{extension.SigningName, "", op})
	}
	return rows
}

// Every spelling of every operation's path is the resource of the plain spelling or
// none at all: a policy that does not cover the plain path lets no other spelling
// through, and one that denies the plain path denies them all.
func TestEverySpellingIsOneResource(t *testing.T) {
	s := newServices()
	for _, row := range everyOperation(s) {
		if row.op.Name == "CheckPermissions" {
			continue // it is about other resources than its own, which it names in its body
		}
		bare, query, _ := strings.Cut(label.ReplaceAllString(row.op.Path, "a1b2c3d4e5"), "?")
		if query != "" {
			query = "?" + query
		}
		resource := "arn:aws:apigateway:" + region + "::" + strings.TrimPrefix(bare, row.strip)
		for name, statements := range map[string]string{
			"allow below": `{"Effect":"Allow","Action":"*","Resource":["` + resource + `/*","` + resource + `/"]}`,
			"deny it":     `{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"` + resource + `"}`,
		} {
			if name == "deny it" && row.service == extension.SigningName && strings.Contains(row.op.Path, "{") {
				continue // other labels would be allowed, and there is nothing behind these operations
			}
			s.authorizer.obey(t, statements)
			for _, target := range append(spellings(bare), bare) {
				s.authorizer.asked = nil
				status, kind, response := s.send(t, row.service, row.op.Method, target+query, "{}")
				// What has another label is another resource; nothing is there.
				if len(s.authorizer.asked) == 1 && s.authorizer.asked[0] != resource && (status >= 400 || response == `{"item":[]}`) {
					continue
				}
				if status == http.StatusForbidden && kind == "AccessDeniedException" || status == http.StatusNotFound {
					continue
				}
				t.Errorf("%s, %s: %s %s: %d %s %.80s on %v", row.op.Name, name, row.op.Method, target, status, kind, response, s.authorizer.asked)
			}
		}
	}
	if contents, err := s.apis.Backup.Read(t.Context(), true); err != nil || len(contents.APIs)+len(contents.APIKeys)+len(contents.UsagePlans) != 0 {
		t.Errorf("something was made: %+v, %v", contents, err)
	}
}

// thing is a resource with tags and a call that changes it.
type thing struct{ path, change string }

func things(t *testing.T, s *services) map[string]thing {
	t.Helper()
	s.authorizer.obey(t, `{"Effect":"Allow","Action":"*","Resource":"*"}`)
	create := func(target, body, member string) string {
		status, _, response := s.send(t, "apigateway", "POST", target, body)
		if status != http.StatusCreated {
			t.Fatalf("%s: %d %s", target, status, response)
		}
		_, rest, _ := strings.Cut(response, `"`+member+`":"`)
		id, _, _ := strings.Cut(rest, `"`)
		return id
	}
	const tags = `"tags":{"env":"prod"}`
	api := create("/v2/apis", `{"name":"a","protocolType":"WEBSOCKET","routeSelectionExpression":"$request.body.action",`+tags+`}`, "apiId")
	create("/v2/apis/"+api+"/stages", `{"stageName":"prod",`+tags+`}`, "stageName")
	key := create("/apikeys", `{"name":"k","enabled":true,`+tags+`}`, "id")
	plan := create("/usageplans", `{"name":"p",`+tags+`}`, "id")
	link := create("/v2/vpclinks", `{"name":"l","subnetIds":["s"],`+tags+`}`, "vpcLinkId")
	const patch = `{"patchOperations":[{"op":"replace","path":"/name","value":"x"}]}`
	return map[string]thing{
		"api":   {path: "/v2/apis/" + api, change: `{"description":"x"}`},
		"stage": {path: "/v2/apis/" + api + "/stages/prod", change: `{"description":"x"}`},
		"key":   {path: "/apikeys/" + key, change: patch},
		"plan":  {path: "/usageplans/" + plan, change: patch},
		"link":  {path: "/v2/vpclinks/" + link, change: `{"name":"x"}`},
	}
}

// A policy about the tags of a resource holds for every spelling of its path, and
// for the calls about its tags for every spelling of its ARN.
func TestTagsOfAResourceAreFoundByEverySpelling(t *testing.T) {
	s := newServices()
	for name, of := range things(t, s) {
		for side, statements := range map[string]string{
			"deny":  `{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/env":"prod"}}}`,
			"allow": `{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:ResourceTag/env":"prod"}}}`,
		} {
			s.authorizer.obey(t, statements)
			for _, target := range append(spellings(of.path), of.path) {
				for method, body := range map[string]string{"PATCH": of.change, "DELETE": ""} {
					if status, _, response := s.send(t, "apigateway", method, target, body); status < 400 {
						t.Errorf("%s, %s: %s %s: %d %s", name, side, method, target, status, response)
					}
				}
			}
			resource := strings.TrimPrefix(of.path, "/v2")
			for _, arn := range arns(resource) {
				for _, escape := range []func(string) string{func(s string) string { return s }, everyByte} {
					target := "/v2/tags/" + escape(arn)
					for _, call := range [][2]string{{"POST", `{"tags":{"env":"dev"}}`}, {"DELETE", ""}} {
						with := target
						if call[0] == "DELETE" {
							with += "?tagKeys=env"
						}
						if status, _, response := s.send(t, "apigateway", call[0], with, call[1]); status < 400 {
							t.Errorf("%s, %s: %s %s: %d %s", name, side, call[0], with, status, response)
						}
					}
				}
			}
		}
		s.authorizer.obey(t, `{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"arn:aws:apigateway:*::/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A`+
			strings.ReplaceAll(strings.TrimPrefix(of.path, "/v2"), "/", "%2F")+`"}`)
		for _, arn := range arns(strings.TrimPrefix(of.path, "/v2")) {
			if status, _, response := s.send(t, "apigateway", "POST", "/v2/tags/"+everyByte(arn), `{"tags":{"a":"b"}}`); status < 400 {
				t.Errorf("%s: tagged as %s: %d %s", name, arn, status, response)
			}
		}
		s.authorizer.obey(t, `{"Effect":"Allow","Action":"*","Resource":"*"}`)
		for _, arn := range []string{"arn:aws:apigateway:us-east-1::", "arn:aws:apigateway:eu-west-1::", "arn:aws-cn:apigateway:cn-north-1::"} {
			if status, _, response := s.send(t, "apigateway", "POST", "/v2/tags/"+everyByte(arn+strings.TrimPrefix(of.path, "/v2")), `{"tags":{"a":"b"}}`); status != http.StatusCreated {
				t.Errorf("%s: not tagged as %s: %d %s", name, arn, status, response)
			}
		}
	}
}

// The letter case of a domain's name does not matter: policies about the domain,
// its mappings and its tags hold however it is written.
func TestDomainNamesHaveNoLetterCase(t *testing.T) {
	s := newServices()
	s.authorizer.obey(t, `{"Effect":"Allow","Action":"*","Resource":"*"}`)
	status, _, response := s.send(t, "apigateway", "POST", "/v2/domainnames",
		`{"domainName":"Api.Example.Com","domainNameConfigurations":[{"certificateArn":"arn:aws:acm:us-east-1:123456789012:certificate/x"}],"tags":{"env":"prod"}}`)
	if status != http.StatusCreated {
		t.Fatalf("%d %s", status, response)
	}
	for _, denied := range []string{
		`"Resource":["arn:aws:apigateway:*::/domainnames/api.example.com","arn:aws:apigateway:*::/domainnames/api.example.com/*","arn:aws:apigateway:*::/tags/*domainnames%2Fapi.example.com"]`,
		`"Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/env":"prod"}}`,
	} {
		s.authorizer.obey(t, `{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*",`+denied+`}`)
		for _, name := range []string{"api.example.com", "API.EXAMPLE.COM", "aPi.example.com", "%41pi.example.com"} {
			tags := "/v2/tags/" + everyByte("arn:aws:apigateway:us-east-1::/domainnames/"+strings.Replace(name, "%41", "A", 1))
			for _, call := range [][3]string{
				{"GET", "/v2/domainnames/" + name, ""},
				{"PATCH", "/v2/domainnames/" + name, "{}"},
				{"DELETE", "/v2/domainnames/" + name, ""},
				{"GET", "/v2/domainnames/" + name + "/apimappings", ""},
				{"POST", tags, `{"tags":{"env":"dev"}}`},
				{"DELETE", tags + "?tagKeys=env", ""},
			} {
				if status, _, response := s.send(t, "apigateway", call[0], call[1], call[2]); status != http.StatusForbidden {
					t.Errorf("%s: %s %s: %d %s", denied, call[0], call[1], status, response)
				}
			}
		}
	}
	s.authorizer.obey(t, `{"Effect":"Allow","Action":"*","Resource":["arn:aws:apigateway:*::/domainnames/api.example.com"]}`)
	if status, _, response := s.send(t, "apigateway", "GET", "/v2/domainnames/API.example.com", ""); status != http.StatusOK {
		t.Errorf("allowed: %d %s", status, response)
	}
}

// arns are ways to write the ARN of a resource.
func arns(resource string) []string {
	const head = "arn:aws:apigateway:us-east-1::"
	list := []string{head + resource, head + resource[1:], "arn:aws-cn:apigateway:cn-north-1::" + resource, "ARN:aws:apigateway:us-east-1::" + resource, "arn::apigateway:::" + resource, "arn:aws:apigateway:us-east-1:123456789012:" + resource}
	for _, path := range spellings(resource) {
		list = append(list, head+path)
	}
	return list
}

func everyByte(text string) string {
	var b strings.Builder
	for i := range len(text) {
		b.WriteString("%" + hex.EncodeToString([]byte{text[i]}))
	}
	return b.String()
}

// Policies see the values of a body, however they are written.
func TestTagsOfARequestAreSeenInEverySpelling(t *testing.T) {
	s := newServices()
	const deny = `{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"*","Condition":`
	creating := `"name":"a","protocolType":"WEBSOCKET","routeSelectionExpression":"$request.body.action"`
	for _, condition := range []string{`{"StringEquals":{"aws:RequestTag/env":"prod"}}`, `{"ForAnyValue:StringEquals":{"aws:TagKeys":"env"}}`} {
		s.authorizer.obey(t, deny+condition+`}`)
		for _, tags := range []string{
			`"tags":{"env":"prod"}`, `"Tags":{"env":"prod"}`, `"TAGS":{"env":"prod"}`, `"\u0074ags":{"env":"prod"}`, `"tags":{"\u0065nv":"prod"}`, `"tags":{"env":"\u0070rod"}`,
			`"tags":{},"tags":{"env":"prod"}`, `"tags":{"env":"prod"},"tags":{}`, `"tags":{"env":"dev","env":"prod"}`, `"tag\u017f":{"env":"prod"},"tags":{"env":"prod"}`, `"tagſ":{"env":"prod"}`,
		} {
			if status, _, response := s.send(t, "apigateway", "POST", "/v2/apis", `{`+creating+`,`+tags+`}`); status < 400 {
				t.Errorf("%s: %s: %d %s", condition, tags, status, response)
			}
			if status, _, response := s.send(t, "apigateway", "POST", "/apikeys", `{"name":"a",`+tags+`}`); status < 400 {
				t.Errorf("%s: %s: %d %s", condition, tags, status, response)
			}
		}
	}
}
