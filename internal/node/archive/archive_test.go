package archive_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	"github.com/pasarela-ws/pasarela/internal/node/archive"
	"github.com/pasarela-ws/pasarela/internal/state/document"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
)

var place = pasarela.Place{Region: "eu-west-1", AccountID: "123456789012"}

const template = "{\n  \"connectionId\": \"$context.connectionId\",\n  \"type\": \"$input.params('reportType')\"\n}\n"

// filled is a store with a document of most kinds.
func filled(t *testing.T) *memory.Bucket {
	bucket := memory.NewBucket()
	definition := pasarela.Definition{
		API:          pasarela.API{APIID: "abcdefghij", Name: "ExcelGeneratorAPI", CreatedDate: time.Unix(1e9, 0).UTC(), Version: "012"},
		Integrations: []pasarela.Integration{{IntegrationID: "i1", TimeoutInMillis: 29000, RequestTemplates: map[string]string{"application/json": template}}},
	}
	put(t, bucket, "api/abcdefghij", &pasarela.APIDocument{Definition: definition, Stages: []pasarela.Stage{{StageName: "prod"}}})
	put(t, bucket, "deployment/abcdefghij/d1", &definition)
	put(t, bucket, "apikey/k1", &pasarela.APIKey{ID: "k1", Value: "a-secret-value-of-a-key"})
	put(t, bucket, "iam/user/reports", &identity.User{UserName: "reports", AccessKeys: []identity.AccessKey{{AccessKeyID: "AKIA1", SecretAccessKey: "hush"}}})
	put(t, bucket, "iam/account", &identity.Account{SealKey: []byte("seal")})
	put(t, bucket, "node/place", &place)
	return bucket
}

func put[T any](t *testing.T, bucket pasarela.Bucket, key string, value *T) {
	t.Helper()
	if _, err := document.NewStore[T](bucket).Create(t.Context(), key, value); err != nil {
		t.Fatal(err)
	}
}

func export(t *testing.T, bucket pasarela.Bucket, secrets bool) string {
	t.Helper()
	data, err := archive.Export(t.Context(), bucket, place, secrets)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func plan(t *testing.T, bucket pasarela.Bucket, text string, prune bool) []archive.Change {
	t.Helper()
	a, err := archive.Read([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	changes, err := archive.Plan(t.Context(), bucket, place, a, prune)
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

func shown(changes []archive.Change) (lines []string) {
	for _, c := range changes {
		lines = append(lines, strings.TrimSpace(c.Action+" "+c.Key+" "+strings.Join(c.Members, ",")))
	}
	return lines
}

func TestSecretsAreLeftOutUnlessAskedFor(t *testing.T) {
	bucket := filled(t)
	text := export(t, bucket, false)
	for _, secret := range []string{"a-secret-value", "hush", "AKIA1", "SealKey", "node/place"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q is in\n%s", secret, text)
		}
	}
	if !strings.Contains(text, "iam/user/reports") || !strings.Contains(text, "type\": \"$input.params('reportType')") {
		t.Errorf("missing parts in\n%s", text)
	}
	if text = export(t, bucket, true); !strings.Contains(text, "a-secret-value") || !strings.Contains(text, "hush") {
		t.Errorf("no secrets in\n%s", text)
	}
}

func TestWhatWasExportedComesBackOnAnEmptyStore(t *testing.T) {
	text := export(t, filled(t), true)
	fresh := memory.NewBucket()
	changes := plan(t, fresh, text, false)
	want := []string{
		"create iam/account", "create iam/user/reports", "create deployment/abcdefghij/d1", "create api/abcdefghij", "create apikey/k1",
	}
	if diff := cmp.Diff(want, shown(changes)); diff != "" {
		t.Error(diff)
	}
	if err := archive.Apply(t.Context(), fresh, changes); err != nil {
		t.Fatal(err)
	}
	if again := export(t, fresh, true); again != text {
		t.Error(cmp.Diff(text, again))
	}
	if again := plan(t, fresh, text, true); len(again) != 0 {
		t.Errorf("a second apply would change %v", shown(again))
	}
	got, err := document.NewStore[pasarela.APIDocument](fresh).Get(t.Context(), "api/abcdefghij")
	if err != nil || got.Value.Integrations[0].RequestTemplates["application/json"] != template || got.Value.API.Version != "012" {
		t.Errorf("%+v, %v", got.Value, err)
	}
}

func TestAFileWithoutSecretsKeepsThoseThatAreThere(t *testing.T) {
	bucket := filled(t)
	text := export(t, bucket, false)
	if changes := plan(t, bucket, text, true); len(changes) != 0 {
		t.Errorf("the store's own export would change %v", shown(changes))
	}
	edited := strings.Replace(text, "name: ExcelGeneratorAPI", "name: Renamed", 1) // the API comes first
	edited = strings.Replace(edited, `Path: ""`, "Path: /x/", 1)                   // the user's
	changes := plan(t, bucket, edited, false)
	if diff := cmp.Diff([]string{"update iam/user/reports Path", "update api/abcdefghij api"}, shown(changes)); diff != "" {
		t.Fatal(diff)
	}
	if err := archive.Apply(t.Context(), bucket, changes); err != nil {
		t.Fatal(err)
	}
	user, err := document.NewStore[identity.User](bucket).Get(t.Context(), "iam/user/reports")
	if err != nil || user.Value.Path != "/x/" || len(user.Value.AccessKeys) != 1 {
		t.Errorf("%+v, %v", user.Value, err)
	}
}

func TestPruneDeletesWhatTheFileDoesNotHave(t *testing.T) {
	bucket := filled(t)
	text := export(t, bucket, true)
	put(t, bucket, "iam/role/extra", &identity.Role{RoleName: "extra"})
	if changes := plan(t, bucket, text, false); len(changes) != 0 {
		t.Errorf("without prune: %v", shown(changes))
	}
	changes := plan(t, bucket, text, true)
	if diff := cmp.Diff([]string{"delete iam/role/extra"}, shown(changes)); diff != "" {
		t.Fatal(diff)
	}
	if err := archive.Apply(t.Context(), bucket, changes); err != nil {
		t.Error(err)
	}
	if _, err := bucket.Get(t.Context(), "iam/role/extra"); !errors.Is(err, pasarela.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

func TestApplyStopsWhereSomebodyElseWrote(t *testing.T) {
	bucket := filled(t)
	changes := plan(t, bucket, strings.Replace(export(t, bucket, true), "name: ExcelGeneratorAPI", "name: Renamed", 1), false)
	_, err := document.NewStore[pasarela.APIDocument](bucket).Update(t.Context(), "api/abcdefghij", func(d *pasarela.APIDocument) error {
		d.API.Description = "meanwhile"
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := archive.Apply(t.Context(), bucket, changes); !errors.Is(err, pasarela.ErrConflict) || !strings.Contains(err.Error(), "api/abcdefghij") {
		t.Errorf("got %v", err)
	}
}

func TestBadFilesAreRefusedWithThePlace(t *testing.T) {
	good := export(t, filled(t), false)
	for name, c := range map[string]struct{ text, want string }{
		"not YAML":       {"{", "not an export of pasarela"},
		"empty":          {"", "not an export of pasarela"},
		"other form":     {strings.Replace(good, "pasarela: 1", "pasarela: 2", 1), "form 1"},
		"unknown top":    {good + "more: 1\n", "more"},
		"unknown key":    {strings.Replace(good, "api/abcdefghij", "nonsense/x", 1), `"nonsense/x"`},
		"unknown member": {strings.Replace(good, "routeKeyX", "", 1) + "  vpclink/v1:\n    colour: red\n", `vpclink/v1: json: unknown field "colour"`},
		"wrong type":     {good + "  vpclink/v1: 7\n", "vpclink/v1"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := archive.Read([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
		})
	}
}

func TestAFileOfAnotherAccountIsRefused(t *testing.T) {
	a, err := archive.Read([]byte(export(t, filled(t), true)))
	if err != nil {
		t.Fatal(err)
	}
	_, err = archive.Plan(t.Context(), memory.NewBucket(), pasarela.Place{Region: "us-east-1", AccountID: "999999999999"}, a, false)
	if err == nil || !strings.Contains(err.Error(), "--account-id 123456789012 --region eu-west-1") {
		t.Errorf("got %v", err)
	}
}
