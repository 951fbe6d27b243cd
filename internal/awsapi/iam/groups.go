package iam

import (
	"cmp"
	"context"
	"time"

	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
)

type groupNameInput struct {
	GroupName string `aws:"GroupName"`
}

func (in groupNameInput) entity() identity.Entity { return identity.GroupNamed(in.GroupName) }

type groupShape struct {
	Path       string    `aws:"Path"`
	GroupName  string    `aws:"GroupName"`
	GroupID    string    `aws:"GroupId"`
	ARN        string    `aws:"Arn"`
	CreateDate time.Time `aws:"CreateDate"`
}

func (o *operations) groupShape(g *identity.Group) groupShape {
	return groupShape{g.Path, g.GroupName, g.GroupID, o.Groups.GroupARN(g), g.CreateDate}
}

type groupOutput struct {
	Group groupShape `aws:"Group"`
}

type groupPageInput struct {
	GroupName string `aws:"GroupName"`
	pageInput
}

// membersOutput is GetGroup's answer: the group and a page of its members.
type membersOutput struct {
	Group groupShape  `aws:"Group"`
	Users []userShape `aws:"Users"`
	pageOutput
}

type groupsOutput struct {
	Groups []groupShape `aws:"Groups"`
	pageOutput
}

type memberInput struct {
	GroupName string `aws:"GroupName"`
	UserName  string `aws:"UserName"`
}

// groupTarget is a group by name: the one that is there, or the one that would be.
func (o *operations) groupTarget(name, path string) wire.Target {
	if g, err := o.Groups.Group(name); err == nil {
		return on(o.Groups.GroupARN(g))
	}
	return on(o.Groups.GroupARN(&identity.Group{GroupName: name, Path: orSlash(path)}))
}

// movedGroup is a group and the ARN that it will have.
func (o *operations) movedGroup(_ context.Context, in identity.UpdateGroupInput) wire.Target {
	t := o.groupTarget(in.GroupName, "")
	g := identity.Group{GroupName: in.GroupName, Path: "/"}
	if there, err := o.Groups.Group(in.GroupName); err == nil {
		g.GroupName, g.Path = there.GroupName, there.Path
	}
	t.Becomes = o.Groups.GroupARN(&identity.Group{GroupName: cmp.Or(in.NewGroupName, g.GroupName), Path: cmp.Or(in.NewPath, g.Path)})
	return t
}

// groups are the operations on groups; those on membership authorise against the group, not
// the user.
func (o *operations) groups() []wire.QueryOperation {
	onMember := func(_ context.Context, in memberInput) wire.Target { return o.groupTarget(in.GroupName, "") }
	return []wire.QueryOperation{
		wire.QueryReply("CreateGroup", func(_ context.Context, in identity.CreateGroupInput) wire.Target {
			return o.groupTarget(in.GroupName, in.Path)
		},
			func(ctx context.Context, in identity.CreateGroupInput) (groupOutput, error) {
				g, err := o.Groups.CreateGroup(ctx, in)
				if err != nil {
					return groupOutput{}, err
				}
				return groupOutput{o.groupShape(g)}, nil
			}),
		wire.QueryReply("GetGroup", func(_ context.Context, in groupPageInput) wire.Target { return o.groupTarget(in.GroupName, "") }, o.getGroup),
		wire.QueryReply("ListGroups", onAll[listByPathInput], func(_ context.Context, in listByPathInput) (groupsOutput, error) {
			return o.groupsPage(in.pageInput, o.Groups.List(in.PathPrefix))
		}),
		wire.QueryReply("ListGroupsForUser", func(_ context.Context, in userPageInput) wire.Target { return o.userTarget(in.UserName, "") },
			func(_ context.Context, in userPageInput) (groupsOutput, error) {
				u, err := o.Users.Get(in.UserName)
				if err != nil {
					return groupsOutput{}, err
				}
				return o.groupsPage(in.pageInput, o.Groups.GroupsOf(u))
			}),
		wire.QueryVoid("UpdateGroup", o.movedGroup, o.Groups.UpdateGroup),
		wire.QueryVoid("DeleteGroup", func(_ context.Context, in groupNameInput) wire.Target { return o.groupTarget(in.GroupName, "") },
			func(ctx context.Context, in groupNameInput) error { return o.Groups.DeleteGroup(ctx, in.GroupName) }),
		wire.QueryVoid("AddUserToGroup", onMember, func(ctx context.Context, in memberInput) error {
			return o.Groups.AddUserToGroup(ctx, in.GroupName, in.UserName)
		}),
		wire.QueryVoid("RemoveUserFromGroup", onMember, func(ctx context.Context, in memberInput) error {
			return o.Groups.RemoveUserFromGroup(ctx, in.GroupName, in.UserName)
		}),
	}
}

func (o *operations) getGroup(_ context.Context, in groupPageInput) (membersOutput, error) {
	g, err := o.Groups.Group(in.GroupName)
	if err != nil {
		return membersOutput{}, err
	}
	page, more, err := cut(in.pageInput, o.Groups.Members(g), func(u *identity.User) string { return u.UserID })
	out := membersOutput{Group: o.groupShape(g), Users: []userShape{}, pageOutput: more}
	for _, u := range page {
		out.Users = append(out.Users, o.userListed(u))
	}
	return out, err
}

// groupsPage cuts a page out of groups. Markers hold ids, so that a group which is renamed
// between two pages is not shown twice.
func (o *operations) groupsPage(in pageInput, groups []*identity.Group) (groupsOutput, error) {
	page, more, err := cut(in, groups, func(g *identity.Group) string { return g.GroupID })
	out := groupsOutput{Groups: []groupShape{}, pageOutput: more}
	for _, g := range page {
		out.Groups = append(out.Groups, o.groupShape(g))
	}
	return out, err
}
