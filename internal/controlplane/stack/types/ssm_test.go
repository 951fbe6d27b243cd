package types_test

import (
	"log/slog"
	"testing"

	awsssm "github.com/pasarela-ws/pasarela/internal/awsapi/ssm"
	"github.com/pasarela-ws/pasarela/internal/controlplane/ssm"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
)

// A parameter as a stack makes, changes and removes it.
func TestParametersOfAStack(t *testing.T) {
	s := start(t)
	s.invokers["ssm"] = awsssm.New(ssm.New(ssm.Options{Bucket: memory.NewBucket(), RegionAccount: place}), s.guard, slog.New(slog.DiscardHandler))
	kind, r := create(t, s, "AWS::SSM::Parameter", `{"Type":"String","Value":"one","Description":"d","AllowedPattern":"[a-z]+","Tags":{"x":"1"}}`)
	if r.PhysicalID != "chat-Logical-ABCDEFGHIJKL" || r.Attributes["Value"] != "one" || r.Attributes["Type"] != "String" {
		t.Errorf("%s, %v", r.PhysicalID, r.Attributes)
	}
	if found, ok, err := kind.Find(t.Context(), r); err != nil || !ok || found.PhysicalID != r.PhysicalID {
		t.Errorf("found %+v, %v, %v", found, ok, err)
	}
	other := *r
	other.StackID = "another"
	if _, ok, err := kind.Find(t.Context(), &other); err != nil || ok {
		t.Errorf("another stack's: %v, %v", ok, err)
	}
	change(t, kind, r, `{"Type":"String","Value":"2","Tags":{"y":"2"}}`)
	if got := see(t, s, "ssm", "GetParameterHistory", map[string]any{"Name": r.PhysicalID}, "Parameters"); got == "" {
		t.Error("there is no history")
	}
	response, err := s.Call(t.Context(), "ssm", "DescribeParameters", map[string]any{"ParameterFilters": []any{map[string]any{"Key": "tag:y", "Values": []any{"2"}}}})
	list, _ := response["Parameters"].([]any)
	if err != nil || len(list) != 1 {
		t.Fatalf("%v, %v", response, err)
	}
	if is, _ := list[0].(map[string]any); is["Description"] != nil || is["AllowedPattern"] != nil {
		t.Errorf("what the template gives no longer is kept: %v", is)
	}
	if got := see(t, s, "ssm", "GetParameter", map[string]any{"Name": r.PhysicalID + ":2"}, "Parameter"); got == "{}" {
		t.Error("there is no second version")
	}
	if err := kind.Delete(t.Context(), r); err != nil {
		t.Error(err)
	}
	if _, ok, err := kind.Find(t.Context(), r); err != nil || ok {
		t.Errorf("after the end: %v, %v", ok, err)
	}
}
