package node_test

import (
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack"
	"github.com/pasarela-ws/pasarela/internal/node"
)

// TestACDKStackNeedsNoBootstrap: the role that the CDK names need not be there, and any
// other must be (A-STACK-10).
func TestACDKStackNeedsNoBootstrap(t *testing.T) {
	for _, c := range []struct {
		name, role string
		strict     bool
		want       string // in the error
	}{
		{"the CDK's role", "cdk-hnb659fds-cfn-exec-role-123456789012-us-east-1", false, ""},
		{"another role", "cfn-exec-role", false, "cfn-exec-role"},
		{"strict", "cdk-hnb659fds-cfn-exec-role-123456789012-us-east-1", true, "cfn-exec-role"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := start(t, node.Settings{Strict: c.strict})
			_, err := n.Stacks().CreateStack(t.Context(), n.Root(), stack.CreateStackInput{DesiredInput: stack.DesiredInput{
				StackName: "s", RoleARN: "arn:aws:iam::" + n.Root().AccountID + ":role/" + c.role,
				Template: stack.TemplateInput{TemplateBody: `{"Resources":{"P":{"Type":"AWS::SSM::Parameter","Properties":{"Name":"p","Type":"String","Value":"v"}}}}`},
			}})
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

// TestAStackIsMadeByItsRole: with the rights of the role that was passed, not with those of
// the caller.
func TestAStackIsMadeByItsRole(t *testing.T) {
	for _, c := range []struct{ name, action, want string }{
		{"a role that may", "ssm:*", "CREATE_COMPLETE"},
		{"a role that may not", "s3:*", "ROLLBACK_COMPLETE"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := start(t, node.Settings{})
			role, err := n.Identity().Roles.CreateRole(t.Context(), identity.CreateRoleInput{
				RoleName:                 "deployer",
				AssumeRolePolicyDocument: `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"cloudformation.amazonaws.com"},"Action":"sts:AssumeRole"}}`,
			})
			if err != nil {
				t.Fatal(err)
			}
			policy := identity.PutPolicyInput{PolicyName: "p", PolicyDocument: `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"` + c.action + `","Resource":"*"}}`}
			if err := n.Identity().Policies.PutPolicy(t.Context(), identity.RoleNamed("deployer"), policy); err != nil {
				t.Fatal(err)
			}
			_, err = n.Stacks().CreateStack(t.Context(), n.Root(), stack.CreateStackInput{DesiredInput: stack.DesiredInput{
				StackName: "s", RoleARN: n.Identity().RoleARN(role),
				Template: stack.TemplateInput{TemplateBody: `{"Resources":{"P":{"Type":"AWS::SSM::Parameter","Properties":{"Name":"p","Type":"String","Value":"v"}}}}`},
			}})
			if err != nil {
				t.Fatal(err)
			}
			settled(t, n, c.want)
		})
	}
}
