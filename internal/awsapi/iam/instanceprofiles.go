package iam

import (
	"context"

	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
)

type profileInput struct {
	InstanceProfileName string `aws:"InstanceProfileName"`
}

type profileRoleInput struct {
	profileInput
	RoleName string `aws:"RoleName"`
}

type profileOutput struct {
	InstanceProfile profileShape `aws:"InstanceProfile"`
}

type rolePageInput struct {
	RoleName string `aws:"RoleName"`
	pageInput
}

type profilesOutput struct {
	InstanceProfiles []profileShape `aws:"InstanceProfiles"`
	pageOutput
}

// instanceProfiles are the operations on instance profiles. There are no EC2 instances
// here; Terraform modules and scripts make profiles beside the roles all the same.
func (o *operations) instanceProfiles() []wire.QueryOperation {
	named := func(_ context.Context, in profileInput) wire.Target {
		return o.profileTarget(in.InstanceProfileName, "")
	}
	withRole := func(_ context.Context, in profileRoleInput) wire.Target {
		return o.profileTarget(in.InstanceProfileName, "")
	}
	return []wire.QueryOperation{
		wire.QueryReply("CreateInstanceProfile", func(_ context.Context, in identity.CreateInstanceProfileInput) wire.Target {
			return tagKeys(o.profileTarget(in.InstanceProfileName, in.Path), in.Tags)
		}, func(ctx context.Context, in identity.CreateInstanceProfileInput) (profileOutput, error) {
			p, err := o.InstanceProfiles.CreateInstanceProfile(ctx, in)
			if err != nil {
				return profileOutput{}, err
			}
			return profileOutput{o.profileShape(p)}, nil
		}),
		wire.QueryReply("GetInstanceProfile", named, func(_ context.Context, in profileInput) (profileOutput, error) {
			p, err := o.InstanceProfiles.InstanceProfile(in.InstanceProfileName)
			if err != nil {
				return profileOutput{}, err
			}
			return profileOutput{o.profileShape(p)}, nil
		}),
		wire.QueryVoid("DeleteInstanceProfile", named, func(ctx context.Context, in profileInput) error {
			return o.InstanceProfiles.DeleteInstanceProfile(ctx, in.InstanceProfileName)
		}),
		wire.QueryVoid("AddRoleToInstanceProfile", withRole, func(ctx context.Context, in profileRoleInput) error {
			return o.InstanceProfiles.AddRoleToInstanceProfile(ctx, in.InstanceProfileName, in.RoleName)
		}),
		wire.QueryVoid("RemoveRoleFromInstanceProfile", withRole, func(ctx context.Context, in profileRoleInput) error {
			return o.InstanceProfiles.RemoveRoleFromInstanceProfile(ctx, in.InstanceProfileName, in.RoleName)
		}),
		wire.QueryReply("ListInstanceProfilesForRole", func(_ context.Context, in rolePageInput) wire.Target { return o.roleTarget(in.RoleName, "") },
			o.listInstanceProfilesForRole),
		wire.QueryReply("ListInstanceProfiles", onAll[listByPathInput], func(_ context.Context, in listByPathInput) (profilesOutput, error) {
			return o.profilesPage(in.pageInput, o.InstanceProfiles.List(in.PathPrefix))
		}),
	}
}

func (o *operations) listInstanceProfilesForRole(_ context.Context, in rolePageInput) (profilesOutput, error) {
	if _, err := o.Roles.Get(in.RoleName); err != nil {
		return profilesOutput{}, err
	}
	return o.profilesPage(in.pageInput, o.InstanceProfiles.InstanceProfilesOf(in.RoleName))
}

func (o *operations) profilesPage(in pageInput, profiles []*identity.InstanceProfile) (profilesOutput, error) {
	page, more, err := cut(in, profiles, func(p *identity.InstanceProfile) string { return p.InstanceProfileID })
	out := profilesOutput{InstanceProfiles: []profileShape{}, pageOutput: more}
	for _, p := range page {
		out.InstanceProfiles = append(out.InstanceProfiles, o.profileShape(p))
	}
	return out, err
}
