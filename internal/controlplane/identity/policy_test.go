package identity_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
)

const managedARN = "arn:aws:iam::123456789012:policy/p"

func newPolicy(t testing.TB, s *identity.Service, document string) *identity.ManagedPolicy {
	t.Helper()
	return must[*identity.ManagedPolicy](t)(s.ManagedPolicies.CreatePolicy(t.Context(), identity.CreatePolicyInput{PolicyName: "p", PolicyDocument: document}))
}

func TestManagedPolicyLife(t *testing.T) {
	s := start(t)
	ctx := t.Context()
	p := newPolicy(t, s, allow("a:b", "*"))
	if s.PolicyARN(p) != managedARN || p.DefaultVersionID != "v1" || p.PolicyID[:4] != "ANPA" {
		t.Errorf("made %+v", p)
	}
	if _, err := s.ManagedPolicies.CreatePolicy(ctx, identity.CreatePolicyInput{PolicyName: "P", Path: "/x/", PolicyDocument: allow("a:b", "*")}); message(t, err) != "EntityAlreadyExists: A policy called P already exists. Duplicate names are not allowed." {
		t.Error(err)
	}
	for range 4 {
		must[identity.PolicyVersion](t)(s.ManagedPolicies.CreatePolicyVersion(ctx, managedARN, allow("c:d", "*"), false))
	}
	if _, err := s.ManagedPolicies.CreatePolicyVersion(ctx, managedARN, allow("c:d", "*"), true); !strings.HasPrefix(message(t, err), "LimitExceeded: A managed policy can have up to 5 versions.") {
		t.Error(err)
	}
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"delete default", s.ManagedPolicies.DeletePolicyVersion(ctx, managedARN, "v1"), "DeleteConflict: Cannot delete the default version of a policy."},
		{"delete with versions", s.ManagedPolicies.DeletePolicy(ctx, managedARN), "DeleteConflict: This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy."},
		{"set missing", s.ManagedPolicies.SetDefaultPolicyVersion(ctx, managedARN, "v9"), "NoSuchEntity: Policy " + managedARN + " version v9 does not exist or is not attachable."},
		{"set nonsense", s.ManagedPolicies.SetDefaultPolicyVersion(ctx, managedARN, "nine"), `ValidationError: 1 validation error detected: Value 'nine' at 'versionId' failed to satisfy constraint: Member must satisfy regular expression pattern: v[1-9][0-9]*(\.[A-Za-z0-9-]*)?`},
		{"no such policy", s.ManagedPolicies.DeletePolicy(ctx, managedARN+"x"), "NoSuchEntity: Policy " + managedARN + "x was not found."},
		{"no ARN", s.ManagedPolicies.DeletePolicy(ctx, "policy"), "ValidationError: Invalid ARN:  Could not be parsed!"},
		{"AWS's own", s.ManagedPolicies.DeletePolicy(ctx, "arn:aws:iam::aws:policy/AdministratorAccess"), "AccessDenied: Policies managed by AWS cannot be deleted: arn:aws:iam::aws:policy/AdministratorAccess"},
		{"attach missing", s.Policies.AttachPolicy(ctx, identity.RoleNamed(identity.ServiceLinkedRoleName), managedARN+"x"), "NoSuchEntity: Policy " + managedARN + "x does not exist or is not attachable."},
	}
	for _, test := range tests {
		if d := cmp.Diff(test.want, message(t, test.err)); d != "" {
			t.Errorf("%s:\n%s", test.name, d)
		}
	}
	for _, v := range []string{"v2", "v3", "v4", "v5"} {
		if err := s.ManagedPolicies.DeletePolicyVersion(ctx, managedARN, v); err != nil {
			t.Error(err)
		}
	}
	if v := must[identity.PolicyVersion](t)(s.ManagedPolicies.CreatePolicyVersion(ctx, managedARN, allow("c:d", "*"), true)); v.VersionID != "v6" {
		t.Errorf("version ids are never used again, got %s", v.VersionID)
	}
}

// TestPolicyTakesEffectAtOnce: attaching, a new default version, detaching.
func TestPolicyTakesEffectAtOnce(t *testing.T) {
	s := start(t)
	ctx := t.Context()
	who := newUser(t, s, "ana", "")
	newPolicy(t, s, allow("a:b", "*"))
	may := func(action string) bool { return s.Authorize(ctx, who, action, "*", nil) == nil }
	if may("a:b") {
		t.Error("without a policy")
	}
	if err := s.Policies.AttachPolicy(ctx, identity.UserNamed("ana"), managedARN); err != nil {
		t.Fatal(err)
	}
	if !may("a:b") || may("c:d") {
		t.Error("attached")
	}
	if got := message(t, s.ManagedPolicies.DeletePolicy(ctx, managedARN)); got != "DeleteConflict: Cannot delete a policy attached to entities." {
		t.Error(got)
	}
	must[identity.PolicyVersion](t)(s.ManagedPolicies.CreatePolicyVersion(ctx, managedARN, allow("c:d", "*"), true))
	if may("a:b") || !may("c:d") {
		t.Error("new default version")
	}
	if err := s.ManagedPolicies.SetDefaultPolicyVersion(ctx, managedARN, "v1"); err != nil {
		t.Fatal(err)
	}
	if !may("a:b") {
		t.Error("old version again")
	}
	if uses := s.ManagedPolicies.PolicyUses(managedARN); len(uses.Attached) != 1 || uses.Attached[0].Name != "ana" {
		t.Errorf("uses: %+v", uses)
	}
	if err := s.Policies.DetachPolicy(ctx, identity.UserNamed("ana"), managedARN); err != nil {
		t.Fatal(err)
	}
	if may("a:b") {
		t.Error("detached")
	}
}

// TestAnotherPolicyOfTheNameIsNotAttached: one node attaches while another
// deletes; a policy of the same name that is created later must not be attached
// to the user.
func TestAnotherPolicyOfTheNameIsNotAttached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket := memory.NewBucket()
		here, there := open(t, bucket, nil), open(t, bucket, nil)
		ctx := t.Context()
		who := newUser(t, here, "ana", "")
		newPolicy(t, here, allow("a:b", "*"))
		synctest.Wait()
		if err := here.Policies.AttachPolicy(ctx, identity.UserNamed("ana"), managedARN); err != nil {
			t.Fatal(err)
		}
		// The other node does not know of it yet, so it does not refuse the
		// deletion.
		if err := there.ManagedPolicies.DeletePolicy(ctx, managedARN); err != nil && !strings.HasPrefix(message(t, err), "DeleteConflict") {
			t.Fatal(err)
		}
		synctest.Wait()
		if _, err := here.ManagedPolicies.ManagedPolicy(managedARN); err == nil {
			t.Skip("the attachment was seen in time: nothing to test")
		}
		newPolicy(t, here, allow("c:d", "*"))
		synctest.Wait()
		if here.Authorize(ctx, who, "c:d", "*", nil) == nil || there.Authorize(ctx, who, "c:d", "*", nil) == nil {
			t.Error("the successor of a deleted policy holds for who had the old one")
		}
		if err := here.Policies.AttachPolicy(ctx, identity.UserNamed("ana"), managedARN); err != nil {
			t.Fatal(err)
		}
		if err := here.Authorize(ctx, who, "c:d", "*", nil); err != nil {
			t.Error(err)
		}
		here.Close()
		there.Close()
	})
}

func TestInlineAndQuotas(t *testing.T) {
	s := start(t)
	ctx := t.Context()
	newUser(t, s, "ana", "")
	ana := identity.UserNamed("ana")
	put := func(name, document string) string {
		return message(t, s.Policies.PutPolicy(ctx, ana, identity.PutPolicyInput{PolicyName: name, PolicyDocument: document}))
	}
	for _, name := range []string{"b", "a", "b"} {
		if got := put(name, allow("a:b", "*")); got != "" {
			t.Error(got)
		}
	}
	p := must[*identity.Permissions](t)(s.Policies.Of(ana))
	if len(p.Inline) != 2 || p.Inline[0].PolicyName != "a" {
		t.Errorf("inline policies %+v", p.Inline)
	}
	if got := put("long", allow("a:b", "arn:aws:s3:::"+strings.Repeat("x", 2048))); got != "LimitExceeded: Maximum policy size of 2048 bytes exceeded for user ana" {
		t.Error(got)
	}
	if got := put("bad", "{"); got != "MalformedPolicyDocument: Syntax errors in policy." {
		t.Error(got)
	}
	if _, err := s.Policies.Get(ana, "c"); message(t, err) != "NoSuchEntity: The user policy with name c cannot be found." {
		t.Error(err)
	}
	for i := range 11 {
		name := "q" + string(rune('a'+i))
		must[*identity.ManagedPolicy](t)(s.ManagedPolicies.CreatePolicy(ctx, identity.CreatePolicyInput{PolicyName: name, PolicyDocument: allow("a:b", "*")}))
		want := ""
		if i == 10 {
			want = "LimitExceeded: Cannot exceed quota for PoliciesPerUser: 10"
		}
		if got := message(t, s.Policies.AttachPolicy(ctx, ana, "arn:aws:iam::123456789012:policy/"+name)); got != want {
			t.Errorf("attaching the %dth: %s", i+1, got)
		}
	}
}

func TestAWSManagedPolicies(t *testing.T) {
	s := start(t)
	for _, name := range []string{
		"service-role/AmazonAPIGatewayPushToCloudWatchLogs", "AmazonAPIGatewayInvokeFullAccess", "AmazonAPIGatewayAdministrator",
		"AdministratorAccess", "IAMFullAccess", "ReadOnlyAccess", "AWSCloudFormationFullAccess", "AWSCloudFormationReadOnlyAccess",
	} {
		p := must[*identity.ManagedPolicy](t)(s.ManagedPolicies.ManagedPolicy("arn:aws:iam::aws:policy/" + name))
		must[identity.PolicyVersion](t)(s.ManagedPolicies.PolicyVersion("arn:aws:iam::aws:policy/"+name, p.DefaultVersionID))
	}
	who := newUser(t, s, "ana", "")
	if err := s.Policies.AttachPolicy(t.Context(), identity.UserNamed("ana"), "arn:aws:iam::aws:policy/AmazonAPIGatewayInvokeFullAccess"); err != nil {
		t.Fatal(err)
	}
	if err := s.Authorize(t.Context(), who, "execute-api:ManageConnections", regionAccount.ConnectionsARN("a", "prod", "POST", "x="), nil); err != nil {
		t.Error(err)
	}
}
