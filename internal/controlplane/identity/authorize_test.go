package identity_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	"github.com/pasarela-ws/pasarela/internal/language"
)

func TestAuthorizeSaysWhy(t *testing.T) {
	s := start(t)
	ctx := t.Context()
	const user = "User: arn:aws:iam::123456789012:user/ana is not authorized to perform: a:b on resource: arn:aws:x:::y "
	who := newUser(t, s, "ana", allow("a:b", "*"))
	ask := func() string { return message(t, s.Authorize(ctx, who, "a:b", "arn:aws:x:::y", nil)) }
	if got := ask(); got != "" {
		t.Error(got)
	}
	newPolicy(t, s, allow("c:d", "*"))
	steps := []struct {
		name string
		do   func() error
		want string
	}{
		{"boundary", func() error { return s.Policies.PutBoundary(ctx, identity.UserNamed("ana"), managedARN) }, "because no permissions boundary allows the a:b action"},
		{"boundary gone", func() error { return s.Policies.DeleteBoundary(ctx, identity.UserNamed("ana")) }, ""},
		{"denied", func() error {
			return s.Policies.PutPolicy(ctx, identity.UserNamed("ana"), identity.PutPolicyInput{PolicyName: "no", PolicyDocument: deny("a:*", "*")})
		}, "with an explicit deny in an identity-based policy"},
		{"nothing", func() error {
			return errors.Join(s.Policies.DeletePolicy(ctx, identity.UserNamed("ana"), "no"), s.Policies.DeletePolicy(ctx, identity.UserNamed("ana"), "own"))
		}, "because no identity-based policy allows the a:b action"},
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			t.Fatal(step.name, err)
		}
		want := step.want
		if want != "" {
			want = "AccessDeniedException: " + user + want
		}
		if d := cmp.Diff(want, ask()); d != "" {
			t.Errorf("%s:\n%s", step.name, d)
		}
	}
	if got := message(t, s.Policies.DeleteBoundary(ctx, identity.UserNamed("ana"))); got != "NoSuchEntity: User ana does not have a permissions boundary." {
		t.Error(got)
	}
	if got := message(t, s.Policies.PutBoundary(ctx, identity.UserNamed("ana"), "arn:aws:iam::123456789:not_a_boundary")); got != "ValidationError: Value (arn:aws:iam::123456789:not_a_boundary) for parameter PermissionsBoundary is invalid." {
		t.Error(got)
	}
}

// TestPrincipalKeys: the keys of the principal are the server's to give.
func TestPrincipalKeys(t *testing.T) {
	s := start(t)
	ctx := t.Context()
	who := newUser(t, s, "ana", `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":"a:team","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/Team":"red"}}},
		{"Effect":"Allow","Action":"a:name","Resource":"arn:aws:s3:::${aws:username}/*"},
		{"Effect":"Allow","Action":"a:type","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalType":"User","aws:PrincipalAccount":"123456789012","aws:userid":"${aws:userid}"},"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::*:user/ana"},"Null":{"aws:MultiFactorAuthPresent":"true"}}},
		{"Effect":"Allow","Action":"a:ip","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}]}`)
	may := func(action, resource string, rc pasarela.RequestContext) bool {
		return s.Authorize(ctx, who, action, resource, rc) == nil
	}
	spoof := pasarela.RequestContext{"aws:principaltag/team": {"red"}, "aws:username": {"eva"}, "aws:multifactorauthpresent": {"true"}}
	if may("a:team", "*", spoof) {
		t.Error("a request gave its principal a tag")
	}
	if err := s.Users.TagUser(ctx, "ana", identity.TagsInput{Tags: []identity.Tag{{Key: "team", Value: "red"}}}); err != nil {
		t.Fatal(err)
	}
	if !may("a:team", "*", nil) {
		t.Error("a tag of the user does not count")
	}
	if !may("a:name", "arn:aws:s3:::ana/x", spoof) || may("a:name", "arn:aws:s3:::eva/x", spoof) {
		t.Error("aws:username")
	}
	if !may("a:type", "*", spoof) {
		t.Error("type, account, id, ARN, absence of MFA")
	}
	if !may("a:ip", "*", pasarela.RequestContext{"aws:sourceip": {"10.9.8.7"}}) || may("a:ip", "*", nil) {
		t.Error("aws:SourceIp comes with the request")
	}
}

// TestTheAccountOfAResource: what belongs to whom is the server's to say. The role by which
// the CDK uploads its files has this condition.
func TestTheAccountOfAResource(t *testing.T) {
	s := start(t)
	who := newUser(t, s, "ana", `{"Version":"2012-10-17","Statement":
		{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceAccount":["123456789012"]}}}}`)
	for resource, want := range map[string]bool{
		"arn:aws:s3:::assets":                   true,
		"arn:aws:s3:::assets/a:b":               true,
		"arn:aws:apigateway:eu-west-1::/apis/a": true,
		"*":                                     true,
		"arn:aws:lambda:eu-west-1:123456789012:function:f": true,
		"arn:aws:lambda:eu-west-1:210987654321:function:f": false,
		"arn:aws:iam::aws:policy/ReadOnlyAccess":           false,
	} {
		spoof := pasarela.RequestContext{"aws:resourceaccount": {"123456789012"}}
		if err := s.Authorize(t.Context(), who, "a:b", resource, spoof); (err == nil) != want {
			t.Errorf("%s: %v", resource, err)
		}
	}
}

// TestSessionsOfServices: CloudFormation makes a stack by a role with what that role may.
func TestSessionsOfServices(t *testing.T) {
	s := start(t)
	ctx := t.Context()
	create := func() string {
		role := newRole(t, s, "deployer", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"cloudformation.amazonaws.com"},"Action":"sts:AssumeRole"}}`)
		if err := s.Policies.PutPolicy(ctx, identity.RoleNamed("deployer"), identity.PutPolicyInput{PolicyName: "own", PolicyDocument: allow("ssm:*", "*")}); err != nil {
			t.Fatal(err)
		}
		return s.RoleARN(role)
	}
	arn := create()
	who := must[pasarela.Principal](t)(s.ServiceRoles.ServiceSession(arn, "cloudformation.amazonaws.com", "AWSCloudFormation"))
	if err := s.Authorize(ctx, who, "ssm:PutParameter", "*", nil); err != nil {
		t.Error(err)
	}
	const refused = "AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/deployer/AWSCloudFormation is not authorized to perform: iam:CreateRole on resource: *" +
		" because no identity-based policy allows the iam:CreateRole action"
	if got := message(t, s.Authorize(ctx, who, "iam:CreateRole", "*", nil)); got != refused {
		t.Error(got)
	}
	if err := s.Policies.DeletePolicy(ctx, identity.RoleNamed("deployer"), "own"); err != nil {
		t.Fatal(err)
	}
	if err := s.Roles.DeleteRole(ctx, "deployer"); err != nil {
		t.Fatal(err)
	}
	if s.Authorize(ctx, who, "ssm:PutParameter", "*", nil) == nil {
		t.Error("the role is gone")
	}
	create()
	if s.Authorize(ctx, who, "ssm:PutParameter", "*", nil) == nil {
		t.Error("another role of the same name")
	}
}

func TestAuthorizeAlias(t *testing.T) {
	s := start(t)
	literal := regionAccount.ConnectionsARN("a", "prod", "POST", "{connectionId}")
	who := newUser(t, s, "ana", allow("execute-api:ManageConnections", literal))
	real := regionAccount.ConnectionsARN("a", "prod", "POST", "L0SM9cOFvHcCIhw=")
	if s.Authorize(t.Context(), who, "execute-api:ManageConnections", real, nil) == nil {
		t.Error("one name alone")
	}
	if err := s.AuthorizeAlias(t.Context(), who, "execute-api:ManageConnections", real, literal, nil); err != nil {
		t.Error(err)
	}
}

func TestAuthorizeFailsClosed(t *testing.T) {
	s := start(t)
	who := newUser(t, s, "ana", allow("*", "*"))
	for name, spoil := range map[string]func(*pasarela.Principal){
		"another id": func(p *pasarela.Principal) { p.UserID = "AIDAOTHER" },
		"no type":    func(p *pasarela.Principal) { p.Type = "" },
		"a session that nobody opened": func(p *pasarela.Principal) {
			p.Type, p.AccessKeyID = pasarela.PrincipalSession, "ASIAUNKNOWN"
		},
		"another user": func(p *pasarela.Principal) { p.ARN = "arn:aws:iam::123456789012:user/eva" },
		"nobody":       func(p *pasarela.Principal) { *p = pasarela.Principal{} },
	} {
		p := who
		spoil(&p)
		if s.Authorize(t.Context(), p, "a:b", "*", nil) == nil {
			t.Errorf("%s was allowed", name)
		}
	}
}

func TestPassRole(t *testing.T) {
	s := start(t)
	const role = "arn:aws:iam::123456789012:role/r"
	who := newUser(t, s, "ana", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:PassRole","Resource":"`+role+`","Condition":{"StringEquals":{"iam:PassedToService":"apigateway.amazonaws.com"}}}}`)
	ctx := t.Context()
	if err := s.PassRole(ctx, who, role, pasarela.ServiceAPIGateway, nil); err != nil {
		t.Error(err)
	}
	if s.PassRole(ctx, who, role, "lambda.amazonaws.com", pasarela.RequestContext{"iam:passedtoservice": {"apigateway.amazonaws.com"}}) == nil {
		t.Error("passed to another service")
	}
	want := "AccessDeniedException: User: arn:aws:iam::123456789012:user/ana is not authorized to perform: iam:PassRole on resource: " + role + "x because no identity-based policy allows the iam:PassRole action"
	if d := cmp.Diff(want, message(t, s.PassRole(ctx, who, role+"x", pasarela.ServiceAPIGateway, nil))); d != "" {
		t.Error(d)
	}
}

func TestAssumeForService(t *testing.T) {
	s := start(t)
	const source = "arn:aws:execute-api:us-east-1:123456789012:abcdefghij/prod/$connect"
	newRole(t, s, "good", trustAPIGW)
	newRole(t, s, "ec2", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)
	newRole(t, s, "mine", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"123456789012"},"ArnLike":{"aws:SourceArn":"arn:aws:execute-api:*:*:abcdefghij/*"}}}]}`)
	newRole(t, s, "denied", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"},
		{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole"}]}`)
	remedy := `. The trust policy needs a statement {"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"} whose conditions hold (aws iam update-assume-role-policy)`
	for _, test := range []struct{ role, source, want string }{
		{"arn:aws:iam::123456789012:role/good", source, ""},
		{"arn:aws:iam::123456789012:role/mine", source, ""},
		{"arn:aws:iam::123456789012:role/mine", "arn:aws:execute-api:us-east-1:123456789012:other/prod/$connect", "arn:aws:iam::123456789012:role/mine: its trust policy does not let apigateway.amazonaws.com assume it on behalf of arn:aws:execute-api:us-east-1:123456789012:other/prod/$connect" + remedy},
		{"arn:aws:iam::123456789012:role/ec2", source, "arn:aws:iam::123456789012:role/ec2: its trust policy does not let apigateway.amazonaws.com assume it on behalf of " + source + remedy},
		{"arn:aws:iam::123456789012:role/denied", source, "arn:aws:iam::123456789012:role/denied: its trust policy denies apigateway.amazonaws.com (statement at line 2). Take the Deny out of the trust policy, or narrow it"},
		{"arn:aws:iam::123456789012:role/x/good", source, "arn:aws:iam::123456789012:role/x/good: there is no such role. Create it (aws iam create-role), or name another one"},
		{"arn:aws:iam::999999999999:role/good", source, "arn:aws:iam::999999999999:role/good: there is no such role. Create it (aws iam create-role), or name another one"},
		{"good", source, "good: this is not the ARN of a role. Give one like arn:aws:iam::123456789012:role/NAME"},
	} {
		got := ""
		if err := s.ServiceRoles.AssumeForService(test.role, pasarela.ServiceAPIGateway, test.source, accountID); err != nil {
			if _, known := err.(language.Message); !known {
				t.Errorf("%T", err)
			}
			got = err.Error()
		}
		if d := cmp.Diff(test.want, got); d != "" {
			t.Errorf("%s:\n%s", test.role, d)
		}
	}
	r := must[*identity.Role](t)(s.Roles.Get("good"))
	if _, region, ok := s.RoleLastUsed(r.RoleID); !ok || region != "us-east-1" {
		t.Error("the use of the role was not noted")
	}
}

func TestRoleAllows(t *testing.T) {
	s := start(t)
	r := newRole(t, s, "r", trustAPIGW)
	const function = "arn:aws:lambda:us-east-1:123456789012:function:f"
	err := s.ServiceRoles.RoleAllows(s.RoleARN(r), "lambda:InvokeFunction", function, nil)
	want := "arn:aws:iam::123456789012:role/r: it may not lambda:InvokeFunction on " + function + " because no identity-based policy allows the lambda:InvokeFunction action. Attach a policy that allows it (aws iam attach-role-policy)"
	if err == nil || err.Error() != want {
		t.Error(err)
	}
	if err := s.Policies.AttachPolicy(t.Context(), identity.RoleNamed("r"), "arn:aws:iam::aws:policy/service-role/AWSLambdaRole"); err != nil {
		t.Fatal(err)
	}
	if err := s.ServiceRoles.RoleAllows(s.RoleARN(r), "lambda:InvokeFunction", function, nil); err != nil {
		t.Error(err)
	}
}

// BenchmarkPush is what identity costs a push: the key and the decision.
func BenchmarkPush(b *testing.B) {
	s := start(b)
	who := newUser(b, s, "push", allow("execute-api:ManageConnections", "arn:aws:execute-api:us-east-1:123456789012:a/prod/*/@connections/*"))
	resource := regionAccount.ConnectionsARN("a", "prod", "POST", "L0SM9cOFvHcCIhw=")
	alias := regionAccount.ConnectionsARN("a", "prod", "POST", "{connectionId}")
	rc := pasarela.RequestContext{"aws:sourceip": {"127.0.0.1"}}
	ctx := b.Context()
	b.ReportAllocs()
	for b.Loop() {
		_, p, err := s.Key(ctx, who.AccessKeyID, "")
		if err != nil {
			b.Fatal(err)
		}
		if err := s.AuthorizeAlias(ctx, p, "execute-api:ManageConnections", resource, alias, rc.Values); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAssumeForService(b *testing.B) {
	s := start(b)
	r := newRole(b, s, "r", trustAPIGW)
	arn := s.RoleARN(r)
	b.ReportAllocs()
	for b.Loop() {
		if err := s.ServiceRoles.AssumeForService(arn, pasarela.ServiceAPIGateway, "arn:aws:execute-api:us-east-1:123456789012:a/prod/$connect", accountID); err != nil {
			b.Fatal(err)
		}
	}
}
