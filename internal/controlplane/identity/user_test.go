package identity_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	"github.com/pasarela-ws/pasarela/internal/state/document"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/internal/state/statetest"
	"github.com/pasarela-ws/pasarela/sigv4"
)

func TestUserLife(t *testing.T) {
	s := start(t)
	ctx := t.Context()
	u := must[*identity.User](t)(s.Users.CreateUser(ctx, identity.CreateUserInput{UserName: "Ana", Path: "/a/", Tags: []identity.Tag{{Key: "k", Value: "v"}}}))
	if got := s.UserARN(u); got != "arn:aws:iam::123456789012:user/a/Ana" {
		t.Error(got)
	}
	if len(u.UserID) != 21 || u.UserID[:4] != "AIDA" {
		t.Errorf("user id %s", u.UserID)
	}
	_, err := s.Users.CreateUser(ctx, identity.CreateUserInput{UserName: "aNA"})
	if got := message(t, err); got != "EntityAlreadyExists: User with name aNA already exists." {
		t.Error(got)
	}
	if got := must[*identity.User](t)(s.Users.Get("ANA")); got.UserName != "Ana" {
		t.Errorf("found %s", got.UserName)
	}
	if n := len(s.Users.List("/a/")); n != 1 {
		t.Errorf("%d users under /a/", n)
	}
	if n := len(s.Users.List("/b/")); n != 0 {
		t.Errorf("%d users under /b/", n)
	}
	for i, step := range []struct {
		before error
		want   string
	}{
		{s.Policies.PutPolicy(ctx, identity.UserNamed("Ana"), identity.PutPolicyInput{PolicyName: "p", PolicyDocument: allow("a:b", "*")}), "DeleteConflict: Cannot delete entity, must delete policies first."},
		{s.Policies.AttachPolicy(ctx, identity.UserNamed("Ana"), "arn:aws:iam::aws:policy/ReadOnlyAccess"), "DeleteConflict: Cannot delete entity, must detach all policies first."},
		{s.Policies.DeletePolicy(ctx, identity.UserNamed("Ana"), "p"), "DeleteConflict: Cannot delete entity, must detach all policies first."},
	} {
		if step.before != nil {
			t.Fatal(step.before)
		}
		if i > 0 {
			if got := message(t, s.Users.DeleteUser(ctx, "Ana")); got != step.want {
				t.Errorf("step %d: %s", i, got)
			}
		}
	}
	if err := s.Policies.DetachPolicy(ctx, identity.UserNamed("Ana"), "arn:aws:iam::aws:policy/ReadOnlyAccess"); err != nil {
		t.Fatal(err)
	}
	if err := s.Users.DeleteUser(ctx, "ana"); err != nil {
		t.Fatal(err)
	}
	if got := message(t, s.Users.DeleteUser(ctx, "ana")); got != "NoSuchEntity: The user with name ana cannot be found." {
		t.Error(got)
	}
}

func TestAccessKeys(t *testing.T) {
	s := start(t)
	ctx := t.Context()
	who := newUser(t, s, "ana", "")
	second := must[identity.AccessKey](t)(s.AccessKeys.CreateAccessKey(ctx, "ana"))
	if _, err := s.AccessKeys.CreateAccessKey(ctx, "ana"); message(t, err) != "LimitExceeded: Cannot exceed quota for AccessKeysPerUser: 2" {
		t.Error(err)
	}
	if got := must[string](t)(s.Sessions.AccountOfKey(second.AccessKeyID)); got != accountID {
		t.Errorf("the key names account %s", got)
	}
	if len(second.SecretAccessKey) != 40 {
		t.Errorf("a secret of %d characters", len(second.SecretAccessKey))
	}
	if err := s.AccessKeys.SetActive(ctx, "ana", who.AccessKeyID, false); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Key(ctx, who.AccessKeyID, ""); !errors.Is(err, sigv4.ErrUnknownKey) {
		t.Errorf("an inactive key: %v", err)
	}
	if err := s.AccessKeys.DeleteAccessKey(ctx, "ana", who.AccessKeyID); err != nil {
		t.Fatal(err)
	}
	if got := message(t, s.AccessKeys.DeleteAccessKey(ctx, "ana", who.AccessKeyID)); got != "NoSuchEntity: The Access Key with id "+who.AccessKeyID+" cannot be found." {
		t.Error(got)
	}
	if owner := must[string](t)(s.AccessKeys.Owner(second.AccessKeyID)); owner != "ana" {
		t.Errorf("owner %q", owner)
	}
	if got := message(t, s.Users.DeleteUser(ctx, "ana")); got != "DeleteConflict: Cannot delete entity, must delete access keys first." {
		t.Error(got)
	}
}

// TestRootKeys: the root makes itself another key and retires the first.
func TestRootKeys(t *testing.T) {
	s := start(t)
	first, _ := s.Administrator()
	second := must[identity.AccessKey](t)(s.AccessKeys.CreateAccessKey(t.Context(), ""))
	if err := s.AccessKeys.DeleteAccessKey(t.Context(), "", first.AccessKeyID); err != nil {
		t.Fatal(err)
	}
	if now, ok := s.Administrator(); !ok || now.AccessKeyID != second.AccessKeyID {
		t.Errorf("the administrator's key is %s", now.AccessKeyID)
	}
	if _, _, err := s.Key(t.Context(), first.AccessKeyID, ""); !errors.Is(err, sigv4.ErrUnknownKey) {
		t.Errorf("the retired key: %v", err)
	}
}

// TestRenameKeepsTheKeys on this node and on another.
func TestRenameKeepsTheKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket := memory.NewBucket()
		here, there := open(t, bucket, nil), open(t, bucket, nil)
		who := newUser(t, here, "ana", allow("a:b", "*"))
		if err := here.Users.UpdateUser(t.Context(), identity.UpdateUserInput{UserName: "ana", NewUserName: "eva", NewPath: "/x/"}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		for _, s := range []*identity.Service{here, there} {
			_, now, err := s.Key(t.Context(), who.AccessKeyID, "")
			if err != nil || now.ARN != "arn:aws:iam::123456789012:user/x/eva" || now.UserID != who.UserID {
				t.Errorf("the key is of %+v, %v", now, err)
			}
			if _, err := s.Users.Get("ana"); err == nil {
				t.Error("the old name is still there")
			}
			if err := s.Authorize(t.Context(), now, "a:b", "*", nil); err != nil {
				t.Error(err)
			}
			if err := s.Authorize(t.Context(), who, "a:b", "*", nil); err == nil {
				t.Error("the old name may still act")
			}
		}
		newUser(t, here, "taken", "")
		err := here.Users.UpdateUser(t.Context(), identity.UpdateUserInput{UserName: "eva", NewUserName: "Taken"})
		if got := message(t, err); got != "EntityAlreadyExists: User with name Taken already exists." {
			t.Error(got)
		}
		if err := here.Users.UpdateUser(t.Context(), identity.UpdateUserInput{UserName: "eva", NewUserName: "EVA"}); err != nil {
			t.Errorf("changing the case of a name: %v", err)
		}
		here.Close()
		there.Close()
	})
}

// TestRenameIsFinished: a node stopped between the two writes of a renaming.
func TestRenameIsFinished(t *testing.T) {
	bucket := statetest.NewFaulty(memory.NewBucket(), nil)
	before := open(t, bucket, nil)
	who := newUser(t, before, "ana", "")
	newUser(t, before, "bea", "")
	store := document.NewStore[identity.User](bucket)
	bucket.SetPlan(statetest.Once("delete", "iam/user/", statetest.RequestLost))
	if err := before.Users.UpdateUser(t.Context(), identity.UpdateUserInput{UserName: "ana", NewUserName: "eva"}); !errors.Is(err, pasarela.ErrUnavailable) {
		t.Fatal(err)
	}
	before.Close()
	s := open(t, bucket, nil)
	if _, err := s.Users.Get("ana"); err == nil {
		t.Error("both names are there")
	}
	if _, now, err := s.Key(t.Context(), who.AccessKeyID, ""); err != nil || now.ARN != "arn:aws:iam::123456789012:user/eva" {
		t.Errorf("the key is of %s, %v", now.ARN, err)
	}
	if n := len(s.Users.List("/")); n != 2 {
		t.Errorf("%d users", n)
	}
	s.Close()
	if _, err := store.Get(t.Context(), "iam/user/ana"); !errors.Is(err, pasarela.ErrNotFound) {
		t.Errorf("the old document: %v", err)
	}
}

// TestACutRenamingUndoesNothing: what was changed under the old name after a renaming was
// cut short is there after the next start, and after a second renaming.
func TestACutRenamingUndoesNothing(t *testing.T) {
	for name, again := range map[string]bool{"the next start": false, "a second renaming": true} {
		t.Run(name, func(t *testing.T) {
			bucket, ctx := statetest.NewFaulty(memory.NewBucket(), nil), t.Context()
			s := open(t, bucket, nil)
			newUser(t, s, "ana", "")
			renamed := identity.UpdateUserInput{UserName: "ana", NewUserName: "eva"}
			bucket.SetPlan(statetest.Once("delete", "iam/user/", statetest.RequestLost))
			if err := s.Users.UpdateUser(ctx, renamed); !errors.Is(err, pasarela.ErrUnavailable) {
				t.Fatal(err)
			}
			key := must[identity.AccessKey](t)(s.AccessKeys.CreateAccessKey(ctx, "ana"))
			if again {
				if err := s.Users.UpdateUser(ctx, renamed); err != nil {
					t.Fatal(err)
				}
			} else {
				s.Close()
				s = open(t, bucket, nil)
			}
			users := s.Users.List("/")
			if len(users) != 1 || users[0].UserName != map[bool]string{true: "eva", false: "ana"}[again] {
				t.Fatalf("users: %+v", users)
			}
			if _, now, err := s.Key(ctx, key.AccessKeyID, ""); err != nil || now.ARN != s.UserARN(users[0]) {
				t.Errorf("the key is of %s, %v", now.ARN, err)
			}
		})
	}
}

func TestTags(t *testing.T) {
	s := start(t)
	ctx := t.Context()
	newUser(t, s, "ana", "")
	tag := func(pairs ...identity.Tag) string {
		return message(t, s.Users.TagUser(ctx, "ana", identity.TagsInput{Tags: pairs}))
	}
	if got := tag(identity.Tag{Key: "a", Value: "1"}, identity.Tag{Key: "b", Value: ""}); got != "" {
		t.Error(got)
	}
	if got := tag(identity.Tag{Key: "A", Value: "2"}); got != "" {
		t.Error(got)
	}
	u := must[*identity.User](t)(s.Users.Get("ana"))
	if d := cmp.Diff([]identity.Tag{{Key: "A", Value: "2"}, {Key: "b", Value: ""}}, u.Tags); d != "" {
		t.Error(d)
	}
	if got := tag(identity.Tag{Key: "x"}, identity.Tag{Key: "X"}); got != "InvalidInput: Duplicate tag keys found. Please note that Tag keys are case insensitive." {
		t.Error(got)
	}
	if got := tag(identity.Tag{Key: "NOWAY!"}); got != `ValidationError: 1 validation error detected: Value 'NOWAY!' at 'tags.1.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+` {
		t.Error(got)
	}
	if err := s.Users.UntagUser(ctx, "ana", identity.UntagInput{TagKeys: []string{"B", "not there"}}); err != nil {
		t.Error(err)
	}
	if u = must[*identity.User](t)(s.Users.Get("ana")); len(u.Tags) != 1 {
		t.Errorf("tags left: %v", u.Tags)
	}
	many := make([]identity.Tag, 51)
	for i := range many {
		many[i].Key = string(rune('a'+i/26)) + string(rune('a'+i%26))
	}
	if got := tag(many...); got == "" {
		t.Error("51 tags were taken")
	}
	if got := tag(many[:50]...); got != "LimitExceeded: The number of tags has reached the maximum limit." {
		t.Error(got)
	}
}
