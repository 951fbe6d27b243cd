package policy_test

import (
	"testing"

	"github.com/pasarela-ws/pasarela/internal/engine/policy"
)

func parse(t testing.TB, text string, kind policy.Kind) *policy.Document {
	t.Helper()
	d, err := policy.Parse(text, kind)
	if err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	return d
}

func keysOf(m map[string][]string) policy.Keys {
	return func(name string) ([]string, bool) {
		v, ok := m[name]
		return v, ok
	}
}

const (
	connections = "arn:aws:execute-api:us-east-1:123456789012:abcdefghij/prod/POST/@connections/L0SM9cOFvHcCIhw="
	connect     = "arn:aws:execute-api:us-east-1:123456789012:abcdefghij/prod/$connect"
)

func TestActionsAndResources(t *testing.T) {
	const manage = "execute-api:ManageConnections"
	tests := []struct {
		name, body, action, resource string
		want                         policy.Decision
	}{
		{"exact", `"Effect":"Allow","Action":"execute-api:ManageConnections","Resource":"` + connections + `"`, manage, connections, policy.Allowed},
		{"action in another case", `"Effect":"Allow","Action":"EXECUTE-API:manageconnections","Resource":"*"`, manage, connections, policy.Allowed},
		{"resource in another case", `"Effect":"Allow","Action":"*","Resource":"arn:aws:execute-api:us-east-1:123456789012:ABCDEFGHIJ/*"`, manage, connections, policy.ImplicitDeny},
		{"the guide's resource covers the whole path", `"Effect":"Allow","Action":"execute-api:*","Resource":"arn:aws:execute-api:*:*:*"`, "execute-api:Invoke", connect, policy.Allowed},
		{"stage and method", `"Effect":"Allow","Action":"execute-api:M*","Resource":"arn:aws:execute-api:us-east-1:123456789012:*/prod/POST/@connections/*"`, manage, connections, policy.Allowed},
		{"another method", `"Effect":"Allow","Action":"execute-api:M*","Resource":"arn:aws:execute-api:us-east-1:123456789012:*/prod/DELETE/@connections/*"`, manage, connections, policy.ImplicitDeny},
		{"question mark is one character", `"Effect":"Allow","Action":"execute-api:?nvoke","Resource":"arn:aws:execute-api:us-east-?:*"`, "execute-api:Invoke", connect, policy.Allowed},
		{"question mark is not none", `"Effect":"Allow","Action":"execute-api:Invoke?","Resource":"*"`, "execute-api:Invoke", connect, policy.ImplicitDeny},
		{"NotAction", `"Effect":"Allow","NotAction":"iam:*","Resource":"*"`, manage, connections, policy.Allowed},
		{"NotAction covers", `"Effect":"Allow","NotAction":["iam:*","execute-api:*"],"Resource":"*"`, manage, connections, policy.ImplicitDeny},
		{"NotResource", `"Effect":"Deny","Action":"*","NotResource":"arn:aws:execute-api:*:*:other/*"`, manage, connections, policy.ExplicitDeny},
		{"NotResource covers", `"Effect":"Allow","Action":"*","NotResource":"arn:aws:execute-api:*:*:abcdefghij/*"`, manage, connections, policy.ImplicitDeny},
		{"escaped star is a star", `"Effect":"Allow","Action":"*","Resource":"arn:aws:execute-api:*:*:abc${*}"`, manage, "arn:aws:execute-api:r:a:abcd", policy.ImplicitDeny},
		{"escaped star matches itself", `"Effect":"Allow","Action":"*","Resource":"arn:aws:execute-api:*:*:abc${*}"`, manage, "arn:aws:execute-api:r:a:abc*", policy.Allowed},
		{"stars that need going back", `"Effect":"Allow","Action":"*","Resource":"arn:aws:execute-api:*/@connections/*=*="`, manage, connections + "x=", policy.Allowed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := parse(t, statement(test.body), policy.Identity)
			got, s := d.Evaluate(&policy.Request{Action: test.action, Resource: test.resource})
			if got != test.want || (s == nil) != (got == policy.ImplicitDeny) {
				t.Errorf("got %v (%v), want %v", got, s, test.want)
			}
		})
	}
}

// TestAlias: @connections is asked for with the id and with the literal braces.
func TestAlias(t *testing.T) {
	const literal = "arn:aws:execute-api:us-east-1:123456789012:abcdefghij/prod/POST/@connections/{connectionId}"
	r := &policy.Request{Action: "execute-api:ManageConnections", Resource: connections, Alias: literal}
	for body, want := range map[string]policy.Decision{
		`"Effect":"Allow","Action":"*","Resource":"` + literal + `"`:                                                              policy.Allowed,
		`"Effect":"Allow","Action":"*","Resource":"` + connections + `"`:                                                          policy.Allowed,
		`"Effect":"Deny","Action":"*","Resource":"` + literal + `"`:                                                               policy.ExplicitDeny,
		`"Effect":"Allow","Action":"*","NotResource":"` + literal + `"`:                                                           policy.ImplicitDeny,
		`"Effect":"Allow","Action":"*","Resource":"arn:aws:execute-api:us-east-1:123456789012:abcdefghij/prod/POST/@connections"`: policy.ImplicitDeny,
	} {
		if got, _ := parse(t, statement(body), policy.Identity).Evaluate(r); got != want {
			t.Errorf("%s: %v, want %v", body, got, want)
		}
	}
}

func TestDenyWinsInAnyOrder(t *testing.T) {
	d := parse(t, `{"Version":"2012-10-17","Statement":[
		{"Sid":"first","Effect":"Allow","Action":"*","Resource":"*"},
		{"Sid":"second","Effect":"Allow","Action":"*","Resource":"*"},
		{"Sid":"no","Effect":"Deny","Action":"a:b","Resource":"*"}]}`, policy.Identity)
	if v, s := d.Evaluate(&policy.Request{Action: "a:b", Resource: "x"}); v != policy.ExplicitDeny || s.SID != "no" {
		t.Errorf("got %v by %v", v, s)
	}
	if v, s := d.Evaluate(&policy.Request{Action: "a:c", Resource: "x"}); v != policy.Allowed || s.SID != "first" {
		t.Errorf("got %v by %v", v, s)
	}
}

func TestVariables(t *testing.T) {
	keys := keysOf(map[string][]string{
		"aws:username": {"ana"}, "aws:principaltag/team": {"red"}, "aws:tagkeys": {"a", "b"}, "evil": {"*"},
	})
	tests := []struct {
		name, pattern, text string
		want                bool
	}{
		{"value", "arn:aws:s3:::home/${aws:username}/*", "arn:aws:s3:::home/ana/x", true},
		{"value of somebody else", "arn:aws:s3:::home/${aws:username}/*", "arn:aws:s3:::home/eva/x", false},
		{"name in another case, twice", "arn:aws:s3:::${AWS:UserName}${aws:PrincipalTag/team}", "arn:aws:s3:::anared", true},
		{"default", "arn:aws:s3:::${aws:missing, 'all'}", "arn:aws:s3:::all", true},
		{"default is not needed", "arn:aws:s3:::${aws:username, 'all'}", "arn:aws:s3:::ana", true},
		{"missing", "arn:aws:s3:::${aws:missing}*", "arn:aws:s3:::", false},
		{"many values are none", "arn:aws:s3:::${aws:TagKeys}", "arn:aws:s3:::a", false},
		{"a star in a value is a star", "arn:aws:s3:::${evil}", "arn:aws:s3:::other", false},
		{"a star in a value matches itself", "arn:aws:s3:::${evil}", "arn:aws:s3:::*", true},
		{"escaped dollar", "arn:aws:s3:::${$}{x}", "arn:aws:s3:::${x}", true},
		{"not closed", "arn:aws:s3:::${aws:username", "arn:aws:s3:::${aws:username", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := parse(t, statement(`"Effect":"Allow","Action":"*","Resource":"`+test.pattern+`"`), policy.Identity)
			v, _ := d.Evaluate(&policy.Request{Action: "s3:Get", Resource: test.text, Keys: keys})
			if (v == policy.Allowed) != test.want {
				t.Errorf("got %v", v)
			}
		})
	}
}

func TestVariablesNeedTheNewVersion(t *testing.T) {
	d := parse(t, `{"Statement":{"Effect":"Allow","Action":"*","Resource":"${aws:username}"}}`, policy.Authorizer)
	keys := keysOf(map[string][]string{"aws:username": {"ana"}})
	if v, _ := d.Evaluate(&policy.Request{Action: "a:b", Resource: "ana", Keys: keys}); v != policy.ImplicitDeny {
		t.Error("a document of the old version has no variables")
	}
	if v, _ := d.Evaluate(&policy.Request{Action: "a:b", Resource: "${aws:username}", Keys: keys}); v != policy.Allowed {
		t.Error("in the old version the text stands for itself")
	}
}

func TestSetDecide(t *testing.T) {
	doc := func(effect, action string) []policy.Source {
		return []policy.Source{{ID: effect + " " + action, Document: parse(t, statement(`"Effect":"`+effect+`","Action":"`+action+`","Resource":"*"`), policy.Identity)}}
	}
	tests := []struct {
		name    string
		set     policy.Set
		want    policy.Decision
		because string
	}{
		{"nothing", policy.Set{}, policy.ImplicitDeny, "because no identity-based policy allows the a:b action"},
		{"identity", policy.Set{Identity: doc("Allow", "a:*")}, policy.Allowed, ""},
		{"identity denies", policy.Set{Identity: append(doc("Allow", "a:*"), doc("Deny", "a:b")...)}, policy.ExplicitDeny, "with an explicit deny in an identity-based policy"},
		{"boundary allows too", policy.Set{Identity: doc("Allow", "a:*"), Boundary: doc("Allow", "*")}, policy.Allowed, ""},
		{"boundary does not", policy.Set{Identity: doc("Allow", "a:*"), Boundary: doc("Allow", "c:*")}, policy.ImplicitDeny, "because no permissions boundary allows the a:b action"},
		{"boundary gives nothing", policy.Set{Boundary: doc("Allow", "*")}, policy.ImplicitDeny, "because no identity-based policy allows the a:b action"},
		{"boundary denies", policy.Set{Identity: doc("Allow", "a:*"), Boundary: doc("Deny", "a:b")}, policy.ExplicitDeny, "with an explicit deny in a permissions boundary"},
		{"session does not", policy.Set{Identity: doc("Allow", "a:*"), Session: doc("Allow", "c:*")}, policy.ImplicitDeny, "because no session policy allows the a:b action"},
		{"session denies", policy.Set{Session: doc("Deny", "a:b")}, policy.ExplicitDeny, "with an explicit deny in a session policy"},
		{"empty session", policy.Set{Identity: doc("Allow", "*"), Session: []policy.Source{}}, policy.ImplicitDeny, "because no session policy allows the a:b action"},
		{"all three", policy.Set{Identity: doc("Allow", "*"), Boundary: doc("Allow", "a:*"), Session: doc("Allow", "a:b")}, policy.Allowed, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := test.set.Decide(&policy.Request{Action: "a:b", Resource: "*"})
			if d.Decision != test.want {
				t.Errorf("got %v, want %v", d.Decision, test.want)
			}
			if test.want == policy.Allowed {
				if d.Source == nil || d.Statement == nil || d.Layer != policy.LayerIdentity {
					t.Errorf("who allowed it is not told: %+v", d)
				}
			} else if got := d.Because("a:b"); got != test.because {
				t.Errorf("got %q, want %q", got, test.because)
			}
		})
	}
}

// What may be done to something of which nothing is known is what some statement allows, and
// none denies on everything.
func TestSomeResource(t *testing.T) {
	const role = `"arn:aws:iam::123456789012:role/team/*"`
	tests := []struct {
		name, statements string
		want             policy.Decision
	}{
		{"nothing", `{"Effect":"Allow","Action":"iam:GetRole","Resource":"*"}`, policy.ImplicitDeny},
		{"on some", `{"Effect":"Allow","Action":"iam:CreateRole","Resource":` + role + `}`, policy.Allowed},
		{"all but some", `{"Effect":"Allow","Action":"iam:*","NotResource":` + role + `}`, policy.Allowed},
		{"under a condition", `{"Effect":"Allow","Action":"iam:Create*","Resource":"*","Condition":{"StringEquals":{"aws:RequestTag/team":"sales"}}}`, policy.Allowed},
		{"denied on some", `{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"iam:CreateRole","Resource":` + role + `}`, policy.Allowed},
		{"denied on all but some", `{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"iam:CreateRole","NotResource":` + role + `}`, policy.Allowed},
		{"denied under a condition", `{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"iam:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`, policy.Allowed},
		{"denied", `{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"iam:Create*","Resource":"*"}`, policy.ExplicitDeny},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := parse(t, `{"Version":"2012-10-17","Statement":[`+test.statements+`]}`, policy.Identity)
			if got, _ := d.Evaluate(&policy.Request{Action: "iam:CreateRole", SomeResource: true}); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
