package iam

import (
	"cmp"
	"context"
	"time"

	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
)

type userNameInput struct {
	UserName string `aws:"UserName"`
}

type userOutput struct {
	User userShape `aws:"User"`
}

// users are the operations on users. Each authorises against the user's ARN; the lists, as
// on AWS, against "*" (Service Authorization Reference, "AWS Identity and Access
// Management").
func (o *operations) users() []wire.QueryOperation {
	named := func(_ context.Context, in userNameInput) wire.Target { return o.userTarget(in.UserName, "") }
	return []wire.QueryOperation{
		wire.QueryReply("CreateUser", func(_ context.Context, in identity.CreateUserInput) wire.Target {
			return key(tagKeys(o.userTarget(in.UserName, in.Path), in.Tags), "iam:permissionsboundary", in.PermissionsBoundary)
		}, o.createUser),
		wire.QueryReply("GetUser", func(ctx context.Context, in userNameInput) wire.Target { return o.selfTarget(ctx, in.UserName) }, o.getUser),
		wire.QueryReply("ListUsers", onAll[listByPathInput], o.listUsers),
		wire.QueryVoid("UpdateUser", o.movedUser, o.Users.UpdateUser),
		wire.QueryVoid("DeleteUser", named, func(ctx context.Context, in userNameInput) error { return o.Users.DeleteUser(ctx, in.UserName) }),
	}
}

// movedUser is a user and the ARN that it will have.
func (o *operations) movedUser(_ context.Context, in identity.UpdateUserInput) wire.Target {
	t := o.userTarget(in.UserName, "")
	u := identity.User{UserName: in.UserName, Path: "/"}
	if there, err := o.Users.Get(in.UserName); err == nil {
		u.UserName, u.Path = there.UserName, there.Path
	}
	t.Becomes = o.UserARN(&identity.User{UserName: cmp.Or(in.NewUserName, u.UserName), Path: cmp.Or(in.NewPath, u.Path)})
	return t
}

func (o *operations) createUser(ctx context.Context, in identity.CreateUserInput) (userOutput, error) {
	u, err := o.Users.CreateUser(ctx, in)
	if err != nil {
		return userOutput{}, err
	}
	return userOutput{o.userWhole(u)}, nil
}

// getUser returns about the caller when no name is given. A caller without a user, the
// root, is answered too.
func (o *operations) getUser(ctx context.Context, in userNameInput) (userOutput, error) {
	name, err := self(ctx, in.UserName)
	if err != nil {
		return userOutput{}, err
	}
	if name == "" {
		return o.getRoot(ctx), nil
	}
	u, err := o.Users.Get(name)
	if err != nil {
		return userOutput{}, err
	}
	return userOutput{o.userWhole(u)}, nil
}

// getRoot is what GetUser returns the root: it has no name and no path.
func (o *operations) getRoot(ctx context.Context) userOutput {
	call, _ := wire.CallFrom(ctx)
	shape := userShape{UserID: call.Principal.UserID, ARN: o.RootARN()}
	if keys, err := o.AccessKeys.List(""); err == nil && len(keys) > 0 {
		shape.CreateDate = keys[0].CreateDate
	}
	return userOutput{shape}
}

type listByPathInput struct {
	PathPrefix string `aws:"PathPrefix"`
	pageInput
}

type usersOutput struct {
	Users []userShape `aws:"Users"`
	pageOutput
}

func (o *operations) listUsers(_ context.Context, in listByPathInput) (usersOutput, error) {
	page, more, err := cut(in.pageInput, o.Users.List(in.PathPrefix), func(u *identity.User) string { return u.UserID })
	out := usersOutput{Users: []userShape{}, pageOutput: more}
	for _, u := range page {
		out.Users = append(out.Users, o.userListed(u))
	}
	return out, err
}

// accessKeyShape is CreateAccessKey's answer, the only one with the secret: it cannot be
// read again.
type accessKeyShape struct {
	UserName        string    `aws:"UserName"`
	AccessKeyID     string    `aws:"AccessKeyId"`
	Status          string    `aws:"Status"`
	SecretAccessKey string    `aws:"SecretAccessKey"`
	CreateDate      time.Time `aws:"CreateDate"`
}

// accessKeyMetadata is a key in ListAccessKeys, without its secret.
type accessKeyMetadata struct {
	UserName    string    `aws:"UserName"`
	AccessKeyID string    `aws:"AccessKeyId"`
	Status      string    `aws:"Status"`
	CreateDate  time.Time `aws:"CreateDate"`
}

// Words for the state of an access key.
const (
	statusActive   = "Active"
	statusInactive = "Inactive"
)

// status is a key's state as the wire spells it.
func status(k identity.AccessKey) string {
	if k.Active {
		return statusActive
	}
	return statusInactive
}

type accessKeyOutput struct {
	AccessKey accessKeyShape `aws:"AccessKey"`
}

type accessKeyInput struct {
	UserName    string `aws:"UserName"`
	AccessKeyID string `aws:"AccessKeyId"`
}

type updateAccessKeyInput struct {
	accessKeyInput
	Status string `aws:"Status"`
}

type userPageInput struct {
	UserName string `aws:"UserName"`
	pageInput
}

type accessKeysOutput struct {
	AccessKeyMetadata []accessKeyMetadata `aws:"AccessKeyMetadata"`
	pageOutput
}

// accessKeys are the operations on access keys. UserName may be left out of those that have
// it: it is the caller then, so the target is the caller's own ARN (aws-controlplane §6.3).
func (o *operations) accessKeys() []wire.QueryOperation {
	ofKey := func(ctx context.Context, in accessKeyInput) wire.Target { return o.selfTarget(ctx, in.UserName) }
	return []wire.QueryOperation{
		wire.QueryReply("CreateAccessKey", func(ctx context.Context, in userNameInput) wire.Target { return o.selfTarget(ctx, in.UserName) }, o.createAccessKey),
		wire.QueryReply("ListAccessKeys", func(ctx context.Context, in userPageInput) wire.Target { return o.selfTarget(ctx, in.UserName) }, o.listAccessKeys),
		wire.QueryVoid("DeleteAccessKey", ofKey, o.deleteAccessKey),
		wire.QueryVoid("UpdateAccessKey", func(ctx context.Context, in updateAccessKeyInput) wire.Target { return o.selfTarget(ctx, in.UserName) }, o.updateAccessKey),
		wire.QueryReply("GetAccessKeyLastUsed", onAll[accessKeyIDInput], o.getAccessKeyLastUsed),
	}
}

func (o *operations) createAccessKey(ctx context.Context, in userNameInput) (accessKeyOutput, error) {
	name, err := self(ctx, in.UserName)
	if err != nil {
		return accessKeyOutput{}, err
	}
	k, err := o.AccessKeys.CreateAccessKey(ctx, name)
	return accessKeyOutput{accessKeyShape{o.shownName(name), k.AccessKeyID, status(k), k.SecretAccessKey, k.CreateDate}}, err
}

// shownName is the user's name as it is spelled; names match ignoring case.
func (o *operations) shownName(name string) string {
	if u, err := o.Users.Get(name); err == nil {
		return u.UserName
	}
	return name
}

func (o *operations) listAccessKeys(ctx context.Context, in userPageInput) (accessKeysOutput, error) {
	name, err := self(ctx, in.UserName)
	if err != nil {
		return accessKeysOutput{}, err
	}
	keys, err := o.AccessKeys.List(name)
	if err != nil {
		return accessKeysOutput{}, err
	}
	page, more, err := cut(in.pageInput, keys, func(k identity.AccessKey) string { return k.AccessKeyID })
	out := accessKeysOutput{AccessKeyMetadata: []accessKeyMetadata{}, pageOutput: more}
	for _, k := range page {
		out.AccessKeyMetadata = append(out.AccessKeyMetadata, accessKeyMetadata{o.shownName(name), k.AccessKeyID, status(k), k.CreateDate})
	}
	return out, err
}

func (o *operations) deleteAccessKey(ctx context.Context, in accessKeyInput) error {
	name, err := self(ctx, in.UserName)
	if err != nil {
		return err
	}
	return o.AccessKeys.DeleteAccessKey(ctx, name, in.AccessKeyID)
}

func (o *operations) updateAccessKey(ctx context.Context, in updateAccessKeyInput) error {
	name, err := self(ctx, in.UserName)
	if err != nil {
		return err
	}
	if in.Status != statusActive && in.Status != statusInactive {
		return invalidEnum("status", in.Status, "Active, Inactive")
	}
	return o.AccessKeys.SetActive(ctx, name, in.AccessKeyID, in.Status == statusActive)
}

type accessKeyIDInput struct {
	AccessKeyID string `aws:"AccessKeyId"`
}

// accessKeyLastUsedShape has no LastUsedDate for a key that was never used, and "N/A" for
// the rest, as AWS documents it.
type accessKeyLastUsedShape struct {
	LastUsedDate time.Time `aws:"LastUsedDate"`
	ServiceName  string    `aws:"ServiceName"`
	Region       string    `aws:"Region"`
}

type accessKeyLastUsedOutput struct {
	UserName          string                 `aws:"UserName"`
	AccessKeyLastUsed accessKeyLastUsedShape `aws:"AccessKeyLastUsed,keep"`
}

// getAccessKeyLastUsed knows the uses on this node since it started; the service
// is not recorded (A-IAM-10).
func (o *operations) getAccessKeyLastUsed(_ context.Context, in accessKeyIDInput) (accessKeyLastUsedOutput, error) {
	owner, err := o.AccessKeys.Owner(in.AccessKeyID)
	out := accessKeyLastUsedOutput{owner, accessKeyLastUsedShape{ServiceName: "N/A", Region: "N/A"}}
	if at, region, ok := o.KeyLastUsed(in.AccessKeyID); ok {
		out.AccessKeyLastUsed.LastUsedDate, out.AccessKeyLastUsed.Region = at, region
	}
	return out, err
}
