package lifecycle_test

import (
	"context"
	"net/url"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/pasarela-ws/pasarela/pasarelatest"
)

// TestGoIdentities is the life of users, access keys, roles, policies and sessions
// through the SDK for Go.
func TestGoIdentities(t *testing.T) {
	t.Parallel()
	gateway := pasarelatest.Start(t)
	t.Run("user", func(t *testing.T) { lifeOfUser(t, gateway.IAM()) })
	t.Run("group", func(t *testing.T) { lifeOfGroup(t, gateway.IAM()) })
	t.Run("policy", func(t *testing.T) { lifeOfPolicy(t, gateway.IAM()) })
	t.Run("role", func(t *testing.T) { lifeOfRole(t, gateway) })
}

func allow(action string) *string {
	return aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"` + action + `","Resource":"*"}]}`)
}

func trust(principal string) *string {
	return aws.String(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":` + principal + `,"Action":"sts:AssumeRole"}}`)
}

// text undoes the percent-encoding of documents as the SDK hands them out.
func text(t *testing.T, document *string) string {
	t.Helper()
	return got(url.PathUnescape(aws.ToString(document))).or(t)
}

func lifeOfUser(t *testing.T, c *sdk.Client) {
	ctx, ana, eva := t.Context(), aws.String("ana"), aws.String("eva")
	made := got(c.CreateUser(ctx, &sdk.CreateUserInput{UserName: ana, Path: aws.String("/people/"), Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("ñ")}}})).or(t)
	refused[*types.EntityAlreadyExistsException](t, "User with name ana already exists.")(c.CreateUser(ctx, &sdk.CreateUserInput{UserName: ana}))
	got(c.UpdateUser(ctx, &sdk.UpdateUserInput{UserName: ana, NewUserName: eva})).or(t)
	refused[*types.NoSuchEntityException](t, "The user with name ana cannot be found.")(c.GetUser(ctx, &sdk.GetUserInput{UserName: ana}))
	same(t, *got(c.GetUser(ctx, &sdk.GetUserInput{UserName: eva})).or(t).User.UserId, *made.User.UserId)
	got(c.TagUser(ctx, &sdk.TagUserInput{UserName: eva, Tags: []types.Tag{{Key: aws.String("l"), Value: aws.String("")}}})).or(t)
	got(c.UntagUser(ctx, &sdk.UntagUserInput{UserName: eva, TagKeys: []string{"k"}})).or(t)
	same(t, len(got(c.ListUserTags(ctx, &sdk.ListUserTagsInput{UserName: eva})).or(t).Tags), 1)
	got(c.PutUserPolicy(ctx, &sdk.PutUserPolicyInput{UserName: eva, PolicyName: aws.String("in"), PolicyDocument: allow("iam:ListUsers")})).or(t)
	same(t, text(t, got(c.GetUserPolicy(ctx, &sdk.GetUserPolicyInput{UserName: eva, PolicyName: aws.String("in")})).or(t).PolicyDocument), *allow("iam:ListUsers"))
	arn := aws.String("arn:aws:iam::aws:policy/IAMFullAccess")
	got(c.AttachUserPolicy(ctx, &sdk.AttachUserPolicyInput{UserName: eva, PolicyArn: arn})).or(t)
	same(t, len(got(c.ListAttachedUserPolicies(ctx, &sdk.ListAttachedUserPoliciesInput{UserName: eva})).or(t).AttachedPolicies), 1)
	refused[*types.DeleteConflictException](t, "Cannot delete entity, must detach all policies first.")(c.DeleteUser(ctx, &sdk.DeleteUserInput{UserName: eva}))
	got(c.DetachUserPolicy(ctx, &sdk.DetachUserPolicyInput{UserName: eva, PolicyArn: arn})).or(t)
	refused[*types.NoSuchEntityException](t, "")(c.DetachUserPolicy(ctx, &sdk.DetachUserPolicyInput{UserName: eva, PolicyArn: arn}))
	got(c.DeleteUserPolicy(ctx, &sdk.DeleteUserPolicyInput{UserName: eva, PolicyName: aws.String("in")})).or(t)
	for range 2 {
		got(c.CreateAccessKey(ctx, &sdk.CreateAccessKeyInput{UserName: eva})).or(t)
	}
	refused[*types.LimitExceededException](t, "Cannot exceed quota for AccessKeysPerUser: 2")(c.CreateAccessKey(ctx, &sdk.CreateAccessKeyInput{UserName: eva}))
	keys := all(t, sdk.NewListAccessKeysPaginator(c, &sdk.ListAccessKeysInput{UserName: eva, MaxItems: aws.Int32(1)}), func(o *sdk.ListAccessKeysOutput) []types.AccessKeyMetadata { return o.AccessKeyMetadata })
	same(t, len(keys), 2)
	for _, key := range keys {
		got(c.UpdateAccessKey(ctx, &sdk.UpdateAccessKeyInput{UserName: eva, AccessKeyId: key.AccessKeyId, Status: types.StatusTypeInactive})).or(t)
		same(t, *got(c.GetAccessKeyLastUsed(ctx, &sdk.GetAccessKeyLastUsedInput{AccessKeyId: key.AccessKeyId})).or(t).UserName, "eva")
		got(c.DeleteAccessKey(ctx, &sdk.DeleteAccessKeyInput{UserName: eva, AccessKeyId: key.AccessKeyId})).or(t)
	}
	got(c.CreateUser(ctx, &sdk.CreateUserInput{UserName: ana})).or(t)
	users := all(t, sdk.NewListUsersPaginator(c, &sdk.ListUsersInput{MaxItems: aws.Int32(1)}), func(o *sdk.ListUsersOutput) []types.User { return o.Users })
	same(t, len(users), 2)
	for _, user := range users {
		got(c.DeleteUser(ctx, &sdk.DeleteUserInput{UserName: user.UserName})).or(t)
	}
}

func lifeOfGroup(t *testing.T, c *sdk.Client) {
	ctx, ops, ana := t.Context(), aws.String("ops"), aws.String("ana")
	got(c.CreateUser(ctx, &sdk.CreateUserInput{UserName: ana})).or(t)
	group := got(c.CreateGroup(ctx, &sdk.CreateGroupInput{GroupName: ops})).or(t).Group
	refused[*types.EntityAlreadyExistsException](t, "Group with name ops already exists.")(c.CreateGroup(ctx, &sdk.CreateGroupInput{GroupName: ops}))
	got(c.AddUserToGroup(ctx, &sdk.AddUserToGroupInput{GroupName: ops, UserName: ana})).or(t)
	got(c.PutGroupPolicy(ctx, &sdk.PutGroupPolicyInput{GroupName: ops, PolicyName: aws.String("in"), PolicyDocument: allow("iam:ListUsers")})).or(t)
	same(t, text(t, got(c.GetGroupPolicy(ctx, &sdk.GetGroupPolicyInput{GroupName: ops, PolicyName: aws.String("in")})).or(t).PolicyDocument), *allow("iam:ListUsers"))
	got(c.UpdateGroup(ctx, &sdk.UpdateGroupInput{GroupName: ops, NewPath: aws.String("/teams/")})).or(t)
	members := all(t, sdk.NewGetGroupPaginator(c, &sdk.GetGroupInput{GroupName: ops, MaxItems: aws.Int32(1)}), func(o *sdk.GetGroupOutput) []types.User { return o.Users })
	same(t, *members[0].UserName, "ana")
	groups := all(t, sdk.NewListGroupsPaginator(c, &sdk.ListGroupsInput{MaxItems: aws.Int32(1)}), func(o *sdk.ListGroupsOutput) []types.Group { return o.Groups })
	same(t, *groups[0].Path, "/teams/")
	same(t, *got(c.ListGroupsForUser(ctx, &sdk.ListGroupsForUserInput{UserName: ana})).or(t).Groups[0].GroupId, *group.GroupId)
	refused[*types.DeleteConflictException](t, "must remove users from group first")(c.DeleteGroup(ctx, &sdk.DeleteGroupInput{GroupName: ops}))
	got(c.RemoveUserFromGroup(ctx, &sdk.RemoveUserFromGroupInput{GroupName: ops, UserName: ana})).or(t)
	got(c.DeleteGroupPolicy(ctx, &sdk.DeleteGroupPolicyInput{GroupName: ops, PolicyName: aws.String("in")})).or(t)
	got(c.DeleteGroup(ctx, &sdk.DeleteGroupInput{GroupName: ops})).or(t)
	refused[*types.NoSuchEntityException](t, "The group with name ops cannot be found.")(c.GetGroup(ctx, &sdk.GetGroupInput{GroupName: ops}))
	got(c.DeleteUser(ctx, &sdk.DeleteUserInput{UserName: ana})).or(t)
}

func lifeOfPolicy(t *testing.T, c *sdk.Client) {
	ctx := t.Context()
	arn := got(c.CreatePolicy(ctx, &sdk.CreatePolicyInput{PolicyName: aws.String("p"), PolicyDocument: allow("execute-api:Invoke")})).or(t).Policy.Arn
	refused[*types.EntityAlreadyExistsException](t, "A policy called p already exists.")(c.CreatePolicy(ctx, &sdk.CreatePolicyInput{PolicyName: aws.String("p"), PolicyDocument: allow("iam:*")}))
	refused[*types.MalformedPolicyDocumentException](t, "")(c.CreatePolicy(ctx, &sdk.CreatePolicyInput{PolicyName: aws.String("q"), PolicyDocument: aws.String("{")}))
	for range 4 {
		got(c.CreatePolicyVersion(ctx, &sdk.CreatePolicyVersionInput{PolicyArn: arn, PolicyDocument: allow("iam:GetRole"), SetAsDefault: true})).or(t)
	}
	refused[*types.LimitExceededException](t, "A managed policy can have up to 5 versions.")(c.CreatePolicyVersion(ctx, &sdk.CreatePolicyVersionInput{PolicyArn: arn, PolicyDocument: allow("iam:*")}))
	v1 := aws.String("v1")
	got(c.SetDefaultPolicyVersion(ctx, &sdk.SetDefaultPolicyVersionInput{PolicyArn: arn, VersionId: v1})).or(t)
	same(t, text(t, got(c.GetPolicyVersion(ctx, &sdk.GetPolicyVersionInput{PolicyArn: arn, VersionId: v1})).or(t).PolicyVersion.Document), *allow("execute-api:Invoke"))
	refused[*types.DeleteConflictException](t, "Cannot delete the default version of a policy.")(c.DeletePolicyVersion(ctx, &sdk.DeletePolicyVersionInput{PolicyArn: arn, VersionId: v1}))
	versions := all(t, sdk.NewListPolicyVersionsPaginator(c, &sdk.ListPolicyVersionsInput{PolicyArn: arn, MaxItems: aws.Int32(2)}), func(o *sdk.ListPolicyVersionsOutput) []types.PolicyVersion { return o.Versions })
	same(t, len(versions), 5)
	refused[*types.DeleteConflictException](t, "This policy has more than one version.")(c.DeletePolicy(ctx, &sdk.DeletePolicyInput{PolicyArn: arn}))
	for _, version := range versions {
		if !version.IsDefaultVersion {
			got(c.DeletePolicyVersion(ctx, &sdk.DeletePolicyVersionInput{PolicyArn: arn, VersionId: version.VersionId})).or(t)
		}
	}
	got(c.TagPolicy(ctx, &sdk.TagPolicyInput{PolicyArn: arn, Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}}})).or(t)
	same(t, *got(c.GetPolicy(ctx, &sdk.GetPolicyInput{PolicyArn: arn})).or(t).Policy.Tags[0].Value, "v")
	got(c.UntagPolicy(ctx, &sdk.UntagPolicyInput{PolicyArn: arn, TagKeys: []string{"k"}})).or(t)
	local := all(t, sdk.NewListPoliciesPaginator(c, &sdk.ListPoliciesInput{Scope: types.PolicyScopeTypeLocal, MaxItems: aws.Int32(1)}), func(o *sdk.ListPoliciesOutput) []types.Policy { return o.Policies })
	same(t, len(local), 1)
	got(c.DeletePolicy(ctx, &sdk.DeletePolicyInput{PolicyArn: arn})).or(t)
	refused[*types.NoSuchEntityException](t, "was not found.")(c.GetPolicy(ctx, &sdk.GetPolicyInput{PolicyArn: arn}))
}

func lifeOfRole(t *testing.T, gateway *pasarelatest.Gateway) {
	c, ctx, name := gateway.IAM(), t.Context(), aws.String("r")
	role := got(c.CreateRole(ctx, &sdk.CreateRoleInput{RoleName: name, AssumeRolePolicyDocument: trust(`{"AWS":"` + gateway.AccountID() + `"}`)})).or(t).Role
	refused[*types.EntityAlreadyExistsException](t, "Role with name r already exists.")(c.CreateRole(ctx, &sdk.CreateRoleInput{RoleName: name, AssumeRolePolicyDocument: trust(`"*"`)}))
	got(c.UpdateRole(ctx, &sdk.UpdateRoleInput{RoleName: name, Description: aws.String("d"), MaxSessionDuration: aws.Int32(7200)})).or(t)
	same(t, *got(c.GetRole(ctx, &sdk.GetRoleInput{RoleName: name})).or(t).Role.MaxSessionDuration, 7200)
	refused[*types.MalformedPolicyDocumentException](t, "Invalid principal in policy")(c.UpdateAssumeRolePolicy(ctx, &sdk.UpdateAssumeRolePolicyInput{RoleName: name, PolicyDocument: trust(`{"AWS":"` + *role.Arn + `gone"}`)}))
	got(c.PutRolePolicy(ctx, &sdk.PutRolePolicyInput{RoleName: name, PolicyName: aws.String("in"), PolicyDocument: allow("execute-api:Invoke")})).or(t)
	same(t, got(c.ListRolePolicies(ctx, &sdk.ListRolePoliciesInput{RoleName: name})).or(t).PolicyNames[0], "in")
	same(t, text(t, got(c.GetRolePolicy(ctx, &sdk.GetRolePolicyInput{RoleName: name, PolicyName: aws.String("in")})).or(t).PolicyDocument), *allow("execute-api:Invoke"))
	arn := aws.String("arn:aws:iam::aws:policy/AmazonAPIGatewayInvokeFullAccess")
	got(c.AttachRolePolicy(ctx, &sdk.AttachRolePolicyInput{RoleName: name, PolicyArn: arn})).or(t)
	same(t, *got(c.ListEntitiesForPolicy(ctx, &sdk.ListEntitiesForPolicyInput{PolicyArn: arn})).or(t).PolicyRoles[0].RoleName, "r")
	got(c.PutRolePermissionsBoundary(ctx, &sdk.PutRolePermissionsBoundaryInput{RoleName: name, PermissionsBoundary: arn})).or(t)
	got(c.DeleteRolePermissionsBoundary(ctx, &sdk.DeleteRolePermissionsBoundaryInput{RoleName: name})).or(t)
	decisions := got(c.SimulatePrincipalPolicy(ctx, &sdk.SimulatePrincipalPolicyInput{PolicySourceArn: role.Arn, ActionNames: []string{"execute-api:Invoke", "iam:ListUsers"}})).or(t)
	same(t, decisions.EvaluationResults[0].EvalDecision, types.PolicyEvaluationDecisionTypeAllowed)
	same(t, decisions.EvaluationResults[1].EvalDecision, types.PolicyEvaluationDecisionTypeImplicitDeny)
	session(t, gateway, role.Arn)

	profile := aws.String("ip")
	got(c.CreateInstanceProfile(ctx, &sdk.CreateInstanceProfileInput{InstanceProfileName: profile})).or(t)
	got(c.AddRoleToInstanceProfile(ctx, &sdk.AddRoleToInstanceProfileInput{InstanceProfileName: profile, RoleName: name})).or(t)
	same(t, len(got(c.ListInstanceProfilesForRole(ctx, &sdk.ListInstanceProfilesForRoleInput{RoleName: name})).or(t).InstanceProfiles), 1)
	got(c.RemoveRoleFromInstanceProfile(ctx, &sdk.RemoveRoleFromInstanceProfileInput{InstanceProfileName: profile, RoleName: name})).or(t)
	got(c.DeleteInstanceProfile(ctx, &sdk.DeleteInstanceProfileInput{InstanceProfileName: profile})).or(t)
	refused[*types.DeleteConflictException](t, "Cannot delete entity, must")(c.DeleteRole(ctx, &sdk.DeleteRoleInput{RoleName: name}))
	got(c.DeleteRolePolicy(ctx, &sdk.DeleteRolePolicyInput{RoleName: name, PolicyName: aws.String("in")})).or(t)
	got(c.DetachRolePolicy(ctx, &sdk.DetachRolePolicyInput{RoleName: name, PolicyArn: arn})).or(t)
	got(c.DeleteRole(ctx, &sdk.DeleteRoleInput{RoleName: name})).or(t)
	refused[*types.NoSuchEntityException](t, "The role with name r cannot be found.")(c.GetRole(ctx, &sdk.GetRoleInput{RoleName: name}))
	linked := all(t, sdk.NewListRolesPaginator(c, &sdk.ListRolesInput{PathPrefix: aws.String("/aws-service-role/"), MaxItems: aws.Int32(1)}), func(o *sdk.ListRolesOutput) []types.Role { return o.Roles })
	same(t, len(linked), 1)
}

// session assumes the role and checks that the session has the role's identity
// and permissions.
func session(t *testing.T, gateway *pasarelatest.Gateway, role *string) {
	t.Helper()
	config := gateway.AWSConfig()
	taken := got(sts.NewFromConfig(config).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: role, RoleSessionName: aws.String("work")})).or(t)
	config.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: *taken.Credentials.AccessKeyId, SecretAccessKey: *taken.Credentials.SecretAccessKey, SessionToken: *taken.Credentials.SessionToken}, nil
	})
	who := got(sts.NewFromConfig(config).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})).or(t)
	same(t, *who.Arn, *taken.AssumedRoleUser.Arn)
	code(t, "AccessDenied", "is not authorized to perform: iam:ListUsers")(sdk.NewFromConfig(config).ListUsers(t.Context(), &sdk.ListUsersInput{}))
}
