package iam_test

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
)

const (
	guidePolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["execute-api:Invoke"],"Resource":["arn:aws:execute-api:*:*:*"]}]}`
	guideTrust  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
)

// ok makes a call that must succeed.
func ok(t *testing.T) func(int, string) string {
	return func(status int, body string) string {
		t.Helper()
		if status != 200 {
			t.Fatalf("status %d: %s", status, body)
		}
		return body
	}
}

// TestBytes holds whole responses against AWS's form; ids and times are cut out.
func TestBytes(t *testing.T) {
	s := serve(t)
	admin := s.admin()
	created := ok(t)(s.iam(t, admin, "CreateRole", "RoleName", "APIGatewayInvokeHTTPRole", "Path", "/p/", "Description", "a <b>", "AssumeRolePolicyDocument", guideTrust,
		"Tags.member.1.Key", "k", "Tags.member.1.Value", ""))
	want := `<CreateRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><CreateRoleResult><Role>` +
		`<Path>/p/</Path><RoleName>APIGatewayInvokeHTTPRole</RoleName><RoleId>*</RoleId><Arn>arn:aws:iam::123456789012:role/p/APIGatewayInvokeHTTPRole</Arn>` +
		`<CreateDate>*</CreateDate><AssumeRolePolicyDocument>` + strings.ReplaceAll(url.QueryEscape(guideTrust), "+", "%20") + `</AssumeRolePolicyDocument>` +
		`<Description>a &lt;b&gt;</Description><Tags><member><Key>k</Key><Value></Value></member></Tags></Role></CreateRoleResult>` +
		`<ResponseMetadata><RequestId>*</RequestId></ResponseMetadata></CreateRoleResponse>`
	if d := cmp.Diff(want, blank(created)); d != "" {
		t.Errorf("CreateRole (-want +got):\n%s", d)
	}
	if got := ok(t)(s.iam(t, admin, "GetRole", "RoleName", "apigatewayinvokehttprole")); !strings.Contains(got, "<MaxSessionDuration>3600</MaxSessionDuration>") || !strings.Contains(got, "<RoleLastUsed></RoleLastUsed>") {
		t.Errorf("GetRole: %s", got)
	}
	listed := ok(t)(s.iam(t, admin, "ListRoles", "PathPrefix", "/p/"))
	if strings.Contains(listed, "<Tags>") || !strings.Contains(listed, "<MaxSessionDuration>") || !strings.Contains(listed, "<IsTruncated>false</IsTruncated>") {
		t.Errorf("ListRoles: %s", listed)
	}
	empty := ok(t)(s.iam(t, admin, "ListInstanceProfilesForRole", "RoleName", "APIGatewayInvokeHTTPRole"))
	if !strings.Contains(empty, "<InstanceProfiles></InstanceProfiles><IsTruncated>false</IsTruncated>") {
		t.Errorf("an empty list is an empty element: %s", empty)
	}
	void := ok(t)(s.iam(t, admin, "DeleteRole", "RoleName", "APIGatewayInvokeHTTPRole"))
	if d := cmp.Diff(`<DeleteRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ResponseMetadata><RequestId>*</RequestId></ResponseMetadata></DeleteRoleResponse>`, blank(void)); d != "" {
		t.Errorf("DeleteRole (-want +got):\n%s", d)
	}
}

// blank replaces values that differ from run to run by a star.
func blank(body string) string {
	for _, name := range []string{"RoleId", "CreateDate", "RequestId"} {
		before, rest, found := strings.Cut(body, "<"+name+">")
		if _, after, ok := strings.Cut(rest, "</"+name+">"); found && ok {
			body = before + "<" + name + ">*</" + name + ">" + after
		}
	}
	return body
}

func TestErrors(t *testing.T) {
	s := serve(t)
	admin := s.admin()
	ok(t)(s.iam(t, admin, "CreateUser", "UserName", "ana"))
	tests := []struct {
		name   string
		c      credentials
		form   url.Values
		status int
		want   failure
	}{
		{"no role", admin, action("GetRole", "2010-05-08", "RoleName", "x"), 404, failure{"Sender", "NoSuchEntity", "The role with name x cannot be found."}},
		{"taken", admin, action("CreateUser", "2010-05-08", "UserName", "ANA"), 409, failure{"Sender", "EntityAlreadyExists", "User with name ANA already exists."}},
		{"constraint", admin, action("CreateUser", "2010-05-08", "UserName", "a b"), 400, failure{"Sender", "ValidationError", `1 validation error detected: Value 'a b' at 'userName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]+`}},
		{"two constraints", admin, action("CreateRole", "2010-05-08", "MaxSessionDuration", "1"), 400, failure{"Sender", "ValidationError", "3 validation errors detected: Value null at 'roleName' failed to satisfy constraint: Member must not be null; Value null at 'assumeRolePolicyDocument' failed to satisfy constraint: Member must not be null; Value '1' at 'maxSessionDuration' failed to satisfy constraint: Member must have value greater than or equal to 3600"}},
		{"malformed document", admin, action("CreatePolicy", "2010-05-08", "PolicyName", "p", "PolicyDocument", "{}"), 400, failure{"Sender", "MalformedPolicyDocument", "Syntax errors in policy."}},
		{"number", admin, action("ListUsers", "2010-05-08", "MaxItems", "many"), 400, failure{"Sender", "MalformedInput", `Invalid parameter 'MaxItems': expected a whole number, got "many".`}},
		{"page too large", admin, action("ListUsers", "2010-05-08", "MaxItems", "1001"), 400, failure{"Sender", "ValidationError", "1 validation error detected: Value '1001' at 'maxItems' failed to satisfy constraint: Member must have value less than or equal to 1000"}},
		{"marker", admin, action("ListUsers", "2010-05-08", "Marker", "x"), 400, failure{"Sender", "ValidationError", "Invalid Marker."}},
		{"unknown action", admin, action("CreateHouse", "2010-05-08"), 400, failure{"Sender", "InvalidAction", "Could not find operation CreateHouse for version 2010-05-08"}},
		{"no action", admin, url.Values{"Version": {"2010-05-08"}}, 400, failure{"Sender", "MissingAction", "The request must contain the parameter Action."}},
		{"unknown key", credentials{"AKIAUNKNOWN", "x", ""}, action("ListUsers", "2010-05-08"), 403, failure{"Sender", "InvalidClientTokenId", "The security token included in the request is invalid."}},
		{"wrong secret", credentials{s.root.AccessKeyID, "x", ""}, action("ListUsers", "2010-05-08"), 403, failure{"Sender", "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."}},
		{"unsigned", credentials{}, action("ListUsers", "2010-05-08"), 403, failure{"Sender", "MissingAuthenticationToken", "Request is missing Authentication Token"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			status, body := s.call(t, "iam", test.c, test.form)
			if status != test.status {
				t.Errorf("status %d, want %d", status, test.status)
			}
			if d := cmp.Diff(test.want, parseFailure(t, body)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestDeniedCallSaysWhoWhatAndWhy(t *testing.T) {
	s := serve(t)
	ok(t)(s.iam(t, s.admin(), "CreateUser", "UserName", "eva"))
	key, err := s.identities.AccessKeys.CreateAccessKey(t.Context(), "eva")
	if err != nil {
		t.Fatal(err)
	}
	eva := credentials{key.AccessKeyID, key.SecretAccessKey, ""}
	status, body := s.iam(t, eva, "CreateRole", "RoleName", "x", "AssumeRolePolicyDocument", guideTrust)
	want := failure{"Sender", "AccessDenied", "User: arn:aws:iam::123456789012:user/eva is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::123456789012:role/x because no identity-based policy allows the iam:CreateRole action"}
	if d := cmp.Diff(want, parseFailure(t, body)); status != 403 || d != "" {
		t.Errorf("status %d (-want +got):\n%s", status, d)
	}
	ok(t)(s.sts(t, eva, "GetCallerIdentity"))
	status, body = s.sts(t, eva, "AssumeRole", "RoleArn", "arn:aws:iam::123456789012:role/x", "RoleSessionName", "abc")
	want = failure{"Sender", "AccessDenied", "User: arn:aws:iam::123456789012:user/eva is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/x"}
	if d := cmp.Diff(want, parseFailure(t, body)); status != 403 || d != "" {
		t.Errorf("status %d (-want +got):\n%s", status, d)
	}
}

func TestConditionsOnTags(t *testing.T) {
	s := serve(t)
	policy := `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":"iam:CreateUser","Resource":"*","Condition":{"StringEquals":{"aws:RequestTag/team":"red"},"ForAllValues:StringEquals":{"aws:TagKeys":["team"]}}},
		{"Effect":"Allow","Action":"iam:DeleteUser","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"red"}}}]}`
	ok(t)(s.iam(t, s.admin(), "CreateUser", "UserName", "eva"))
	ok(t)(s.iam(t, s.admin(), "PutUserPolicy", "UserName", "eva", "PolicyName", "p", "PolicyDocument", policy))
	key, err := s.identities.AccessKeys.CreateAccessKey(t.Context(), "eva")
	if err != nil {
		t.Fatal(err)
	}
	eva := credentials{key.AccessKeyID, key.SecretAccessKey, ""}
	if status, _ := s.iam(t, eva, "CreateUser", "UserName", "a"); status != 403 {
		t.Errorf("without the tag: %d", status)
	}
	if status, _ := s.iam(t, eva, "CreateUser", "UserName", "a", "Tags.member.1.Key", "team", "Tags.member.1.Value", "red", "Tags.member.2.Key", "x", "Tags.member.2.Value", "y"); status != 403 {
		t.Errorf("with another tag: %d", status)
	}
	ok(t)(s.iam(t, eva, "CreateUser", "UserName", "a", "Tags.member.1.Key", "team", "Tags.member.1.Value", "red"))
	if status, _ := s.iam(t, eva, "DeleteUser", "UserName", "eva"); status != 403 {
		t.Errorf("deleting what has no tag: %d", status)
	}
	ok(t)(s.iam(t, eva, "DeleteUser", "UserName", "a"))
}

// TestSelf: calls without a name mean the caller; sessions of roles must give a name.
func TestSelf(t *testing.T) {
	s := serve(t)
	ok(t)(s.iam(t, s.admin(), "CreateUser", "UserName", "eva"))
	ok(t)(s.iam(t, s.admin(), "AttachUserPolicy", "UserName", "eva", "PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess"))
	key, err := s.identities.AccessKeys.CreateAccessKey(t.Context(), "eva")
	if err != nil {
		t.Fatal(err)
	}
	eva := credentials{key.AccessKeyID, key.SecretAccessKey, ""}
	if body := ok(t)(s.iam(t, eva, "CreateAccessKey")); !strings.Contains(body, "<UserName>eva</UserName>") {
		t.Errorf("a key of %s", body)
	}
	if body := ok(t)(s.iam(t, eva, "GetUser")); !strings.Contains(body, "<UserName>eva</UserName>") {
		t.Errorf("GetUser: %s", body)
	}
	if body := ok(t)(s.iam(t, s.admin(), "ListAccessKeys")); !strings.Contains(body, s.root.AccessKeyID) || strings.Contains(body, key.AccessKeyID) {
		t.Errorf("the root's keys: %s", body)
	}
	trust := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}}`
	ok(t)(s.iam(t, s.admin(), "CreateRole", "RoleName", "r", "AssumeRolePolicyDocument", trust))
	ok(t)(s.iam(t, s.admin(), "AttachRolePolicy", "RoleName", "r", "PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess"))
	var assumed struct {
		Key    string `xml:"AssumeRoleResult>Credentials>AccessKeyId"`
		Secret string `xml:"AssumeRoleResult>Credentials>SecretAccessKey"`
		Token  string `xml:"AssumeRoleResult>Credentials>SessionToken"`
	}
	body := ok(t)(s.sts(t, eva, "AssumeRole", "RoleArn", "arn:aws:iam::123456789012:role/r", "RoleSessionName", "work"))
	if err := xml.Unmarshal([]byte(body), &assumed); err != nil {
		t.Fatal(err)
	}
	session := credentials{assumed.Key, assumed.Secret, assumed.Token}
	for _, action := range []string{"GetUser", "CreateAccessKey", "ListAccessKeys"} {
		status, body := s.iam(t, session, action)
		want := failure{"Sender", "ValidationError", "Must specify userName when calling with non-User credentials"}
		if d := cmp.Diff(want, parseFailure(t, body)); status != 400 || d != "" {
			t.Errorf("%s: status %d\n%s", action, status, d)
		}
	}
	if body := ok(t)(s.iam(t, s.admin(), "GetRole", "RoleName", "r")); !strings.Contains(body, "<RoleLastUsed><LastUsedDate>") {
		t.Errorf("the role was used: %s", body)
	}
}

func TestGETWorksToo(t *testing.T) {
	s := serve(t)
	r, err := s.Client().Get(s.URL + "/?Action=GetCallerIdentity&Version=2011-06-15")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if r.StatusCode != 403 || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/xml") {
		t.Errorf("an unsigned GET: %d %s", r.StatusCode, r.Header.Get("Content-Type"))
	}
}

// An access key id is no secret: a request that only names one leaves no trace in the
// last use of the key or of the role of a session (A-IAM-10).
func TestUseIsNotedOnceTheSignatureIsVerified(t *testing.T) {
	s := serve(t)
	admin := s.admin()
	role := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"` + accountID + `"},"Action":"sts:AssumeRole"}}`
	r, err := s.identities.Roles.CreateRole(t.Context(), identity.CreateRoleInput{RoleName: "r", AssumeRolePolicyDocument: role})
	if err != nil {
		t.Fatal(err)
	}
	user, err := s.identities.Users.CreateUser(t.Context(), identity.CreateUserInput{UserName: "ana"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.identities.Policies.PutPolicy(t.Context(), identity.UserNamed(user.UserName), identity.PutPolicyInput{PolicyName: "p", PolicyDocument: `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`}); err != nil {
		t.Fatal(err)
	}
	key, err := s.identities.AccessKeys.CreateAccessKey(t.Context(), "ana")
	if err != nil {
		t.Fatal(err)
	}
	who := pasarela.Principal{ARN: s.identities.UserARN(user), AccountID: accountID, UserID: user.UserID, AccessKeyID: key.AccessKeyID, Type: pasarela.PrincipalUser}
	session, err := s.identities.Sessions.AssumeRole(t.Context(), who, identity.AssumeRoleInput{RoleARN: s.identities.RoleARN(r), RoleSessionName: "one"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		signs credentials
		used  func() bool
	}{
		"the root's key": {admin, func() bool { _, _, ok := s.identities.KeyLastUsed(admin.key); return ok }},
		"a user's key":   {credentials{key: key.AccessKeyID, secret: key.SecretAccessKey}, func() bool { _, _, ok := s.identities.KeyLastUsed(key.AccessKeyID); return ok }},
		"a session":      {credentials{session.AccessKeyID, session.SecretAccessKey, session.SessionToken}, func() bool { _, _, ok := s.identities.RoleLastUsed(r.RoleID); return ok }},
	} {
		t.Run(name, func(t *testing.T) {
			forged := c.signs
			forged.secret = "guessed"
			if status, body := s.sts(t, forged, "GetCallerIdentity"); status != http.StatusForbidden || c.used() {
				t.Errorf("a guessed secret: %d, noted: %t\n%s", status, c.used(), body)
			}
			if status, body := s.sts(t, c.signs, "GetCallerIdentity"); status != http.StatusOK || !c.used() {
				t.Errorf("the secret: %d, noted: %t\n%s", status, c.used(), body)
			}
		})
	}
}
