package accesslog_test

import (
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/engine/accesslog"
)

func TestDestinations(t *testing.T) {
	const group, stream = "arn:aws:logs:us-east-1:123456789012:log-group:", "arn:aws:firehose:us-east-1:123456789012:deliverystream/"
	for arn, want := range map[string]string{
		group + "rows": "rows", group + "/aws/vendedlogs/a#b:*": "/aws/vendedlogs/a#b", "arn:aws-cn:logs:cn-north-1:1:log-group:g": "g",
		stream + "amazon-apigateway-rows": "amazon-apigateway-rows",
	} {
		if got, err := accesslog.Destination(arn); err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", arn, got, err, want)
		}
	}
	for _, arn := range []string{
		"", "rows", "arn:aws:s3:::bucket", group, group + "a b", group + "a//b", group + "a/", group + "a/../b", group + "a/./b", group + "a\nb",
		group + strings.Repeat("a/", 400), group + strings.Repeat("a", 129), group + strings.Repeat("a", 600), stream + "a/b", stream,
	} {
		if name, err := accesslog.Destination(arn); err == nil {
			t.Errorf("%q was taken as %q", arn, name)
		}
	}
}
