package iam

import (
	"context"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
)

type roleNameInput struct {
	RoleName string `aws:"RoleName"`
}

type roleOutput struct {
	Role roleShape `aws:"Role"`
}

type rolesOutput struct {
	Roles []roleShape `aws:"Roles"`
	pageOutput
}

// roles are the operations on roles; setting a permissions boundary and tags are condition
// keys, as with users.
func (o *operations) roles() []wire.QueryOperation {
	named := func(_ context.Context, in roleNameInput) wire.Target { return o.roleTarget(in.RoleName, "") }
	return []wire.QueryOperation{
		wire.QueryReply("CreateRole", func(_ context.Context, in identity.CreateRoleInput) wire.Target {
			return key(tagKeys(o.roleTarget(in.RoleName, in.Path), in.Tags), "iam:permissionsboundary", in.PermissionsBoundary)
		}, o.createRole),
		wire.QueryReply("GetRole", named, o.getRole),
		wire.QueryReply("ListRoles", onAll[listByPathInput], o.listRoles),
		wire.QueryReply("UpdateRole", func(_ context.Context, in identity.UpdateRoleInput) wire.Target { return o.roleTarget(in.RoleName, "") }, o.updateRole),
		wire.QueryReply("UpdateRoleDescription", func(_ context.Context, in descriptionInput) wire.Target { return o.roleTarget(in.RoleName, "") }, o.updateRoleDescription),
		wire.QueryVoid("UpdateAssumeRolePolicy", func(_ context.Context, in identity.UpdateAssumeRolePolicyInput) wire.Target {
			return o.roleTarget(in.RoleName, "")
		}, o.Roles.UpdateAssumeRolePolicy),
		wire.QueryVoid("DeleteRole", named, func(ctx context.Context, in roleNameInput) error { return o.Roles.DeleteRole(ctx, in.RoleName) }),
	}
}

func (o *operations) createRole(ctx context.Context, in identity.CreateRoleInput) (roleOutput, error) {
	r, err := o.Roles.CreateRole(ctx, in)
	if err != nil {
		return roleOutput{}, err
	}
	return roleOutput{o.roleCreated(r)}, nil
}

func (o *operations) getRole(_ context.Context, in roleNameInput) (roleOutput, error) {
	r, err := o.Roles.Get(in.RoleName)
	if err != nil {
		return roleOutput{}, err
	}
	return roleOutput{o.roleWhole(r)}, nil
}

func (o *operations) listRoles(_ context.Context, in listByPathInput) (rolesOutput, error) {
	page, more, err := cut(in.pageInput, o.Roles.List(in.PathPrefix), func(r *identity.Role) string { return r.RoleID })
	out := rolesOutput{Roles: []roleShape{}, pageOutput: more}
	for _, r := range page {
		out.Roles = append(out.Roles, o.roleListed(r))
	}
	return out, err
}

// updateRoleOutput is an empty Result element: UpdateRole has an output without
// members.
type updateRoleOutput struct{}

func (o *operations) updateRole(ctx context.Context, in identity.UpdateRoleInput) (updateRoleOutput, error) {
	_, err := o.Roles.UpdateRole(ctx, in)
	return updateRoleOutput{}, err
}

type descriptionInput struct {
	RoleName    string `aws:"RoleName"`
	Description string `aws:"Description"`
}

// updateRoleDescription is the older operation; unlike UpdateRole it returns the role.
func (o *operations) updateRoleDescription(ctx context.Context, in descriptionInput) (roleOutput, error) {
	r, err := o.Roles.UpdateRoleDescription(ctx, in.RoleName, in.Description)
	if err != nil {
		return roleOutput{}, err
	}
	return roleOutput{o.roleCreated(r)}, nil
}

type deletionOutput struct {
	DeletionTaskID string `aws:"DeletionTaskId"`
}

type deletionInput struct {
	DeletionTaskID string `aws:"DeletionTaskId"`
}

type deletionStatusOutput struct {
	Status string `aws:"Status"`
}

// serviceLinked are the operations on the one service-linked role there is. AWS deletes it
// in the background and tells the outcome by a task id; here the deletion is over when it
// is answered, and the task has succeeded.
func (o *operations) serviceLinked() []wire.QueryOperation {
	return []wire.QueryOperation{
		wire.QueryReply("CreateServiceLinkedRole", func(_ context.Context, in identity.CreateServiceLinkedRoleInput) wire.Target {
			return key(o.roleTarget(identity.ServiceLinkedRoleName, "/aws-service-role/"+in.AWSServiceName+"/"), "iam:awsservicename", in.AWSServiceName)
		}, o.createServiceLinkedRole),
		wire.QueryReply("DeleteServiceLinkedRole", func(_ context.Context, in roleNameInput) wire.Target { return o.roleTarget(in.RoleName, "") },
			func(ctx context.Context, in roleNameInput) (deletionOutput, error) {
				task, err := o.Roles.DeleteServiceLinkedRole(ctx, in.RoleName, pasarela.NewUUID())
				return deletionOutput{task}, err
			}),
		wire.QueryReply("GetServiceLinkedRoleDeletionStatus", onAll[deletionInput],
			func(_ context.Context, in deletionInput) (deletionStatusOutput, error) {
				return deletionStatusOutput{"SUCCEEDED"}, o.Roles.DeletionSucceeded(in.DeletionTaskID)
			}),
	}
}

func (o *operations) createServiceLinkedRole(ctx context.Context, in identity.CreateServiceLinkedRoleInput) (roleOutput, error) {
	r, err := o.Roles.CreateServiceLinkedRole(ctx, in)
	if err != nil {
		return roleOutput{}, err
	}
	return roleOutput{o.roleCreated(r)}, nil
}
