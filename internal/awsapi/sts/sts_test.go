package sts_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/sts"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	"github.com/pasarela-ws/pasarela/internal/testkit/account"
)

func start(t *testing.T) (*account.Account, http.Handler) {
	t.Helper()
	a := account.Open(t, "us-east-1")
	return a, sts.New(a.Identity, a.Guard(), slog.New(slog.DiscardHandler))
}

// call signs a form with c and returns status and body; ids, times and secrets
// are cut out of the body.
func call(t *testing.T, h http.Handler, c aws.Credentials, action string, pairs ...string) (int, string) {
	t.Helper()
	form := url.Values{"Action": {action}, "Version": {sts.Version}}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	body := form.Encode()
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	account.Sign(t, c, r, body, "sts", "us-east-1")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	blank := regexp.MustCompile(`<(RequestId|AccessKeyId|SecretAccessKey|SessionToken|Expiration|PackedPolicySize)>[^<]+<`)
	unique := regexp.MustCompile(`(AIDA|AROA)[A-Z2-7]{17}`)
	return w.Code, unique.ReplaceAllString(blank.ReplaceAllString(w.Body.String(), "<$1>*<"), "$1*")
}

func responseOf(action, result string) string {
	if result != "" {
		result = "<" + action + "Result>" + result + "</" + action + "Result>"
	}
	return "<" + action + `Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">` + result + "<ResponseMetadata><RequestId>*</RequestId></ResponseMetadata></" + action + "Response>"
}

func failure(code, message string) string {
	return `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>` + code + "</Code><Message>" + message + "</Message></Error><RequestId>*</RequestId></ErrorResponse>"
}

func TestAnswers(t *testing.T) {
	a, h := start(t)
	s, ctx, root := a.Identity, t.Context(), a.Root
	if _, err := s.Users.CreateUser(ctx, identity.CreateUserInput{UserName: "ana", Path: "/p/"}); err != nil {
		t.Fatal(err)
	}
	everything := `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}`
	if err := s.Policies.PutPolicy(ctx, identity.UserNamed("ana"), identity.PutPolicyInput{PolicyName: "no", PolicyDocument: everything}); err != nil {
		t.Fatal(err)
	}
	key, err := s.AccessKeys.CreateAccessKey(ctx, "ana")
	if err != nil {
		t.Fatal(err)
	}
	ana := aws.Credentials{AccessKeyID: key.AccessKeyID, SecretAccessKey: key.SecretAccessKey}
	trust := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":["sts:AssumeRole","sts:SetSourceIdentity"]}}`
	if _, err := s.Roles.CreateRole(ctx, identity.CreateRoleInput{RoleName: "r", Path: "/p/", AssumeRolePolicyDocument: trust}); err != nil {
		t.Fatal(err)
	}
	const role = "arn:aws:iam::123456789012:role/p/r"
	const secrets = "<Credentials><AccessKeyId>*</AccessKeyId><SecretAccessKey>*</SecretAccessKey><SessionToken>*</SessionToken><Expiration>*</Expiration></Credentials>"
	const assumed = "<AssumedRoleUser><AssumedRoleId>AROA*:work</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/r/work</Arn></AssumedRoleUser>"
	tests := []struct {
		name   string
		who    aws.Credentials
		action string
		pairs  []string
		status int
		want   string
	}{
		{"root", root, "GetCallerIdentity", nil, 200, responseOf("GetCallerIdentity", "<Arn>arn:aws:iam::123456789012:root</Arn><UserId>123456789012</UserId><Account>123456789012</Account>")},
		{"always allowed", ana, "GetCallerIdentity", nil, 200, responseOf("GetCallerIdentity", "<Arn>arn:aws:iam::123456789012:user/p/ana</Arn><UserId>AIDA*</UserId><Account>123456789012</Account>")},
		{"role", root, "AssumeRole", []string{"RoleArn", role, "RoleSessionName", "work"}, 200, responseOf("AssumeRole", secrets+assumed)},
		{
			"role with a policy", root, "AssumeRole",
			[]string{"RoleArn", role, "RoleSessionName", "work", "SourceIdentity", "ana", "PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"},
			200,
			responseOf("AssumeRole", secrets+assumed+"<PackedPolicySize>*</PackedPolicySize><SourceIdentity>ana</SourceIdentity>"),
		},
		{"denied", ana, "AssumeRole", []string{"RoleArn", role, "RoleSessionName", "work"}, 403, failure("AccessDenied", "User: arn:aws:iam::123456789012:user/p/ana is not authorized to perform: sts:AssumeRole on resource: "+role)},
		{"no name", root, "AssumeRole", []string{"RoleArn", role}, 400, failure("ValidationError", "1 validation error detected: Value null at &#39;roleSessionName&#39; failed to satisfy constraint: Member must not be null")},
		{"session of a user", ana, "GetSessionToken", nil, 200, responseOf("GetSessionToken", secrets)},
		{"account of a key", root, "GetAccessKeyInfo", []string{"AccessKeyId", key.AccessKeyID}, 200, responseOf("GetAccessKeyInfo", "<Account>123456789012</Account>")},
		{"declined", root, "DecodeAuthorizationMessage", nil, 400, failure("InvalidAction", "Could not find operation DecodeAuthorizationMessage for version 2011-06-15: No service here answers encoded authorization messages: refusals say in plain text who may not do what.")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			status, body := call(t, h, test.who, test.action, test.pairs...)
			if d := cmp.Diff(test.want, body); status != test.status || d != "" {
				t.Errorf("status %d (-want +got):\n%s", status, d)
			}
		})
	}
}

func TestWrongTokens(t *testing.T) {
	a, h := start(t)
	s, admin := a.Identity, a.Root
	c, err := s.Sessions.GetSessionToken(t.Context(), pasarela.Principal{ARN: s.RootARN(), AccessKeyID: admin.AccessKeyID, Type: pasarela.PrincipalRoot}, identity.GetSessionTokenInput{})
	if err != nil {
		t.Fatal(err)
	}
	good := aws.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken}
	if status, body := call(t, h, good, "GetCallerIdentity"); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	bad := good
	bad.SessionToken = "x" + bad.SessionToken[1:]
	none := good
	none.SessionToken = ""
	for name, c := range map[string]aws.Credentials{"another token": bad, "no token": none} {
		status, body := call(t, h, c, "GetCallerIdentity")
		if d := cmp.Diff(failure("InvalidClientTokenId", "The security token included in the request is invalid."), body); status != 403 || d != "" {
			t.Errorf("%s: %d\n%s", name, status, d)
		}
	}
}
