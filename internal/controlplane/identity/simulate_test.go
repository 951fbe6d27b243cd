package identity_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	"github.com/pasarela-ws/pasarela/internal/engine/policy"
)

// decisions are the decisions of a simulation in words.
func decisions(results []identity.SimulationResult) []string {
	var list []string
	for _, r := range results {
		text := r.Action + " " + r.Resource + " " + r.Decision.Decision.String()
		for _, m := range r.Matched {
			text += " by " + m.SourcePolicyID + " (" + string(m.SourcePolicyType) + ")"
		}
		for _, k := range r.Missing {
			text += " missing " + k
		}
		list = append(list, text)
	}
	return list
}

func TestSimulatePrincipal(t *testing.T) {
	s := start(t)
	newUser(t, s, "ana", allow("a:*", "arn:aws:x:::1"))
	newPolicy(t, s, deny("a:no", "*"))
	if err := s.Policies.AttachPolicy(t.Context(), identity.UserNamed("ana"), managedARN); err != nil {
		t.Fatal(err)
	}
	results := must[[]identity.SimulationResult](t)(s.Simulator.Simulate("arn:aws:iam::123456789012:user/ana", identity.Simulation{
		ActionNames: []string{"a:b", "a:no"}, ResourceARNs: []string{"arn:aws:x:::1", "arn:aws:x:::2"},
	}))
	want := []string{
		"a:b arn:aws:x:::1 allowed by own (user)", "a:b arn:aws:x:::2 implicitDeny",
		"a:no arn:aws:x:::1 explicitDeny by " + managedARN + " (user-managed)", "a:no arn:aws:x:::2 explicitDeny by " + managedARN + " (user-managed)",
	}
	if d := cmp.Diff(want, decisions(results)); d != "" {
		t.Error(d)
	}
	if _, err := s.Simulator.Simulate("arn:aws:iam::123456789012:user/eva", identity.Simulation{}); message(t, err) != "NoSuchEntity: The user with name eva cannot be found." {
		t.Error(err)
	}
	if _, err := s.Simulator.Simulate("arn:aws:iam::123456789012:policy/p", identity.Simulation{}); message(t, err) != "InvalidInput: PolicySourceArn arn:aws:iam::123456789012:policy/p is not the ARN of a user, a group or a role." {
		t.Error(err)
	}
}

func TestSimulateCustom(t *testing.T) {
	s := start(t)
	conditional := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}}`
	ask := func(in identity.Simulation) []string {
		in.ActionNames = []string{"a:b"}
		return decisions(must[[]identity.SimulationResult](t)(s.Simulator.Simulate("", in)))
	}
	resource := func(effect string) string {
		return `{"Version":"2012-10-17","Statement":{"Effect":"` + effect + `","Principal":{"AWS":"arn:aws:iam::123456789012:user/ana"},"Action":"a:b","Resource":"*"}}`
	}
	const ana = "arn:aws:iam::123456789012:user/ana"
	tests := []struct {
		name string
		in   identity.Simulation
		want string
	}{
		{"missing key", identity.Simulation{PolicyInputList: []string{conditional}}, "a:b * implicitDeny missing aws:sourceip"},
		{"key given", identity.Simulation{PolicyInputList: []string{conditional}, Context: pasarela.RequestContext{"aws:sourceip": {"10.0.0.1"}}}, "a:b * allowed by PolicyInputList.1 (none)"},
		{"key of the principal given", identity.Simulation{PolicyInputList: []string{`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"StringEquals":{"aws:username":"ana"}}}}`}, Context: pasarela.RequestContext{"aws:username": {"ana"}}}, "a:b * allowed by PolicyInputList.1 (none)"},
		{"boundary", identity.Simulation{PolicyInputList: []string{allow("a:b", "*")}, PermissionsBoundaryPolicyInputList: []string{allow("c:d", "*")}}, "a:b * implicitDeny"},
		{"resource policy allows", identity.Simulation{PolicyInputList: []string{allow("c:d", "*")}, ResourcePolicy: resource("Allow"), CallerARN: ana}, "a:b * allowed by ResourcePolicy (resource)"},
		{"resource policy denies", identity.Simulation{PolicyInputList: []string{allow("a:b", "*")}, ResourcePolicy: resource("Deny"), CallerARN: ana}, "a:b * explicitDeny by ResourcePolicy (resource)"},
		{"resource policy of another", identity.Simulation{PolicyInputList: []string{allow("a:b", "*")}, ResourcePolicy: resource("Deny"), CallerARN: ana + "x"}, "a:b * allowed by PolicyInputList.1 (none)"},
	}
	for _, test := range tests {
		if d := cmp.Diff([]string{test.want}, ask(test.in)); d != "" {
			t.Errorf("%s:\n%s", test.name, d)
		}
	}
	results := must[[]identity.SimulationResult](t)(s.Simulator.Simulate("", identity.Simulation{ActionNames: []string{"a:b"}, PolicyInputList: []string{allow("a:b", "*")}, PermissionsBoundaryPolicyInputList: []string{allow("a:b", "*")}}))
	if r := results[0]; r.Decision.Decision != policy.Allowed || r.BoundaryAllows == nil || !*r.BoundaryAllows {
		t.Errorf("boundary that allows: %+v", r)
	}
	if _, err := s.Simulator.Simulate("", identity.Simulation{PolicyInputList: []string{"{"}}); message(t, err) != "InvalidInput: Invalid Input Syntax errors in policy." {
		t.Error(err)
	}
}

func TestSummary(t *testing.T) {
	s := start(t)
	newUser(t, s, "ana", "")
	newPolicy(t, s, allow("a:b", "*"))
	got := s.Summary()
	for name, want := range map[string]int{"Users": 1, "Roles": 1, "Policies": 1, "PolicyVersionsInUse": 1, "AccountAccessKeysPresent": 1, "AccessKeysPerUserQuota": 2} {
		if got[name] != want {
			t.Errorf("%s: %d, want %d", name, got[name], want)
		}
	}
}
