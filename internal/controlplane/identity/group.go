package identity

import (
	"context"
	"slices"
	"time"
)

// maxGroups is AWS's quota of groups a user.
const maxGroups = 10

// Group is an IAM group: policies that all its members have. Who is a member
// stands in the users, so that a user goes with everything that is its own.
type Group struct {
	Path       string
	GroupName  string
	GroupID    string // AGPA…
	CreateDate time.Time
	// FormerName is the name before the last renaming, as of [User].
	FormerName string `json:",omitempty"`
	Permissions
}

// Groups does the operations on groups, one document each; who is in a group stands in
// the documents of its users.
type Groups struct{ identity *Service }

// GroupARN is the ARN of a group.
func (s *Groups) GroupARN(g *Group) string { return s.identity.arn("group", g.Path, g.GroupName) }

func noGroup(name string) error {
	return errorf(CodeNoSuchEntity, "The group with name %s cannot be found.", name)
}

func groupTaken(name string) error {
	return errorf(CodeEntityAlreadyExists, "Group with name %s already exists.", name)
}

// CreateGroupInput is the input of CreateGroup.
type CreateGroupInput struct {
	GroupName string `aws:"GroupName,required,max=128,pattern=name"`
	Path      string `aws:"Path,max=512,pattern=path"`
}

// CreateGroup makes a group without members and policies.
func (s *Groups) CreateGroup(ctx context.Context, in CreateGroupInput) (*Group, error) {
	if err := check(in); err != nil {
		return nil, err
	}
	g := &Group{Path: pathOr(in.Path), GroupName: in.GroupName, GroupID: newID(ctx, prefixGroup, s.identity.regionAccount.AccountID, idLength), CreateDate: s.identity.today()}
	return g, create(ctx, s.identity, s.identity.groups, groupKey(in.GroupName), groupTaken(in.GroupName), g)
}

// Group is the group of that name.
func (s *Groups) Group(name string) (*Group, error) {
	v := s.identity.current.Load().groups.get(fold(name))
	if v == nil {
		return nil, noGroup(name)
	}
	return v.Group, nil
}

// List are all groups whose path starts with prefix, by name.
func (s *Groups) List(pathPrefix string) []*Group {
	n := s.identity.current.Load()
	var list []*Group
	for _, v := range n.groups.sorted() {
		if underPath(v.Path, pathPrefix) {
			list = append(list, v.Group)
		}
	}
	return list
}

// Members are the users in a group, by name.
func (s *Groups) Members(g *Group) []*User {
	n := s.identity.current.Load()
	var list []*User
	for _, v := range n.users.sorted() {
		if slices.Contains(v.user.Groups, g.GroupID) {
			list = append(list, v.user)
		}
	}
	return list
}

// GroupsOf are the groups that a user is in, by name.
func (s *Groups) GroupsOf(u *User) []*Group {
	n := s.identity.current.Load()
	var list []*Group
	for _, v := range n.groupsOf(u) {
		list = append(list, v.Group)
	}
	return list
}

// UpdateGroupInput is the input of UpdateGroup.
type UpdateGroupInput struct {
	GroupName    string `aws:"GroupName,required,max=128,pattern=name"`
	NewPath      string `aws:"NewPath,max=512,pattern=path"`
	NewGroupName string `aws:"NewGroupName,max=128,pattern=name"`
}

// UpdateGroup moves or renames a group; its members stay in it. A new name is a
// new document, as with [Users.UpdateUser].
// Members know the group by its id, so no user loses or gains a permission meanwhile.
func (s *Groups) UpdateGroup(ctx context.Context, in UpdateGroupInput) error {
	if err := check(in); err != nil {
		return err
	}
	edit := func(g *Group) {
		if in.NewPath != "" {
			g.Path = in.NewPath
		}
		if in.NewGroupName != "" {
			g.GroupName = in.NewGroupName
		}
	}
	if in.NewGroupName == "" || fold(in.NewGroupName) == fold(in.GroupName) {
		_, err := s.changeGroup(ctx, in.GroupName, func(g *Group) error {
			edit(g)
			return nil
		})
		return err
	}
	return rename(ctx, s.identity, s.identity.groups, renaming[Group]{
		from: groupKey(in.GroupName), to: groupKey(in.NewGroupName), id: func(g *Group) string { return g.GroupID },
		moved: func(g Group) *Group {
			g.FormerName = g.GroupName
			edit(&g)
			return &g
		},
		missing: noGroup(in.GroupName), taken: groupTaken(in.NewGroupName),
	})
}

// DeleteGroup removes a group that has no members and no policies any more.
func (s *Groups) DeleteGroup(ctx context.Context, name string) error {
	return remove(ctx, s.identity, s.identity.groups, groupKey(name), noGroup(name), func(g *Group) error {
		if len(s.Members(g)) > 0 {
			return errorf(CodeDeleteConflict, "Cannot delete entity, must remove users from group first.")
		}
		return g.deletable()
	})
}

// AddUserToGroup makes a user a member; doing it twice is no error.
func (s *Groups) AddUserToGroup(ctx context.Context, group, user string) error {
	if _, err := s.identity.Users.Get(user); err != nil {
		return err
	}
	g, err := s.Group(group)
	if err != nil {
		return err
	}
	_, err = s.identity.changeUser(ctx, user, func(u *User) error {
		if slices.Contains(u.Groups, g.GroupID) {
			return nil
		}
		if len(s.GroupsOf(u)) >= maxGroups {
			return errorf(CodeLimitExceeded, "Cannot exceed quota for GroupsPerUser: %d", maxGroups)
		}
		u.Groups = append(u.Groups, g.GroupID)
		return nil
	})
	return err
}

// RemoveUserFromGroup ends a membership.
func (s *Groups) RemoveUserFromGroup(ctx context.Context, group, user string) error {
	g, err := s.Group(group)
	if err != nil {
		return err
	}
	_, err = s.identity.changeUser(ctx, user, func(u *User) error {
		before := len(u.Groups)
		u.Groups = slices.DeleteFunc(u.Groups, func(id string) bool { return id == g.GroupID })
		if len(u.Groups) == before {
			return errorf(CodeNoSuchEntity, "User %s not in group %s", u.UserName, g.GroupName)
		}
		return nil
	})
	return err
}

func (s *Groups) changeGroup(ctx context.Context, name string, edit func(*Group) error) (*Group, error) {
	return change(ctx, s.identity, s.identity.groups, groupKey(name), noGroup(name), edit)
}
