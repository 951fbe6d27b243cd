package types_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/apigateway"
	"github.com/pasarela-ws/pasarela/internal/awsapi/apigatewayv2"
	"github.com/pasarela-ws/pasarela/internal/awsapi/iam"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/resource"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/types"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
)

var place = pasarela.RegionAccount{Region: "us-east-1", AccountID: "123456789012"}

// services are the real services, called as the root.
type services struct {
	guard    *wire.Guard
	invokers map[string]wire.Invoker
	who      pasarela.Principal
	calls    []string
}

func (s *services) Call(ctx context.Context, service, operation string, members map[string]any) (map[string]any, error) {
	s.calls = append(s.calls, operation)
	call := wire.Call{Principal: s.who, Context: s.guard.OnBehalf("cloudformation.amazonaws.com")}
	return s.invokers[service].Invoke(ctx, call, operation, members)
}

func start(t *testing.T) *services {
	t.Helper()
	bucket, log := memory.NewBucket(), slog.New(slog.DiscardHandler)
	who, err := identity.Open(t.Context(), identity.Options{Bucket: bucket, RegionAccount: place})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(who.Close)
	endpoint := func(apiID string) string { return "ws://localhost/" + apiID }
	service := apis.New(apis.Options{Bucket: bucket, RegionAccount: place, Endpoint: endpoint, Log: log})
	guard := &wire.Guard{RegionAccount: place, Authorizer: who}
	return &services{
		guard: guard, who: pasarela.Principal{ARN: who.RootARN(), AccountID: place.AccountID, Type: pasarela.PrincipalRoot},
		invokers: map[string]wire.Invoker{
			"apigatewayv2": apigatewayv2.New(service, guard, log), "apigateway": apigateway.New(service, guard, log), "iam": iam.New(who, guard, log),
		},
	}
}

// parsed is JSON as templates are read: numbers keep their literals.
func parsed(t *testing.T, text string) map[string]any {
	t.Helper()
	var v map[string]any
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func request(s *services, logicalID string) *resource.Request {
	return &resource.Request{
		Services: s, RegionAccount: place, StackName: "chat", StackID: "arn:aws:cloudformation:us-east-1:123456789012:stack/chat/1", LogicalID: logicalID,
		GeneratedNameSuffix: "ABCDEFGHIJKL",
		Tags:                map[string]string{"team": "red", types.TagStackID: "arn:aws:cloudformation:us-east-1:123456789012:stack/chat/1", types.TagLogicalID: logicalID},
	}
}

// create makes a resource of the type with these properties.
func create(t *testing.T, s *services, typeName, properties string) (*resource.Type, *resource.Request) {
	t.Helper()
	kind, ok := types.All().Type(typeName)
	if !ok {
		t.Fatalf("there is no type %s", typeName)
	}
	r := request(s, "Logical")
	var err error
	if r.Properties, err = kind.Properties.Check(parsed(t, properties)); err != nil {
		t.Fatal(err)
	}
	state, err := kind.Create(t.Context(), r)
	if err != nil {
		t.Fatalf("%s: %v", typeName, err)
	}
	r.PhysicalID, r.Attributes = state.PhysicalID, state.Attributes
	return kind, r
}

func change(t *testing.T, kind *resource.Type, r *resource.Request, properties string) {
	t.Helper()
	r.Previous, r.PreviousTags = r.Properties, r.Tags
	var err error
	if r.Properties, err = kind.Properties.Check(parsed(t, properties)); err != nil {
		t.Fatal(err)
	}
	if _, err := kind.Update(t.Context(), r); err != nil {
		t.Fatalf("%s: %v", kind.Name, err)
	}
}

// see returns some members of what an operation returns.
func see(t *testing.T, s *services, service, operation string, members map[string]any, names ...string) string {
	t.Helper()
	response, err := s.Call(t.Context(), service, operation, members)
	if err != nil {
		t.Fatal(err)
	}
	picked := map[string]any{}
	for _, name := range names {
		if v, ok := response[name]; ok {
			picked[name] = v
		}
	}
	text, err := json.Marshal(picked)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestWhatATemplateGivesNoLongerIsTakenAway: AWS keeps some members that a template
// drops; here an update leaves what a creation would have made (A-STACK-2).
func TestWhatATemplateGivesNoLongerIsTakenAway(t *testing.T) {
	s := start(t)
	_, api := create(t, s, "AWS::ApiGatewayV2::Api", `{"Name":"a","ProtocolType":"WEBSOCKET","RouteSelectionExpression":"$request.body.action"}`)
	id := api.PhysicalID
	tests := []struct {
		name, before, after string
		get, member         string
		names               []string
		want                string
	}{
		{
			"AWS::ApiGatewayV2::Route",
			`{"ApiId":"` + id + `","RouteKey":"a","AuthorizationType":"AWS_IAM","OperationName":"o","ApiKeyRequired":"true"}`, `{"ApiId":"` + id + `","RouteKey":"b"}`,
			"GetRoute", "routeId",
			[]string{"routeKey", "authorizationType", "operationName", "apiKeyRequired"},
			`{"apiKeyRequired":false,"authorizationType":"NONE","routeKey":"b"}`,
		},
		{
			"AWS::ApiGatewayV2::Integration",
			`{"ApiId":"` + id + `","IntegrationType":"MOCK","Description":"d","TimeoutInMillis":"500","RequestTemplates":{"200":"{\"statusCode\":200}"},"TemplateSelectionExpression":"200"}`,
			`{"ApiId":"` + id + `","IntegrationType":"MOCK"}`,
			"GetIntegration", "integrationId",
			[]string{"timeoutInMillis", "description", "requestTemplates", "templateSelectionExpression"},
			`{"timeoutInMillis":29000}`,
		},
		{
			"AWS::ApiGatewayV2::Stage",
			`{"ApiId":"` + id + `","StageName":"prod","AutoDeploy":true,"StageVariables":{"a":"1","b":"2"},"Tags":{"x":"y"},
			  "DefaultRouteSettings":{"LoggingLevel":"INFO","DataTraceEnabled":true},"RouteSettings":{"a":{"LoggingLevel":"INFO"}},
			  "AccessLogSettings":{"DestinationArn":"arn:aws:logs:us-east-1:123456789012:log-group:g","Format":"$context.requestId"}}`,
			`{"ApiId":"` + id + `","StageName":"prod","StageVariables":{"a":"3"},"DefaultRouteSettings":{"LoggingLevel":"ERROR"}}`,
			"GetStage", "stageName",
			[]string{"autoDeploy", "stageVariables", "tags", "accessLogSettings", "routeSettings", "defaultRouteSettings"},
			`{"autoDeploy":false,"defaultRouteSettings":{"dataTraceEnabled":false,"detailedMetricsEnabled":false,"loggingLevel":"ERROR"},"routeSettings":{},"stageVariables":{"a":"3"},` +
				`"tags":{"aws:cloudformation:logical-id":"Logical","aws:cloudformation:stack-id":"arn:aws:cloudformation:us-east-1:123456789012:stack/chat/1","team":"red"}}`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			kind, r := create(t, s, test.name, test.before)
			change(t, kind, r, test.after)
			got := see(t, s, "apigatewayv2", test.get, map[string]any{"apiId": id, test.member: r.PhysicalID}, test.names...)
			if d := cmp.Diff(test.want, got); d != "" {
				t.Error(d)
			}
			if err := kind.Delete(t.Context(), r); err != nil {
				t.Error(err)
			}
			if err := kind.Delete(t.Context(), r); !resource.IsGone(err) {
				t.Errorf("the second time: %v", err)
			}
		})
	}
}

// TestPoliciesWithoutAVersion holds A-STACK-16.
func TestPoliciesWithoutAVersion(t *testing.T) {
	const document = `{"Statement":[{"Effect":"Allow","Action":"execute-api:ManageConnections","Resource":"*"}]}`
	s := start(t)
	create(t, s, "AWS::IAM::User", `{"UserName":"ana"}`)
	create(t, s, "AWS::IAM::UserPolicy", `{"PolicyName":"own","UserName":"ana","PolicyDocument":`+document+`}`)
	create(t, s, "AWS::IAM::Role", `{"RoleName":"runs","AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"lambda.amazonaws.com"}}},
		"Policies":[{"PolicyName":"inline","PolicyDocument":`+document+`}]}`)
	for policy, members := range map[string]map[string]any{
		"GetUserPolicy": {"UserName": "ana", "PolicyName": "own"}, "GetRolePolicy": {"RoleName": "runs", "PolicyName": "inline"},
	} {
		if got := see(t, s, "iam", policy, members, "PolicyDocument"); !strings.Contains(got, "2012-10-17") {
			t.Errorf("%s: %s", policy, got)
		}
	}
}

// TestAStackDoesWhatItsCallerMay holds A-STACK-1.
func TestAStackDoesWhatItsCallerMay(t *testing.T) {
	s := start(t)
	ana := pasarela.Principal{ARN: "arn:aws:iam::123456789012:user/ana", AccountID: place.AccountID, Type: pasarela.PrincipalUser}
	create(t, s, "AWS::IAM::User", `{"UserName":"ana"}`)
	response, err := s.Call(t.Context(), "iam", "GetUser", map[string]any{"UserName": "ana"})
	if err != nil {
		t.Fatal(err)
	}
	ana.UserID, _ = response["User"].(map[string]any)["UserId"].(string)
	create(t, s, "AWS::IAM::UserPolicy", `{"PolicyName":"p","UserName":"ana","PolicyDocument":{"Version":"2012-10-17","Statement":{
		"Effect":"Allow","Action":"apigateway:POST","Resource":"arn:aws:apigateway:us-east-1::/apis","Condition":{"StringEquals":{"aws:CalledVia":"cloudformation.amazonaws.com"}}}}}`)
	s.who = ana
	_, api := create(t, s, "AWS::ApiGatewayV2::Api", `{"Name":"a","ProtocolType":"WEBSOCKET","RouteSelectionExpression":"$request.body.action"}`)
	route, _ := types.All().Type("AWS::ApiGatewayV2::Route")
	r := request(s, "Route")
	r.Properties = map[string]any{"ApiId": api.PhysicalID, "RouteKey": "a"}
	_, err = route.Create(t.Context(), r)
	if want := "user/ana is not authorized to perform: apigateway:POST on resource: arn:aws:apigateway:us-east-1::/apis/" + api.PhysicalID + "/routes"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v", err)
	}
}

// The names that nested stacks give to log groups are such that stages can write to them.
func TestNamesOfLogGroupsCanBeWrittenTo(t *testing.T) {
	s := start(t)
	kind, _ := types.All().Type("AWS::Logs::LogGroup")
	r := request(s, strings.Repeat("Logs", 30))
	r.StackName = strings.Repeat("Stack", 25)
	group, err := kind.Create(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	_, api := create(t, s, "AWS::ApiGatewayV2::Api", `{"Name":"a","ProtocolType":"WEBSOCKET","RouteSelectionExpression":"$request.body.action"}`)
	create(t, s, "AWS::ApiGatewayV2::Stage", `{"ApiId":"`+api.PhysicalID+`","StageName":"prod","AccessLogSettings":{"DestinationArn":"`+group.Attributes["Arn"].(string)+`","Format":"$context.requestId"}}`)
}
