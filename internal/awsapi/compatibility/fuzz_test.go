package compatibility_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	signer "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/apigateway"
	"github.com/pasarela-ws/pasarela/internal/awsapi/apigatewayv2"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/sigv4"
)

// FuzzOperations sends any body to any operation on a service with one resource
// of each kind: it must not panic or answer 500, and answers must be JSON.
func FuzzOperations(f *testing.F) {
	handler, labels, operations := populated(f)
	for i, op := range operations {
		for _, body := range []string{"{}", `{"name":"x","routeKey":"r","tags":{"a":"b"}}`, `{"patchOperations":[{"op":"replace","path":"/quota/limit","value":"1"}]}`} {
			f.Add(uint16(i), "known", "known", body)
		}
		if op.Path == "/apikeys" {
			f.Add(uint16(i), "", "", "name,key\na,b\n")
		}
	}
	f.Add(uint16(3), "arn:aws:apigateway:us-east-1::/apis/x/stages/y", "z", `{"tags":{"pasarela:binary":"true"}}`)
	f.Add(uint16(9), "../account", "%2F", `{"integrationUri":"http://${stageVariables.x}:${stageVariables.y}/"}`)
	f.Fuzz(func(t *testing.T, which uint16, first, second, body string) {
		op := operations[int(which)%len(operations)]
		given := []string{first, second}
		path := ""
		for part := range strings.SplitSeq(strings.TrimPrefix(op.Path, "/"), "/") {
			path += "/"
			name, isLabel := strings.CutPrefix(part, "{")
			if !isLabel {
				path += part
				continue
			}
			value := labels[strings.TrimRight(name, "+}")]
			if len(given) > 0 && given[0] != "known" {
				value = given[0]
			}
			given = given[min(1, len(given)):]
			path += url.PathEscape(value)
		}
		if w := send(t, handler, op.Method, path, body); w.Code >= http.StatusInternalServerError || w.Body.Len() > 0 && !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s %s %q: %d %s", op.Method, path, body, w.Code, w.Body)
		}
	})
}

func populated(f *testing.F) (http.Handler, map[string]string, []wire.Operation) {
	regionAccount := pasarela.RegionAccount{Region: region, AccountID: account}
	log := slog.New(slog.DiscardHandler)
	s := apis.New(apis.Options{Bucket: memory.NewBucket(), RegionAccount: regionAccount, Log: log, Endpoint: func(id string) string { return id }})
	guard := &wire.Guard{RegionAccount: regionAccount, Verifier: sigv4.New(sigv4.Options{}), Keys: oneKey{}, Authorizer: root{}}
	front := &wire.Router{APIGatewayV2: apigatewayv2.New(s, guard, log), APIGateway: apigateway.New(s, guard, log)}
	operations := append(apigatewayv2.Operations(s), apigateway.Operations(s)...)
	labels := map[string]string{"stageName": "prod", "domainName": "ws.example.com", "routeKey": "$connect", "requestParameterKey": "route.request.header.a"}
	make := func(method, path, body, id, label string) {
		w := send(f, front, method, path, body)
		var response map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &response); err != nil || w.Code != 201 {
			f.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
		if text, ok := response[id].(string); ok {
			labels[label] = text
		}
	}
	make("POST", "/v2/apis", `{"name":"a","protocolType":"WEBSOCKET","routeSelectionExpression":"$request.body.a"}`, "apiId", "apiId")
	api := "/v2/apis/" + labels["apiId"]
	make("POST", api+"/integrations", `{"integrationType":"MOCK"}`, "integrationId", "integrationId")
	make("POST", api+"/integrations/"+labels["integrationId"]+"/integrationresponses", `{"integrationResponseKey":"$default"}`, "integrationResponseId", "integrationResponseId")
	make("POST", api+"/models", `{"name":"M","schema":"{}"}`, "modelId", "modelId")
	make("POST", api+"/authorizers", `{"name":"a","authorizerType":"REQUEST","authorizerUri":"http://a/b","identitySource":[]}`, "authorizerId", "authorizerId")
	make("POST", api+"/routes", `{"routeKey":"$connect","requestParameters":{"route.request.header.a":{"required":true}}}`, "routeId", "routeId")
	make("POST", api+"/routes/"+labels["routeId"]+"/routeresponses", `{"routeResponseKey":"$default"}`, "routeResponseId", "routeResponseId")
	make("POST", api+"/deployments", `{}`, "deploymentId", "deploymentId")
	make("POST", api+"/stages", `{"stageName":"prod","deploymentId":"`+labels["deploymentId"]+`"}`, "stageName", "stageName")
	make("POST", "/v2/domainnames", `{"domainName":"ws.example.com","domainNameConfigurations":[{}]}`, "domainName", "domainName")
	make("POST", "/v2/domainnames/ws.example.com/apimappings", `{"apiId":"`+labels["apiId"]+`","stage":"prod"}`, "apiMappingId", "apiMappingId")
	make("POST", "/v2/vpclinks", `{"name":"l","subnetIds":[]}`, "vpcLinkId", "vpcLinkId")
	make("POST", "/apikeys", `{"name":"k"}`, "id", "api_Key")
	labels["keyId"] = labels["api_Key"]
	make("POST", "/usageplans", `{"name":"p"}`, "id", "usageplanId")
	make("POST", "/clientcertificates", `{}`, "clientCertificateId", "clientcertificate_id")
	labels["resource-arn"] = "arn:aws:apigateway:us-east-1::/apis/" + labels["apiId"]
	labels["resource_arn"] = labels["resource-arn"]
	return front, labels, operations
}

func send(t testing.TB, handler http.Handler, method, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, "http://127.0.0.1"+path, strings.NewReader(body))
	if err != nil {
		t.Skip()
	}
	sum := sha256.Sum256([]byte(body))
	err = signer.NewSigner().SignHTTP(context.Background(), aws.Credentials{AccessKeyID: accessKeyID, SecretAccessKey: secretKey}, r, hex.EncodeToString(sum[:]), "apigateway", region, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	r.ContentLength = int64(len(body))
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}
