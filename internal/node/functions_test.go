package node_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	"github.com/pasarela-ws/pasarela/internal/controlplane/lambda"
	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/state/functioncode"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// functionCode is a function that replies to messages and decides who may connect.
const functionCode = `
import os

def handler(event, context):
    if not event:
        return "ready"
    if event.get("type") == "REQUEST":
        effect = "Allow" if event.get("queryStringParameters", {}).get("token") == "good" else "Deny"
        return {"principalId": "ana", "policyDocument": {"Version": "2012-10-17", "Statement": [
            {"Effect": effect, "Action": "execute-api:Invoke", "Resource": event["methodArn"]}]}}
    who = event["requestContext"].get("authorizer", {}).get("principalId", "")
    key = os.environ.get("AWS_ACCESS_KEY_ID", "")[:4]
    return {"statusCode": 200, "body": "%s said %s with %s" % (who, event.get("body"), key)}
`

func TestIntegrationsAndAuthorizersCallFunctionsThatRunHere(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		testkit.MissingClient(t, "python3")
	}
	n := start(t, node.Settings{Functions: true})
	role, err := n.Identity().Roles.CreateRole(t.Context(), identity.CreateRoleInput{
		RoleName:                 "fn",
		AssumeRolePolicyDocument: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`,
	})
	if err != nil {
		t.Fatal(err)
	}
	timeout := 30
	made, err := n.Lambda().CreateFunction(t.Context(), lambda.CreateFunctionInput{
		FunctionName: "chat", Runtime: "python3.13", Handler: "app.handler", Role: n.RegionAccount().IAMARN("role/" + role.RoleName),
		Code: lambda.Code{ZipFile: zipped(t, "app.py", functionCode)}, Timeout: &timeout,
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := firstAnswer(t, n, "chat"); got != `"ready"` {
		t.Fatal(got)
	}
	apiID := deployFunction(t, n, made.FunctionARN)
	url := strings.Replace(n.Endpoint(), "http", "ws", 1) + "/" + apiID + "/prod?token=good"
	testkit.Refused(t, url, http.StatusInternalServerError) // nobody lets API Gateway call the function
	permit := func(id, resource string) {
		t.Helper()
		_, err := n.Lambda().AddPermission(t.Context(), lambda.AddPermissionInput{
			FunctionInput: lambda.FunctionInput{FunctionName: "chat"}, StatementID: id, Action: "lambda:InvokeFunction", Principal: pasarela.ServiceAPIGateway,
			SourceARN: strings.TrimSuffix(n.RegionAccount().ExecuteAPIARN(apiID, "", ""), "//") + resource,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	permit("authorizer", "/authorizers/*")
	testkit.Refused(t, strings.Replace(url, "good", "bad", 1), http.StatusForbidden)
	c := testkit.Connect(t, url)
	var refused struct{ Message string }
	if err := json.Unmarshal([]byte(c.Ask("hi")), &refused); err != nil || refused.Message != "Internal server error" {
		t.Errorf("without a permission: %v, %v", refused, err)
	}
	permit("route", "/*/$default")
	if got := c.Ask("hi"); got != "ana said hi with ASIA" {
		t.Errorf("the function's answer is %q", got)
	}
}

// firstAnswer is what a function answers to no event. A start that took longer than Lambda's
// ten seconds, as Python's may on a busy machine, is tried again.
func firstAnswer(t *testing.T, n *node.Node, name string) (payload string) {
	t.Helper()
	testkit.EventuallyNil(t, func() error {
		answer, err := n.Lambda().Invoke(t.Context(), lambda.InvokeInput{FunctionInput: lambda.FunctionInput{FunctionName: name}})
		if err == nil && answer.FunctionError != "" {
			err = errors.New(string(answer.Payload))
		}
		payload = string(answer.Payload)
		return err
	})
	return payload
}

// deployFunction makes an API whose authorizer and $default route are the function.
func deployFunction(t *testing.T, n *node.Node, arn string) (apiID string) {
	t.Helper()
	uri := "arn:aws:apigateway:" + n.RegionAccount().Region + ":lambda:path/2015-03-31/functions/" + arn + "/invocations"
	in := apis.CreateAPIInput{ProtocolType: new(pasarela.ProtocolWebSocket)}
	in.Name, in.RouteSelectionExpression = new("x"), new("$request.body.action")
	api, err := n.APIs().CreateAPI(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	proxy := apis.CreateIntegrationInput{APIID: api.APIID}
	proxy.IntegrationType, proxy.IntegrationMethod, proxy.IntegrationURI = new("AWS_PROXY"), new("POST"), new(uri)
	function, err := n.APIs().CreateIntegration(t.Context(), proxy)
	if err != nil {
		t.Fatal(err)
	}
	mock := apis.CreateIntegrationInput{APIID: api.APIID}
	mock.IntegrationType, mock.RequestTemplates, mock.TemplateSelectionExpression = new("MOCK"), map[string]string{"200": `{"statusCode":200}`}, new("200")
	ok, err := n.APIs().CreateIntegration(t.Context(), mock)
	if err != nil {
		t.Fatal(err)
	}
	response := apis.CreateIntegrationResponseInput{IntegrationInput: apis.IntegrationInput{APIID: api.APIID, IntegrationID: ok.IntegrationID}}
	response.IntegrationResponseKey = new("$default")
	if _, err := n.APIs().CreateIntegrationResponse(t.Context(), response); err != nil {
		t.Fatal(err)
	}
	decides := apis.CreateAuthorizerInput{APIID: api.APIID}
	decides.Name, decides.AuthorizerType, decides.AuthorizerURI = new("who"), new("REQUEST"), new(uri)
	decides.IdentitySource = []string{"route.request.querystring.token"}
	authorizer, err := n.APIs().CreateAuthorizer(t.Context(), decides)
	if err != nil {
		t.Fatal(err)
	}
	connect := apis.CreateRouteInput{APIID: api.APIID}
	connect.RouteKey, connect.Target = new("$connect"), new("integrations/"+ok.IntegrationID)
	connect.AuthorizationType, connect.AuthorizerID = new("CUSTOM"), new(authorizer.AuthorizerID)
	message := apis.CreateRouteInput{APIID: api.APIID}
	message.RouteKey, message.Target, message.RouteResponseSelectionExpression = new("$default"), new("integrations/"+function.IntegrationID), new("$default")
	for _, route := range []apis.CreateRouteInput{connect, message} {
		made, err := n.APIs().CreateRoute(t.Context(), route)
		if err != nil {
			t.Fatal(err)
		}
		if *route.RouteKey != "$default" {
			continue
		}
		routeResponse := apis.CreateRouteResponseInput{RouteInput: apis.RouteInput{APIID: api.APIID, RouteID: made.RouteID}}
		routeResponse.RouteResponseKey = new("$default")
		if _, err := n.APIs().CreateRouteResponse(t.Context(), routeResponse); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := n.APIs().Stages.CreateStage(t.Context(), apis.CreateStageInput{APIID: api.APIID, StageName: new("prod")}); err != nil {
		t.Fatal(err)
	}
	if _, err := n.APIs().Deployments.CreateDeployment(t.Context(), apis.CreateDeploymentInput{APIID: api.APIID, StageName: new("prod")}); err != nil {
		t.Fatal(err)
	}
	return api.APIID
}

// TestFunctionsOfMissingRolesRunLocally holds A-NODE-25: the function of a role that was not
// made runs with a key that is let in.
func TestFunctionsOfMissingRolesRunLocally(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		testkit.MissingClient(t, "python3")
	}
	create := func(n *node.Node) error {
		_, err := n.Lambda().CreateFunction(t.Context(), lambda.CreateFunctionInput{
			FunctionName: "whose", Runtime: "python3.13", Handler: "app.handler", Role: n.RegionAccount().IAMARN("role/nobody-made-it"),
			Code: lambda.Code{ZipFile: zipped(t, "app.py", "import os\ndef handler(event, context):\n    return os.environ.get('AWS_ACCESS_KEY_ID')\n")},
		})
		return err
	}
	n := start(t, node.Settings{Functions: true, Local: true})
	if err := create(n); err != nil {
		t.Fatal(err)
	}
	if got := firstAnswer(t, n, "whose"); got != `"test"` {
		t.Error(got)
	}
	if err := create(start(t, node.Settings{})); err == nil {
		t.Error("a role that is not there was taken without --local")
	}
}

// TestALargeFunctionRuns holds A-FUNCTIONS-7: code that needs two values of the store is put
// together when it is unpacked.
func TestALargeFunctionRuns(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		testkit.MissingClient(t, "python3")
	}
	var code bytes.Buffer
	archive := zip.NewWriter(&code)
	for _, file := range []struct {
		name    string
		content []byte
	}{
		{"data", make([]byte, functioncode.Part)},
		{"app.py", []byte("import os\ndef handler(event, context):\n    return os.path.getsize(os.path.join(os.path.dirname(__file__), 'data'))\n")},
	} {
		to, err := archive.CreateHeader(&zip.FileHeader{Name: file.name, Method: zip.Store})
		if err == nil {
			_, err = to.Write(file.content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	n := start(t, node.Settings{Functions: true, Local: true})
	if _, err := n.Lambda().CreateFunction(t.Context(), lambda.CreateFunctionInput{
		FunctionName: "large", Runtime: "python3.13", Handler: "app.handler", Role: n.RegionAccount().IAMARN("role/nobody-made-it"),
		Code: lambda.Code{ZipFile: code.Bytes()}, Timeout: new(60),
	}); err != nil {
		t.Fatal(err)
	}
	if got, want := firstAnswer(t, n, "large"), strconv.Itoa(functioncode.Part); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func zipped(t *testing.T, name, text string) []byte {
	t.Helper()
	var code bytes.Buffer
	archive := zip.NewWriter(&code)
	to, err := archive.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := to.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return code.Bytes()
}
