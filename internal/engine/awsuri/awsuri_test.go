package awsuri_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/engine/awsuri"
)

const function = "arn:aws:lambda:us-east-1:123456789012:function:f"

func TestServices(t *testing.T) {
	for text, want := range map[string]awsuri.URI{
		"arn:aws:apigateway:us-east-1:sqs:path/123456789012/queue":                       {Region: "us-east-1", Service: "sqs", Path: "/123456789012/queue"},
		"arn:aws:apigateway:us-east-1:sqs:action/SendMessage&MessageBody=hi":             {Region: "us-east-1", Service: "sqs", Action: "SendMessage", Query: "MessageBody=hi"},
		"arn:aws:apigateway:us-east-1:bucket.s3:path/{key}":                              {Region: "us-east-1", Subdomain: "bucket", Service: "s3", Path: "/{key}"},
		"arn:aws-cn:apigateway:cn-north-1:sns:action/Publish":                            {Region: "cn-north-1", Service: "sns", Action: "Publish"},
		"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/f:v1/invocations": {Region: "us-east-1", Service: "lambda", Path: "/2015-03-31/functions/f:v1/invocations", Function: awsuri.Function{ARN: "f:v1", Name: "f", Qualifier: "v1"}},
		"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/" + function + "/invocations": {
			Region: "us-east-1", Service: "lambda", Path: "/2015-03-31/functions/" + function + "/invocations", Function: awsuri.Function{ARN: function, Name: "f"},
		},
		"http://127.0.0.1:9000/2015-03-31/functions/function/invocations": {URL: "http://127.0.0.1:9000/2015-03-31/functions/function/invocations"},
	} {
		got, err := awsuri.ParseService(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

// A signed call goes only to a host, path and operation that the grammar allows.
func TestAddressesThatAreRefused(t *testing.T) {
	invocation := func(function string) string {
		return "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/" + function + "/invocations"
	}
	for text, says := range map[string]string{
		"": "is not of the form", "my-function": "is not of the form", "ftp://x/": "is not of the form", "http://": "address of a host", "http://u:p@x/": "address of a host",
		"arn:aws:apigateway:us-east-1:sqs":                     "is not of the form",
		"arn:aws:apigateway:us-east-1:sqs:other/x":             "is not of the form",
		"arn:evil:apigateway:us-east-1:sqs:path/x":             "is not of the form",
		"arn:aws:apigateway:us-east-1:evil.invalid/.s3:path/x": "service",
		"arn:aws:apigateway:us-east-1:evil.invalid?.s3:path/x": "service",
		"arn:aws:apigateway:us-east-1:s3#:path/x":              "service",
		"arn:aws:apigateway:us-east-1:a@s3:path/x":             "service",
		"arn:aws:apigateway:us-east-1:.s3:path/x":              "service",
		"arn:aws:apigateway:us-east-1/x:s3:path/x":             "region",
		"arn:aws:apigateway:evil.invalid/:s3:path/x":           "region",
		"arn:aws:apigateway::s3:path/x":                        "region",
		"arn:aws:apigateway:us-east-1:iam:action/Create User":  "action",
		"arn:aws:apigateway:us-east-1:iam:action/":             "action",
		"arn:aws:apigateway:us-east-1:iam:action/../x":         "action",
		"arn:aws:apigateway:us-east-1:s3:path/a/../b":          "segments",
		"arn:aws:apigateway:us-east-1:s3:path/a/%2E%2e/b":      "segments",
		"arn:aws:apigateway:us-east-1:s3:path/a#b":             "no #",
		"arn:aws:apigateway:us-east-1:s3:path/a b":             "spaces",
		function:           "invoke_arn",
		function + ":live": invocation(function + ":live"),
		"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions":                 "names no function",
		"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/f/aliases":       "names no function",
		"arn:aws:apigateway:us-east-1:lambda:action/CreateFunction/../x":                "action",
		"arn:aws:apigateway:us-east-1:x.lambda:path/2015-03-31/functions/f/invocations": "names no function",
		invocation("../x"):           "segments",
		invocation("f?x=y"):          "names no function",
		invocation("f/../../x"):      "segments",
		invocation("a/b"):            "names no function",
		invocation("f:v:w"):          "names no function",
		invocation("arn:aws:s3:::x"): "names no function",
	} {
		if _, err := awsuri.ParseService(text); err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), text) {
			t.Errorf("%q: %v, want %q", text, err, says)
		}
	}
}

func TestFunctions(t *testing.T) {
	for text, says := range map[string]string{
		"https://auth.example.com/decide": "",
		"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/" + function + "/invocations": "",
		function: "invoke_arn", "my-function": "is neither", "arn:aws:apigateway:us-east-1:sqs:path/1/q": "is neither",
	} {
		_, err := awsuri.ParseFunction(text)
		if says == "" && err != nil || says != "" && (err == nil || !strings.Contains(err.Error(), says)) {
			t.Errorf("%s: %v, want %q", text, err, says)
		}
	}
}

func FuzzParseService(f *testing.F) {
	f.Add("arn:aws:apigateway:us-east-1:a.b.s3:path/x?y")
	f.Add("arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/" + function + "/invocations")
	f.Fuzz(func(t *testing.T, text string) {
		u, err := awsuri.ParseService(text)
		if err != nil || u.URL != "" {
			return
		}
		if strings.ContainsAny(u.Region+u.Service+u.Subdomain, "/?#@:\\ ") || awsuri.HasDotSegment(u.Path) || strings.ContainsAny(u.Function.ARN, "/?#") {
			t.Errorf("%q was taken as %+v", text, u)
		}
	})
}
