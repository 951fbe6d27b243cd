package gateway_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/integration"
)

// TestMain is also the Lambda functions of these tests: unmodified aws-lambda-go
// handlers in a process of their own.
func TestMain(m *testing.M) {
	switch os.Getenv("PASARELA_TEST_FUNCTION") {
	case "backend":
		lambda.Start(backendFunction)
	case "authorizer":
		lambda.Start(authorizerFunction)
	default:
		os.Exit(m.Run())
	}
}

// backendFunction does what the message, or on $connect the query, says.
func backendFunction(_ context.Context, event events.APIGatewayWebsocketProxyRequest) (any, error) {
	what := event.Body
	if event.RequestContext.EventType == "CONNECT" {
		what = event.QueryStringParameters["do"]
	}
	switch what {
	case "fail":
		return nil, errors.New("boom")
	case "nothing":
		return nil, nil
	case "text":
		return "just text", nil
	case "no status":
		return map[string]any{"body": "x"}, nil
	case "base64":
		return map[string]any{"statusCode": 200, "body": "aMOp", "isBase64Encoded": true}, nil
	case "no body":
		return map[string]any{"statusCode": 200}, nil
	case "refuse":
		return events.APIGatewayProxyResponse{StatusCode: 402, Body: "pay first", Headers: map[string]string{"X-Why": "money"}}, nil
	case "protocol":
		return events.APIGatewayProxyResponse{StatusCode: 200, Headers: map[string]string{"Sec-WebSocket-Protocol": "v1"}}, nil
	case "slow":
		time.Sleep(2 * time.Second)
	case "principal":
		authorizer, _ := event.RequestContext.Authorizer.(map[string]any)
		return events.APIGatewayProxyResponse{StatusCode: 200, Body: fmt.Sprint(authorizer["principalId"], " ", authorizer["plan"], " ", authorizer["number"])}, nil
	}
	return events.APIGatewayProxyResponse{StatusCode: 200, Body: event.RequestContext.EventType + " " + event.RequestContext.RouteKey + " " + event.Body}, nil
}

// authorizerFunction decides by ?token=.
func authorizerFunction(_ context.Context, event events.APIGatewayCustomAuthorizerRequestTypeRequest) (any, error) {
	policy := func(effect, resource string) events.APIGatewayCustomAuthorizerPolicy {
		return events.APIGatewayCustomAuthorizerPolicy{Version: "2012-10-17", Statement: []events.IAMPolicyStatement{
			{Action: []string{"execute-api:Invoke"}, Effect: effect, Resource: []string{resource}},
		}}
	}
	answer := events.APIGatewayCustomAuthorizerResponse{PrincipalID: "u1", Context: map[string]any{"plan": "gold", "number": 7, "yes": true}}
	switch event.QueryStringParameters["token"] {
	case "good":
		answer.PolicyDocument = policy("Allow", event.MethodArn)
	case "wildcard":
		answer.PolicyDocument = policy("Allow", "arn:aws:execute-api:*:*:*/prod/*")
	case "other stage":
		answer.PolicyDocument = policy("Allow", strings.Replace(event.MethodArn, "prod", "test", 1))
	case "deny":
		answer.PolicyDocument = policy("Deny", "*")
	case "key":
		answer.PolicyDocument, answer.UsageIdentifierKey = policy("Allow", "*"), "the-key-of-a-customer-1234"
	case "nested":
		answer.PolicyDocument, answer.Context = policy("Allow", "*"), map[string]any{"a": map[string]any{}}
	case "nobody":
		answer.PolicyDocument, answer.PrincipalID = policy("Allow", "*"), ""
	case "rubbish":
		return "rubbish", nil
	case "unauthorized":
		return nil, errors.New("Unauthorized")
	default:
		return nil, errors.New("unexpected")
	}
	return answer, nil
}

// lambdas is Lambda's Invoke API and, behind it, the runtime API that functions
// poll.
type lambdas struct {
	invoke  *httptest.Server
	mu      sync.Mutex
	invoked []string // raw events
	refuse  int      // status that Invoke answers instead
	queues  map[string]chan job
	jobs    map[string]job
}

type job struct {
	id, function string
	event        []byte
	done         chan done
}

type done struct {
	body   []byte
	failed bool
}

func startLambda(t *testing.T, functions ...string) *lambdas {
	l := &lambdas{queues: map[string]chan job{}, jobs: map[string]job{}}
	l.invoke = httptest.NewServer(http.HandlerFunc(l.serveInvoke))
	t.Cleanup(l.invoke.Close)
	for _, name := range functions {
		l.queues[name] = make(chan job)
		l.run(t, name)
	}
	return l
}

// run starts a function's process with a runtime API of its own.
func (l *lambdas) run(t *testing.T, name string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { l.serveRuntime(w, r, name) })}
	go func() { _ = server.Serve(listener) }()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), "PASARELA_TEST_FUNCTION="+name, "AWS_LAMBDA_RUNTIME_API="+listener.Addr().String())
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
		_ = server.Close()
	})
}

func (l *lambdas) serveRuntime(w http.ResponseWriter, r *http.Request, name string) {
	path := strings.TrimPrefix(r.URL.Path, "/2018-06-01/runtime/invocation/")
	if path == "next" {
		select {
		case j := <-l.queues[name]:
			w.Header().Set("Lambda-Runtime-Aws-Request-Id", j.id)
			w.Header().Set("Lambda-Runtime-Deadline-Ms", fmt.Sprint(time.Now().Add(time.Minute).UnixMilli()))
			w.Header().Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:123456789012:function:"+name)
			_, _ = w.Write(j.event)
		case <-r.Context().Done():
		}
		return
	}
	id, how, _ := strings.Cut(path, "/")
	body, _ := io.ReadAll(r.Body)
	l.mu.Lock()
	j := l.jobs[id]
	delete(l.jobs, id)
	l.mu.Unlock()
	j.done <- done{body, how == "error"}
	w.WriteHeader(http.StatusAccepted)
}

func (l *lambdas) serveInvoke(w http.ResponseWriter, r *http.Request) {
	event, _ := io.ReadAll(r.Body)
	rest := strings.TrimPrefix(r.URL.Path, "/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:")
	name := strings.TrimSuffix(rest, "/invocations")
	l.mu.Lock()
	l.invoked = append(l.invoked, string(event))
	refuse := l.refuse
	j := job{fmt.Sprint("job-", len(l.invoked)), name, event, make(chan done, 1)}
	l.jobs[j.id] = j
	queue := l.queues[name]
	l.mu.Unlock()
	if refuse != 0 || queue == nil {
		if refuse == 0 {
			refuse = http.StatusNotFound
		}
		http.Error(w, `{"Message":"no"}`, refuse)
		return
	}
	var answer done
	select {
	case queue <- j:
	case <-r.Context().Done():
		return
	}
	select {
	case answer = <-j.done:
	case <-r.Context().Done():
		return
	}
	w.Header().Set("X-Amzn-Requestid", j.id)
	if answer.failed {
		w.Header().Set("X-Amz-Function-Error", "Unhandled")
	}
	_, _ = w.Write(answer.body)
}

func (l *lambdas) last() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.invoked[len(l.invoked)-1]
}

func (l *lambdas) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.invoked)
}

func functionURI(name string) string {
	return "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:" + name + "/invocations"
}

func toLambda(name string) *pasarela.Integration {
	return &pasarela.Integration{IntegrationType: pasarela.IntegrationAWSProxy, IntegrationMethod: "POST", IntegrationURI: functionURI(name)}
}

func withLambda(l *lambdas) option {
	return func(s *setup) { s.services.Endpoints = map[string]string{"lambda": l.invoke.URL} }
}

// Conformance 5, aws-dataplane §4.7.
func TestLambdaProxyDecidesConnect(t *testing.T) {
	l := startLambda(t, "backend")
	slow := toLambda("backend")
	slow.TimeoutInMillis = 1000
	y := start(t, api(route{key: "$connect", integration: slow}), withLambda(l))
	y.connect("?do=well")
	for do, status := range map[string]int{"fail": 502, "nothing": 500, "text": 500, "no+status": 500, "refuse": 402} {
		body, h := y.refuse("?do="+do, status)
		if do == "refuse" && (body != "pay first" || h.Get("X-Why") != "money") {
			t.Errorf("%s: %q %v", do, body, h)
		}
	}
	offer := func(o *websocket.DialOptions) { o.Subprotocols = []string{"v1"} }
	if got := y.connect("?do=protocol", offer).handshake.Header.Get("Sec-Websocket-Protocol"); got != "v1" {
		t.Errorf("sub-protocol %q", got)
	}
	y.refuse("?do=slow", 504)
	for status, cause := range map[int]string{403: "policy", 404: "no function", 429: "concurrency", 500: "Lambda answered"} {
		l.mu.Lock()
		l.refuse = status
		l.mu.Unlock()
		_, h := y.refuse("", 500)
		if e := y.explain(h.Get("X-Amz-Apigw-Id"), failedExecution); !strings.Contains(e.Cause(), cause) {
			t.Errorf("Lambda's %d: cause %q", status, e.Cause())
		}
	}
}

func failedExecution(e execution.Entry) bool { return e.Failed() }

// Conformance 13.6: messages of Lambda proxies.
func TestLambdaProxyMessages(t *testing.T) {
	l := startLambda(t, "backend")
	y := start(t, api(route{key: "$default", twoWay: true, integration: toLambda("backend")}), withLambda(l))
	c := y.connect("")
	for message, want := range map[string]string{"hi": "MESSAGE $default hi", "base64": "hé", "refuse": "pay first"} {
		c.send(message)
		if got := c.read(); got != want {
			t.Errorf("%s: got %q, want %q", message, got, want)
		}
	}
	for _, message := range []string{"fail", "nothing", "no status"} {
		c.send(message)
		if text, _, _ := errorFrame(t, c.read()); text != "Internal server error" {
			t.Errorf("%s: %q", message, text)
		}
	}
	c.send("no body") // nothing comes
	c.send("hi")
	if got := c.read(); got != "MESSAGE $default hi" {
		t.Errorf("got %q", got)
	}
}

func TestOneWayLambdaProxy(t *testing.T) {
	l := startLambda(t, "backend")
	y := start(t, api(route{key: "$default", integration: toLambda("backend")}, route{key: "ping", twoWay: true, integration: toMock(`{"statusCode":200}`, "pong")}), withLambda(l))
	c := y.connect("")
	for _, message := range []string{"hi", "nothing", "text", "refuse"} {
		c.send(message)
	}
	y.wait("four events", func() bool { return l.count() == 4 })
	c.send("fail")
	if text, _, _ := errorFrame(t, c.read()); text != "Internal server error" {
		t.Error(text)
	}
	c.send(`{"action":"ping"}`)
	if got := c.read(); got != "pong" {
		t.Errorf("got %q", got)
	}
}

// The event JSON, key for key (aws-dataplane §4.6).
func TestLambdaEvents(t *testing.T) {
	l := startLambda(t, "backend")
	y := start(t, api(
		route{key: "$connect", integration: toLambda("backend")}, route{key: "join", integration: toLambda("backend")},
		route{key: "$disconnect", integration: toLambda("backend")},
	), withLambda(l), func(s *setup) { s.stage.StageVariables = map[string]string{"tenant": "acme"} })
	authority := y.server.Listener.Addr().String()
	c := y.connect("?reportType=ventas&reportType=x", header("HeaderAuth1", "one"))
	id := y.only()
	check := func(want string) {
		t.Helper()
		want = strings.NewReplacer("ID", id, "DOMAIN", authority+"/"+apiID, "HOST", authority).Replace(want)
		pattern := regexp.QuoteMeta(want)
		pattern = strings.NewReplacer("NUMBER", `\d{13}`, "TIME", `\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000`, "REQUEST", `[\w-]{15}=`, "KEY", `[\w+/]+={2}`).Replace(pattern)
		if got := l.last(); !regexp.MustCompile("^" + pattern + "$").MatchString(got) {
			t.Errorf("event\n%s\nwant\n%s", got, want)
		}
	}
	check(`{"headers":{"Accept-Encoding":"gzip","Headerauth1":"one","Host":"HOST","Sec-WebSocket-Key":"KEY","Sec-WebSocket-Version":"13","User-Agent":"test","X-Forwarded-For":"127.0.0.1","X-Forwarded-Port":"80","X-Forwarded-Proto":"http"},` +
		`"multiValueHeaders":{"Accept-Encoding":["gzip"],"Headerauth1":["one"],"Host":["HOST"],"Sec-WebSocket-Key":["KEY"],"Sec-WebSocket-Version":["13"],"User-Agent":["test"],"X-Forwarded-For":["127.0.0.1"],"X-Forwarded-Port":["80"],"X-Forwarded-Proto":["http"]},` +
		`"queryStringParameters":{"reportType":"x"},"multiValueQueryStringParameters":{"reportType":["ventas","x"]},` +
		`"requestContext":{"routeKey":"$connect","eventType":"CONNECT","extendedRequestId":"REQUEST","requestTime":"TIME","messageDirection":"IN","stage":"prod","connectedAt":NUMBER,"requestTimeEpoch":NUMBER,` +
		`"identity":{"userAgent":"test","sourceIp":"127.0.0.1"},"requestId":"REQUEST","domainName":"DOMAIN","connectionId":"ID","apiId":"abcdef1234"},"stageVariables":{"tenant":"acme"},"isBase64Encoded":false}`)
	c.send(`{"action":"join","t":"é\u0001"}`)
	y.wait("the message", func() bool { return l.count() == 2 })
	check(`{"requestContext":{"routeKey":"join","messageId":"REQUEST","eventType":"MESSAGE","extendedRequestId":"REQUEST","requestTime":"TIME","messageDirection":"IN","stage":"prod","connectedAt":NUMBER,"requestTimeEpoch":NUMBER,` +
		`"identity":{"userAgent":"test","sourceIp":"127.0.0.1"},"requestId":"REQUEST","domainName":"DOMAIN","connectionId":"ID","apiId":"abcdef1234"},"stageVariables":{"tenant":"acme"},"body":"{\"action\":\"join\",\"t\":\"é\\u0001\"}","isBase64Encoded":false}`)
	_ = c.conn.Close(4001, "bye")
	y.wait("the end", func() bool { return l.count() == 3 })
	check(`{"headers":{"Host":"DOMAIN","x-api-key":"","X-Forwarded-For":"","x-restapi":""},"multiValueHeaders":{"Host":["DOMAIN"],"x-api-key":[""],"X-Forwarded-For":[""],"x-restapi":[""]},` +
		`"requestContext":{"routeKey":"$disconnect","disconnectStatusCode":4001,"eventType":"DISCONNECT","extendedRequestId":"REQUEST","requestTime":"TIME","messageDirection":"IN","disconnectReason":"bye","stage":"prod","connectedAt":NUMBER,"requestTimeEpoch":NUMBER,` +
		`"identity":{"userAgent":"test","sourceIp":"127.0.0.1"},"requestId":"REQUEST","domainName":"DOMAIN","connectionId":"ID","apiId":"abcdef1234"},"stageVariables":{"tenant":"acme"},"isBase64Encoded":false}`)
}

func withAuthorizer(ttl int, sources ...string) func(*pasarela.Definition) {
	return func(d *pasarela.Definition) {
		d.Authorizers = []pasarela.Authorizer{{
			AuthorizerID: "auth01", Name: "a", AuthorizerType: pasarela.AuthorizerRequest,
			AuthorizerURI: functionURI("authorizer"), IdentitySource: sources, AuthorizerResultTTLInSeconds: ttl,
		}}
		for i := range d.Routes {
			if d.Routes[i].RouteKey == pasarela.RouteConnect {
				d.Routes[i].AuthorizationType, d.Routes[i].AuthorizerID = pasarela.AuthorizationCustom, "auth01"
			}
		}
	}
}

// Conformance 6 and 7.
func TestLambdaAuthorizer(t *testing.T) {
	l := startLambda(t, "authorizer", "backend")
	d := api(route{key: "$connect", integration: toLambda("backend")}, route{key: "$default", twoWay: true, integration: toLambda("backend")},
		route{key: "$disconnect", integration: toLambda("backend")})
	withAuthorizer(0, "route.request.querystring.token")(&d)
	y := start(t, d, withLambda(l))
	for _, query := range []string{"", "?token="} {
		body, _ := y.refuse(query, 401)
		if !strings.Contains(body, `{"message":"Unauthorized"`) {
			t.Error(body)
		}
	}
	if l.count() != 0 {
		t.Error("the authorizer was asked without an identity")
	}
	for token, want := range map[string]struct {
		status int
		text   string
	}{
		"deny":         {403, `"User is not authorized to access this resource with an explicit deny"`},
		"other+stage":  {403, `"User is not authorized to access this resource"`},
		"unauthorized": {401, `"Unauthorized"`},
		"unexpected":   {500, `"Internal server error"`},
		"rubbish":      {500, `{"message":null,`}, "nested": {500, `{"message":null,`}, "nobody": {500, `{"message":null,`},
	} {
		if body, _ := y.refuse("?token="+token, want.status); !strings.Contains(body, want.text) {
			t.Errorf("%s: %s", token, body)
		}
	}
	y.connect("?token=wildcard")
	c := y.connect("?token=good")
	c.send("principal")
	if got := c.read(); got != "u1 gold 7" {
		t.Errorf("later events see %q", got)
	}
	_ = c.conn.Close(4000, "")
	want := `"authorizer":{"principalId":"u1","number":"7","plan":"gold","yes":"true"}`
	y.wait("$disconnect with the authorizer's context", func() bool {
		return strings.Contains(l.last(), `"eventType":"DISCONNECT"`) && strings.Contains(l.last(), want)
	})
}

func TestAuthorizerEvent(t *testing.T) {
	l := startLambda(t, "authorizer")
	d := api(route{key: "$connect"})
	withAuthorizer(0, "route.request.querystring.token", "route.request.header.HeaderAuth1", "context.connectionId", "stageVariables.v")(&d)
	y := start(t, d, withLambda(l), func(s *setup) { s.stage.StageVariables = map[string]string{"v": "1"} })
	y.connect("?token=good", header("HeaderAuth1", "value1"))
	var got map[string]json.RawMessage
	if err := json.Unmarshal([]byte(l.last()), &got); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"type": `"REQUEST"`, "methodArn": `"arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod/$connect"`,
		"queryStringParameters": `{"token":"good"}`, "stageVariables": `{"v":"1"}`, "body": "", "isBase64Encoded": "", "pathParameters": "",
	} {
		if string(got[key]) != want {
			t.Errorf("%s is %s, want %s", key, got[key], want)
		}
	}
	var headers map[string]string
	_ = json.Unmarshal(got["headers"], &headers)
	for name, want := range map[string]string{"Connection": "upgrade", "Upgrade": "websocket", "content-length": "0", "HeaderAuth1": "value1"} {
		if headers[name] != want {
			t.Errorf("header %s is %q, want %q", name, headers[name], want)
		}
	}
}

func TestAuthorizerCache(t *testing.T) {
	l := startLambda(t, "authorizer")
	d := api(route{key: "$connect"})
	withAuthorizer(300, "route.request.querystring.token")(&d)
	y := start(t, d, withLambda(l))
	for range 3 {
		y.connect("?token=good")
		y.refuse("?token=deny", 403)
	}
	if l.count() != 2 {
		t.Errorf("the authorizer was asked %d times", l.count())
	}
}

func TestUsageKeysOfAuthorizers(t *testing.T) {
	l := startLambda(t, "authorizer")
	d := api(route{key: "$connect", edit: func(r *pasarela.Route) { r.APIKeyRequired = true }})
	d.API.APIKeySelectionExpression = "$context.authorizer.usageIdentifierKey"
	withAuthorizer(0, "route.request.querystring.token")(&d)
	y := start(t, d, withLambda(l))
	y.refuse("?token=key", 403)
	plan(y, "the-key-of-a-customer-1234", nil)
	y.wait("the plan", func() bool {
		_, m := y.keeper.Plans.Client(apiID, stageName, "the-key-of-a-customer-1234")
		return m != nil
	})
	y.connect("?token=key")
	y.refuse("?token=good", 403)
}

// plan makes an API key and a usage plan that lets it in.
func plan(y *system, value string, quota *pasarela.QuotaSettings) {
	put(y, pasarela.PrefixAPIKey+"key1", pasarela.APIKey{ID: "key1", Value: value, Enabled: true})
	put(y, pasarela.PrefixUsagePlan+"plan1", pasarela.UsagePlan{
		ID: "plan1", KeyIDs: []string{"key1"}, Quota: quota,
		APIStages: []pasarela.UsagePlanStage{{APIID: apiID, Stage: stageName}},
	})
}

func TestAPIKeys(t *testing.T) {
	const value = "a-key-of-twenty-letters"
	y := start(t, api(route{key: "$connect", edit: func(r *pasarela.Route) { r.APIKeyRequired = true }}))
	plan(y, value, &pasarela.QuotaSettings{Limit: 2, Period: "DAY"})
	put(y, pasarela.PrefixAPIKey+"key2", pasarela.APIKey{ID: "key2", Value: "in-no-plan", Enabled: true})
	put(y, pasarela.PrefixAPIKey+"key3", pasarela.APIKey{ID: "key3", Value: "disabled"})
	y.wait("the plan", func() bool { _, m := y.keeper.Plans.Client(apiID, stageName, value); return m != nil })
	for _, wrong := range []string{"", "unknown", "in-no-plan", "disabled"} {
		if body, _ := y.refuse("", 403, header("x-api-key", wrong)); !strings.Contains(body, `"Forbidden"`) {
			t.Error(body)
		}
	}
	y.connect("", header("x-api-key", value))
	y.connect("", header("X-API-Key", value))
	if body, _ := y.refuse("", 429, header("x-api-key", value)); !strings.Contains(body, `"Limit Exceeded"`) {
		t.Error(body)
	}
}

func TestLambdaNonProxy(t *testing.T) {
	l := startLambda(t, "backend")
	i := &pasarela.Integration{
		IntegrationType: pasarela.IntegrationAWS, IntegrationMethod: "GET", IntegrationURI: functionURI("backend"),
		Responses: []pasarela.IntegrationResponse{{IntegrationResponseKey: `/.*boom.*/`, ResponseTemplates: map[string]string{"$default": "failed"}}, {IntegrationResponseKey: "$default"}},
	}
	y := start(t, api(route{key: "$default", twoWay: true, integration: i}), withLambda(l), func(s *setup) {
		s.services.Credentials = integration.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}
	})
	c := y.connect("")
	c.send(`{"body":"text"}`)
	if got := c.read(); got != `"just text"` {
		t.Errorf("got %q", got)
	}
	c.send(`{"body":"fail"}`)
	if got := c.read(); got != "failed" {
		t.Errorf("got %q", got)
	}
}
