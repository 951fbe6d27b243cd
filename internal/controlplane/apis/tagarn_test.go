package apis_test

import (
	"strings"
	"testing"
)

// FuzzNamed: an ARN that names a resource has one spelling but for partition and region.
func FuzzNamed(f *testing.F) {
	for _, seed := range []string{
		"arn:aws:apigateway:us-east-1::/apis/a1", "arn:aws:apigateway:us-east-1::/apis/a1/stages/prod", "arn:aws:apigateway:us-east-1::apis/a1", "arn:aws:apigateway:us-east-1::/apis/a1/",
		"arn:aws:apigateway:us-east-1:1:/apis/a1", "arn:aws-cn:apigateway:x::/domainnames/a.b", "arn:aws:apigateway:us-east-1::/apis//a1", "arn:aws:apigateway:us-east-1::/apis/a:b",
	} {
		f.Add(seed)
	}
	s := newService(f, nil)
	f.Fuzz(func(t *testing.T, arn string) {
		path, ok := s.Tagging.Named(arn)
		if !ok {
			return
		}
		head, rest, _ := strings.Cut(arn, "::")
		parts := strings.Split(head, ":")
		if "/"+strings.Join(path, "/") != rest || len(parts) != 4 || parts[0] != "arn" || !strings.HasPrefix(parts[1], "aws") || parts[2] != "apigateway" || strings.ToLower(parts[3]) != parts[3] {
			t.Errorf("%q names %q", arn, path)
		}
		for _, segment := range path {
			if segment == "" || strings.Contains(segment, "/") {
				t.Errorf("%q has a segment %q", arn, segment)
			}
		}
	})
}
