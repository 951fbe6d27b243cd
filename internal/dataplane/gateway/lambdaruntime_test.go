package gateway_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/pasarela-ws/pasarela"
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

// backendFunction responds as the message, or on $connect the query, asks.
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
	response := events.APIGatewayCustomAuthorizerResponse{PrincipalID: "u1", Context: map[string]any{"plan": "gold", "number": 7, "yes": true}}
	switch event.QueryStringParameters["token"] {
	case "good":
		response.PolicyDocument = policy("Allow", event.MethodArn)
	case "wildcard":
		response.PolicyDocument = policy("Allow", "arn:aws:execute-api:*:*:*/prod/*")
	case "other stage":
		response.PolicyDocument = policy("Allow", strings.Replace(event.MethodArn, "prod", "test", 1))
	case "deny":
		response.PolicyDocument = policy("Deny", "*")
	case "another":
		response.PolicyDocument, response.PrincipalID = policy("Allow", "*"), "u2"
	case "key":
		response.PolicyDocument, response.UsageIdentifierKey = policy("Allow", "*"), "the-key-of-a-customer-1234"
	case "nested":
		response.PolicyDocument, response.Context = policy("Allow", "*"), map[string]any{"a": map[string]any{}}
	case "unknown":
		response.PolicyDocument, response.PrincipalID = policy("Allow", "*"), ""
	case "malformed":
		return "malformed", nil
	case "unauthorized":
		return nil, errors.New("Unauthorized")
	default:
		return nil, errors.New("unexpected")
	}
	return response, nil
}

// lambdas is Lambda's Invoke API and, behind it, the runtime API that functions
// poll.
type lambdas struct {
	invoke  *httptest.Server
	mu      sync.Mutex
	invoked []string      // raw events
	refuse  int           // status that Invoke responds with instead
	held    chan struct{} // calls wait until it is closed; nil: they do not
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
	rest := strings.TrimPrefix(r.URL.Path, "/2015-03-31/functions/")
	name := strings.TrimSuffix(rest, "/invocations")
	l.mu.Lock()
	l.invoked = append(l.invoked, string(event))
	refuse, held := l.refuse, l.held
	j := job{fmt.Sprint("job-", len(l.invoked)), name, event, make(chan done, 1)}
	l.jobs[j.id] = j
	queue := l.queues[name]
	l.mu.Unlock()
	if held != nil {
		<-held
	}
	if refuse != 0 || queue == nil {
		if refuse == 0 {
			refuse = http.StatusNotFound
		}
		http.Error(w, `{"Message":"no"}`, refuse)
		return
	}
	var response done
	select {
	case queue <- j:
	case <-r.Context().Done():
		return
	}
	select {
	case response = <-j.done:
	case <-r.Context().Done():
		return
	}
	w.Header().Set("X-Amzn-Requestid", j.id)
	if response.failed {
		w.Header().Set("X-Amz-Function-Error", "Unhandled")
	}
	_, _ = w.Write(response.body)
}

// hold has calls wait until release is called.
func (l *lambdas) hold() (release func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	held := make(chan struct{})
	l.held = held
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.held = nil
		close(held)
	}
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
