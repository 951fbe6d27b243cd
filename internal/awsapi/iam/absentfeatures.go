package iam

import (
	"context"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
)

// Passwords, devices and certificates do not exist here, but clients ask for them:
// Terraform looks for all of them before it deletes a user with force_destroy
// (aws-controlplane §6.3). The responses say that there are none.

// Absent are members of responses that are never there, with everything below them.
func Absent() []wire.Declined {
	return []wire.Declined{
		{Member: "PasswordLastUsed", Reason: "Users have no passwords."},
		{Member: "MFADevices", Reason: "There are no MFA devices."},
		{Member: "VirtualMFADevices", Reason: "There are no MFA devices."},
		{Member: "SSHPublicKeys", Reason: "There are no SSH keys."},
		{Member: "ServiceSpecificCredentials", Reason: "There are no service-specific credentials."},
		{Member: "Certificates", Reason: "There are no signing certificates."},
		{Member: "LoginProfile", Reason: "Users have no passwords."},
		{Member: "EvalDecisionDetails", Reason: "It tells the parts of a decision across accounts, and there is one account."},
		{Member: "OrganizationsDecisionDetail", Reason: "There is no organization."},
		{Member: "Reason", Reason: "Deletions of service-linked roles do not fail."},
	}
}

// Ignored are members of calls that have no effect.
func Ignored() []wire.Declined {
	return []wire.Declined{
		{Member: "ResourceOwner", Reason: "All resources belong to the one account.", Ignore: true},
		{Member: "ResourceHandlingOption", Reason: "It selects EC2 scenarios.", Ignore: true},
		{Member: "ServiceName", Reason: "There are no service-specific credentials.", Ignore: true},
		{Member: "AllUsers", Reason: "There are no service-specific credentials.", Ignore: true},
		{Member: "AssignmentStatus", Reason: "There are no MFA devices.", Ignore: true},
	}
}

type mfaOutput struct {
	MFADevices []struct{} `aws:"MFADevices"`
	pageOutput
}

type virtualMFAOutput struct {
	VirtualMFADevices []struct{} `aws:"VirtualMFADevices"`
	pageOutput
}

type sshKeysOutput struct {
	SSHPublicKeys []struct{} `aws:"SSHPublicKeys"`
	pageOutput
}

type certificatesOutput struct {
	Certificates []struct{} `aws:"Certificates"`
	pageOutput
}

type serviceCredentialsOutput struct {
	ServiceSpecificCredentials []struct{} `aws:"ServiceSpecificCredentials"`
	pageOutput
}

type loginProfileOutput struct{}

type mfaInput struct {
	UserName     string `aws:"UserName"`
	SerialNumber string `aws:"SerialNumber"`
}

// absent are the operations on what users do not have here. They authorise as on AWS, so
// that a caller learns nothing without permission.
func (o *operations) absent() []wire.QueryOperation {
	named := func(ctx context.Context, in userNameInput) wire.Target { return o.selfTarget(ctx, in.UserName) }
	none := []struct{}{}
	return []wire.QueryOperation{
		wire.QueryReply("ListVirtualMFADevices", onAll[pageInput], func(context.Context, pageInput) (virtualMFAOutput, error) {
			return virtualMFAOutput{VirtualMFADevices: none}, nil
		}),
		listNone(o, "ListMFADevices", mfaOutput{MFADevices: none}),
		listNone(o, "ListSSHPublicKeys", sshKeysOutput{SSHPublicKeys: none}),
		listNone(o, "ListSigningCertificates", certificatesOutput{Certificates: none}),
		listNone(o, "ListServiceSpecificCredentials", serviceCredentialsOutput{ServiceSpecificCredentials: none}),
		wire.QueryReply("GetLoginProfile", named, func(ctx context.Context, in userNameInput) (loginProfileOutput, error) {
			return loginProfileOutput{}, o.noLoginProfile(ctx, in.UserName)
		}),
		wire.QueryVoid("DeleteLoginProfile", named, func(ctx context.Context, in userNameInput) error { return o.noLoginProfile(ctx, in.UserName) }),
		wire.QueryVoid("DeactivateMFADevice", func(ctx context.Context, in mfaInput) wire.Target { return o.selfTarget(ctx, in.UserName) },
			func(_ context.Context, in mfaInput) error {
				return pasarela.Errorf(identity.CodeNoSuchEntity, "MFADevice with serial number %s cannot be found.", in.SerialNumber)
			}),
	}
}

// listNone is an operation that finds nothing of a user who exists.
func listNone[Out any](o *operations, name string, out Out) wire.QueryOperation {
	return wire.QueryReply(name, func(ctx context.Context, in userPageInput) wire.Target { return o.selfTarget(ctx, in.UserName) },
		func(ctx context.Context, in userPageInput) (Out, error) { return out, o.exists(ctx, in.UserName) })
}

// exists is [identity.CodeNoSuchEntity] for a user who is not there; without a name it is
// about the caller.
func (o *operations) exists(ctx context.Context, name string) error {
	name, err := self(ctx, name)
	if err != nil || name == "" {
		return err
	}
	_, err = o.Users.Get(name)
	return err
}

func (o *operations) noLoginProfile(ctx context.Context, name string) error {
	if err := o.exists(ctx, name); err != nil {
		return err
	}
	return pasarela.Errorf(identity.CodeNoSuchEntity, "Login Profile for User %s cannot be found.", name)
}
