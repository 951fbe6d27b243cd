package identity_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/internal/state/statetest"
)

func newGroup(t testing.TB, s *identity.Service, name string) *identity.Group {
	t.Helper()
	return must[*identity.Group](t)(s.Groups.CreateGroup(t.Context(), identity.CreateGroupInput{GroupName: name}))
}

// TestGroupsDecide: a user in a group has the group's permissions and denials
// for as long as the membership lasts.
func TestGroupsDecide(t *testing.T) {
	s := start(t)
	ctx := t.Context()
	who := newUser(t, s, "ana", "")
	newGroup(t, s, "ops")
	newPolicy(t, s, allow("a:managed", "*"))
	inline := func(document string) func() error {
		return func() error {
			return s.Policies.PutPolicy(ctx, identity.GroupNamed("ops"), identity.PutPolicyInput{PolicyName: "in", PolicyDocument: document})
		}
	}
	steps := []struct {
		name            string
		do              func() error
		inline, managed bool // whether a:b and a:managed are allowed then
	}{
		{"a group without policies", func() error { return s.Groups.AddUserToGroup(ctx, "ops", "ana") }, false, false},
		{"an inline policy", inline(allow("a:b", "*")), true, false},
		{"a managed policy", func() error { return s.Policies.AttachPolicy(ctx, identity.GroupNamed("ops"), managedARN) }, true, true},
		{"a renamed group", func() error {
			return s.Groups.UpdateGroup(ctx, identity.UpdateGroupInput{GroupName: "ops", NewGroupName: "operators", NewPath: "/x/"})
		}, true, true},
		{"a renamed user", func() error {
			return errors.Join(s.Users.UpdateUser(ctx, identity.UpdateUserInput{UserName: "ana", NewUserName: "eva"}), s.Users.UpdateUser(ctx, identity.UpdateUserInput{UserName: "eva", NewUserName: "ana"}))
		}, true, true},
		{"a boundary", func() error { return s.Policies.PutBoundary(ctx, identity.UserNamed("ana"), managedARN) }, false, true},
		{"no boundary", func() error { return s.Policies.DeleteBoundary(ctx, identity.UserNamed("ana")) }, true, true},
		{"a denial", func() error {
			return s.Policies.PutPolicy(ctx, identity.GroupNamed("operators"), identity.PutPolicyInput{PolicyName: "no", PolicyDocument: deny("a:managed", "*")})
		}, true, false},
		{"a denial gone", func() error { return s.Policies.DeletePolicy(ctx, identity.GroupNamed("operators"), "no") }, true, true},
		{"a policy detached", func() error { return s.Policies.DetachPolicy(ctx, identity.GroupNamed("operators"), managedARN) }, true, false},
		{"a member no more", func() error { return s.Groups.RemoveUserFromGroup(ctx, "operators", "ana") }, false, false},
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			t.Fatal(step.name, err)
		}
		inline, managed := s.Authorize(ctx, who, "a:b", "*", nil), s.Authorize(ctx, who, "a:managed", "*", nil)
		if (inline == nil) != step.inline || (managed == nil) != step.managed {
			t.Errorf("%s: inline %v, managed %v", step.name, inline, managed)
		}
	}
}

// TestANewGroupOfAnOldNameIsAnother: members know their group by its id.
func TestANewGroupOfAnOldNameIsAnother(t *testing.T) {
	bucket := memory.NewBucket()
	s := open(t, bucket, nil)
	ctx := t.Context()
	newUser(t, s, "ana", "")
	newGroup(t, s, "ops")
	if err := s.Groups.AddUserToGroup(ctx, "OPS", "ANA"); err != nil {
		t.Fatal(err)
	}
	// The group is removed from the store without the service, with its member
	// still in it.
	entry, err := bucket.Get(ctx, "iam/group/ops")
	if err != nil {
		t.Fatal(err)
	}
	if err := bucket.Delete(ctx, "iam/group/ops", entry.Revision); err != nil {
		t.Fatal(err)
	}
	again := open(t, bucket, nil)
	g := newGroup(t, again, "ops")
	if members := again.Groups.Members(g); len(members) != 0 {
		t.Errorf("a new group has the members of the old: %v", members)
	}
}

func TestGroupRefusals(t *testing.T) {
	s := start(t)
	ctx := t.Context()
	newUser(t, s, "ana", "")
	newGroup(t, s, "ops")
	newGroup(t, s, "taken")
	for i := range 10 {
		name := fmt.Sprint("g", i)
		newGroup(t, s, name)
		if err := s.Groups.AddUserToGroup(ctx, name, "ana"); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Groups.AddUserToGroup(ctx, "g1", "ana"); err != nil {
		t.Errorf("twice a member: %v", err)
	}
	create := func(in identity.CreateGroupInput) error { _, err := s.Groups.CreateGroup(ctx, in); return err }
	for want, got := range map[string]error{
		"EntityAlreadyExists: Group with name OPS already exists.":                     create(identity.CreateGroupInput{GroupName: "OPS"}),
		"NoSuchEntity: User ana not in group ops":                                      s.Groups.RemoveUserFromGroup(ctx, "ops", "ana"),
		"NoSuchEntity: The group with name gone cannot be found.":                      s.Groups.AddUserToGroup(ctx, "gone", "ana"),
		"NoSuchEntity: The user with name gone cannot be found.":                       s.Groups.AddUserToGroup(ctx, "nowhere", "gone"),
		"LimitExceeded: Cannot exceed quota for GroupsPerUser: 10":                     s.Groups.AddUserToGroup(ctx, "ops", "ana"),
		"DeleteConflict: Cannot delete entity, must remove users from group first.":    s.Groups.DeleteGroup(ctx, "g1"),
		"EntityAlreadyExists: Group with name taken already exists.":                   s.Groups.UpdateGroup(ctx, identity.UpdateGroupInput{GroupName: "ops", NewGroupName: "taken"}),
		"NoSuchEntity: The group policy with name p cannot be found.":                  s.Policies.DeletePolicy(ctx, identity.GroupNamed("ops"), "p"),
		"NoSuchEntity: Policy " + managedARN + " does not exist or is not attachable.": s.Policies.AttachPolicy(ctx, identity.GroupNamed("ops"), managedARN),
		"NoSuchEntity: The group with name other cannot be found.":                     s.Groups.UpdateGroup(ctx, identity.UpdateGroupInput{GroupName: "other", NewPath: "/x/"}),
		"NoSuchEntity: The group with name nobody cannot be found.":                    s.Groups.DeleteGroup(ctx, "nobody"),
	} {
		if d := cmp.Diff(want, message(t, got)); d != "" {
			t.Error(d)
		}
	}
	for _, key := range must[[]identity.AccessKey](t)(s.AccessKeys.List("ana")) {
		if err := s.AccessKeys.DeleteAccessKey(ctx, "ana", key.AccessKeyID); err != nil {
			t.Fatal(err)
		}
	}
	if got := message(t, s.Users.DeleteUser(ctx, "ana")); got != "DeleteConflict: Cannot delete entity, must remove user from group first." {
		t.Error(got)
	}
	for _, g := range s.Groups.GroupsOf(must[*identity.User](t)(s.Users.Get("ana"))) {
		if err := errors.Join(s.Groups.RemoveUserFromGroup(ctx, g.GroupName, "ana"), s.Groups.DeleteGroup(ctx, g.GroupName)); err != nil {
			t.Error(err)
		}
	}
	if err := s.Users.DeleteUser(ctx, "ana"); err != nil {
		t.Error(err)
	}
	if left := len(s.Groups.List("")); left != 2 {
		t.Errorf("%d groups are left", left)
	}
}

func TestGroupsAreCountedAndSimulated(t *testing.T) {
	s := start(t)
	ctx := t.Context()
	newPolicy(t, s, allow("a:managed", "*"))
	g := newGroup(t, s, "ops")
	err := errors.Join(
		s.Policies.AttachPolicy(ctx, identity.GroupNamed("ops"), managedARN),
		s.Policies.PutPolicy(ctx, identity.GroupNamed("ops"), identity.PutPolicyInput{PolicyName: "in", PolicyDocument: allow("a:b", "*")}),
	)
	if err != nil {
		t.Fatal(err)
	}
	uses := s.ManagedPolicies.PolicyUses(managedARN).Attached
	if len(uses) != 1 || uses[0].ID != g.GroupID || uses[0].Kind != identity.EntityGroup {
		t.Errorf("uses: %+v", uses)
	}
	if attached, _ := s.ManagedPolicies.Attachments(); attached[managedARN] != 1 {
		t.Errorf("attachments: %v", attached)
	}
	if got := message(t, s.ManagedPolicies.DeletePolicy(ctx, managedARN)); got != "DeleteConflict: Cannot delete a policy attached to entities." {
		t.Error(got)
	}
	newUser(t, s, "ana", "")
	if err := s.Groups.AddUserToGroup(ctx, "ops", "ana"); err != nil {
		t.Fatal(err)
	}
	for _, source := range []string{s.Groups.GroupARN(g), "arn:aws:iam::123456789012:user/ana"} {
		results := must[[]identity.SimulationResult](t)(s.Simulator.Simulate(source, identity.Simulation{ActionNames: []string{"a:b", "a:managed", "a:c"}}))
		want := []string{"a:b * allowed by in (group)", "a:managed * allowed by " + managedARN + " (user-managed)", "a:c * implicitDeny"}
		if d := cmp.Diff(want, decisions(results)); d != "" {
			t.Errorf("%s: %s", source, d)
		}
	}
	if _, err := s.Simulator.Simulate("arn:aws:iam::123456789012:group/gone", identity.Simulation{}); message(t, err) != "NoSuchEntity: The group with name gone cannot be found." {
		t.Error(err)
	}
	if summary := s.Summary(); summary["Groups"] != 1 {
		t.Errorf("summary: %v", summary)
	}
}

// TestAGroupsRenamingIsFinished: a node that stopped between the two writes of a
// renaming removes the old document when it starts again.
func TestAGroupsRenamingIsFinished(t *testing.T) {
	bucket := statetest.NewFaulty(memory.NewBucket(), nil)
	s := open(t, bucket, nil)
	newGroup(t, s, "ops")
	bucket.SetPlan(statetest.Once("delete", "iam/group/", statetest.RequestLost))
	if err := s.Groups.UpdateGroup(t.Context(), identity.UpdateGroupInput{GroupName: "ops", NewGroupName: "operators"}); !errors.Is(err, pasarela.ErrUnavailable) {
		t.Fatal(err)
	}
	s.Close()
	again := open(t, bucket, nil)
	if groups := again.Groups.List(""); len(groups) != 1 || groups[0].GroupName != "operators" {
		t.Errorf("groups: %+v", groups)
	}
}

func TestAccountAlias(t *testing.T) {
	s := start(t)
	ctx := t.Context()
	for _, alias := range []string{"my-team", "our-team"} {
		if err := s.AccountAliases.CreateAccountAlias(ctx, identity.AccountAliasInput{AccountAlias: alias}); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]string{alias}, s.AccountAliases.List()); d != "" {
			t.Error(d)
		}
	}
	for _, alias := range []string{"-a-b", "a--b", "AB", "ab"} {
		if err := s.AccountAliases.CreateAccountAlias(ctx, identity.AccountAliasInput{AccountAlias: alias}); err == nil {
			t.Errorf("%q was taken", alias)
		}
	}
	if got := message(t, s.AccountAliases.DeleteAccountAlias(ctx, identity.AccountAliasInput{AccountAlias: "my-team"})); got != "NoSuchEntity: The account alias with name my-team cannot be found." {
		t.Error(got)
	}
	if err := s.AccountAliases.DeleteAccountAlias(ctx, identity.AccountAliasInput{AccountAlias: "our-team"}); err != nil || len(s.AccountAliases.List()) != 0 {
		t.Error(err, s.AccountAliases.List())
	}
	root(t, s) // the keys have stayed
}
