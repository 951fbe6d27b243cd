package wire_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
)

func TestFrontFindsTheService(t *testing.T) {
	name := func(service string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Service", service) })
	}
	front := &wire.Router{APIGatewayV2: name("v2"), APIGateway: name("v1"), Connections: name("connections"), IAM: name("iam"), STS: name("sts"), SSM: name("ssm"), Gateway: name("gateway")}
	scope := func(service string) string {
		return "AWS4-HMAC-SHA256 Credential=AKIAX/20260102/us-east-1/" + service + "/aws4_request, SignedHeaders=host, Signature=0"
	}
	const date = "20260102T030405Z"
	for _, c := range []struct {
		name, method, target, body string
		headers                    map[string]string
		want                       string
	}{
		{"v2 by scope", "GET", "/v2/apis", "", map[string]string{"Authorization": scope("apigateway")}, "v2"},
		{"v1 by scope", "GET", "/apikeys", "", map[string]string{"Authorization": scope("apigateway")}, "v1"},
		{"iam by scope", "POST", "/", "Action=ListRoles", map[string]string{"Authorization": scope("iam")}, "iam"},
		{"iam presigned", "GET", "/?Action=ListRoles&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=A%2F20260102%2Fr%2Fiam%2Faws4_request&X-Amz-Date=" + date + "&X-Amz-SignedHeaders=host&X-Amz-Signature=0", "", nil, "iam"},
		{"connections by scope", "POST", "/prod/@connections/x%3D", "", map[string]string{"Authorization": scope("execute-api")}, "connections"},
		{"connections encoded", "POST", "/prod/%40connections/x%3D", "", map[string]string{"Authorization": scope("execute-api")}, "connections"},
		{"connections unsigned", "POST", "/abc/prod/@connections/x=", "", nil, "connections"},
		{"iam by version", "POST", "/", "Action=ListRoles&Version=2010-05-08", map[string]string{"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}, "iam"},
		{"sts by version in the query", "GET", "/?Action=GetCallerIdentity&Version=2011-06-15", "", nil, "sts"},
		{"unsigned v2", "GET", "/v2/apis", "", nil, "v2"},
		{"unsigned v1", "GET", "/usageplans/abc", "", nil, "v1"},
		{"handshake", "GET", "/abcdefghij/prod", "", map[string]string{"Upgrade": "websocket"}, "gateway"},
		{"signed handshake", "GET", "/abcdefghij/prod", "", map[string]string{"Upgrade": "WebSocket", "Authorization": scope("execute-api")}, "gateway"},
		{"anything else", "GET", "/abcdefghij/prod", "", nil, "gateway"},
		{"bearer", "GET", "/abcdefghij/prod", "", map[string]string{"Authorization": "Bearer x"}, "gateway"},
		{"unknown service", "POST", "/", "", map[string]string{"Authorization": scope("s3")}, "UnknownOperationException"},
		{"unknown target", "POST", "/", "", map[string]string{"X-Amz-Target": "Logs_20140328.X"}, "UnknownOperationException"},
		{"ssm by target", "POST", "/", "", map[string]string{"X-Amz-Target": "AmazonSSM.GetParameter"}, "ssm"},
		{"ssm by scope", "POST", "/", "", map[string]string{"Authorization": scope("ssm")}, "ssm"},
		{"service that is not there", "POST", "/", "", map[string]string{"Authorization": scope("cloudformation")}, "UnknownOperationException"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(c.method, c.target, strings.NewReader(c.body))
			r.Header.Set("X-Amz-Date", date)
			for key, value := range c.headers {
				r.Header.Set(key, value)
			}
			w := httptest.NewRecorder()
			front.ServeHTTP(w, r)
			if got := w.Header().Get("Service"); got != c.want && !(got == "" && w.Code == http.StatusBadRequest && strings.Contains(w.Header().Get("X-Amzn-Errortype")+w.Body.String(), c.want)) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// What is not served says so in the form that the client of that service reads, with the
// services that are.
func TestUnservedServicesAnswerInTheirProtocol(t *testing.T) {
	there := http.NotFoundHandler()
	front := &wire.Router{APIGatewayV2: there, APIGateway: there, Connections: there, IAM: there, STS: there, Gateway: there}
	const form = "application/x-www-form-urlencoded; charset=utf-8"
	for service, c := range map[string]struct {
		headers           map[string]string
		contentType, body string
	}{
		"dynamodb":       {map[string]string{"X-Amz-Target": "DynamoDB_20120810.ListTables", "Content-Type": "application/x-amz-json-1.0"}, "application/x-amz-json-1.0", `{"__type":"UnknownOperationException","message":"The service 'dynamodb'`},
		"logs":           {map[string]string{"X-Amz-Target": "Logs_20140328.X", "Content-Type": "application/x-amz-json-1.1"}, "application/x-amz-json-1.1", `"__type":"UnknownOperationException"`},
		"sns":            {map[string]string{"Content-Type": form}, "text/xml", `<Error><Type>Sender</Type><Code>UnknownOperationException</Code><Message>The service`},
		"ec2":            {map[string]string{"Content-Type": form}, "text/xml", `<Response><Errors><Error><Code>UnknownOperationException</Code>`},
		"s3":             {nil, "application/xml", `<Error><Code>UnknownOperationException</Code><Message>The service &#39;s3&#39;`},
		"cloudfront":     {nil, "text/xml", `<Error><Type>Sender</Type><Code>UnknownOperationException</Code>`},
		"monitoring":     {map[string]string{"Smithy-Protocol": "rpc-v2-cbor"}, "application/cbor", "\xa2\x79\x00\x06__type\x79\x00\x19UnknownOperationException\x79\x00\x07message\x79\x00"},
		"lambda":         {nil, "application/json", `{"message":"The service 'lambda'`},
		"cloudformation": {map[string]string{"Content-Type": form}, "text/xml", `<Code>UnknownOperationException</Code>`},
	} {
		r := httptest.NewRequest("POST", "/", strings.NewReader("Action=X"))
		r.Header.Set("X-Amz-Date", "20260102T030405Z")
		r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIAX/20260102/us-east-1/"+service+"/aws4_request, SignedHeaders=host, Signature=0")
		for name, value := range c.headers {
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		front.ServeHTTP(w, r)
		body := w.Body.String()
		if w.Code != http.StatusBadRequest || w.Header().Get("Content-Type") != c.contentType || !strings.Contains(body, c.body) ||
			!strings.Contains(body, "Served are apigateway, apigatewayv2, apigatewaymanagementapi (execute-api), iam, sts.") {
			t.Errorf("%s: %d %v %q", service, w.Code, w.Header(), body)
		}
	}
}

func TestFrontLeavesTheFormToTheService(t *testing.T) {
	body := ""
	front := &wire.Router{IAM: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got, err := (*wire.Bodies)(nil).Read(nil, r, "", 1000)
		if err != nil {
			t.Error(err)
		}
		body = string(got.Bytes)
	})}
	r := httptest.NewRequest("POST", "/", strings.NewReader("Action=ListRoles&Version=2010-05-08"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	front.ServeHTTP(httptest.NewRecorder(), r)
	if body != "Action=ListRoles&Version=2010-05-08" {
		t.Errorf("got %q", body)
	}
}

// TestNoRepositoriesOfImages: the one call of Elastic Container Registry that removing a
// service of the Serverless Framework makes has AWS's error, others the usual one (A-WIRE-18).
func TestNoRepositoriesOfImages(t *testing.T) {
	for operation, want := range map[string]string{"DescribeRepositories": `"__type":"RepositoryNotFoundException"`, "CreateRepository": `"__type":"UnknownOperationException"`} {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("{}"))
		r.Header.Set("Content-Type", "application/x-amz-json-1.1")
		r.Header.Set("X-Amz-Date", "20260102T030405Z")
		r.Header.Set("X-Amz-Target", "AmazonEC2ContainerRegistry_V20150921."+operation)
		r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIA/20260102/us-east-1/ecr/aws4_request, SignedHeaders=host, Signature=00")
		w := httptest.NewRecorder()
		(&wire.Router{}).ServeHTTP(w, r)
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s", operation, w.Code, w.Body)
		}
	}
}
