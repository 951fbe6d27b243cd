package sam_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/pasarela-ws/pasarela/internal/engine/sam"
)

// template reads a template as expansion gets it.
func template(t testing.TB, text string) map[string]any {
	t.Helper()
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(text), &node); err != nil {
		t.Fatal(err)
	}
	top, ok := valueOf(node.Content[0]).(map[string]any)
	if !ok {
		t.Fatal("the template is no map")
	}
	return top
}

// valueOf spells the short forms out.
func valueOf(n *yaml.Node) any {
	var value any
	switch n.Kind {
	case yaml.MappingNode:
		object := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			object[n.Content[i].Value] = valueOf(n.Content[i+1])
		}
		value = object
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range n.Content {
			list = append(list, valueOf(item))
		}
		value = list
	default:
		value = scalarOf(n)
	}
	name, short := strings.CutPrefix(n.Tag, "!")
	switch {
	case !short || strings.HasPrefix(n.Tag, "!!"):
		return value
	case name == "Ref":
		return map[string]any{"Ref": value}
	case name == "GetAtt":
		resource, attribute, _ := strings.Cut(n.Value, ".")
		return map[string]any{"Fn::GetAtt": []any{resource, attribute}}
	}
	return map[string]any{"Fn::" + name: value}
}

func scalarOf(n *yaml.Node) any {
	switch n.Tag {
	case "!!int", "!!float":
		return json.Number(n.Value)
	case "!!bool":
		return n.Value == "true"
	case "!!null":
		return nil
	}
	return n.Value
}

// plain is a value as JSON has it, so that numbers compare.
func plain(t testing.TB, value any) any {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

const chat = `
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: nodejs22.x, Environment: {Variables: {TABLE: rooms}}, Tags: {team: red}}
Resources:
  Talk:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: s3://code/talk.zip
      Handler: app.handler
      Environment: {Variables: {MODE: fast}}
      Policies:
        - AWSLambdaRole
        - Statement: [{Effect: Allow, Action: 'execute-api:ManageConnections', Resource: '*'}]
        - DynamoDBReadPolicy: {TableName: !Ref Rooms}
  Chat:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      RouteSelectionExpression: $request.body.action
      Routes: {$connect: {FunctionArn: !GetAtt Talk.Arn}, sendMessage: {FunctionArn: !GetAtt Talk.Arn}}
      Auth: {AuthType: AWS_IAM}
  Plain: {Type: AWS::Logs::LogGroup}
Outputs: {Url: {Value: !Ref Chat}}
`

func TestExpand(t *testing.T) {
	given := template(t, chat)
	before := plain(t, given)
	expanded, err := sam.Expand(given, nil)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(before, plain(t, given)); d != "" {
		t.Errorf("the template itself was changed:\n%s", d)
	}
	resources, _ := expanded["Resources"].(map[string]any)
	var kinds []string
	for _, id := range []string{"Talk", "TalkRole", "Chat", "ChatConnectRoute", "ChatConnectIntegration", "ChatConnectPermission", "ChatSendmessageRoute", "ChatDefaultStage", "Plain"} {
		resource, _ := resources[id].(map[string]any)
		kind, _ := resource["Type"].(string)
		kinds = append(kinds, strings.TrimPrefix(kind, "AWS::"))
	}
	want := "Lambda::Function IAM::Role ApiGatewayV2::Api ApiGatewayV2::Route ApiGatewayV2::Integration Lambda::Permission ApiGatewayV2::Route ApiGatewayV2::Stage Logs::LogGroup"
	if got := strings.Join(kinds, " "); got != want || len(resources) != 11 {
		t.Errorf("%d resources: %s", len(resources), got)
	}
	function, _ := json.Marshal(resources["Talk"])
	for _, part := range []string{
		`"Code":{"S3Bucket":"code","S3Key":"talk.zip"}`, `"Environment":{"Variables":{"MODE":"fast","TABLE":"rooms"}}`, `"Runtime":"nodejs22.x"`,
		`{"Key":"team","Value":"red"}`, `"Role":{"Fn::GetAtt":["TalkRole","Arn"]}`,
	} {
		if !strings.Contains(string(function), part) {
			t.Errorf("the function has no %s: %s", part, function)
		}
	}
	role, _ := json.Marshal(resources["TalkRole"])
	for _, part := range []string{`policy/service-role/AWSLambdaRole`, `"PolicyName":"TalkRolePolicy1"`, `execute-api:ManageConnections`, `table/${TableName}`} {
		if !strings.Contains(string(role), part) {
			t.Errorf("the role has no %s: %s", part, role)
		}
	}
	if _, there := expanded["Globals"]; there || expanded["Transform"] != nil || expanded["Outputs"] == nil {
		t.Error("the sections are not those of a plain template")
	}
}

func TestWhatCannotBeExpandedIsRefusedByName(t *testing.T) {
	for text, want := range map[string]string{
		"Resources: {T: {Type: AWS::Serverless::HttpApi}}":                                                                           "Resource with id [T] is invalid. AWS::Serverless::HttpApi is not expanded here",
		"Resources: {F: {Type: AWS::Serverless::Function, Properties: {CodeUri: ./src}}}":                                            "'CodeUri' is not a valid S3 Uri",
		"Resources: {F: {Type: AWS::Serverless::Function}}":                                                                          "'CodeUri' or 'InlineCode' must be specified",
		"Resources: {F: {Type: AWS::Serverless::Function, Properties: {InlineCode: x, Events: {E: {Type: Api}}}}}":                   "Events of type Api are not expanded here",
		"Resources: {F: {Type: AWS::Serverless::Function, Properties: {InlineCode: x, Policies: [{KMSDecryptPolicy: {KeyId: k}}]}}}": "policy template 'KMSDecryptPolicy' is not expanded here",
		"Resources: {F: {Type: AWS::Serverless::Function, Properties: {InlineCode: x, Policies: [{DynamoDBReadPolicy: {}}]}}}":       "TableName is missing",
		"Resources: {F: {Type: AWS::Serverless::Function, Properties: {InlineCode: x, Nonsense: 1}}}":                                "property Nonsense",
		"Globals: {Nonsense: {}}\nResources: {}":                                                                                     "'Globals' section is invalid. 'Nonsense' is not supported",
	} {
		if _, err := sam.Expand(template(t, text), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// TestAuthTypeInAnyCase: AuthType in other cases protects $connect as it does in upper case (A-STACK-20).
func TestAuthTypeInAnyCase(t *testing.T) {
	for _, kind := range []string{"CUSTOM", "custom", "Custom", "aws_iam", "None"} {
		custom := strings.EqualFold(kind, "CUSTOM")
		auth := "{AuthType: " + kind + "}"
		if custom {
			auth = "{AuthType: " + kind + ", AuthArn: !GetAtt Talk.Arn}"
		}
		expanded, err := sam.Expand(template(t, strings.Replace(chat, "{AuthType: AWS_IAM}", auth, 1)), nil)
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		resources, _ := expanded["Resources"].(map[string]any)
		route, _ := resources["ChatConnectRoute"].(map[string]any)
		properties, _ := route["Properties"].(map[string]any)
		if properties["AuthorizationType"] != strings.ToUpper(kind) || (properties["AuthorizerId"] != nil) != custom {
			t.Errorf("%s: the route has %v", kind, properties)
		}
		if (resources["ChatConnectAuthorizer"] != nil) != custom {
			t.Errorf("%s: the authorizer is %v", kind, resources["ChatConnectAuthorizer"])
		}
	}
}

func TestRecordsOfDomains(t *testing.T) {
	const target = `"DNSName":{"Fn::GetAtt":["DOMAIN","RegionalDomainName"]},`
	const zone = `"HostedZoneId":{"Fn::GetAtt":["DOMAIN","RegionalHostedZoneId"]}}`
	for route53, want := range map[string]string{
		"{HostedZoneId: Z1}": `{"HostedZoneId":"Z1","RecordSets":[{"AliasTarget":{` + target + zone + `,"Name":"chat.example.com","Type":"A"}]}`,
		"{HostedZoneName: example.com., IpV6: true, EvaluateTargetHealth: false, Region: eu-west-2, SetIdentifier: two}": `{"HostedZoneName":"example.com.","RecordSets":[` +
			`{"AliasTarget":{` + target + `"EvaluateTargetHealth":false,` + zone + `,"Name":"chat.example.com","Region":"eu-west-2","SetIdentifier":"two","Type":"A"},` +
			`{"AliasTarget":{` + target + `"EvaluateTargetHealth":false,` + zone + `,"Name":"chat.example.com","Region":"eu-west-2","SetIdentifier":"two","Type":"AAAA"}]}`,
	} {
		expanded, err := sam.Expand(template(t, withDomain(route53)), nil)
		if err != nil {
			t.Errorf("%s: %v", route53, err)
			continue
		}
		resources, _ := expanded["Resources"].(map[string]any)
		domain, got := "", ""
		for id, resource := range resources {
			made, _ := resource.(map[string]any)
			switch made["Type"] {
			case "AWS::ApiGatewayV2::DomainName":
				domain = id
			case "AWS::Route53::RecordSetGroup":
				text, err := json.Marshal(plain(t, made["Properties"]))
				if err != nil {
					t.Fatal(err)
				}
				got = string(text)
			}
		}
		if d := cmp.Diff(strings.ReplaceAll(want, "DOMAIN", domain), got); d != "" {
			t.Errorf("%s: %s", route53, d)
		}
	}
	if _, err := sam.Expand(template(t, withDomain("{HostedZoneId: Z1, VpcId: v}")), nil); err == nil || !strings.Contains(err.Error(), "Route53 property VpcId is not expanded here") {
		t.Errorf("a property of other APIs: %v", err)
	}
}

// withDomain is a template of an API with a domain whose record is asked for so.
func withDomain(route53 string) string {
	return `
Transform: AWS::Serverless-2016-10-31
Resources:
  Chat:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      RouteSelectionExpression: $request.body.action
      Routes: {$connect: {FunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:f'}}
      Domain: {DomainName: chat.example.com, CertificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/c', EndpointConfiguration: REGIONAL, Route53: ` + route53 + `}
`
}

// TestAgainstAWSsTranslator holds the expansion against the cases of AWS's own translator,
// where PASARELA_SAM_TRANSLATOR names a copy of aws/serverless-application-model: what it
// makes of every template with a WebSocket API, and the sentence of every error.
func TestAgainstAWSsTranslator(t *testing.T) {
	root := os.Getenv("PASARELA_SAM_TRANSLATOR")
	if root == "" {
		t.Skip("PASARELA_SAM_TRANSLATOR names no copy of aws/serverless-application-model")
	}
	inputs, err := filepath.Glob(filepath.Join(root, "tests/translator/input/*websocket_api*.yaml"))
	if err != nil || len(inputs) < 40 {
		t.Fatalf("%d cases: %v", len(inputs), err)
	}
	for _, path := range inputs {
		name := strings.TrimSuffix(filepath.Base(path), ".yaml")
		t.Run(name, func(t *testing.T) {
			input, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			output, err := os.ReadFile(filepath.Join(root, "tests/translator/output", name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			var want map[string]any
			if err := json.Unmarshal(output, &want); err != nil {
				t.Fatal(err)
			}
			got, err := sam.Expand(template(t, string(input)), nil)
			if message, fails := want["errorMessage"]; fails {
				if err == nil || err.Error() != message {
					t.Errorf("%v, AWS says %s", err, message)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(withoutRecords(t, want["Resources"]), withoutRecords(t, got["Resources"])); d != "" {
				t.Error(d)
			}
		})
	}
}

// withoutRecords are resources without the records in Route 53: of several domains in one
// zone AWS's translator keeps the last record only, ours all.
func withoutRecords(t *testing.T, resources any) any {
	t.Helper()
	all, _ := plain(t, resources).(map[string]any)
	for _, resource := range all {
		object, _ := resource.(map[string]any)
		if object["Type"] != "AWS::Route53::RecordSetGroup" {
			continue
		}
		properties, _ := object["Properties"].(map[string]any)
		delete(properties, "RecordSets")
	}
	return all
}

func FuzzExpand(f *testing.F) {
	f.Add(`{"Globals":{"Function":{"Tags":{"a":"b"}}},"Resources":{"F":{"Type":"AWS::Serverless::Function","Properties":{"InlineCode":"x","Policies":[{"DynamoDBReadPolicy":{}}]}}}}`)
	f.Add(`{"Resources":{"A":{"Type":"AWS::Serverless::WebSocketApi","Properties":{"Routes":{"$connect":{"FunctionArn":[]}},"RouteSelectionExpression":{},"Domain":{"DomainName":1,"CertificateArn":2,"BasePath":["/"]}}}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		var top map[string]any
		if json.Unmarshal([]byte(text), &top) != nil {
			return
		}
		before := plain(t, top)
		expanded, err := sam.Expand(top, nil)
		if err != nil && expanded != nil {
			t.Error("an error and a template")
		}
		if d := cmp.Diff(before, plain(t, top)); d != "" {
			t.Error(d)
		}
	})
}

// A table is expanded, so that a stack fails by its name or skips it; what the operator lets
// stacks skip stays as it is.
func TestTablesAndSkippedTypes(t *testing.T) {
	given := template(t, `{"Resources":{"T":{"Type":"AWS::Serverless::SimpleTable","Properties":{"PrimaryKey":{"Name":"n","Type":"Number"},"Tags":{"b":"2","a":"1"}}},
		"M":{"Type":"AWS::Serverless::StateMachine","Properties":{"Anything":1}}}}`)
	expanded, err := sam.Expand(given, func(typeName string) bool { return typeName == "AWS::Serverless::StateMachine" })
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(expanded["Resources"])
	want := `{"M":{"Properties":{"Anything":1},"Type":"AWS::Serverless::StateMachine"},"T":{"Properties":{"AttributeDefinitions":[{"AttributeName":"n","AttributeType":"N"}],` +
		`"BillingMode":"PAY_PER_REQUEST","KeySchema":[{"AttributeName":"n","KeyType":"HASH"}],"Tags":[{"Key":"a","Value":"1"},{"Key":"b","Value":"2"}]},"Type":"AWS::DynamoDB::Table"}}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
}
