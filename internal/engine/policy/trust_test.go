package policy_test

import (
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/policy"
)

func TestTrusts(t *testing.T) {
	user := &policy.Caller{ARN: "arn:aws:iam::123456789012:user/ana", AccountID: "123456789012", UniqueID: "AIDAABCDEFGHIJKLMNOPQ"}
	root := &policy.Caller{ARN: "arn:aws:iam::123456789012:root", AccountID: "123456789012"}
	session := &policy.Caller{ARN: "arn:aws:sts::123456789012:assumed-role/r/s", AccountID: "123456789012", RoleARN: "arn:aws:iam::123456789012:role/p/r", UniqueID: "AROAABCDEFGHIJKLMNOPQ"}
	service := &policy.Caller{Service: pasarela.ServiceAPIGateway}
	by := func(principal string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":` + principal + `}]}`
	}
	conditional := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"apigateway.amazonaws.com"},
		"Condition":{"StringEquals":{"aws:SourceAccount":"123456789012"},"ArnLike":{"aws:SourceArn":"arn:aws:execute-api:*:*:abcdefghij/*"}}}]}`
	tests := []struct {
		name, text string
		caller     *policy.Caller
		want       policy.Decision
		direct     bool
	}{
		{"the guide's trust", guideTrust, service, policy.Allowed, true},
		{"another service", by(`{"Service":["ec2.amazonaws.com","lambda.amazonaws.com"]}`), service, policy.ImplicitDeny, false},
		{"a service is no user", by(`{"Service":"apigateway.amazonaws.com"}`), user, policy.ImplicitDeny, false},
		{"everyone is no service", by(`"*"`), service, policy.ImplicitDeny, false},
		{"denied to everyone is denied to services", `{"Statement":[{"Effect":"Allow","Action":"sts:*","Principal":{"Service":"apigateway.amazonaws.com"}},{"Effect":"Deny","Action":"sts:AssumeRole","Principal":"*"}]}`, service, policy.ExplicitDeny, false},
		{"conditions met", conditional, service, policy.Allowed, true},
		{"everyone", by(`{"AWS":"*"}`), user, policy.Allowed, true},
		{"account", by(`{"AWS":"123456789012"}`), user, policy.Allowed, false},
		{"root of the account", by(`{"AWS":"arn:aws:iam::123456789012:root"}`), session, policy.Allowed, false},
		{"root itself", by(`{"AWS":"123456789012"}`), root, policy.Allowed, true},
		{"another account", by(`{"AWS":"999999999999"}`), user, policy.ImplicitDeny, false},
		{"the user", by(`{"AWS":"arn:aws:iam::123456789012:user/ana"}`), user, policy.Allowed, true},
		{"by unique id", by(`{"AWS":"AIDAABCDEFGHIJKLMNOPQ"}`), user, policy.Allowed, true},
		{"the role of a session", by(`{"AWS":"arn:aws:iam::123456789012:role/p/r"}`), session, policy.Allowed, true},
		{"the session", by(`{"AWS":"arn:aws:sts::123456789012:assumed-role/r/s"}`), session, policy.Allowed, true},
		{"another session", by(`{"AWS":"arn:aws:sts::123456789012:assumed-role/r/t"}`), session, policy.ImplicitDeny, false},
		{"account and user: direct", `{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"123456789012"}},{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::123456789012:user/ana"}}]}`, user, policy.Allowed, true},
		{"denied", `{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*"},{"Effect":"Deny","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::123456789012:user/ana"}}]}`, user, policy.ExplicitDeny, false},
		{"denied to all others", `{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*"},{"Effect":"Deny","Action":"sts:AssumeRole","NotPrincipal":{"AWS":"arn:aws:iam::123456789012:user/ana"}}]}`, session, policy.ExplicitDeny, false},
		{"not denied to the one", `{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*"},{"Effect":"Deny","Action":"sts:AssumeRole","NotPrincipal":{"AWS":"arn:aws:iam::123456789012:user/ana"}}]}`, user, policy.Allowed, true},
		{"federated", by(`{"Federated":"accounts.google.com"}`), user, policy.ImplicitDeny, false},
		{"another action", `{"Statement":[{"Effect":"Allow","Action":"sts:TagSession","Principal":"*"}]}`, user, policy.ImplicitDeny, false},
	}
	keys := keysOf(map[string][]string{
		"aws:sourceaccount": {"123456789012"},
		"aws:sourcearn":     {"arn:aws:execute-api:us-east-1:123456789012:abcdefghij/prod/$connect"},
	})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := parse(t, test.text, policy.Trust)
			v, direct, s := d.Trusts(&policy.Request{Action: "sts:AssumeRole", Keys: keys, Caller: test.caller})
			if v != test.want || direct != test.direct {
				t.Errorf("got %v, direct %v; want %v, direct %v", v, direct, test.want, test.direct)
			}
			if (s == nil) != (v == policy.ImplicitDeny) {
				t.Errorf("statement %v for %v", s, v)
			}
		})
	}
	if v, _, _ := parse(t, conditional, policy.Trust).Trusts(&policy.Request{Action: "sts:AssumeRole", Caller: service}); v != policy.ImplicitDeny {
		t.Error("the condition on the source was not asked")
	}
}

// BenchmarkManageConnections is the decision that every push needs, for a
// least-privilege user.
func BenchmarkManageConnections(b *testing.B) {
	d := parse(b, `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:*:*:*"},
		{"Effect":"Allow","Action":"execute-api:ManageConnections","Resource":"arn:aws:execute-api:us-east-1:123456789012:abcdefghij/prod/*/@connections/*"}]}`, policy.Identity)
	set := policy.Set{Identity: []policy.Source{{ID: "push", Document: d}}}
	b.ReportAllocs()
	for b.Loop() {
		r := policy.Request{Action: "execute-api:ManageConnections", Resource: connections}
		if set.Decide(&r).Decision != policy.Allowed {
			b.Fatal("refused")
		}
	}
}
