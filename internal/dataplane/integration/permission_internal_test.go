package integration

import (
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"
	"github.com/pasarela-ws/pasarela/internal/engine/awsuri"
)

// The action of a call by path is derived from the request; where that is
// ambiguous, only a role that may do everything can make it (A-INTEGRATION-1).
func TestPermissions(t *testing.T) {
	for _, c := range []struct {
		uri, method, url, target, body string
		action, resource               string
	}{
		{"s3:path/b/k", "GET", "https://s3/b/k", "", "", "s3:GetObject", "arn:aws:s3:::b/k"},
		{"s3:path/b/{k}", "PUT", "https://s3/b/other%2Fkey?x=y", "", "", "s3:PutObject", "arn:aws:s3:::b/other%2Fkey"},
		{"b.s3:path/k", "DELETE", "https://b.s3/k", "", "", "s3:DeleteObject", "arn:aws:s3:::b/k"},
		{"s3:path/b", "GET", "https://s3/b", "", "", "s3:ListBucket", "arn:aws:s3:::b"},
		{"s3:path/b/k", "POST", "https://s3/b/k", "", "", "s3:*", "*"},
		{"sqs:path/1/q", "POST", "https://sqs/1/q", "", "Action=SendMessage&MessageBody=x", "sqs:SendMessage", "*"},
		{"sqs:path/1/q", "GET", "https://sqs/1/q?Action=ReceiveMessage", "", "", "sqs:ReceiveMessage", "*"},
		{"sqs:path/1/q", "POST", "https://sqs/1/q?Action=SendMessage", "", "Action=DeleteQueue", "sqs:*", "*"},
		{"sqs:path/1/q", "POST", "https://sqs/1/q", "AmazonSQS.SendMessage", "{}", "sqs:SendMessage", "*"},
		{"sqs:path/1/q", "POST", "https://sqs/1/q", "AmazonSQS.SendMessage", "Action=DeleteQueue", "sqs:*", "*"},
		{"sqs:path/1/q", "POST", "https://sqs/1/q", "", "Action=Send*", "sqs:*", "*"},
		{"sqs:path/1/q", "POST", "https://sqs/1/q", "", "", "sqs:*", "*"},
		{"dynamodb:action/PutItem", "POST", "https://dynamodb/", "", "", "dynamodb:PutItem", "*"},
		{"lambda:path/2015-03-31/functions/f:v/invocations", "POST", "https://lambda/", "", "", "lambda:InvokeFunction", "arn:aws:lambda:us-east-1:123456789012:function:f:v"},
		{"lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:1:function:f/invocations", "POST", "https://lambda/", "", "", "lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:1:function:f"},
	} {
		u, err := awsuri.ParseService("arn:aws:apigateway:us-east-1:" + c.uri)
		if err != nil {
			t.Fatal(err)
		}
		call := backend.AcquireCall()
		call.SetMethod(c.method)
		call.SetBody([]byte(c.body))
		if c.target != "" {
			call.SetHeader("X-Amz-Target", c.target)
		}
		one := target{u}
		action, resource := one.permission(call, c.url, pasarela.RegionAccount{Region: "us-east-1", AccountID: "123456789012"})
		call.Release()
		if action != c.action || resource != c.resource {
			t.Errorf("%s %s: %s on %s, want %s on %s", c.method, c.url, action, resource, c.action, c.resource)
		}
	}
}
