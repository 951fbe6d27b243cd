package integration

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"
	"github.com/pasarela-ws/pasarela/internal/engine/awsuri"
)

// target is where an AWS or AWS_PROXY integration calls.
type target struct{ awsuri.URI }

// isFunction says whether what is called is a Lambda function, or an http(s) address
// that responds as one (A-APIS-6).
func (t *target) isFunction() bool { return t.IsFunction() || t.URL != "" }

// function is the function as the configuration names it.
func (t *target) function() string {
	if t.URL != "" {
		return t.URL
	}
	return t.Function.ARN
}

// base is the base URL of the target's service.
func (t *target) base(endpoints map[string]string) string {
	if base, ok := endpoints[t.Service]; ok {
		return strings.TrimSuffix(base, "/")
	}
	host := t.Service + "." + t.Region + ".amazonaws.com"
	if t.Subdomain != "" {
		host = t.Subdomain + "." + host
	}
	return "https://" + host
}

// invocation is the URL that invokes the target's function. AWS takes its ARN as it
// is; emulators know functions by name, and the qualifier in the query as Lambda's
// own Invoke has it, so another endpoint is called by these.
func (t *target) invocation(endpoints map[string]string) string {
	if t.URL != "" {
		return t.URL
	}
	base := t.base(endpoints)
	if _, other := endpoints[t.Service]; !other {
		return base + t.Path
	}
	text := base + "/2015-03-31/functions/" + t.Function.Name + "/invocations"
	if t.Function.Qualifier != "" {
		text += "?Qualifier=" + url.QueryEscape(t.Function.Qualifier)
	}
	return text
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

// address sets method and headers of a call and returns its URL without the mapped
// query.
func (t *target) address(call *backend.Call, method string, endpoints map[string]string) uri {
	if t.isFunction() { // a POST, whatever integrationMethod says (aws-dataplane §4.1)
		call.SetMethod(http.MethodPost)
		return compileURI(t.invocation(endpoints))
	}
	base := t.base(endpoints)
	switch protocol, json := jsonProtocol[t.Service]; {
	case t.Action == "":
		call.SetMethod(method)
		return compileURI(base + t.Path)
	case json:
		call.SetMethod(http.MethodPost)
		call.SetHeader("Content-Type", protocol.contentType)
		call.SetHeader("X-Amz-Target", protocol.prefix+t.Action)
		return compileURI(base + "/")
	}
	call.SetMethod(method)
	query := "/?Action=" + t.Action
	if t.Query != "" {
		query += "&" + t.Query
	}
	return compileURI(base + query)
}

// permission is the IAM action and resource that the signing principal needs for a call.
// text is the call's URL as it is sent. A call whose action is unknown needs every action
// of the service.
func (t *target) permission(call *backend.Call, text string, place pasarela.RegionAccount) (action, resource string) {
	if t.IsFunction() {
		return "lambda:InvokeFunction", t.functionARN(place)
	}
	if t.Action != "" {
		return t.Service + ":" + t.Action, "*"
	}
	_, after, _ := strings.Cut(text, "://")
	_, path, _ := strings.Cut(after, "/")
	path, query, _ := strings.Cut(path, "?")
	if t.Service == "s3" {
		return s3Permission(call.Method(), t.Subdomain, path)
	}
	return t.Service + ":" + actionOf(call, query), "*"
}

// functionARN is the ARN of the function, also where only its name was written.
func (t *target) functionARN(place pasarela.RegionAccount) string {
	if strings.HasPrefix(t.Function.ARN, "arn:") {
		return t.Function.ARN
	}
	arn := "arn:aws:lambda:" + t.Region + ":" + place.AccountID + ":function:" + t.Function.Name
	if t.Function.Qualifier != "" {
		arn += ":" + t.Function.Qualifier
	}
	return arn
}

// s3Permission is the action and the resource that a call to S3 needs, by its method and path.
// A call of any other form needs all of S3, so that nothing is allowed by mistake.
func s3Permission(method, bucket, path string) (action, resource string) {
	if bucket == "" {
		bucket, path, _ = strings.Cut(path, "/")
	}
	resource = "arn:aws:s3:::" + bucket
	if path != "" {
		resource += "/" + path
	}
	switch {
	case method == http.MethodPut && path != "":
		return "s3:PutObject", resource
	case (method == http.MethodGet || method == http.MethodHead) && path != "":
		return "s3:GetObject", resource
	case (method == http.MethodGet || method == http.MethodHead) && bucket != "":
		return "s3:ListBucket", resource
	case method == http.MethodDelete && path != "":
		return "s3:DeleteObject", resource
	}
	return "s3:*", "*"
}

// actionOf is the action of a call by path, "*" unless it is in exactly one place:
// X-Amz-Target, the query or a form.
func actionOf(call *backend.Call, query string) string {
	var named []string
	call.EachHeader(func(name, value []byte) {
		if strings.EqualFold(string(name), "X-Amz-Target") {
			text := string(value)
			named = append(named, text[strings.LastIndexByte(text, '.')+1:])
		}
	})
	for _, form := range []string{query, string(call.Body())} {
		if values, err := url.ParseQuery(form); err == nil {
			named = append(named, values["Action"]...)
		}
	}
	if len(named) != 1 || !plainAction(named[0]) {
		return "*"
	}
	return named[0]
}

func plainAction(name string) bool {
	return name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}
