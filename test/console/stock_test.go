package console

import (
	"context"
	"strings"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

const (
	gatewayTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	pushPolicy   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"execute-api:ManageConnections","Resource":"*"}]}`
)

// stocked is a server with one of everything that pages can show.
type stocked struct {
	apiID, connectRoute, integration, deployment, plan, key string
}

// stock makes one of everything, deploys it, and connects one client.
func (o operator) stock(backend string) stocked {
	o.t.Helper()
	o.stockIAM()
	var s stocked
	s.apiID = o.rest("POST", "/v2/apis", object{"name": apiName, "protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action", "tags": object{"team": "reports"}}).text("apiId")
	api := "/v2/apis/" + s.apiID
	s.integration = o.rest("POST", api+"/integrations", object{
		"integrationType": "HTTP", "integrationMethod": "POST", "integrationUri": backend + "/api/reports/create",
		"credentialsArn":   "arn:aws:iam::" + o.account() + ":role/" + roleName,
		"requestTemplates": object{"application/json": template},
	}).text("integrationId")
	o.rest("POST", api+"/integrations/"+s.integration+"/integrationresponses", object{"integrationResponseKey": "201"})
	authorizer := o.rest("POST", api+"/authorizers", object{"name": "tokens", "authorizerType": "REQUEST", "authorizerUri": backend + "/authorize", "identitySource": []string{"route.request.querystring.token"}})
	o.rest("POST", api+"/models", object{"name": "Order", "contentType": "application/json", "schema": `{"type":"object"}`})
	s.connectRoute = o.rest("POST", api+"/routes", object{"routeKey": "$connect", "target": "integrations/" + s.integration}).text("routeId")
	o.rest("POST", api+"/routes", object{"routeKey": "order", "target": "integrations/" + s.integration, "routeResponseSelectionExpression": "$default"})
	o.rest("POST", api+"/stages", object{"stageName": "prod", "defaultRouteSettings": object{"loggingLevel": "INFO", "throttlingRateLimit": 100, "throttlingBurstLimit": 200}, "stageVariables": object{"backend": "main"}})
	s.deployment = o.rest("POST", api+"/deployments", object{"stageName": "prod", "description": "first"}).text("deploymentId")
	o.rest("PATCH", api+"/authorizers/"+authorizer.text("authorizerId"), object{"name": "bearer-tokens"})
	s.plan, s.key = o.stockKeys(s.apiID)
	o.rest("POST", "/v2/domainnames", object{"domainName": "ws.example.com", "domainNameConfigurations": []object{{"certificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/11111111-2222-3333-4444-555555555555", "endpointType": "REGIONAL", "securityPolicy": "TLS_1_2"}}})
	o.rest("POST", "/v2/domainnames/ws.example.com/apimappings", object{"apiId": s.apiID, "stage": "prod"})
	o.rest("POST", "/v2/vpclinks", object{"name": "office", "subnetIds": []string{"subnet-0a1b2c3d"}})
	o.query("cloudformation", "2010-05-15", "CreateStack", "StackName", "chat", "TemplateBody", chatTemplate)
	o.connect(s.apiID + "/prod?reportType=ventas")
	return s
}

func (o operator) stockIAM() {
	o.t.Helper()
	o.iam("CreateRole", "RoleName", roleName, "AssumeRolePolicyDocument", gatewayTrust)
	o.iam("CreatePolicy", "PolicyName", polName, "PolicyDocument", pushPolicy)
	o.iam("CreateUser", "UserName", "reports")
	o.iam("PutUserPolicy", "UserName", "reports", "PolicyName", "push", "PolicyDocument", pushPolicy)
	o.iam("CreateAccessKey", "UserName", "reports")
	o.iam("CreateGroup", "GroupName", "pushers")
	o.iam("AddUserToGroup", "GroupName", "pushers", "UserName", "reports")
	o.iam("AttachGroupPolicy", "GroupName", "pushers", "PolicyArn", "arn:aws:iam::"+o.account()+":policy/"+polName)
	o.iam("PutGroupPolicy", "GroupName", "pushers", "PolicyName", "push", "PolicyDocument", pushPolicy)
}

// stockKeys makes a plan with a key in it and a certificate.
func (o operator) stockKeys(apiID string) (plan, key string) {
	o.t.Helper()
	key = o.rest("POST", "/apikeys", object{"name": "partner", "enabled": true}).text("id")
	plan = o.rest("POST", "/usageplans", object{
		"name": "basic", "throttle": object{"rateLimit": 10, "burstLimit": 20}, "quota": object{"limit": 1000, "period": "DAY"},
		"apiStages": []object{{"apiId": apiID, "stage": "prod"}},
	}).text("id")
	o.rest("POST", "/usageplans/"+plan+"/keys", object{"keyId": key, "keyType": "API_KEY"})
	o.rest("POST", "/clientcertificates", object{"description": "for the backend"})
	return plan, key
}

// connect opens a socket that lives as long as the test.
func (o operator) connect(path string) *websocket.Conn {
	o.t.Helper()
	served(o.t, o.server, path)
	socket := testkit.Connect(o.t, strings.Replace(o.endpoint, "http", "ws", 1)+"/"+path, testkit.Header("User-Agent", "console-test/1.0")).Conn
	go func() {
		for { // the reader returns pings, until the socket closes
			if _, _, err := socket.Read(context.WithoutCancel(o.t.Context())); err != nil {
				return
			}
		}
	}()
	return socket
}
