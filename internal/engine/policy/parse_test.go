package policy_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/policy"
)

// complaint is AWS's sentence about a document, or "".
func complaint(t *testing.T, text string, kind policy.Kind) string {
	t.Helper()
	_, err := policy.Parse(text, kind)
	if err == nil {
		return ""
	}
	var e *pasarela.Error
	if !errors.As(err, &e) || e.Code != policy.CodeMalformed {
		t.Fatalf("got %v, want a MalformedPolicyDocument", err)
	}
	return e.Message
}

// statement puts one statement into a document of the current version.
func statement(body string) string {
	return `{"Version":"2012-10-17","Statement":{` + body + `}}`
}

const (
	syntax = "Syntax errors in policy."
	legacy = "The policy failed legacy parsing"
)

func TestParseIdentity(t *testing.T) {
	const allow, action, resource = `"Effect":"Allow",`, `"Action":"s3:ListBucket",`, `"Resource":"*"`
	on := func(r string) string { return statement(allow + action + `"Resource":` + r) }
	when := func(c string) string { return statement(allow + action + resource + `,"Condition":` + c) }
	tests := []struct{ name, text, want string }{
		{"not JSON", `hola`, syntax},
		{"two documents", `{} {}`, syntax},
		{"doubled key", `{"Version":"2012-10-17","Version":"2012-10-17","Statement":{}}`, syntax},
		{"nested without end", strings.Repeat("[", 100000), syntax},
		{"unknown version", `{"Version":"2013-10-17","Statement":{"Effect":"Allow","Action":"a:b","Resource":"*"}}`, syntax},
		{"old version", `{"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"a:b","Resource":"*"}}`, "Policy document must be version 2012-10-17 or greater."},
		{"no version", `{"Statement":{"Effect":"denY","Action":"a:b","Resource":"*"}}`, "Policy document must be version 2012-10-17 or greater."},
		{"no statement", `{"Version":"2012-10-17"}`, syntax},
		{"empty statements", `{"Version":"2012-10-17","Statement":[]}`, syntax},
		{"statement is text", `{"Version":"2012-10-17","Statement":["x"]}`, syntax},
		{"key in another case", `{"version":"2012-10-17","Statement":{"Effect":"Allow","Action":"a:b","Resource":"*"}}`, syntax},
		{"unknown key", statement(allow + action + resource + `,"Extra":1`), syntax},
		{"Id is a list", `{"Version":"2012-10-17","Id":["a"],"Statement":{"Effect":"Allow","Action":"a:b","Resource":"*"}}`, syntax},
		{"Sid is a list", statement(`"Sid":[],` + allow + action + resource), syntax},
		{"no effect", statement(action + resource), syntax},
		{"effect unknown", statement(`"Effect":"Maybe",` + action + resource), syntax},
		{"effect in another case", statement(`"Effect":"allow",` + action + resource), legacy},
		{"action and not action", statement(allow + action + `"NotAction":"a:b",` + resource), syntax},
		{"action is a number", statement(allow + `"Action":[1],` + resource), syntax},
		{"resource and not resource", statement(allow + action + resource + `,"NotResource":[]`), syntax},
		{"condition is a list", when(`[]`), syntax},
		{"condition without keys", when(`{"DateGreaterThan":"b"}`), syntax},
		{"condition value is an object", when(`{"StringEquals":{"a":{}}}`), syntax},
		{"unknown operator", when(`{"x":{"a":"1"}}`), syntax},
		{"unknown operator that says nothing", when(`{"x":{}}`), ""},
		{"two colons after the set", when(`{"ForAnyValue::StringEquals":{"a":"b"}}`), syntax},
		{"operator with everything", when(`{"ForAnyValue:StringEqualsIfExists":{"a":["b"]}}`), ""},
		{"booleans and numbers as values", when(`{"Bool":{"a":true},"NumericLessThan":{"b":[3,"4"]}}`), ""},
		{"bad date", when(`{"DateGreaterThan":{"a":"tomorrow"}}`), legacy},
		{"bad month", when(`{"DateLessThan":{"a":"2026-13"}}`), legacy},
		{"bad zone", when(`{"DateLessThan":{"a":"2026-12-13t2:00:00.5+1"}}`), legacy},
		{"epoch too large", when(`{"DateLessThan":{"a":"9223372036854775808"}}`), legacy},
		{"dates of all sorts", when(`{"DateLessThan":{"a":["01T","-292275054","2026-12-13T21:20:37.593194+00:00","1700000000","2026-07-01T13:20:15Z"]}}`), ""},
		{"date in a variable", when(`{"DateLessThan":{"a":"${aws:PrincipalTag/until}"}}`), ""},
		{"no actions", statement(allow + resource), "Policy statement must contain actions."},
		{"empty actions", statement(allow + `"Action":[],` + resource), "Policy statement must contain actions."},
		{"no resources", statement(allow + `"Action":"s3:ListBucket"`), "Policy statement must contain resources."},
		{"empty resources", on(`[]`), "Policy statement must contain resources."},
		{"action without vendor", statement(allow + `"Action":"invalid"`), "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."},
		{"action with two colons", statement(allow + `"Action":"a:b:c",` + resource), "Actions/Condition can contain only one colon."},
		{"vendor with a blank", statement(allow + `"NotAction":"a a:b",` + resource), "Vendor a a is not valid"},
		{"any vendor", statement(allow + `"Action":["*","iam: x y "],` + resource), ""},
		{"not an ARN", on(`"sdfsadf"`), `Resource sdfsadf must be in ARN format or "*".`},
		{"empty resource", on(`""`), `Resource  must be in ARN format or "*".`},
		{"partition", on(`"a:b:c:d:e:f:g:h"`), `Partition "b" is not valid for resource "arn:b:c:d:e:f:g:h".`},
		{"partition alone", on(`"a:nowhere"`), `Partition "nowhere" is not valid for resource "arn:nowhere:*:*:*:*".`},
		{"smallest faulty one is named", on(`["arn:error:s3:::b","arn:error:s3::b"]`), `Partition "error" is not valid for resource "arn:error:s3:::b".`},
		{"no vendor", on(`"arn:aws"`), "Resource vendor must be fully qualified and cannot contain regexes."},
		{"a colon too few", on(`"arn:aws:s3::bucket"`), legacy},
		{"a colon too few in NotResource", statement(allow + action + `"NotResource":"arn:aws:s3::bucket"`), legacy},
		{"no service", on(`"arn:aws::::bucket"`), legacy},
		{"region of iam", on(`"arn:aws:iam:us-east-1::role/x"`), "IAM resource arn:aws:iam:us-east-1::role/x cannot contain region information."},
		{"region of s3", on(`"arn:aws:s3:us-east-1::bucket"`), "Resource arn:aws:s3:us-east-1::bucket can not contain region information."},
		{"path of iam", on(`"arn:aws:iam:::bucket"`), `IAM resource path must either be "*" or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.`},
		{"anything of iam", on(`"arn:aws:iam::*:*"`), ""},
		{"doubled Sid", `{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","Action":"a:b","Resource":"*"},{"Sid":"a","Effect":"Allow"}]}`, "Statement IDs (SID) in a single policy must be unique."},
		{"empty Sids may be doubled", `{"Version":"2012-10-17","Statement":[{"Sid":"","Effect":"Allow","Action":"a:b","Resource":"*"},{"Sid":"","Effect":"Deny","Action":"a:b","Resource":"*"}]}`, ""},
		{"Sid with a blank", statement(`"Sid":"a b",` + allow + action + resource), "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*."},
		{"principal", statement(allow + action + resource + `,"Principal":"*"`), "Policy document should not specify a principal."},
		{"the guide's policy", guidePolicy, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := complaint(t, test.text, policy.Identity); got != test.want {
				t.Errorf("%s\ngot  %q\nwant %q", test.text, got, test.want)
			}
		})
	}
}

const (
	guidePolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["execute-api:Invoke"],"Resource":["arn:aws:execute-api:*:*:*"]}]}`
	guideTrust  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
)

func TestParseTrust(t *testing.T) {
	by := func(principal string) string {
		return `{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":` + principal + `}}`
	}
	tests := []struct{ name, text, want string }{
		{"the guide's trust", guideTrust, ""},
		{"old version", `{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["ec2.amazonaws.com"]},"Action":["sts:AssumeRole"]}]}`, ""},
		{"not JSON", `x`, syntax},
		{"resource", `{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*","Resource":"*"}}`, "Has prohibited field Resource."},
		{"no principal", `{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole"}}`, "Missing required field Principal"},
		{"another action", `{"Statement":{"Effect":"Allow","Action":"s3:GetObject","Principal":"*"}}`, "AssumeRole policy may only specify STS AssumeRole actions."},
		{"action without vendor", `{"Statement":{"Effect":"Allow","Action":"AssumeRole","Principal":"*"}}`, "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."},
		{"patterns of sts", `{"Statement":{"Effect":"Allow","Action":["sts:*","sts:TagSession"],"Principal":"*"}}`, ""},
		{"everyone", by(`{"AWS":"*"}`), ""},
		{"accounts", by(`{"AWS":["123456789012","arn:aws:iam::123456789012:root"]}`), ""},
		{"user, role, session", by(`{"AWS":["arn:aws:iam::123456789012:user/a/b","arn:aws:iam::123456789012:role/r","arn:aws:sts::123456789012:assumed-role/r/s"]}`), ""},
		{"unique id", by(`{"AWS":"AROAABCDEFGHIJKLMNOPQ"}`), ""},
		{"federation", by(`{"Federated":"cognito-identity.amazonaws.com"}`), ""},
		{"user that cannot be", by(`{"AWS":"arn:aws:iam::123456789012:user/*"}`), `Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:user/*"`},
		{"text", by(`"me"`), `Invalid principal in policy: "me"`},
		{"service", by(`{"Service":"foo"}`), `Invalid principal in policy: "SERVICE":"foo"`},
		{"kind", by(`{"Person":"foo"}`), syntax},
		{"list", by(`["*"]`), syntax},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := complaint(t, test.text, policy.Trust); got != test.want {
				t.Errorf("%s\ngot  %q\nwant %q", test.text, got, test.want)
			}
		})
	}
}

func TestParseAuthorizer(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"as blueprints return it", `{"Version":"2012-10-17","Statement":[{"Action":"execute-api:Invoke","Effect":"Allow","Resource":"arn:aws:execute-api:us-east-1:123456789012:a/b/$connect"}]}`, ""},
		{"no version", `{"Statement":[{"Action":"execute-api:Invoke","Effect":"Deny","Resource":["anything"]}]}`, ""},
		{"no statement", `{"Version":"2012-10-17"}`, syntax},
		{"no actions", `{"Statement":{"Effect":"Deny","Resource":"*"}}`, "Policy statement must contain actions."},
		{"no resources", `{"Statement":{"Effect":"Deny","Action":"*"}}`, "Policy statement must contain resources."},
		{"effect", `{"Statement":{"Effect":"allow","Action":"*","Resource":"*"}}`, syntax},
		{"principal", `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"}}`, "Policy document should not specify a principal."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := complaint(t, test.text, policy.Authorizer); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestPositions holds the places of a statement against the ones that AWS's CLI
// reference shows for this very document: 1:38 to 1:167.
func TestPositions(t *testing.T) {
	d, err := policy.Parse(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2015-08-16T12:00:00Z"}}}}`, policy.Identity)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(policy.Position{Line: 1, Column: 38}, d.Statements[0].Start); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(policy.Position{Line: 1, Column: 167}, d.Statements[0].End); d != "" {
		t.Error(d)
	}
	d, err = policy.Parse("{\"Version\":\"2012-10-17\",\"Statement\":[\n  {\"Effect\":\"Allow\",\"Action\":\"a:b\",\"Resource\":\"*\"\n}]}", policy.Identity)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]policy.Position{{2, 4}, {3, 2}}, []policy.Position{d.Statements[0].Start, d.Statements[0].End}); d != "" {
		t.Error(d)
	}
}

func TestPrincipalARNs(t *testing.T) {
	d, err := policy.Parse(`{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":["arn:aws:iam::123456789012:user/a","123456789012"],"Service":"ec2.amazonaws.com"}},
		{"Effect":"Deny","Action":"sts:AssumeRole","NotPrincipal":{"AWS":["arn:aws:iam::123456789012:user/a","arn:aws:iam::123456789012:role/p/r"]}}]}`, policy.Trust)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"arn:aws:iam::123456789012:user/a", "arn:aws:iam::123456789012:role/p/r"}
	if d := cmp.Diff(want, d.PrincipalARNs()); d != "" {
		t.Error(d)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{guidePolicy, guideTrust, `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotAction":"a:b","NotResource":"arn:aws:s3:::${aws:username,'x'}/*","Condition":{"ForAllValues:StringLike":{"aws:TagKeys":["?*"]},"IpAddress":{"aws:SourceIp":"10.0.0.0/8"},"Null":{"a":"true"},"ArnLike":{"b":"arn:*:s3:::*"},"DateLessThan":{"c":"2026"}}}]}`} {
		f.Add(seed, "s3:GetObject", "arn:aws:s3:::a")
	}
	f.Fuzz(func(t *testing.T, text, action, resource string) {
		keys := func(string) ([]string, bool) { return []string{resource}, true }
		for _, kind := range []policy.Kind{policy.Identity, policy.Trust, policy.Resource, policy.Authorizer} {
			d, err := policy.Parse(text, kind)
			if err != nil {
				continue
			}
			caller := &policy.Caller{ARN: resource}
			v, s := d.Evaluate(&policy.Request{Action: action, Resource: resource, Keys: keys, Caller: caller})
			if (v == policy.ImplicitDeny) != (s == nil) {
				t.Errorf("decision %v with statement %v", v, s)
			}
			d.Trusts(&policy.Request{Action: action, Caller: caller})
		}
	})
}
