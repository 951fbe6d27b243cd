package identity_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
)

// What Restore wrote decides when it returns, without waiting for a watch.
func TestRestoredIdentitiesDecideAtOnce(t *testing.T) {
	from, to, ctx := start(t), open(t, memory.NewBucket(), nil), t.Context()
	must[*identity.User](t)(from.Users.CreateUser(ctx, identity.CreateUserInput{UserName: "Ana"}))
	key := must[identity.AccessKey](t)(from.AccessKeys.CreateAccessKey(ctx, "Ana"))
	must[*identity.Group](t)(from.Groups.CreateGroup(ctx, identity.CreateGroupInput{GroupName: "staff"}))
	file := must[json.RawMessage](t)(from.Backup.Export(ctx, true))
	prepared := must[json.RawMessage](t)(to.Backup.Prepare(ctx, file))
	if err := to.Backup.Restore(ctx, prepared, false); err != nil {
		t.Fatal(err)
	}
	if secret, who, err := to.Key(ctx, key.AccessKeyID, ""); err != nil || secret != key.SecretAccessKey || !strings.HasSuffix(who.ARN, ":user/Ana") {
		t.Errorf("%q, %+v, %v", secret, who, err)
	}
	root, _ := from.Administrator()
	if got, ok := to.Administrator(); !ok || got.AccessKeyID != root.AccessKeyID {
		t.Errorf("the root's key is %q, want that of the file", got.AccessKeyID)
	}
	if err := to.Backup.Restore(ctx, json.RawMessage(`{}`), true); err != nil {
		t.Fatal(err)
	}
	if _, _, err := to.Key(ctx, key.AccessKeyID, ""); err == nil {
		t.Error("the key of a user that was pruned is still good")
	}
	if left := string(must[json.RawMessage](t)(to.Backup.Export(ctx, false))); left != "{}" {
		t.Errorf("left: %s", left)
	}
}

// Without secrets a file has none, and takes those that the service has.
func TestFilesWithoutSecretsKeepThose(t *testing.T) {
	s, ctx := start(t), t.Context()
	must[*identity.User](t)(s.Users.CreateUser(ctx, identity.CreateUserInput{UserName: "Ana"}))
	key := must[identity.AccessKey](t)(s.AccessKeys.CreateAccessKey(ctx, "Ana"))
	file := must[json.RawMessage](t)(s.Backup.Export(ctx, false))
	for _, secret := range []string{key.AccessKeyID, key.SecretAccessKey, "SealKey", "RootKeys"} {
		if strings.Contains(string(file), secret) {
			t.Errorf("%s is in the file", secret)
		}
	}
	if err := s.Backup.Restore(ctx, must[json.RawMessage](t)(s.Backup.Prepare(ctx, file)), true); err != nil {
		t.Fatal(err)
	}
	if secret, _, err := s.Key(ctx, key.AccessKeyID, ""); err != nil || secret != key.SecretAccessKey {
		t.Errorf("%q, %v", secret, err)
	}
}
