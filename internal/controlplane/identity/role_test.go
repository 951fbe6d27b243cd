package identity_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
)

func trusting(arn string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + arn + `"},"Action":"sts:AssumeRole"}]}`
}

func TestRoleLife(t *testing.T) {
	s := start(t)
	ctx := t.Context()
	hour := 7200
	text := "what it is for"
	r := must[*identity.Role](t)(s.Roles.CreateRole(ctx, identity.CreateRoleInput{RoleName: "r", Path: "/p/", AssumeRolePolicyDocument: trustAPIGW, MaxSessionDuration: &hour, Description: &text}))
	if s.RoleARN(r) != "arn:aws:iam::123456789012:role/p/r" || r.MaxSessionDuration != 7200 || r.TrustPolicy != trustAPIGW {
		t.Errorf("made %+v", r)
	}
	if _, err := s.Roles.CreateRole(ctx, identity.CreateRoleInput{RoleName: "R", AssumeRolePolicyDocument: "{}"}); message(t, err) != "EntityAlreadyExists: Role with name R already exists." {
		t.Error(err)
	}
	if _, err := s.Roles.CreateRole(ctx, identity.CreateRoleInput{RoleName: "q", AssumeRolePolicyDocument: allow("a:b", "*")}); message(t, err) != "MalformedPolicyDocument: Has prohibited field Resource." {
		t.Error(err)
	}
	if _, err := s.Roles.Get("q"); err == nil {
		t.Error("a refused role is there")
	}
	r = must[*identity.Role](t)(s.Roles.UpdateRole(ctx, identity.UpdateRoleInput{RoleName: "r"}))
	if r.MaxSessionDuration != 3600 || *r.Description != text {
		t.Errorf("after UpdateRole with nothing: %d, %q", r.MaxSessionDuration, *r.Description)
	}
	if err := s.Roles.UpdateAssumeRolePolicy(ctx, identity.UpdateAssumeRolePolicyInput{RoleName: "r", PolicyDocument: trustAll}); err != nil {
		t.Error(err)
	}
	must[*identity.InstanceProfile](t)(s.InstanceProfiles.CreateInstanceProfile(ctx, identity.CreateInstanceProfileInput{InstanceProfileName: "ip"}))
	if err := s.InstanceProfiles.AddRoleToInstanceProfile(ctx, "ip", "r"); err != nil {
		t.Error(err)
	}
	if got := message(t, s.InstanceProfiles.AddRoleToInstanceProfile(ctx, "ip", "r")); got != "LimitExceeded: Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1" {
		t.Error(got)
	}
	if got := message(t, s.Roles.DeleteRole(ctx, "r")); got != "DeleteConflict: Cannot delete entity, must remove roles from instance profile first." {
		t.Error(got)
	}
	if got := message(t, s.InstanceProfiles.DeleteInstanceProfile(ctx, "ip")); got != "DeleteConflict: Cannot delete entity, must remove roles from instance profile first." {
		t.Error(got)
	}
	if err := s.InstanceProfiles.RemoveRoleFromInstanceProfile(ctx, "ip", "r"); err != nil {
		t.Error(err)
	}
	if err := s.InstanceProfiles.DeleteInstanceProfile(ctx, "ip"); err != nil {
		t.Error(err)
	}
	if err := s.Roles.DeleteRole(ctx, "r"); err != nil {
		t.Error(err)
	}
}

// TestTrustedPrincipalsAreMeantByID: a deleted user shows as its id, and a new
// user of the name is not the one who was trusted.
func TestTrustedPrincipalsAreMeantByID(t *testing.T) {
	s := start(t)
	ctx := t.Context()
	const gone = "arn:aws:iam::123456789012:user/ana"
	if _, err := s.Roles.CreateRole(ctx, identity.CreateRoleInput{RoleName: "r", AssumeRolePolicyDocument: trusting(gone)}); message(t, err) != `MalformedPolicyDocument: Invalid principal in policy: "AWS":"`+gone+`"` {
		t.Error(err)
	}
	ana := newUser(t, s, "ana", "")
	r := newRole(t, s, "r", trusting(gone))
	assume := func(who any) error {
		_, err := s.Sessions.AssumeRole(ctx, ana, identity.AssumeRoleInput{RoleARN: s.RoleARN(r), RoleSessionName: "abc"}, nil)
		return err
	}
	if err := assume(ana); err != nil {
		t.Errorf("who is named needs no policy of their own: %v", err)
	}
	if got := s.Roles.TrustPolicyShown(r); got != trusting(gone) {
		t.Error(got)
	}
	if err := s.AccessKeys.DeleteAccessKey(ctx, "ana", ana.AccessKeyID); err != nil {
		t.Fatal(err)
	}
	if err := s.Users.DeleteUser(ctx, "ana"); err != nil {
		t.Fatal(err)
	}
	old := ana.UserID
	ana = newUser(t, s, "ana", "")
	if err := assume(ana); err == nil {
		t.Error("a new user of the old name took the role")
	}
	if got := s.Roles.TrustPolicyShown(r); got != trusting(old) {
		t.Errorf("shown is %s", got)
	}
}

func TestServiceLinkedRole(t *testing.T) {
	s := start(t)
	ctx := t.Context()
	if got := message(t, s.Roles.DeleteRole(ctx, identity.ServiceLinkedRoleName)); !strings.HasPrefix(got, "UnmodifiableEntity: ") {
		t.Error(got)
	}
	task := must[string](t)(s.Roles.DeleteServiceLinkedRole(ctx, identity.ServiceLinkedRoleName, "uuid"))
	if task != "task/aws-service-role/ops.apigateway.amazonaws.com/AWSServiceRoleForAPIGateway/uuid" {
		t.Error(task)
	}
	if err := s.Roles.DeletionSucceeded(task); err != nil {
		t.Error(err)
	}
	if err := s.Roles.DeletionSucceeded("task/x"); err == nil {
		t.Error("a task that never was has succeeded")
	}
	for _, test := range []struct {
		in   identity.CreateServiceLinkedRoleInput
		want string
	}{
		{identity.CreateServiceLinkedRoleInput{AWSServiceName: "ops.apigateway.amazonaws.com", CustomSuffix: "x"}, "InvalidInput: Custom suffix is not allowed for ops.apigateway.amazonaws.com"},
		{identity.CreateServiceLinkedRoleInput{AWSServiceName: "ecs.amazonaws.com"}, "InvalidInput: Service role creation is not supported for ecs.amazonaws.com. Supported is ops.apigateway.amazonaws.com."},
		{identity.CreateServiceLinkedRoleInput{AWSServiceName: "ops.apigateway.amazonaws.com"}, ""},
		{identity.CreateServiceLinkedRoleInput{AWSServiceName: "ops.apigateway.amazonaws.com"}, "InvalidInput: Service role name AWSServiceRoleForAPIGateway has been taken in this account, please try a different suffix."},
	} {
		_, err := s.Roles.CreateServiceLinkedRole(ctx, test.in)
		if d := cmp.Diff(test.want, message(t, err)); d != "" {
			t.Error(d)
		}
	}
	if err := s.ServiceRoles.ServiceLinkedRole(); err != nil {
		t.Error(err)
	}
}
