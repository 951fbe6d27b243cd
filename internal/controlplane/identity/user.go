package identity

import (
	"context"
	"slices"

	"github.com/pasarela-ws/pasarela"
)

// CreateUserInput is the input of CreateUser.
type CreateUserInput struct {
	UserName            string `aws:"UserName,required,max=64,pattern=name"`
	Path                string `aws:"Path,max=512,pattern=path"`
	PermissionsBoundary string `aws:"PermissionsBoundary,min=20,max=2048"`
	Tags                []Tag  `aws:"Tags,max=50"`
}

// Users does the operations on users, each a document ("iam/user/{name}"). Their access
// keys and policies have services of their own.
type Users struct{ identity *Service }

// CreateUser makes a user without keys and policies.
func (s *Users) CreateUser(ctx context.Context, in CreateUserInput) (*User, error) {
	if err := check(in); err != nil {
		return nil, err
	}
	if err := s.identity.checkCreation(in.PermissionsBoundary, in.Tags); err != nil {
		return nil, err
	}
	u := &User{
		Path: pathOr(in.Path), UserName: in.UserName, UserID: newID(ctx, prefixUser, s.identity.regionAccount.AccountID, idLength),
		CreateDate: s.identity.today(), Tags: in.Tags, Permissions: Permissions{Boundary: in.PermissionsBoundary},
	}
	taken := errorf(CodeEntityAlreadyExists, "User with name %s already exists.", in.UserName)
	return u, create(ctx, s.identity, s.identity.users, userKey(in.UserName), taken, u)
}

// Get is the user of that name, or [CodeNoSuchEntity].
func (s *Users) Get(name string) (*User, error) {
	v := s.identity.current.Load().users.get(fold(name))
	if v == nil {
		return nil, noUser(name)
	}
	return v.user, nil
}

// List is all users whose path starts with pathPrefix, by name.
func (s *Users) List(pathPrefix string) []*User {
	n := s.identity.current.Load()
	var list []*User
	for _, v := range n.users.sorted() {
		if u := v.user; underPath(u.Path, pathPrefix) {
			list = append(list, u)
		}
	}
	return list
}

// UpdateUserInput is the input of UpdateUser.
type UpdateUserInput struct {
	UserName    string `aws:"UserName,required,max=128,pattern=name"`
	NewPath     string `aws:"NewPath,max=512,pattern=path"`
	NewUserName string `aws:"NewUserName,max=64,pattern=name"`
}

// UpdateUser moves or renames a user. A new name is a new document ([rename]): for a moment
// both are there, with the same keys.
func (s *Users) UpdateUser(ctx context.Context, in UpdateUserInput) error {
	if err := check(in); err != nil {
		return err
	}
	if in.NewUserName == "" || fold(in.NewUserName) == fold(in.UserName) {
		_, err := s.identity.changeUser(ctx, in.UserName, func(u *User) error {
			u.rename(in)
			return nil
		})
		return err
	}
	return rename(ctx, s.identity, s.identity.users, renaming[User]{
		from: userKey(in.UserName), to: userKey(in.NewUserName), id: func(u *User) string { return u.UserID },
		moved: func(u User) *User {
			u.FormerName = u.UserName
			u.rename(in)
			return &u
		},
		missing: noUser(in.UserName), taken: errorf(CodeEntityAlreadyExists, "User with name %s already exists.", in.NewUserName),
	})
}

func (u *User) rename(in UpdateUserInput) {
	if in.NewPath != "" {
		u.Path = in.NewPath
	}
	if in.NewUserName != "" {
		u.UserName = in.NewUserName
	}
}

// DeleteUser removes a user that has nothing any more.
func (s *Users) DeleteUser(ctx context.Context, name string) error {
	return remove(ctx, s.identity, s.identity.users, userKey(name), noUser(name), func(u *User) error {
		switch {
		case len(u.AccessKeys) > 0:
			return errorf(CodeDeleteConflict, "Cannot delete entity, must delete access keys first.")
		case len(s.identity.Groups.GroupsOf(u)) > 0:
			return errorf(CodeDeleteConflict, "Cannot delete entity, must remove user from group first.")
		default:
			return u.deletable()
		}
	})
}

// deletable refuses while there are policies.
func (p *Permissions) deletable() error {
	switch {
	case len(p.Attached) > 0:
		return errorf(CodeDeleteConflict, "Cannot delete entity, must detach all policies first.")
	case len(p.Inline) > 0:
		return errorf(CodeDeleteConflict, "Cannot delete entity, must delete policies first.")
	}
	return nil
}

// checkCreation is what creating a user and a role have in common.
func (s *Service) checkCreation(boundary string, tags []Tag) error {
	if err := checkTags(nil, tags); err != nil {
		return err
	}
	if boundary == "" {
		return nil
	}
	return s.Policies.checkBoundary(boundary)
}

// maxAccessKeys is AWS's quota of keys a user.
const maxAccessKeys = 2

// AccessKeys does the operations on the access keys of users, which lie in the user's
// document.
type AccessKeys struct{ identity *Service }

// CreateAccessKey makes a key for a user, or for the root when name is empty.
func (s *AccessKeys) CreateAccessKey(ctx context.Context, name string) (AccessKey, error) {
	key := s.identity.newAccessKey(ctx)
	add := func(keys *[]AccessKey) error {
		if len(*keys) >= maxAccessKeys {
			return errorf(CodeLimitExceeded, "Cannot exceed quota for AccessKeysPerUser: %d", maxAccessKeys)
		}
		*keys = append(*keys, key)
		return nil
	}
	return key, s.changeKeys(ctx, name, add)
}

// changeKeys edits the keys of a user, or of the root when name is empty.
func (s *AccessKeys) changeKeys(ctx context.Context, name string, edit func(*[]AccessKey) error) error {
	if name == "" {
		_, err := change(ctx, s.identity, s.identity.accounts, accountKey, errNoAccount(), func(a *Account) error { return edit(&a.RootKeys) })
		return err
	}
	_, err := s.identity.changeUser(ctx, name, func(u *User) error { return edit(&u.AccessKeys) })
	return err
}

// errNoAccount: the account's document was removed from the store of a running node.
func errNoAccount() error {
	return errorf(pasarela.CodeInternal, "the account document is missing from the store")
}

// List is the keys of a user, or of the root when name is empty.
func (s *AccessKeys) List(name string) ([]AccessKey, error) {
	if name == "" {
		return s.identity.current.Load().account.RootKeys, nil
	}
	u, err := s.identity.Users.Get(name)
	if err != nil {
		return nil, err
	}
	return u.AccessKeys, nil
}

func noAccessKey(id string) error {
	return errorf(CodeNoSuchEntity, "The Access Key with id %s cannot be found.", id)
}

// SetActive turns a key on or off.
func (s *AccessKeys) SetActive(ctx context.Context, name, accessKeyID string, active bool) error {
	return s.changeKeys(ctx, name, func(keys *[]AccessKey) error {
		i := slices.IndexFunc(*keys, func(k AccessKey) bool { return k.AccessKeyID == accessKeyID })
		if i < 0 {
			return noAccessKey(accessKeyID)
		}
		(*keys)[i].Active = active
		return nil
	})
}

// DeleteAccessKey removes a key. It stops working before this returns.
func (s *AccessKeys) DeleteAccessKey(ctx context.Context, name, accessKeyID string) error {
	return s.changeKeys(ctx, name, func(keys *[]AccessKey) error {
		before := len(*keys)
		*keys = slices.DeleteFunc(*keys, func(k AccessKey) bool { return k.AccessKeyID == accessKeyID })
		if len(*keys) == before {
			return noAccessKey(accessKeyID)
		}
		return nil
	})
}

// Owner is the name of the user who holds a key, empty for the root.
func (s *AccessKeys) Owner(accessKeyID string) (userName string, err error) {
	holder := s.identity.current.Load().keys.get(accessKeyID)
	switch {
	case holder == nil:
		return "", noAccessKey(accessKeyID)
	case holder.user == nil:
		return "", nil
	}
	return holder.user.user.UserName, nil
}
