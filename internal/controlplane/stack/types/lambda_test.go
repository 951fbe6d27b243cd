package types_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	awslambda "github.com/pasarela-ws/pasarela/internal/awsapi/lambda"
	"github.com/pasarela-ws/pasarela/internal/controlplane/lambda"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
)

// A function with a version, an alias and a permission, as a stack makes, changes and
// removes them.
func TestFunctionsOfAStack(t *testing.T) {
	s := start(t)
	s.invokers["lambda"] = awslambda.New(lambda.New(lambda.Options{Bucket: memory.NewBucket(), RegionAccount: place}), s.guard, slog.New(slog.DiscardHandler))
	const base = `"Role":"arn:aws:iam::123456789012:role/fn","Runtime":"nodejs22.x","Handler":"index.handler"`
	kind, f := create(t, s, "AWS::Lambda::Function", `{`+base+`,"Code":{"ZipFile":"exports.handler = 1"},"Timeout":"7","Environment":{"Variables":{"AA":"b"}},"Tags":[{"Key":"x","Value":"1"}],"ReservedConcurrentExecutions":2}`)
	if f.PhysicalID != "chat-Logical-ABCDEFGHIJKL" || f.Attributes["Arn"] != place.FunctionARN(f.PhysicalID, "") {
		t.Errorf("%s, %v", f.PhysicalID, f.Attributes)
	}
	about := map[string]any{"FunctionName": f.PhysicalID}
	before := see(t, s, "lambda", "GetFunctionConfiguration", about, "CodeSha256")
	const ready = `,"ProvisionedConcurrencyConfig":{"ProvisionedConcurrentExecutions":2}`
	versionKind, version := create(t, s, "AWS::Lambda::Version", `{"FunctionName":"`+f.PhysicalID+`"`+ready+`}`)
	aliasKind, alias := create(t, s, "AWS::Lambda::Alias", `{"FunctionName":"`+f.PhysicalID+`","Name":"live","FunctionVersion":"1"`+ready+`}`)
	if note := versionKind.Properties.Notes(version.Properties) + aliasKind.Properties.Notes(alias.Properties); strings.Count(note, "stay warm") != 2 {
		t.Errorf("the events say %q of what is kept ready", note)
	}
	if replacing := versionKind.Properties.Replacing([]string{"ProvisionedConcurrencyConfig"}); len(replacing) > 0 {
		t.Error("another number of ready processes makes another version")
	}
	change(t, versionKind, version, `{"FunctionName":"`+f.PhysicalID+`"}`)
	permissionKind, permission := create(t, s, "AWS::Lambda::Permission", `{"FunctionName":"`+alias.PhysicalID+`","Action":"lambda:InvokeFunction","Principal":"apigateway.amazonaws.com"}`)
	if version.PhysicalID != place.FunctionARN(f.PhysicalID, "1") || alias.PhysicalID != place.FunctionARN(f.PhysicalID, "live") {
		t.Errorf("%s, %s", version.PhysicalID, alias.PhysicalID)
	}
	if found, ok, err := kind.Find(t.Context(), f); err != nil || !ok || found.PhysicalID != f.PhysicalID {
		t.Errorf("found %+v, %v, %v", found, ok, err)
	}
	change(t, kind, f, `{`+base+`,"Code":{"ZipFile":"exports.handler = 2"},"Environment":{"Variables":{"CC":"d"}}}`)
	if got := see(t, s, "lambda", "GetFunctionConfiguration", about, "Timeout", "Environment", "CodeSha256"); strings.Contains(got, strings.Trim(before, "{}")) || !strings.HasSuffix(got, `"Environment":{"Variables":{"CC":"d"}},"Timeout":3}`) {
		t.Errorf("after the change: %s", got)
	}
	if got := see(t, s, "lambda", "GetFunction", about, "Concurrency"); got != "{}" {
		t.Errorf("what was reserved is kept: %s", got)
	}
	if policy := see(t, s, "lambda", "GetPolicy", map[string]any{"FunctionName": alias.PhysicalID}, "Policy"); !strings.Contains(policy, permission.PhysicalID) {
		t.Errorf("the alias's policy is %s", policy)
	}
	for _, remove := range []func(context.Context) error{
		func(ctx context.Context) error { return permissionKind.Delete(ctx, permission) },
		func(ctx context.Context) error { return aliasKind.Delete(ctx, alias) },
		func(ctx context.Context) error { return kind.Delete(ctx, f) },
	} {
		if err := remove(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if _, err := s.Call(t.Context(), "lambda", "GetFunction", about); err == nil {
		t.Error("the function is still there")
	}
}
