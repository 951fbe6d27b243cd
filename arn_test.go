package pasarela_test

import (
	"testing"

	"github.com/pasarela-ws/pasarela"
)

func TestParseARN(t *testing.T) {
	for text, want := range map[string]pasarela.ARN{
		"arn:aws:execute-api:us-east-1:123456789012:a/b/c": {Partition: "aws", Service: "execute-api", Region: "us-east-1", AccountID: "123456789012", Resource: "a/b/c"},
		"arn:aws:apigateway:us-east-1::/apis/a":            {Partition: "aws", Service: "apigateway", Region: "us-east-1", Resource: "/apis/a"},
		"arn:aws:iam::123456789012:role/a/b":               {Partition: "aws", Service: "iam", AccountID: "123456789012", Resource: "role/a/b"},
		"arn:aws:lambda:r:1:function:f:alias":              {Partition: "aws", Service: "lambda", Region: "r", AccountID: "1", Resource: "function:f:alias"},
		"arn:::::":                                         {},
	} {
		if got, ok := pasarela.ParseARN(text); !ok || got != want {
			t.Errorf("%s: %+v, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "arn", "arn:aws:iam::123456789012", "ARN:aws:iam::1:role/a", "*:aws:iam::1:role/a", "x arn:aws:iam::1:role/a"} {
		if got, ok := pasarela.ParseARN(text); ok {
			t.Errorf("%q was taken: %+v", text, got)
		}
	}
}

func TestRoleARNs(t *testing.T) {
	for text, want := range map[string]bool{
		"arn:aws:iam::123456789012:role/a/b":       true,
		"arn:aws-us-gov:iam::123456789012:role/x":  true,
		"arn:aws:iam::123456789012:role/":          false,
		"arn:aws:iam::123456789012:user/role/x":    false,
		"arn:aws:iam:us-east-1:123456789012:role/": false,
		"arn:aws:sts::123456789012:role/x":         false,
		"arn:aws-x:iam::123456789012:role/x":       false,
		"role/x":                                   false,
	} {
		if got := pasarela.IsRoleARN(text); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}
