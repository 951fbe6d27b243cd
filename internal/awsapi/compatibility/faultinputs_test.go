package compatibility_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/pasarela-ws/pasarela/internal/awsapi/iam"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/internal/state/statetest"
)

// writesNothing are operations that change, by their names, and write nothing to the store
// themselves.
var writesNothing = map[string]bool{
	"DeleteCorsConfiguration": true, // WebSocket APIs have none
	"ImportApi":               true, // refused: WebSocket APIs are not imported
	"ReimportApi":             true,
	"ResetAuthorizersCache":   true, // a message to all nodes
	"UpdateUsage":             true, // the data plane's meter writes it
	"Invoke":                  true,
	"CreateRouteResponse":     true, // the route has one, and there is only $default
	"CreateServiceLinkedRole": true, // there is one, which every account has from its start
	"DeleteLoginProfile":      true, // nobody has one
	"DeactivateMFADevice":     true,
}

// harmless are halves of operations that may stay, by the names of the operations, as
// [seed.differences] shows them.
var harmless = map[string]*regexp.Regexp{
	// the deletion is told by the role, which is gone; a task that nobody was told of is missing
	"DeleteServiceLinkedRole": regexp.MustCompile(`^iam/role/\S+ is gone$`),
}

const (
	mayInvoke  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"*"}]}`
	trusts     = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	rename     = `{"patchOperations":[{"op":"replace","path":"/name","value":"renamed"}]}`
	describe   = `{"patchOperations":[{"op":"replace","path":"/description","value":"described"}]}`
	patchRole  = `{"patchOperations":[{"op":"replace","path":"/cloudwatchRoleArn","value":"arn:aws:iam::123456789012:role/painter"}]}`
	newTag     = `{"tags":{"team":"painters"}}`
	functionID = "arn:aws:lambda:us-east-1:123456789012:function:drawing"
)

// inputs are the calls of [seed.writes], by service and operation; behind a comma stands what
// tells two calls of one operation apart. A query stands in front of the body. Labels are
// those of [plant].
var inputs = map[string]map[string]string{
	"apigatewayv2": {
		"CreateApi":                    `{"name":"another","protocolType":"WEBSOCKET","routeSelectionExpression":"$request.body.action"}`,
		"UpdateApi":                    `{"description":"described"}`,
		"DeleteApi":                    ``,
		"TagResource":                  newTag,
		"UntagResource":                `?tagKeys=colour `,
		"CreateRoute":                  `{"routeKey":"another"}`,
		"UpdateRoute":                  `{"operationName":"renamed"}`,
		"DeleteRoute":                  ``,
		"DeleteRouteRequestParameter":  ``,
		"UpdateRouteResponse":          `{"modelSelectionExpression":"changed"}`,
		"DeleteRouteResponse":          ``,
		"CreateIntegration":            `{"integrationType":"MOCK"}`,
		"UpdateIntegration":            `{"description":"described"}`,
		"DeleteIntegration":            ``,
		"CreateIntegrationResponse":    `{"integrationResponseKey":"/200/"}`,
		"UpdateIntegrationResponse":    `{"templateSelectionExpression":"${integration.response.header.kind}"}`,
		"DeleteIntegrationResponse":    ``,
		"CreateModel":                  `{"name":"Another","schema":"{}"}`,
		"UpdateModel":                  `{"description":"described"}`,
		"DeleteModel":                  ``,
		"CreateAuthorizer":             `{"name":"another","authorizerType":"REQUEST","authorizerUri":"http://a/b","identitySource":[]}`,
		"UpdateAuthorizer":             `{"name":"renamed"}`,
		"DeleteAuthorizer":             ``,
		"CreateDeployment":             `{"description":"another"}`,
		"CreateDeployment, of a stage": `{"description":"another","stageName":"prod"}`,
		"UpdateDeployment":             `{"description":"described"}`,
		"DeleteDeployment":             ``,
		"CreateStage":                  `{"stageName":"another","deploymentId":"{deploymentId}"}`,
		"UpdateStage":                  `{"deploymentId":"{deploymentId}"}`,
		"DeleteStage":                  ``,
		"DeleteAccessLogSettings":      ``,
		"DeleteRouteSettings":          ``,
		"CreateDomainName":             `{"domainName":"another.example.com","domainNameConfigurations":[{}]}`,
		"UpdateDomainName":             `{"domainNameConfigurations":[{"certificateName":"renamed"}]}`,
		"DeleteDomainName":             ``,
		"CreateApiMapping":             `{"apiId":"{apiId}","stage":"prod","apiMappingKey":"another"}`,
		"UpdateApiMapping":             `{"apiId":"{mappedId}","apiMappingKey":"renamed"}`,
		"DeleteApiMapping":             ``,
		"CreateVpcLink":                `{"name":"another","subnetIds":[]}`,
		"UpdateVpcLink":                `{"name":"renamed"}`,
		"DeleteVpcLink":                ``,
	},
	"apigateway": {
		"CreateApiKey":              `{"name":"another"}`,
		"CreateApiKey, of a value":  `{"name":"another","value":"another-value-of-twenty"}`,
		"ImportApiKeys":             "?format=csv name,key\nanother,imported-value-of-twenty\n",
		"UpdateApiKey":              rename,
		"DeleteApiKey":              ``,
		"CreateUsagePlan":           `{"name":"another"}`,
		"UpdateUsagePlan":           rename,
		"DeleteUsagePlan":           ``,
		"CreateUsagePlanKey":        `{"keyId":"{spareKey}","keyType":"API_KEY"}`,
		"DeleteUsagePlanKey":        ``,
		"GenerateClientCertificate": `{}`,
		"UpdateClientCertificate":   describe,
		"DeleteClientCertificate":   ``,
		"UpdateAccount":             patchRole,
		"TagResource":               newTag,
		"UntagResource":             `?tagKeys=colour `,
	},
	"lambda": {
		"CreateFunction":              `{"FunctionName":"another","Runtime":"nodejs22.x","Role":"arn:aws:iam::123456789012:role/painter","Handler":"index.handler","Code":{"ZipFile":"{code3}"},"Publish":true}`,
		"UpdateFunctionCode":          `{"ZipFile":"{code3}"}`,
		"UpdateFunctionConfiguration": `{"Timeout":17}`,
		"DeleteFunction":              ``,
		"DeleteFunction, a version":   `?Qualifier=2 `,
		"PublishVersion":              `{}`,
		"CreateAlias":                 `{"Name":"another","FunctionVersion":"1"}`,
		"UpdateAlias":                 `{"FunctionVersion":"2"}`,
		"DeleteAlias":                 ``,
		"AddPermission":               `{"StatementId":"another","Action":"lambda:InvokeFunction","Principal":"apigateway.amazonaws.com"}`,
		"RemovePermission":            ``,
		"PutFunctionConcurrency":      `{"ReservedConcurrentExecutions":7}`,
		"DeleteFunctionConcurrency":   ``,
		"TagResource":                 `{"Tags":{"team":"painters"}}`,
		"UntagResource":               `?tagKeys=colour `,
	},
	"ssm": {
		"PutParameter":               `{"Name":"/another","Type":"String","Value":"1"}`,
		"PutParameter, over the old": `{"Name":"/colour","Value":"another","Overwrite":true}`,
		"DeleteParameter":            `{"Name":"/colour"}`,
		"DeleteParameters":           `{"Names":["/colour"]}`,
		"AddTagsToResource":          `{"ResourceType":"Parameter","ResourceId":"/colour","Tags":[{"Key":"team","Value":"painters"}]}`,
		"RemoveTagsFromResource":     `{"ResourceType":"Parameter","ResourceId":"/colour","TagKeys":["colour"]}`,
	},
	"iam": {
		"CreateUser":                    `UserName=another`,
		"UpdateUser":                    `UserName=painter&NewUserName=renamed`,
		"UpdateUser, its path":          `UserName=painter&NewPath=/moved/`,
		"DeleteUser":                    `UserName=nobody`,
		"CreateAccessKey":               `UserName=painter`,
		"UpdateAccessKey":               `UserName=painter&AccessKeyId={userKey}&Status=Inactive`,
		"DeleteAccessKey":               `UserName=painter&AccessKeyId={userKey}`,
		"CreateGroup":                   `GroupName=another`,
		"UpdateGroup":                   `GroupName=painters&NewGroupName=renamed`,
		"DeleteGroup":                   `GroupName=empty`,
		"AddUserToGroup":                `GroupName=empty&UserName=painter`,
		"RemoveUserFromGroup":           `GroupName=painters&UserName=painter`,
		"CreateRole":                    `RoleName=another&AssumeRolePolicyDocument=` + url.QueryEscape(trusts),
		"UpdateRole":                    `RoleName=painter&Description=described`,
		"UpdateRoleDescription":         `RoleName=painter&Description=described`,
		"UpdateAssumeRolePolicy":        `RoleName=painter&PolicyDocument=` + url.QueryEscape(strings.Replace(trusts, "apigateway", "lambda", 1)),
		"DeleteRole":                    `RoleName=empty`,
		"DeleteServiceLinkedRole":       `RoleName=AWSServiceRoleForAPIGateway`,
		"CreatePolicy":                  `PolicyName=another&PolicyDocument=` + url.QueryEscape(mayInvoke),
		"DeletePolicy":                  `PolicyArn={sparePolicy}`,
		"CreatePolicyVersion":           `PolicyArn={policy}&SetAsDefault=true&PolicyDocument=` + url.QueryEscape(mayInvoke),
		"SetDefaultPolicyVersion":       `PolicyArn={policy}&VersionId=v2`,
		"DeletePolicyVersion":           `PolicyArn={policy}&VersionId=v2`,
		"CreateAccountAlias":            `AccountAlias=another`,
		"DeleteAccountAlias":            `AccountAlias=studio`,
		"CreateInstanceProfile":         `InstanceProfileName=another`,
		"DeleteInstanceProfile":         `InstanceProfileName=empty`,
		"AddRoleToInstanceProfile":      `InstanceProfileName=empty&RoleName=painter`,
		"RemoveRoleFromInstanceProfile": `InstanceProfileName=painter&RoleName=painter`,
		"TagUser":                       `UserName=painter` + tag,
		"UntagUser":                     `UserName=painter&TagKeys.member.1=colour`,
		"TagRole":                       `RoleName=painter` + tag,
		"UntagRole":                     `RoleName=painter&TagKeys.member.1=colour`,
		"TagPolicy":                     `PolicyArn={policy}` + tag,
		"UntagPolicy":                   `PolicyArn={policy}&TagKeys.member.1=colour`,
		"TagInstanceProfile":            `InstanceProfileName=painter` + tag,
		"UntagInstanceProfile":          `InstanceProfileName=painter&TagKeys.member.1=colour`,
		"AttachUserPolicy":              `UserName=painter&PolicyArn={sparePolicy}`,
		"DetachUserPolicy":              `UserName=painter&PolicyArn={policy}`,
		"PutUserPolicy":                 `UserName=painter&PolicyName=another&PolicyDocument=` + url.QueryEscape(mayInvoke),
		"DeleteUserPolicy":              `UserName=painter&PolicyName=inline`,
		"PutUserPermissionsBoundary":    `UserName=painter&PermissionsBoundary={sparePolicy}`,
		"DeleteUserPermissionsBoundary": `UserName=painter`,
		"AttachGroupPolicy":             `GroupName=painters&PolicyArn={sparePolicy}`,
		"DetachGroupPolicy":             `GroupName=painters&PolicyArn={policy}`,
		"PutGroupPolicy":                `GroupName=painters&PolicyName=another&PolicyDocument=` + url.QueryEscape(mayInvoke),
		"DeleteGroupPolicy":             `GroupName=painters&PolicyName=inline`,
		"AttachRolePolicy":              `RoleName=painter&PolicyArn={sparePolicy}`,
		"DetachRolePolicy":              `RoleName=painter&PolicyArn={policy}`,
		"PutRolePolicy":                 `RoleName=painter&PolicyName=another&PolicyDocument=` + url.QueryEscape(mayInvoke),
		"DeleteRolePolicy":              `RoleName=painter&PolicyName=inline`,
		"PutRolePermissionsBoundary":    `RoleName=painter&PermissionsBoundary={sparePolicy}`,
		"DeleteRolePermissionsBoundary": `RoleName=painter`,
	},
}

const tag = `&Tags.member.1.Key=team&Tags.member.1.Value=painters`

// zipped is a function's code as a call carries it.
func zipped(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	file, err := archive.Create("index.js")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(out.Bytes())
}

// plant makes a resource of each kind.
func plant(t *testing.T) *seed {
	t.Helper()
	bucket := statetest.NewFaulty(memory.NewBucket(), nil)
	node := openFaulty(t, bucket)
	s := &seed{labels: map[string]string{
		"stageName": "prod", "domainName": "ws.example.com", "routeKey": "$connect", "requestParameterKey": "route.request.header.a",
		"FunctionName": "drawing", "Name": "live", "StatementId": "gateway", "Resource": functionID, "code3": zipped(t, "third"),
	}, words: map[string]bool{}}
	made := func(w write) string {
		t.Helper()
		status, body := node.call(t, w)
		if status >= 300 {
			t.Fatalf("%s %s %s: %d %s", w.service, w.path, w.name, status, body)
		}
		return body
	}
	post := func(service, method, path, body, member, label string) {
		t.Helper()
		var answer map[string]any
		if text := made(write{service, "", method, path, body}); text != "" {
			if err := json.Unmarshal([]byte(text), &answer); err != nil {
				t.Fatal(err)
			}
		}
		if label != "" {
			s.labels[label] = fmt.Sprint(answer[member])
		}
	}
	query := func(operation, form string) string {
		t.Helper()
		return made(write{"iam", operation, "POST", "/", "Action=" + operation + "&Version=" + iam.Version + "&" + form})
	}
	element := func(body, name string) string {
		t.Helper()
		found := regexp.MustCompile("<" + name + ">([^<]*)</").FindStringSubmatch(body)
		if found == nil {
			t.Fatalf("no %s in %s", name, body)
		}
		return found[1]
	}
	post("apigatewayv2", "POST", "/v2/apis", `{"name":"drawings","protocolType":"WEBSOCKET","routeSelectionExpression":"$request.body.action","tags":{"colour":"yellow"}}`, "apiId", "apiId")
	api := "/v2/apis/" + s.labels["apiId"]
	post("apigatewayv2", "POST", api+"/integrations", `{"integrationType":"MOCK"}`, "integrationId", "integrationId")
	post("apigatewayv2", "POST", api+"/integrations/"+s.labels["integrationId"]+"/integrationresponses", `{"integrationResponseKey":"$default"}`, "integrationResponseId", "integrationResponseId")
	post("apigatewayv2", "POST", api+"/models", `{"name":"Drawing","schema":"{}"}`, "modelId", "modelId")
	post("apigatewayv2", "POST", api+"/authorizers", `{"name":"guest","authorizerType":"REQUEST","authorizerUri":"http://a/b","identitySource":[]}`, "authorizerId", "authorizerId")
	post("apigatewayv2", "POST", api+"/routes", `{"routeKey":"$connect","requestParameters":{"route.request.header.a":{"required":true}}}`, "routeId", "routeId")
	post("apigatewayv2", "POST", api+"/routes/"+s.labels["routeId"]+"/routeresponses", `{"routeResponseKey":"$default"}`, "routeResponseId", "routeResponseId")
	post("apigatewayv2", "POST", api+"/deployments", `{}`, "deploymentId", "deploymentId")
	post("apigatewayv2", "POST", api+"/deployments", `{}`, "deploymentId", "served")
	post("apigatewayv2", "POST", api+"/stages", `{"stageName":"prod","deploymentId":"`+s.labels["served"]+`","accessLogSettings":{"destinationArn":"arn:aws:logs:us-east-1:123456789012:log-group:drawings","format":"$context.requestId"},"routeSettings":{"$connect":{"throttlingBurstLimit":7}}}`, "", "")
	post("apigatewayv2", "POST", "/v2/apis", `{"name":"mapped","protocolType":"WEBSOCKET","routeSelectionExpression":"$request.body.action"}`, "apiId", "mappedId")
	post("apigatewayv2", "POST", "/v2/apis/"+s.labels["mappedId"]+"/stages", `{"stageName":"prod"}`, "", "")
	post("apigatewayv2", "POST", "/v2/domainnames", `{"domainName":"ws.example.com","domainNameConfigurations":[{}]}`, "", "")
	post("apigatewayv2", "POST", "/v2/domainnames/ws.example.com/apimappings", `{"apiId":"`+s.labels["mappedId"]+`","stage":"prod"}`, "apiMappingId", "apiMappingId")
	post("apigatewayv2", "POST", "/v2/vpclinks", `{"name":"link","subnetIds":[]}`, "vpcLinkId", "vpcLinkId")
	s.labels["resource-arn"] = "arn:aws:apigateway:us-east-1::/apis/" + s.labels["apiId"]
	post("apigateway", "POST", "/apikeys", `{"name":"painter","tags":{"colour":"yellow"}}`, "id", "api_Key")
	post("apigateway", "POST", "/apikeys", `{"name":"spare"}`, "id", "spareKey")
	s.labels["keyId"], s.labels["resource_arn"] = s.labels["api_Key"], "arn:aws:apigateway:us-east-1::/apikeys/"+s.labels["api_Key"]
	post("apigateway", "POST", "/usageplans", `{"name":"plan"}`, "id", "usageplanId")
	post("apigateway", "POST", "/usageplans/"+s.labels["usageplanId"]+"/keys", `{"keyId":"`+s.labels["keyId"]+`","keyType":"API_KEY"}`, "", "")
	post("apigateway", "POST", "/clientcertificates", `{}`, "clientCertificateId", "clientcertificate_id")
	const functions = "/2015-03-31/functions"
	post("lambda", "POST", functions, `{"FunctionName":"drawing","Runtime":"nodejs22.x","Role":"arn:aws:iam::123456789012:role/painter","Handler":"index.handler","Code":{"ZipFile":"`+zipped(t, "first")+`"},"Publish":true,"Tags":{"colour":"yellow"}}`, "", "")
	post("lambda", "PUT", functions+"/drawing/code", `{"ZipFile":"`+zipped(t, "second")+`","Publish":true}`, "", "")
	post("lambda", "PUT", functions+"/drawing/configuration", `{"Timeout":9}`, "", "")
	post("lambda", "PUT", functions+"/drawing/code", `{"ZipFile":"`+zipped(t, "latest")+`"}`, "", "")
	post("lambda", "POST", functions+"/drawing/aliases", `{"Name":"live","FunctionVersion":"1"}`, "", "")
	post("lambda", "POST", functions+"/drawing/policy", `{"StatementId":"gateway","Action":"lambda:InvokeFunction","Principal":"apigateway.amazonaws.com"}`, "", "")
	post("lambda", "PUT", "/2017-10-31/functions/drawing/concurrency", `{"ReservedConcurrentExecutions":5}`, "", "")
	made(write{"ssm", "PutParameter", "POST", "/", `{"Name":"/colour","Type":"String","Value":"1","Tags":[{"Key":"colour","Value":"yellow"}]}`})
	document, yellow := url.QueryEscape(mayInvoke), `&Tags.member.1.Key=colour&Tags.member.1.Value=yellow`
	s.labels["policy"] = element(query("CreatePolicy", "PolicyName=drawing&PolicyDocument="+document+yellow), "Arn")
	s.labels["sparePolicy"] = element(query("CreatePolicy", "PolicyName=spare&PolicyDocument="+document), "Arn")
	query("CreatePolicyVersion", "PolicyArn="+s.labels["policy"]+"&PolicyDocument="+document)
	for _, kind := range []struct{ kind, one, rest string }{
		{"User", "UserName=painter", yellow}, {"Group", "GroupName=painters", ""}, {"Role", "RoleName=painter", "&AssumeRolePolicyDocument=" + url.QueryEscape(trusts) + yellow},
	} {
		query("Create"+kind.kind, kind.one+kind.rest)
		query("Attach"+kind.kind+"Policy", kind.one+"&PolicyArn="+s.labels["policy"])
		query("Put"+kind.kind+"Policy", kind.one+"&PolicyName=inline&PolicyDocument="+document)
		if kind.kind != "Group" {
			query("Put"+kind.kind+"PermissionsBoundary", kind.one+"&PermissionsBoundary="+s.labels["policy"])
		}
	}
	s.labels["userKey"] = element(query("CreateAccessKey", "UserName=painter"), "AccessKeyId")
	query("AddUserToGroup", "GroupName=painters&UserName=painter")
	query("CreateUser", "UserName=nobody")
	query("CreateGroup", "GroupName=empty")
	query("CreateRole", "RoleName=empty&AssumeRolePolicyDocument="+url.QueryEscape(trusts))
	query("CreateInstanceProfile", "InstanceProfileName=empty")
	query("CreateInstanceProfile", "InstanceProfileName=painter"+yellow)
	query("AddRoleToInstanceProfile", "InstanceProfileName=painter&RoleName=painter")
	query("CreateAccountAlias", "AccountAlias=studio")
	node.clean(t, "lambda")
	node.Identity.Close()
	synctest.Wait()
	var err error
	if s.entries, err = bucket.Bucket.List(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	for _, entry := range s.entries {
		for _, word := range longWord.FindAllString(entry.Key+" "+text(t, bucket.Bucket, entry), -1) {
			s.words[word] = true
		}
		for _, word := range keyWord.FindAllString(entry.Key, -1) {
			s.words[word] = true
		}
	}
	return s
}
