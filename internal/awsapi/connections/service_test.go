package connections_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"
	"github.com/pasarela-ws/pasarela/internal/testkit"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi/types"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/connections"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/dataplane/authorizer"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/dataplane/integration"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/engine/policy"
	"github.com/pasarela-ws/pasarela/internal/state/document"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/sigv4"
)

const (
	apiID     = "abcdef1234"
	accessKey = "AKIDEXAMPLE"
	secretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
	everybody = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"execute-api:ManageConnections","Resource":"*"}]}`
)

// account is one user with one policy.
type account struct{ document *policy.Document }

func (a *account) Key(_ context.Context, id, _ string) (string, pasarela.Principal, error) {
	if id != accessKey {
		return "", pasarela.Principal{}, sigv4.ErrUnknownKey
	}
	return secretKey, pasarela.Principal{ARN: "arn:aws:iam::123456789012:user/ana", AccessKeyID: id, Type: pasarela.PrincipalUser}, nil
}

func (*account) NoteUse(pasarela.Principal) {}

func (a *account) AuthorizeAlias(_ context.Context, who pasarela.Principal, action, resource, alias string, keys pasarela.ConditionKeys) error {
	if decision, _ := a.document.Evaluate(&policy.Request{Action: action, Resource: resource, Alias: alias, Keys: policy.Keys(keys)}); decision == policy.Allowed {
		return nil
	}
	return pasarela.Errorf(pasarela.CodeAccessDenied, "User: %s is not authorized to perform: %s on resource: %s", who.ARN, action, resource)
}

type system struct {
	t       *testing.T
	url     string
	gateway *gateway.Gateway
	account *account
	bucket  pasarela.Bucket
}

func start(t *testing.T, tags ...string) *system {
	t.Helper()
	bucket := memory.NewBucket()
	regionAccount := pasarela.RegionAccount{Region: "us-east-1", AccountID: "123456789012"}
	client, err := backend.NewClient(backend.Options{})
	if err != nil {
		t.Fatal(err)
	}
	front := &wire.Router{}
	server := httptest.NewUnstartedServer(front)
	watcher := stage.NewWatcher(stage.Options{
		Bucket: bucket, RegionAccount: regionAccount, Endpoint: stage.Endpoint{Authority: server.Listener.Addr().String()},
		Integrations: &integration.Services{RegionAccount: regionAccount, Client: client}, Authorizers: &authorizer.Services{RegionAccount: regionAccount},
	})
	g, err := gateway.New(gateway.Options{RegionAccount: regionAccount, Directory: watcher.Directory})
	if err != nil {
		t.Fatal(err)
	}
	sys := &system{t: t, url: "http://" + server.Listener.Addr().String() + "/" + apiID + "/prod", gateway: g, account: &account{}, bucket: bucket}
	sys.allow(everybody)
	front.Gateway = g
	front.Connections = &connections.Service{
		Gateway: g, Directory: watcher.Directory, Authorizer: sys.account, Log: slog.New(slog.DiscardHandler),
		Guard: &wire.Guard{RegionAccount: regionAccount, Verifier: sigv4.New(sigv4.Options{}), Keys: sys.account},
	}
	server.Start()
	t.Cleanup(func() { _ = g.Close(context.Background()); watcher.Stop(); server.Close(); client.Close() })
	definition := pasarela.Definition{API: pasarela.API{APIID: apiID, RouteSelectionExpression: "$request.body.action"}}
	if _, err := document.NewStore[pasarela.Definition](bucket).Create(t.Context(), pasarela.DeploymentKey(apiID, "d"), &definition); err != nil {
		t.Fatal(err)
	}
	doc := pasarela.APIDocument{Definition: definition, Stages: []pasarela.Stage{{StageName: "prod", DeploymentID: "d", Tags: map[string]string{}}}}
	for _, tag := range tags {
		doc.Stages[0].Tags["pasarela:"+tag] = "true"
	}
	if _, err := document.NewStore[pasarela.APIDocument](bucket).Create(t.Context(), pasarela.APIDocumentKey(apiID), &doc); err != nil {
		t.Fatal(err)
	}
	sys.wait(func() bool { _, ok := watcher.Directory.Lookup("", "/"+apiID+"/prod"); return ok })
	return sys
}

func (sys *system) allow(text string) {
	sys.t.Helper()
	document, err := policy.Parse(text, policy.Identity)
	if err != nil {
		sys.t.Fatal(err)
	}
	sys.account.document = document
}

func (sys *system) wait(done func() bool) {
	sys.t.Helper()
	testkit.Eventually(sys.t, "the connections", done)
}

func (sys *system) connect() (*websocket.Conn, string) {
	sys.t.Helper()
	conn := testkit.Connect(sys.t, "ws"+strings.TrimPrefix(sys.url, "http")).Conn
	var live []gateway.OpenConnection
	sys.wait(func() bool { live = slices.Collect(sys.gateway.Connections("", "")); return len(live) == 1 })
	return conn, live[0].ConnectionID
}

func (sys *system) sdk() *apigatewaymanagementapi.Client {
	return apigatewaymanagementapi.New(apigatewaymanagementapi.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(sys.url), RetryMaxAttempts: 1,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: accessKey, SecretAccessKey: secretKey}, nil
		}),
	})
}

// call makes a request as it stands on the wire; sign changes it before it goes.
func (sys *system) call(method, path, body string, sign func(*http.Request)) (*http.Response, string) {
	sys.t.Helper()
	r, err := http.NewRequestWithContext(sys.t.Context(), method, sys.url+path, strings.NewReader(body))
	if err != nil {
		sys.t.Fatal(err)
	}
	if sign != nil {
		sign(r)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		sys.t.Fatal(err)
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	return response, string(text)
}

func signer(body, key, secret string) func(*http.Request) {
	return func(r *http.Request) {
		hash := sha256.Sum256([]byte(body))
		_ = v4.NewSigner().SignHTTP(r.Context(), aws.Credentials{AccessKeyID: key, SecretAccessKey: secret}, r, fmt.Sprintf("%x", hash), "execute-api", "us-east-1", time.Now())
	}
}

// Conformance 23 to 26, with the SDK unchanged.
func TestTheSDKPostsReadsAndDeletes(t *testing.T) {
	sys := start(t)
	conn, id := sys.connect()
	c := sys.sdk()
	if _, err := c.PostToConnection(t.Context(), &apigatewaymanagementapi.PostToConnectionInput{ConnectionId: &id, Data: []byte(`{"progress":50}`)}); err != nil {
		t.Fatal(err)
	}
	if _, got, err := conn.Read(t.Context()); err != nil || string(got) != `{"progress":50}` {
		t.Errorf("%q %v", got, err)
	}
	got, err := c.GetConnection(t.Context(), &apigatewaymanagementapi.GetConnectionInput{ConnectionId: &id})
	if err != nil || got.Identity == nil || *got.Identity.SourceIp != "127.0.0.1" || got.ConnectedAt == nil || time.Since(*got.ConnectedAt) > time.Minute {
		t.Fatalf("%+v %v", got, err)
	}
	if _, err := c.DeleteConnection(t.Context(), &apigatewaymanagementapi.DeleteConnectionInput{ConnectionId: &id}); err != nil {
		t.Fatal(err)
	}
	_, _, err = conn.Read(t.Context())
	if websocket.CloseStatus(err) != websocket.StatusNormalClosure || !strings.Contains(err.Error(), "Connection Closed Normally") {
		t.Errorf("closed with %v", err)
	}
	var gone *types.GoneException
	if _, err := c.PostToConnection(t.Context(), &apigatewaymanagementapi.PostToConnectionInput{ConnectionId: &id, Data: []byte("x")}); !asError(err, &gone) {
		t.Errorf("after the end: %v", err)
	}
}

func asError[T error](err error, target *T) bool {
	for err != nil {
		if found, ok := err.(T); ok {
			*target = found
			return true
		}
		unwrap, ok := err.(interface{ Unwrap() error })
		if !ok {
			return false
		}
		err = unwrap.Unwrap()
	}
	return false
}

func TestTypedErrors(t *testing.T) {
	sys := start(t)
	_, id := sys.connect()
	c := sys.sdk()
	post := func(id string, size int) error {
		_, err := c.PostToConnection(t.Context(), &apigatewaymanagementapi.PostToConnectionInput{ConnectionId: &id, Data: make([]byte, size)})
		return err
	}
	var large *types.PayloadTooLargeException
	if err := post(id, 131_073); !asError(err, &large) {
		t.Errorf("131,073 bytes: %v", err)
	}
	var gone *types.GoneException
	if err := post("AAAAAAAAAAAAAAA=", 1); !asError(err, &gone) {
		t.Errorf("an unknown id: %v", err)
	}
	if err := post("nonsense", 1); err == nil || !strings.Contains(err.Error(), "BadRequestException") {
		t.Errorf("an impossible id: %v", err)
	}
	sys.allow(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`)
	if err := post(id, 1); err == nil || !strings.Contains(err.Error(), "AccessDeniedException") || !strings.Contains(err.Error(), "execute-api:ManageConnections") {
		t.Errorf("not allowed: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	sys := start(t)
	_, id := sys.connect()
	good := signer("", accessKey, secretKey)
	for _, test := range []struct {
		name, method, path string
		sign               func(*http.Request)
		status             int
		kind, text         string
	}{
		{"unsigned", "POST", "/@connections/" + id, nil, 403, "MissingAuthenticationTokenException", `{"message":"Missing Authentication Token"}`},
		{"unknown key", "POST", "/@connections/" + id, signer("", "AKIDOTHER", secretKey), 403, "UnrecognizedClientException", ""},
		{"wrong secret", "POST", "/@connections/" + id, signer("", accessKey, "x"), 403, "InvalidSignatureException", ""},
		{"no id", "POST", "/@connections/", good, 403, "ForbiddenException", `{"message":"Forbidden"}`},
		{"wrong path", "POST", "/x/@connections/" + id, good, 403, "ForbiddenException", `{"message":"Forbidden"}`},
		{"wrong verb", "PUT", "/@connections/" + id, good, 403, "ForbiddenException", ""},
	} {
		response, body := sys.call(test.method, test.path, "", test.sign)
		if response.StatusCode != test.status || response.Header.Get("X-Amzn-Errortype") != test.kind || test.text != "" && body != test.text {
			t.Errorf("%s: %d %s %s", test.name, response.StatusCode, response.Header.Get("X-Amzn-Errortype"), body)
		}
		entries := sys.gateway.Find(response.Header.Get("X-Amzn-Requestid"))
		if len(entries) != 1 || !entries[0].Failed() || entries[0].Cause().Error() == "Forbidden" && test.name != "wrong verb" {
			t.Errorf("%s: the request id leads to %+v", test.name, entries)
		}
	}
	sys.url = strings.Replace(sys.url, "/prod", "/test", 1)
	response, _ := sys.call("POST", "/@connections/"+id, "", good)
	entries := sys.gateway.Find(response.Header.Get("X-Amzn-Requestid"))
	if response.StatusCode != 403 || len(entries) != 1 || !strings.Contains(entries[0].Cause().Error(), `has no stage "test": it has prod`) || entries[0].APIID != apiID {
		t.Errorf("another stage: %d %+v", response.StatusCode, entries)
	}
}

// Ids raw and encoded, and the at sign encoded.
func TestSpellingsOfThePath(t *testing.T) {
	sys := start(t)
	conn, id := sys.connect()
	for _, path := range []string{"/@connections/" + id, "/@connections/" + strings.Replace(id, "=", "%3D", 1), "/%40connections/" + id, "/%40connections/" + strings.Replace(id, "=", "%3d", 1)} {
		response, body := sys.call("POST", path, "x", signer("x", accessKey, secretKey))
		if response.StatusCode != 200 || body != "" {
			t.Errorf("%s: %d %s", path, response.StatusCode, body)
			continue
		}
		if _, got, err := conn.Read(t.Context()); err != nil || string(got) != "x" {
			t.Errorf("%s: %q %v", path, got, err)
		}
	}
}

// An endpoint that ends in a slash makes two before the marker. It is the same
// connection and the same resource; other spellings are none (A-WIRE-10).
func TestSlashesBeforeTheMarker(t *testing.T) {
	sys := start(t)
	conn, id := sys.connect()
	const arn = "arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod/POST/@connections/"
	for _, path := range []string{"//@connections/", "///%40connections/"} {
		sys.allow(everybody)
		if response, body := sys.call("POST", path+id, "x", signer("x", accessKey, secretKey)); response.StatusCode != 200 {
			t.Errorf("%s: %d %s", path, response.StatusCode, body)
		} else if _, got, err := conn.Read(t.Context()); err != nil || string(got) != "x" {
			t.Errorf("%s: %q %v", path, got, err)
		}
		sys.allow(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"` + arn + `*"}]}`)
		if response, body := sys.call("POST", path+id, "x", signer("x", accessKey, secretKey)); response.StatusCode != 403 {
			t.Errorf("denied %s: %d %s", path, response.StatusCode, body)
		}
	}
	sys.allow(everybody)
	for _, path := range []string{"/@connections//" + id, "/@connections/" + id + "/", "/./@connections/" + id, "/x/../@connections/" + id, "/@connections/./" + id, "/@CONNECTIONS/" + id, "/@connections/" + strings.ToLower(id), "/@connections/" + id + "%20", "/@connections/" + id + "%00"} {
		if response, body := sys.call("POST", path, "x", signer("x", accessKey, secretKey)); response.StatusCode < 400 {
			t.Errorf("%s: %d %s", path, response.StatusCode, body)
		}
	}
}

// A connection is reached by any stage of its API, and the right asked for is that of
// the stage in the path (A-WIRE-10).
func TestAnyStageOfTheAPI(t *testing.T) {
	sys := start(t)
	conn, id := sys.connect()
	store := document.NewStore[pasarela.APIDocument](sys.bucket)
	if _, err := store.Update(t.Context(), pasarela.APIDocumentKey(apiID), func(d *pasarela.APIDocument) error {
		d.Stages = append(d.Stages, pasarela.Stage{StageName: "test", DeploymentID: "d"})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	sys.allow(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"arn:aws:execute-api:*:*:*/test/*"}]}`)
	sys.url = strings.TrimSuffix(sys.url, "prod")
	push := func(stage string) int {
		response, _ := sys.call("POST", stage+"/@connections/"+id, "x", signer("x", accessKey, secretKey))
		return response.StatusCode
	}
	sys.wait(func() bool { return push("test") == 200 })
	if _, got, err := conn.Read(t.Context()); err != nil || string(got) != "x" {
		t.Errorf("%q %v", got, err)
	}
	if got := push("prod"); got != 403 {
		t.Errorf("by the stage that is not allowed: %d", got)
	}
	if got := push("none"); got != 403 {
		t.Errorf("by a stage that is not there: %d", got)
	}
}

// Conformance 27.
func TestPoliciesOnConnections(t *testing.T) {
	sys := start(t)
	_, id := sys.connect()
	const arn = "arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod/"
	for resource, want := range map[string]int{
		arn + "POST/@connections/*": 200, arn + "*/@connections/" + id: 200, arn + "POST/@connections/{connectionId}": 200, "arn:aws:execute-api:*:*:*/*/*/@connections/*": 200,
		arn + "GET/@connections/*": 403, arn + "POST/@connections": 403, strings.Replace(arn, "prod", "test", 1) + "*": 403, arn + "POST/@connections/AAAAAAAAAAAAAAA=": 403,
	} {
		sys.allow(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"execute-api:ManageConnections","Resource":"` + resource + `"}]}`)
		if response, body := sys.call("POST", "/@connections/"+id, "", signer("", accessKey, secretKey)); response.StatusCode != want {
			t.Errorf("%s: %d %s", resource, response.StatusCode, body)
		}
	}
}

// The SDK signs the header that its middleware adds, so nobody can change it on
// the way: A-GATEWAY-22.
func TestAPushTellsItsOutcome(t *testing.T) {
	sys := start(t)
	conn, id := sys.connect()
	go func() {
		for {
			if _, _, err := conn.Read(t.Context()); err != nil {
				return
			}
		}
	}()
	for _, test := range []struct {
		name, header, value string
		status              int
		outcome, message    string
	}{
		{"nothing asked", "X-Other", "1", 200, "", ""},
		{"sent", "Pasarela-Wait", "sent", 200, "sent", ""},
		{"acknowledged", "Pasarela-Wait", "acknowledged", 200, "acknowledged", ""},
		{"a wait that is none", "Pasarela-Wait", "queued", 400, "", `Pasarela-Wait is \"queued\"; it may be sent or acknowledged.`},
		{"a lifetime", "Pasarela-Expires", "60", 200, "", ""},
		{"a lifetime that is none", "Pasarela-Expires", "0", 400, "", `Pasarela-Expires is \"0\"; it is a whole number of seconds from 1 to 86400.`},
	} {
		response, body := sys.call("POST", "/@connections/"+id, "x", func(r *http.Request) {
			r.Header.Set(test.header, test.value)
			signer("x", accessKey, secretKey)(r)
		})
		if response.StatusCode != test.status || response.Header.Get("Pasarela-Outcome") != test.outcome || !strings.Contains(body, test.message) {
			t.Errorf("%s: %d, outcome %q, %s", test.name, response.StatusCode, response.Header.Get("Pasarela-Outcome"), body)
		}
	}
}

func TestTheSameKeyPushesOnce(t *testing.T) {
	sys := start(t)
	conn, id := sys.connect()
	once := func(key string) {
		t.Helper()
		_, err := sys.sdk().PostToConnection(t.Context(), &apigatewaymanagementapi.PostToConnectionInput{ConnectionId: &id, Data: []byte(key)},
			apigatewaymanagementapi.WithAPIOptions(smithyhttp.SetHeaderValue("Idempotency-Key", key)))
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range []string{"a", "a", "b", "a"} {
		once(key)
	}
	for _, want := range []string{"a", "b"} {
		if _, got, err := conn.Read(t.Context()); err != nil || string(got) != want {
			t.Errorf("%q %v, want %q", got, err, want)
		}
	}
	for _, test := range []struct {
		name           string
		change, tamper func(http.Header) // before and after signing
		status         int
		replayed       string
		kind           string
	}{
		{"known", func(h http.Header) { h.Set("Idempotency-Key", "a") }, nil, 200, "true", ""},
		{"known, not signed", nil, func(h http.Header) { h.Set("Idempotency-Key", "b") }, 200, "true", ""},
		{"changed on the way", func(h http.Header) { h.Set("Idempotency-Key", "a") }, func(h http.Header) { h.Set("Idempotency-Key", "c") }, 403, "", "InvalidSignatureException"},
		{"too long", func(h http.Header) { h.Set("Idempotency-Key", strings.Repeat("k", 129)) }, nil, 400, "", "BadRequestException"},
		{"empty", func(h http.Header) { h.Set("Idempotency-Key", "") }, nil, 400, "", "BadRequestException"},
		{"two", nil, func(h http.Header) { h["Idempotency-Key"] = []string{"a", "b"} }, 400, "", "BadRequestException"},
	} {
		response, body := sys.call("POST", "/@connections/"+id, "x", func(r *http.Request) {
			if test.change != nil {
				test.change(r.Header)
			}
			signer("x", accessKey, secretKey)(r)
			if test.tamper != nil {
				test.tamper(r.Header)
			}
		})
		if response.StatusCode != test.status || response.Header.Get("Idempotent-Replayed") != test.replayed || response.Header.Get("X-Amzn-Errortype") != test.kind {
			t.Errorf("%s: %d %v %s", test.name, response.StatusCode, response.Header, body)
		}
	}
}

func TestTheBodyOfGet(t *testing.T) {
	sys := start(t)
	_, id := sys.connect()
	response, body := sys.call("GET", "/@connections/"+id, "", signer("", accessKey, secretKey))
	var got map[string]any
	if err := json.Unmarshal([]byte(body), &got); err != nil || response.Header.Get("Content-Type") != "application/json" {
		t.Fatalf("%s %v", body, err)
	}
	for _, key := range []string{"connectedAt", "lastActiveAt"} {
		if text, _ := got[key].(string); len(text) != len("2020-04-30T20:10:33.236Z") || !strings.HasSuffix(text, "Z") {
			t.Errorf("%s is %v", key, got[key])
		}
	}
}

func TestDeleteWithCodeAndReason(t *testing.T) {
	sys := start(t)
	conn, id := sys.connect()
	for _, bad := range []string{"?code=abc", "?code=1006", "?code=70000", "?code=4000&reason=" + string(bytes.Repeat([]byte("x"), 124))} {
		if response, _ := sys.call("DELETE", "/@connections/"+id+bad, "", signer("", accessKey, secretKey)); response.StatusCode != 400 {
			t.Errorf("%s: %d", bad, response.StatusCode)
		}
	}
	if response, body := sys.call("DELETE", "/@connections/"+id+"?code=4001&reason=bye", "", signer("", accessKey, secretKey)); response.StatusCode != 204 {
		t.Fatalf("%d %s", response.StatusCode, body)
	}
	if _, _, err := conn.Read(t.Context()); websocket.CloseStatus(err) != 4001 {
		t.Errorf("closed with %v", err)
	}
}

// Conformance 29: a custom domain with a mapping key, and no stage in the path.
func TestCustomDomains(t *testing.T) {
	sys := start(t)
	conn, id := sys.connect()
	domain := pasarela.DomainName{DomainName: "api.example.com", Mappings: []pasarela.APIMapping{{APIMappingKey: "orders", APIID: apiID, Stage: "prod"}}}
	if _, err := document.NewStore[pasarela.DomainName](sys.bucket).Create(t.Context(), pasarela.DomainNameKey(domain.DomainName), &domain); err != nil {
		t.Fatal(err)
	}
	base, _, _ := strings.Cut(sys.url, "/"+apiID)
	call := func(path string) int {
		r, _ := http.NewRequestWithContext(t.Context(), "POST", base+path, strings.NewReader("x"))
		r.Host = "api.example.com"
		signer("x", accessKey, secretKey)(r)
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		return response.StatusCode
	}
	sys.wait(func() bool { return call("/orders/@connections/"+id) == 200 })
	if _, got, err := conn.Read(t.Context()); err != nil || string(got) != "x" {
		t.Errorf("%q %v", got, err)
	}
	if status := call("/orders/prod/@connections/" + id); status != 403 {
		t.Errorf("with the stage in the path: %d", status)
	}
}

// Of refused calls without a valid signature a bounded number is kept in the
// history, of those with one all (A-GATEWAY-34).
func TestOnlySignedCallsAreAllRemembered(t *testing.T) {
	sys := start(t)
	sys.allow(`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}`)
	const calls = 60
	count := func(sign func(*http.Request)) (found int) {
		for range calls {
			response, _ := sys.call(http.MethodPost, "/@connections/L0SM9cOFvHcCIhw=", "hello", sign)
			if response.StatusCode != http.StatusForbidden {
				t.Fatal(response.Status)
			}
			if entries := sys.gateway.Find(response.Header.Get("X-Amzn-Requestid")); len(entries) > 0 {
				found++
			}
		}
		return found
	}
	if n := count(signer("hello", accessKey, "guessed")); n == 0 || n == calls {
		t.Errorf("%d of %d forged calls are remembered", n, calls)
	}
	if n := count(signer("hello", accessKey, secretKey)); n != calls {
		t.Errorf("%d of %d signed calls are remembered", n, calls)
	}
}
