package identity_test

import (
	"encoding/base64"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/sigv4"
)

// taken assumes a role and returns who the session is.
func taken(t testing.TB, s *identity.Service, who pasarela.Principal, in identity.AssumeRoleInput) (*identity.AssumedRole, pasarela.Principal) {
	t.Helper()
	r := must[*identity.AssumedRole](t)(s.Sessions.AssumeRole(t.Context(), who, in, nil))
	secret, p, err := s.Key(t.Context(), r.AccessKeyID, r.SessionToken)
	if err != nil || secret != r.SecretAccessKey {
		t.Fatalf("the session's key: %v", err)
	}
	return r, p
}

func TestSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket := memory.NewBucket()
		s, other := open(t, bucket, nil), open(t, bucket, nil)
		ctx := t.Context()
		r := must[*identity.Role](t)(s.Roles.CreateRole(ctx, identity.CreateRoleInput{RoleName: "r", Path: "/p/", AssumeRolePolicyDocument: trustAll}))
		if err := s.Policies.PutPolicy(ctx, identity.RoleNamed("r"), identity.PutPolicyInput{PolicyName: "p", PolicyDocument: allow("a:*", "*")}); err != nil {
			t.Fatal(err)
		}
		ana := newUser(t, s, "ana", allow("sts:AssumeRole", s.RoleARN(r)))
		role, who := taken(t, s, ana, identity.AssumeRoleInput{RoleARN: s.RoleARN(r), RoleSessionName: "work"})
		want := pasarela.Principal{
			ARN: "arn:aws:sts::123456789012:assumed-role/r/work", AccountID: accountID, UserID: r.RoleID + ":work",
			AccessKeyID: role.AccessKeyID, Type: pasarela.PrincipalSession,
		}
		if d := cmp.Diff(want, who); d != "" {
			t.Error(d)
		}
		if life := time.Until(role.Expiration); life != time.Hour {
			t.Errorf("the session lives for %v", life)
		}
		if role.PackedPolicySize != nil {
			t.Error("a packed size without policies")
		}
		synctest.Wait()
		s.Close()
		again := open(t, bucket, nil) // the session survives a restart, and is good on any node
		for name, node := range map[string]*identity.Service{"another node": other, "after a restart": again} {
			secret, p, err := node.Key(ctx, role.AccessKeyID, role.SessionToken)
			if err != nil || secret != role.SecretAccessKey || p != who {
				t.Errorf("%s: %+v, %v", name, p, err)
			}
			if err := node.Authorize(ctx, p, "a:b", "*", nil); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if node.Authorize(ctx, p, "c:d", "*", nil) == nil {
				t.Errorf("%s: more than the role may", name)
			}
		}
		for name, token := range map[string]string{
			"none":            "",
			"nonsense":        "x",
			"somebody else's": flip(t, role.SessionToken),
			"cut":             role.SessionToken[:40],
		} {
			if _, _, err := again.Key(ctx, role.AccessKeyID, token); !errors.Is(err, sigv4.ErrUnknownKey) {
				t.Errorf("token %s: %v", name, err)
			}
		}
		if _, _, err := again.Key(ctx, ana.AccessKeyID, role.SessionToken); !errors.Is(err, sigv4.ErrUnknownKey) {
			t.Errorf("a token with another key: %v", err)
		}
		time.Sleep(time.Hour) // of the bubble's clock
		if _, _, err := again.Key(ctx, role.AccessKeyID, role.SessionToken); !errors.Is(err, sigv4.ErrExpiredToken) {
			t.Errorf("an hour later: %v", err)
		}
		other.Close()
		again.Close()
	})
}

// flip changes one bit in the middle of a token.
func flip(t *testing.T, token string) string {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)/2] ^= 1
	return base64.StdEncoding.EncodeToString(raw)
}

func TestSessionEndsWithItsRole(t *testing.T) {
	s := start(t)
	r := newRole(t, s, "r", trustAll)
	ana := newUser(t, s, "ana", allow("sts:*", "*"))
	role, who := taken(t, s, ana, identity.AssumeRoleInput{RoleARN: s.RoleARN(r), RoleSessionName: "work"})
	if err := s.Roles.DeleteRole(t.Context(), "r"); err != nil {
		t.Fatal(err)
	}
	newRole(t, s, "r", trustAll)
	if _, _, err := s.Key(t.Context(), role.AccessKeyID, role.SessionToken); !errors.Is(err, sigv4.ErrUnknownKey) {
		t.Errorf("a session of the role that was: %v", err)
	}
	if s.Authorize(t.Context(), who, "a:b", "*", nil) == nil {
		t.Error("it may still act")
	}
}

func TestSessionPolicies(t *testing.T) {
	s := start(t)
	ctx := t.Context()
	r := newRole(t, s, "r", trustAll)
	if err := s.Policies.PutPolicy(ctx, identity.RoleNamed("r"), identity.PutPolicyInput{PolicyName: "p", PolicyDocument: allow("*", "*")}); err != nil {
		t.Fatal(err)
	}
	ana := newUser(t, s, "ana", allow("sts:*", "*"))
	newPolicy(t, s, allow("c:d", "*"))
	role, who := taken(t, s, ana, identity.AssumeRoleInput{
		RoleARN: s.RoleARN(r), RoleSessionName: "work", Policy: allow("a:b", "*"), PolicyARNs: []identity.PolicyARN{{ARN: managedARN}},
	})
	if role.PackedPolicySize == nil || *role.PackedPolicySize < 1 || *role.PackedPolicySize > 100 {
		t.Errorf("packed size %v", role.PackedPolicySize)
	}
	for action, want := range map[string]bool{"a:b": true, "c:d": true, "e:f": false} {
		if got := s.Authorize(ctx, who, action, "*", nil) == nil; got != want {
			t.Errorf("%s: %v", action, got)
		}
	}
	want := "AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/r/work is not authorized to perform: e:f on resource: * because no session policy allows the e:f action"
	if d := cmp.Diff(want, message(t, s.Authorize(ctx, who, "e:f", "*", nil))); d != "" {
		t.Error(d)
	}
	if _, err := s.Sessions.AssumeRole(ctx, ana, identity.AssumeRoleInput{RoleARN: s.RoleARN(r), RoleSessionName: "work", Policy: "{}"}, nil); message(t, err) != "MalformedPolicyDocument: Syntax errors in policy." {
		t.Error(err)
	}
}

func TestAssumeRoleDecisions(t *testing.T) {
	s := start(t)
	ctx := t.Context()
	role := func(name, trust string) string { return s.RoleARN(newRole(t, s, name, trust)) }
	may := newUser(t, s, "may", allow("sts:*", "*"))
	no := newUser(t, s, "no", "")
	forbidden := newUser(t, s, "forbidden", deny("sts:AssumeRole", "*"))
	account, mine := role("account", trustAll), role("mine", trusting("arn:aws:iam::123456789012:user/no"))
	forbiddenToo := role("forbidden", trusting("arn:aws:iam::123456789012:user/forbidden"))
	external := role("external", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":["sts:AssumeRole","sts:TagSession"],"Condition":{"StringEquals":{"sts:ExternalId":"secret"},"StringLike":{"sts:RoleSessionName":"w*"}}}}`)
	newPolicy(t, s, allow("a:b", "*"))
	limited := newUser(t, s, "limited", "")
	if err := s.Policies.PutBoundary(ctx, identity.UserNamed("limited"), managedARN); err != nil {
		t.Fatal(err)
	}
	beyond := role("beyond", trusting("arn:aws:iam::123456789012:user/limited"))
	service := role("service", trustAPIGW)
	hours := 7200
	tests := []struct {
		name string
		who  pasarela.Principal
		in   identity.AssumeRoleInput
		want string
	}{
		{"account trusted and allowed", may, identity.AssumeRoleInput{RoleARN: account}, ""},
		{"account trusted, not allowed", no, identity.AssumeRoleInput{RoleARN: account}, "AccessDeniedException: User: arn:aws:iam::123456789012:user/no is not authorized to perform: sts:AssumeRole on resource: " + account},
		{"named", no, identity.AssumeRoleInput{RoleARN: mine}, ""},
		{"somebody else is named", may, identity.AssumeRoleInput{RoleARN: mine}, "AccessDeniedException: User: arn:aws:iam::123456789012:user/may is not authorized to perform: sts:AssumeRole on resource: " + mine},
		{"named and denied", forbidden, identity.AssumeRoleInput{RoleARN: forbiddenToo}, "AccessDeniedException: User: arn:aws:iam::123456789012:user/forbidden is not authorized to perform: sts:AssumeRole on resource: " + forbiddenToo},
		{"named beyond the boundary", limited, identity.AssumeRoleInput{RoleARN: beyond}, "AccessDeniedException: User: arn:aws:iam::123456789012:user/limited is not authorized to perform: sts:AssumeRole on resource: " + beyond},
		{"a service's", may, identity.AssumeRoleInput{RoleARN: service}, "AccessDeniedException: User: arn:aws:iam::123456789012:user/may is not authorized to perform: sts:AssumeRole on resource: " + service},
		{"no such role", may, identity.AssumeRoleInput{RoleARN: "arn:aws:iam::123456789012:role/none"}, "AccessDeniedException: User: arn:aws:iam::123456789012:user/may is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/none"},
		{"no external id", may, identity.AssumeRoleInput{RoleARN: external}, "AccessDeniedException: User: arn:aws:iam::123456789012:user/may is not authorized to perform: sts:AssumeRole on resource: " + external},
		{"external id", may, identity.AssumeRoleInput{RoleARN: external, ExternalID: "secret"}, ""},
		{"tags allowed", may, identity.AssumeRoleInput{RoleARN: external, ExternalID: "secret", Tags: []identity.Tag{{Key: "a", Value: "b"}}}, ""},
		{"tags not allowed", may, identity.AssumeRoleInput{RoleARN: account, Tags: []identity.Tag{{Key: "a", Value: "b"}}}, "AccessDeniedException: User: arn:aws:iam::123456789012:user/may is not authorized to perform: sts:TagSession on resource: " + account},
		{"no ARN", may, identity.AssumeRoleInput{RoleARN: "arn:aws:iam::role-without-account"}, "ValidationError: arn:aws:iam::role-without-account is invalid"},
		{"too long", may, identity.AssumeRoleInput{RoleARN: account, DurationSeconds: &hours}, "ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role."},
		{"the root may too (A-IAM-7)", root(t, s), identity.AssumeRoleInput{RoleARN: account}, ""},
	}
	for _, test := range tests {
		test.in.RoleSessionName = "work"
		_, err := s.Sessions.AssumeRole(ctx, test.who, test.in, nil)
		if d := cmp.Diff(test.want, message(t, err)); d != "" {
			t.Errorf("%s:\n%s", test.name, d)
		}
	}
	_, err := s.Sessions.AssumeRole(ctx, may, identity.AssumeRoleInput{RoleARN: account, RoleSessionName: "Session1:2"}, nil)
	if d := cmp.Diff(`ValidationError: 1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*`, message(t, err)); d != "" {
		t.Error(d)
	}
}

func TestChaining(t *testing.T) {
	s := start(t)
	ctx := t.Context()
	trust := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]}}`
	day := 43200
	var arns []string
	for _, name := range []string{"one", "two"} {
		r := must[*identity.Role](t)(s.Roles.CreateRole(ctx, identity.CreateRoleInput{RoleName: name, AssumeRolePolicyDocument: trust, MaxSessionDuration: &day}))
		arns = append(arns, s.RoleARN(r))
		document := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:*","Resource":"*"},{"Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"red","aws:SourceIdentity":"ana"},"Null":{"aws:PrincipalTag/once":"true"}}}]}`
		if err := s.Policies.PutPolicy(ctx, identity.RoleNamed(name), identity.PutPolicyInput{PolicyName: "p", PolicyDocument: document}); err != nil {
			t.Fatal(err)
		}
	}
	ana := newUser(t, s, "ana", allow("sts:*", "*"))
	_, first := taken(t, s, ana, identity.AssumeRoleInput{
		RoleARN: arns[0], RoleSessionName: "first", DurationSeconds: &day, SourceIdentity: "ana", TransitiveTagKeys: []string{"team"},
		Tags: []identity.Tag{{Key: "Team", Value: "red"}, {Key: "once", Value: "x"}},
	})
	if s.Authorize(ctx, first, "a:b", "*", nil) == nil {
		t.Error("the first session has the tag 'once'")
	}
	_, second := taken(t, s, first, identity.AssumeRoleInput{RoleARN: arns[1], RoleSessionName: "second"})
	if err := s.Authorize(ctx, second, "a:b", "*", nil); err != nil {
		t.Errorf("tags and source identity are not handed on: %v", err)
	}
	_, err := s.Sessions.AssumeRole(ctx, first, identity.AssumeRoleInput{RoleARN: arns[1], RoleSessionName: "long", DurationSeconds: &day}, nil)
	if got := message(t, err); got != "ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining." {
		t.Error(got)
	}
}

func TestGetSessionToken(t *testing.T) {
	s := start(t)
	ctx := t.Context()
	ana := newUser(t, s, "ana", allow("a:b", "*"))
	c := must[identity.Credentials](t)(s.Sessions.GetSessionToken(ctx, ana, identity.GetSessionTokenInput{}))
	_, who, err := s.Key(ctx, c.AccessKeyID, c.SessionToken)
	if err != nil || who.ARN != ana.ARN || who.UserID != ana.UserID || who.Type != pasarela.PrincipalUser {
		t.Errorf("the session is %+v, %v", who, err)
	}
	if err := s.Authorize(ctx, who, "a:b", "*", nil); err != nil {
		t.Error(err)
	}
	if s.Authorize(ctx, who, "c:d", "*", nil) == nil {
		t.Error("more than the user may")
	}
	if _, err := s.Sessions.GetSessionToken(ctx, who, identity.GetSessionTokenInput{}); message(t, err) != "AccessDenied: Cannot call GetSessionToken with session credentials" {
		t.Error(err)
	}
	short := 1
	if _, err := s.Sessions.GetSessionToken(ctx, ana, identity.GetSessionTokenInput{DurationSeconds: &short}); err == nil {
		t.Error("a session of one second")
	}
	admin := must[identity.Credentials](t)(s.Sessions.GetSessionToken(ctx, root(t, s), identity.GetSessionTokenInput{}))
	_, who, err = s.Key(ctx, admin.AccessKeyID, admin.SessionToken)
	if err != nil || who.Type != pasarela.PrincipalRoot {
		t.Errorf("the root's session is %+v, %v", who, err)
	}
}

// TestManySessions: the cache of sessions drops old generations, and a session whose token is
// presented again is still valid.
func TestManySessions(t *testing.T) {
	s := start(t)
	ana := newUser(t, s, "ana", allow("a:b", "*"))
	var all []identity.Credentials
	for range 40000 {
		all = append(all, must[identity.Credentials](t)(s.Sessions.GetSessionToken(t.Context(), ana, identity.GetSessionTokenInput{})))
		if testing.Short() && len(all) == 1000 {
			break
		}
	}
	for range 2 {
		for i := range all {
			_, who, err := s.Key(t.Context(), all[i].AccessKeyID, all[i].SessionToken)
			if err != nil || s.Authorize(t.Context(), who, "a:b", "*", nil) != nil {
				t.Fatalf("session %d: %v", i, err)
			}
		}
	}
}

func BenchmarkSessionKey(b *testing.B) {
	s := start(b)
	r := newRole(b, s, "r", trustAll)
	ana := newUser(b, s, "ana", allow("sts:*", "*"))
	role, _ := taken(b, s, ana, identity.AssumeRoleInput{RoleARN: s.RoleARN(r), RoleSessionName: "work"})
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := s.Key(b.Context(), role.AccessKeyID, role.SessionToken); err != nil {
			b.Fatal(err)
		}
	}
}
