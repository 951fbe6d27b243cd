package integration

import (
	"net/http"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
)

// target is what the URI of an AWS integration names:
// arn:aws:apigateway:{region}:{subdomain.}{service}:{action|path}/{rest}.
type target struct {
	region, subdomain, service string
	action, query              string // action/{action}&{query}
	path                       string // path/{path}, with its leading slash
	lambda                     bool
	function                   string // of a Lambda invocation: its ARN
}

func compileTarget(text, integrationType string) (target, *execution.GatewayError) {
	const shape = "arn:aws:apigateway:{region}:{service}:action/{Action} or …:path/{path}"
	parts := strings.SplitN(text, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || parts[2] != "apigateway" || parts[3] == "" || parts[4] == "" {
		return target{}, badTarget(text, "is not of the form "+shape)
	}
	t := target{region: parts[3], service: parts[4]}
	if i := strings.LastIndexByte(t.service, '.'); i >= 0 {
		t.subdomain, t.service = t.service[:i], t.service[i+1:]
	}
	kind, rest, _ := strings.Cut(parts[5], "/")
	switch kind {
	case "action":
		t.action, t.query, _ = strings.Cut(rest, "&")
	case "path":
		t.path = "/" + strings.TrimPrefix(rest, "/")
	default:
		return target{}, badTarget(text, "is not of the form "+shape)
	}
	if t.service == "lambda" {
		function, invocation := cutFunction(t.path)
		if invocation {
			t.lambda, t.function = true, function
		}
	}
	if integrationType == pasarela.IntegrationAWSProxy && !t.lambda {
		return target{}, badTarget(text, "names no Lambda function; AWS_PROXY takes arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{function ARN}/invocations")
	}
	return t, nil
}

func cutFunction(path string) (function string, ok bool) {
	rest, found := strings.CutPrefix(path, "/2015-03-31/functions/")
	if !found {
		return "", false
	}
	return strings.CutSuffix(rest, "/invocations")
}

func badTarget(text, why string) *execution.GatewayError {
	return execution.Misconfigured("Invalid endpoint address", "integrationUri "+text+" "+why)
}

// base is the base URL of the target's service.
func (t *target) base(endpoints map[string]string) string {
	if base, ok := endpoints[t.service]; ok {
		return strings.TrimSuffix(base, "/")
	}
	host := t.service + "." + t.region + ".amazonaws.com"
	if t.subdomain != "" {
		host = t.subdomain + "." + host
	}
	return "https://" + host
}

// jsonProtocol are the services whose actions go in X-Amz-Target, with the prefix
// and the content type they take; all others take Action= in the query.
var jsonProtocol = map[string]struct{ prefix, contentType string }{
	"dynamodb":       {"DynamoDB_20120810.", "application/x-amz-json-1.0"},
	"kinesis":        {"Kinesis_20131202.", "application/x-amz-json-1.1"},
	"firehose":       {"Firehose_20150804.", "application/x-amz-json-1.1"},
	"states":         {"AWSStepFunctions.", "application/x-amz-json-1.0"},
	"events":         {"AWSEvents.", "application/x-amz-json-1.1"},
	"ssm":            {"AmazonSSM.", "application/x-amz-json-1.1"},
	"logs":           {"Logs_20140328.", "application/x-amz-json-1.1"},
	"secretsmanager": {"secretsmanager.", "application/x-amz-json-1.1"},
}

// address sets method and headers of an action and returns its URL without the
// mapped query.
func (t *target) address(call *backend.Call, method string, endpoints map[string]string) uri {
	base := t.base(endpoints)
	switch protocol, json := jsonProtocol[t.service]; {
	case t.action == "":
		call.SetMethod(method)
		return compileURI(base + t.path)
	case json:
		call.SetMethod(http.MethodPost)
		call.SetHeader("Content-Type", protocol.contentType)
		call.SetHeader("X-Amz-Target", protocol.prefix+t.action)
		return compileURI(base + "/")
	}
	call.SetMethod(method)
	query := "/?Action=" + t.action
	if t.query != "" {
		query += "&" + t.query
	}
	return compileURI(base + query)
}

// permission is the IAM action and resource that a call needs.
func (t *target) permission() (action, resource string) {
	switch {
	case t.lambda:
		return "lambda:InvokeFunction", t.function
	case t.action != "":
		return t.service + ":" + t.action, "*"
	}
	return "", ""
}
