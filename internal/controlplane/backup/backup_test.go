package backup_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/controlplane/backup"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	"github.com/pasarela-ws/pasarela/internal/controlplane/lambda"
	"github.com/pasarela-ws/pasarela/internal/controlplane/s3"
	"github.com/pasarela-ws/pasarela/internal/controlplane/ssm"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
)

func empty(t testing.TB) *backup.Service {
	s, _ := open(t)
	return s
}

// open is the services of an empty store.
func open(t testing.TB) (*backup.Service, *identity.Service) {
	t.Helper()
	return openOn(t, memory.NewBucket())
}

// openOn is the services of a store.
func openOn(t testing.TB, bucket pasarela.Bucket) (*backup.Service, *identity.Service) {
	t.Helper()
	place := pasarela.RegionAccount{Region: "us-east-1", AccountID: "123456789012"}
	service := apis.New(apis.Options{
		Bucket: bucket, RegionAccount: place, Log: slog.New(slog.DiscardHandler),
		Endpoint: func(apiID string) string { return "ws://x/" + apiID },
		Now:      func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) },
	})
	who, err := identity.Open(t.Context(), identity.Options{Bucket: bucket, RegionAccount: place})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(who.Close)
	now := func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }
	functions := lambda.New(lambda.Options{Bucket: bucket, RegionAccount: place, Now: now}).Backup()
	parameters := ssm.New(ssm.Options{Bucket: bucket, RegionAccount: place, Now: now}).Backup()
	objects, stacks := s3.New(s3.Options{Bucket: bucket, RegionAccount: place, Now: now}).Backup(), stack.NewBackup(bucket)
	return &backup.Service{
		APIs: service, Identity: who.Backup, Functions: &functions, Parameters: &parameters, Objects: &objects, Stacks: &stacks, RegionAccount: place,
	}, who
}

const anything = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"execute-api:*","Resource":"*"}]}`

type made struct{ api, integration, key, plan, certificate string }

func must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// full has one of everything; what is deployed differs from what is edited.
func full(t *testing.T) (*backup.Service, made) {
	t.Helper()
	s, who := open(t)
	ctx := t.Context()
	must(who.Users.CreateUser(ctx, identity.CreateUserInput{UserName: "Ana"}))(t)
	must(who.AccessKeys.CreateAccessKey(ctx, "Ana"))(t)
	must(who.ManagedPolicies.CreatePolicy(ctx, identity.CreatePolicyInput{PolicyName: "p", PolicyDocument: anything}))(t)
	must(0, who.Policies.PutPolicy(ctx, identity.UserNamed("Ana"), identity.PutPolicyInput{PolicyName: "in", PolicyDocument: anything}))(t)
	var m made
	m.api = must(s.APIs.CreateAPI(ctx, apis.CreateAPIInput{ProtocolType: new("WEBSOCKET"), APIFields: apis.APIFields{Name: new("chat"), RouteSelectionExpression: new("$request.body.action")}}))(t).APIID
	m.integration = must(s.APIs.CreateIntegration(ctx, apis.CreateIntegrationInput{APIID: m.api, IntegrationFields: apis.IntegrationFields{
		IntegrationType: new("HTTP"), IntegrationMethod: new("POST"), IntegrationURI: new("http://b/x"), RequestTemplates: map[string]string{"201": "{\n  \"a\": \"b\"\n}", "application/json": ""},
	}}))(t).IntegrationID
	must(s.APIs.CreateIntegrationResponse(ctx, apis.CreateIntegrationResponseInput{
		IntegrationInput:          apis.IntegrationInput{APIID: m.api, IntegrationID: m.integration},
		IntegrationResponseFields: apis.IntegrationResponseFields{IntegrationResponseKey: new(`/2\d\d/`)},
	}))(t)
	must(s.APIs.CreateRoute(ctx, apis.CreateRouteInput{APIID: m.api, RouteFields: apis.RouteFields{RouteKey: new("$connect"), Target: new("integrations/" + m.integration)}}))(t)
	m.certificate = must(s.APIs.ClientCertificates.GenerateClientCertificate(ctx, apis.GenerateClientCertificateInput{}))(t).ClientCertificateID
	must(s.APIs.Stages.CreateStage(ctx, apis.CreateStageInput{APIID: m.api, StageName: new("prod"), StageFields: apis.StageFields{StageVariables: map[string]string{"a": "1"}, ClientCertificateID: &m.certificate}}))(t)
	must(s.APIs.Deployments.CreateDeployment(ctx, apis.CreateDeploymentInput{APIID: m.api, StageName: new("prod")}))(t)
	must(s.APIs.UpdateIntegration(ctx, apis.UpdateIntegrationInput{IntegrationInput: apis.IntegrationInput{APIID: m.api, IntegrationID: m.integration}, IntegrationFields: apis.IntegrationFields{TimeoutInMillis: new(1000)}}))(t)
	m.key = must(s.APIs.UsagePlans.CreateAPIKey(ctx, apis.CreateAPIKeyInput{Name: new("k"), Enabled: new(true), Value: new("12345678901234567890")}))(t).ID
	m.plan = must(s.APIs.UsagePlans.CreateUsagePlan(ctx, apis.CreateUsagePlanInput{Name: new("p"), APIStages: []pasarela.UsagePlanStage{{APIID: m.api, Stage: "prod"}}}))(t).ID
	must(s.APIs.UsagePlans.CreateUsagePlanKey(ctx, apis.CreateUsagePlanKeyInput{UsagePlanInput: apis.UsagePlanInput{UsagePlanID: m.plan}, KeyID: &m.key, KeyType: new("API_KEY")}))(t)
	must(s.APIs.DomainNames.CreateDomainName(ctx, apis.CreateDomainNameInput{DomainName: new("ws.example.com"), DomainNameFields: apis.DomainNameFields{DomainNameConfigurations: []pasarela.DomainNameConfiguration{{CertificateARN: "arn:aws:acm:x"}}}}))(t)
	must(s.APIs.DomainNames.CreateAPIMapping(ctx, apis.CreateAPIMappingInput{DomainNameInput: apis.DomainNameInput{DomainName: "ws.example.com"}, APIMappingFields: apis.APIMappingFields{APIID: &m.api, Stage: new("prod")}}))(t)
	must(s.APIs.VPCLinks.CreateVPCLink(ctx, apis.CreateVPCLinkInput{Name: new("l"), SubnetIDs: []string{"s"}}))(t)
	must(s.APIs.Account.UpdateAccount(ctx, apis.PatchInput{PatchOperations: []apis.PatchOperation{{Op: "replace", Path: "/cloudwatchRoleArn", Value: "arn:aws:iam::123456789012:role/logs"}}}))(t)
	deployed(t, s.APIs.Bucket)
	return s, m
}

// deployed puts what stacks are made of into a store: a function of two versions, a String and
// a SecureString, two objects, the longer of which is older, and a stack.
func deployed(t *testing.T, bucket pasarela.Bucket) {
	t.Helper()
	ctx, place, at := t.Context(), pasarela.RegionAccount{Region: "us-east-1", AccountID: "123456789012"}, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	functions := lambda.New(lambda.Options{Bucket: bucket, RegionAccount: place})
	must(functions.CreateFunction(ctx, lambda.CreateFunctionInput{
		FunctionName: "hello", Runtime: "provided.al2023", Role: "arn:aws:iam::123456789012:role/r", Publish: true, Code: lambda.Code{ZipFile: emptyZip},
	}))(t)
	parameters := ssm.New(ssm.Options{Bucket: bucket, RegionAccount: place})
	must(parameters.PutParameter(ctx, ssm.PutParameterInput{Name: "/chat/url", Type: "String", Value: "http://b"}, "me"))(t)
	must(parameters.PutParameter(ctx, ssm.PutParameterInput{Name: "/chat/word", Type: "SecureString", Value: "open sesame"}, "me"))(t)
	objects := s3.New(s3.Options{Bucket: bucket, RegionAccount: place, Now: func() time.Time { at = at.Add(time.Second); return at }})
	must(0, objects.CreateBucket(ctx, "deployments"))(t)
	must(objects.Put(ctx, s3.PutInput{Bucket: "deployments", Key: "a/long", Body: bytes.Repeat([]byte("long"), 100)}))(t)
	must(objects.Put(ctx, s3.PutInput{Bucket: "deployments", Key: "b: short\n", Body: []byte("short"), Headers: map[string]string{"Content-Type": "text/plain"}}))(t)
	made := stack.Stack{
		Name: "chat", ID: "arn:aws:cloudformation:us-east-1:123456789012:stack/chat/7a0e", Status: "CREATE_COMPLETE", Created: at,
		Input: stack.Input{Template: "Resources:\n  A: {Type: 'AWS::SSM::Parameter'}\n", Parameters: map[string]string{"Word": "hidden word"}},
		Resources: map[string]*stack.Resource{"A": {LogicalID: "A", Type: "AWS::SSM::Parameter", Status: "CREATE_COMPLETE", Updated: at, Physical: stack.Physical{
			ID: "/chat/url", Suffix: "ABCDEFGHIJKL", Properties: stack.Values{"Value": "hidden word", "Number": json.Number("29000"), "Flag": true},
		}}},
		Events: []stack.Event{{ID: "1", LogicalID: "A", Status: "CREATE_COMPLETE", At: at}},
	}
	must(0, stack.NewBackup(bucket).Restore(ctx, []stack.Stack{made}, false))(t)
}

// emptyZip is a zip file without entries.
var emptyZip = append([]byte("PK\x05\x06"), make([]byte, 18)...)

func TestAFileBringsEverythingBack(t *testing.T) {
	from, m := full(t)
	text := must(from.Export(t.Context(), true))(t)
	to := empty(t)
	plan := must(to.Plan(t.Context(), text, false))(t)
	if !strings.Contains(plan.String(), "+ apis["+m.api+"]\n") || !strings.Contains(plan.String(), "+ identity.users[Ana]\n") || strings.Contains(plan.String(), "12345678901234567890") {
		t.Errorf("plan:\n%s", plan)
	}
	if got := must(to.Export(t.Context(), true))(t); strings.Contains(string(got), m.api) {
		t.Error("a plan has changed something")
	}
	must(to.Apply(t.Context(), text, false))(t)
	if diff := cmp.Diff(string(text), string(must(to.Export(t.Context(), true))(t))); diff != "" {
		t.Error(diff)
	}
	if again := must(to.Apply(t.Context(), text, true))(t); !again.Empty() {
		t.Errorf("the second time:\n%s", again)
	}
	stage := must(to.APIs.Stages.GetStage(t.Context(), apis.StageInput{APIID: m.api, StageName: "prod"}))(t)
	frozen := must(to.APIs.Backup.Read(t.Context(), true))(t).APIs[0].Definitions[stage.DeploymentID]
	if frozen.Integrations[0].TimeoutInMillis != 29000 {
		t.Errorf("what was deployed is not what was: %+v", frozen.Integrations)
	}
	if _, err := to.APIs.UsagePlans.CreateAPIKey(t.Context(), apis.CreateAPIKeyInput{Value: new("12345678901234567890")}); err == nil {
		t.Error("a restored value could be given twice")
	}
}

func TestFilesAreReadable(t *testing.T) {
	from, m := full(t)
	text := string(must(from.Export(t.Context(), false))(t))
	for _, want := range []string{
		"pasarela: 1\naccountId: \"123456789012\"\nregion: us-east-1\n",
		"      requestTemplates:\n          \"201\": |-\n            {\n              \"a\": \"b\"\n            }\n",
		"name: chat\n", `integrationResponseKey: /2\d\d/`, "createdDate: \"2026-01-02T03:04:05Z\"",
	} {
		if !strings.Contains(strings.ReplaceAll(text, "        requestTemplates", "      requestTemplates"), want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	for _, secret := range []string{"12345678901234567890", "PRIVATE KEY", "SecretAccessKey", "SealKey", "open sesame", "hidden word"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q is in a file without secrets", secret)
		}
	}
	if plan := must(from.Plan(t.Context(), []byte(text), true))(t); !plan.Empty() {
		t.Errorf("without secrets:\n%s", plan)
	}
	to := empty(t)
	text = text[:strings.Index(text, "\nparameters:")] // which need the values that they do not have
	must(to.Apply(t.Context(), []byte(text), false))(t)
	key := must(to.APIs.UsagePlans.GetAPIKey(t.Context(), apis.GetAPIKeyInput{APIKeyInput: apis.APIKeyInput{ID: m.key}, IncludeValue: true}))(t)
	if len(key.Value) != 40 {
		t.Errorf("no new value was made: %q", key.Value)
	}
}

func TestPlansTellMembers(t *testing.T) {
	s, m := full(t)
	text := string(must(s.Export(t.Context(), false))(t))
	text = strings.ReplaceAll(text, "name: chat", "name: talk")
	text = strings.Replace(text, "timeoutInMillis: 1000", "timeoutInMillis: 2000", 1)
	plan := must(s.Plan(t.Context(), []byte(text), false))(t)
	want := []backup.Change{{Action: "update", Resource: "apis[" + m.api + "]", Name: "chat", Members: []backup.Difference{
		{Member: "api.name", Before: `"chat"`, After: `"talk"`},
		{Member: "integrations[" + m.integration + "].timeoutInMillis", Name: "POST http://b/x", Before: "1000", After: "2000"},
	}}}
	got := plan.Changes
	for i := range got {
		var members []backup.Difference
		for _, d := range got[i].Members {
			if !strings.HasPrefix(d.Member, "definitions.") {
				members = append(members, d)
			}
		}
		got[i].Members = members
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if want := "~ apis[" + m.api + "]\n    api.name: \"chat\" -> \"talk\"\n"; !strings.HasPrefix(plan.String(), want) {
		t.Errorf("got %s", plan)
	}
	must(s.Apply(t.Context(), []byte(text), false))(t)
	if got := must(s.APIs.GetAPI(t.Context(), apis.APIInput{APIID: m.api}))(t).Name; got != "talk" {
		t.Error(got)
	}
}

func TestPruneRemovesWhatTheFileDoesNotHave(t *testing.T) {
	s, m := full(t)
	file := []byte("pasarela: 1\n")
	if plan := must(s.Apply(t.Context(), file, false))(t); !plan.Empty() {
		t.Errorf("without prune:\n%s", plan)
	}
	plan := must(s.Apply(t.Context(), file, true))(t)
	if !strings.Contains(plan.String(), "- apis["+m.api+"]\n") {
		t.Errorf("%s", plan)
	}
	left := must(s.APIs.Backup.Read(t.Context(), true))(t)
	left.Account = nil
	if diff := cmp.Diff(apis.Contents{}, left); diff != "" {
		t.Error(diff)
	}
}

// A definition that is being edited need not be valid to be exported; the
// deployment must.
func TestABrokenDraftComesBack(t *testing.T) {
	from, m := full(t)
	must(from.APIs.UpdateIntegration(t.Context(), apis.UpdateIntegrationInput{
		IntegrationInput:  apis.IntegrationInput{APIID: m.api, IntegrationID: m.integration},
		IntegrationFields: apis.IntegrationFields{RequestTemplates: map[string]string{"$default": "#if(true"}},
	}))(t)
	text := must(from.Export(t.Context(), true))(t)
	to := empty(t)
	must(to.Apply(t.Context(), text, false))(t)
	if diff := cmp.Diff(string(text), string(must(to.Export(t.Context(), true))(t))); diff != "" {
		t.Error(diff)
	}
	must(from.Apply(t.Context(), text, true))(t)
}

func TestBadFilesSayWhere(t *testing.T) {
	s, m := full(t)
	good := string(must(s.Export(t.Context(), true))(t))
	for name, c := range map[string]struct{ from, to, want string }{
		"no YAML":        {"pasarela: 1", "pasarela: [", "not YAML"},
		"other version":  {"pasarela: 1", "pasarela: 2", "pasarela: 1"},
		"unknown member": {"name: chat", "nmae: chat", `api.nmae is not known here; known are `},
		"wrong type":     {"timeoutInMillis: 1000", "timeoutInMillis: soon", `must be a whole number, and is "soon".`},
		"out of range":   {"timeoutInMillis: 1000", "timeoutInMillis: 10", "API " + m.api + ": BadRequestException: Invalid member 'timeoutInMillis'"},
		"dangling":       {"target: integrations/" + m.integration, "target: integrations/gone123", "Invalid Integration identifier specified gone123"},
		"bad stage tag":  {"stageName: prod", "stageName: pr/od", "'stageName'"},
		"other account":  {`accountId: "123456789012"`, `accountId: "000000000000"`, "first started with --account-id 000000000000 --region "},
		"bad policy":     {"Effect\":\"Allow", "Effect\":\"Perhaps", "identity: "},
		"bad identifier": {"apiId: " + m.api, "apiId: ../x", "apiId"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.ReplaceAll(good, c.from, c.to)
			if text == good {
				t.Fatalf("%q is not in the file", c.from)
			}
			_, err := s.Apply(t.Context(), []byte(text), true)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	if diff := cmp.Diff(good, string(must(s.Export(t.Context(), true))(t))); diff != "" {
		t.Errorf("something was written:\n%s", diff)
	}
}

// Mistakes in a file are reported by line, column and member, with what is expected there.
func TestMistakesHaveLineAndColumn(t *testing.T) {
	s := empty(t)
	for text, want := range map[string]string{
		"pasarela: 1\napis: 3\n":                                                `Line 2, column 7: apis must be a list, each of whose lines begins with a dash, and is "3".`,
		"pasarela: 1\napis:\n- api: [a]\n":                                      `Line 3, column 8: apis[0].api must be members with names, and is a list.`,
		"pasarela: 1\napis:\n- api: {name: 5}\n":                                `Line 3, column 15: apis[0].api.name must be a text; what looks like a number, a date or true must stand in quotes, and is "5".`,
		"pasarela: 1\napis:\n- api: {name: 2026-01-01}\n":                       `must stand in quotes, and is "2026-01-01".`,
		"pasarela: 1\napis:\n- nonsense: 1\n":                                   `Line 3, column 3: apis[0].nonsense is not known here; known are api, `,
		"pasarela: 1\nidentity:\n  users:\n  - userName: a\n    path: {}\n":     `Line 5, column 11: identity.users[0].path must be a text`,
		"pasarela: 1\nidentity:\n  groups: yes\n":                               `Line 3, column 11: identity.groups must be a list`,
		"pasarela: one\n":                                                       `Line 1, column 11: pasarela must be a whole number, and is "one".`,
		"- 1\n":                                                                 `Line 1, column 1: the file must be members with names, and is a list.`,
		"pasarela: 1\napis:\n\t- x\n":                                           `line 3: found character that cannot start any token (a tab: YAML is indented by spaces).`,
		"pasarela: 1\napis: [\n":                                                `The file is not YAML: line 2: did not find expected node content.`,
		"pasarela: 1\napis:\n- &x {api: {apiId: a, name: n}}\n- *x\n- <<: *x\n": ``,
	} {
		_, err := s.Plan(t.Context(), []byte(text), false)
		switch {
		case want == "" && err != nil && strings.Contains(err.Error(), "Line"), want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%q:\n got %v\nwant %s", text, err, want)
		case err != nil && strings.Contains(err.Error(), "json:"):
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzPlan(f *testing.F) {
	f.Add("pasarela: 1\napis: [{api: {apiId: a, name: n}}]\n")
	f.Add("pasarela: 1\napiKeys: [{id: a}, {id: a}]\nidentity: {roles: [1, {roleName: x}]}\n")
	f.Add("a: &a [*a]")
	s := empty(f)
	f.Fuzz(func(t *testing.T, text string) {
		plan, err := s.Plan(context.Background(), []byte(text), true)
		if err == nil {
			_ = plan.String()
		}
	})
}

// A deployment's definition may be lost from a store: the file then leaves it out,
// and can be applied.
func TestALostDeploymentIsLeftOut(t *testing.T) {
	from, m := full(t)
	ctx := t.Context()
	stage := apis.StageInput{APIID: m.api, StageName: "prod"}
	lost := must(from.APIs.Stages.GetStage(ctx, stage))(t).DeploymentID
	entry := must(from.APIs.Bucket.Get(ctx, pasarela.DeploymentKey(m.api, lost)))(t)
	must(0, from.APIs.Bucket.Delete(ctx, entry.Key, entry.Revision))(t)
	text := must(from.Export(ctx, true))(t)
	if strings.Contains(string(text), lost) {
		t.Errorf("the file names deployment %s, which is lost", lost)
	}
	to := empty(t)
	must(to.Apply(ctx, text, false))(t)
	if got := must(to.APIs.Stages.GetStage(ctx, stage))(t).DeploymentID; got != "" {
		t.Errorf("the stage points at %q", got)
	}
	if plan := must(from.Plan(ctx, text, false))(t); !plan.Empty() {
		t.Errorf("where it came from it would change\n%s", plan)
	}
}
