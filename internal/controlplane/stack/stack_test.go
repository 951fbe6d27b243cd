package stack_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/resource"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
)

var (
	place = pasarela.RegionAccount{Region: "us-east-1", AccountID: "123456789012"}
	who   = pasarela.Principal{ARN: "arn:aws:iam::123456789012:root", AccountID: "123456789012", Type: pasarela.PrincipalRoot}
)

// world has the resources of the test's own type AWS::Test::Thing, and fails as
// a test says.
type world struct {
	mu     sync.Mutex
	things map[string]string // by id: name, size and tags
	made   int
	log    []string
	hold   chan struct{} // creations of things named "slow" wait for it
	params map[string]string
}

func (w *world) As(pasarela.Principal) resource.Services { return w }

func (w *world) Role(_ context.Context, who pasarela.Principal, arn string) (pasarela.Principal, error) {
	if strings.HasSuffix(arn, "/closed") || strings.HasSuffix(arn, "/own") && who.ARN == other.ARN {
		return who, pasarela.Errorf(pasarela.CodeAccessDenied, "not allowed to pass %s", arn)
	}
	return who, nil
}

// Call knows parameters of Systems Manager and objects of S3.
func (w *world) Call(_ context.Context, service, operation string, members map[string]any) (map[string]any, error) {
	name, _ := members["Name"].(string)
	if service == "s3" {
		name, _ = members["Key"].(string)
	}
	value, there := w.params[name]
	switch {
	case !there:
		return nil, pasarela.Errorf(pasarela.CodeNotFound, "there is no %s", name)
	case service == "s3":
		return map[string]any{"Body": value}, nil
	}
	return map[string]any{"Parameter": map[string]any{"Value": value}}, nil
}

func (w *world) note(format string, args ...any) {
	w.log = append(w.log, fmt.Sprintf(format, args...))
}

func describe(r *resource.Request) string {
	return fmt.Sprint(r.Properties["Name"], " ", r.Properties["Size"], " ", r.Tags["team"])
}

func (w *world) create(ctx context.Context, r *resource.Request) (resource.State, error) {
	if r.Text("Name") == "slow" {
		select {
		case <-w.hold:
		case <-ctx.Done():
			return resource.State{}, ctx.Err()
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if r.Text("Fail") == "create" {
		return resource.State{}, pasarela.Errorf(pasarela.CodeBadRequest, "no %s today", r.Text("Name"))
	}
	w.made++
	id := fmt.Sprintf("thing%d", w.made)
	w.things[id] = describe(r)
	w.note("create %s", r.LogicalID)
	return resource.State{PhysicalID: id, Attributes: map[string]any{"Arn": "arn:thing:" + id}}, nil
}

func (w *world) update(_ context.Context, r *resource.Request) (resource.State, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if r.Text("Fail") == "update" {
		w.things[r.PhysicalID] = "half"
		return resource.State{}, pasarela.Errorf(pasarela.CodeConflict, "%s does not change", r.Text("Name"))
	}
	w.things[r.PhysicalID] = describe(r)
	w.note("update %s", r.LogicalID)
	return resource.State{PhysicalID: r.PhysicalID, Attributes: r.Attributes}, nil
}

func (w *world) remove(_ context.Context, r *resource.Request) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if r.Text("Fail") == "delete" {
		return pasarela.Errorf(pasarela.CodeConflict, "%s stays", r.Text("Name"))
	}
	if _, there := w.things[r.PhysicalID]; !there {
		return pasarela.Errorf(pasarela.CodeNotFound, "there is no %s", r.PhysicalID)
	}
	delete(w.things, r.PhysicalID)
	w.note("delete %s", r.LogicalID)
	return nil
}

func (w *world) find(_ context.Context, r *resource.Request) (resource.State, bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id, thing := range w.things {
		if thing == describe(r) {
			return resource.State{PhysicalID: id, Attributes: map[string]any{"Arn": "arn:thing:" + id}}, true, nil
		}
	}
	return resource.State{}, false, nil
}

func (w *world) all() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Sorted(maps.Values(w.things))
}

// read returns what a thing is: its name and size are what describe made of them.
func (w *world) read(_ context.Context, r *resource.Request) (map[string]any, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	thing, there := w.things[r.PhysicalID]
	switch {
	case !there:
		return nil, pasarela.Errorf(pasarela.CodeNotFound, "there is no %s", r.PhysicalID)
	case thing == "closed":
		return nil, pasarela.Errorf(pasarela.CodeAccessDenied, "not allowed to read %s", r.PhysicalID)
	}
	live := maps.Clone(r.Properties)
	name, _, _ := strings.Cut(thing, " ")
	live["Name"] = name
	return live, nil
}

func (w *world) types() *resource.Registry {
	return resource.NewRegistry([]resource.Type{{
		Name: "AWS::Test::Thing", Attributes: []string{"Arn"},
		Properties: resource.Properties{
			"Name": resource.Text().Replaces(), "Size": resource.Integer(), "Fail": resource.Text(), "Text": resource.Text(),
			"Tags": resource.TagList(), "Days": resource.Integer().Noted("things do not age."),
		},
		Create: w.create, Update: w.update, Delete: w.remove, Find: w.find, Read: w.read,
	}, {
		Name: "AWS::IAM::Role", Properties: resource.Properties{"RoleName": resource.Text()}, Create: w.create, Update: w.update, Delete: w.remove,
	}})
}

// start runs a service in the bubble of a test; node is its name.
func start(t *testing.T, w *world, bucket pasarela.Bucket, node string, types *resource.Registry) (*stack.Service, context.CancelFunc) {
	t.Helper()
	return launch(t, stack.Options{
		Bucket: bucket, RegionAccount: place, Types: types, Callers: w, Node: node, IgnoreTypes: []string{"AWS::DynamoDB::*"}, Log: slog.New(slog.DiscardHandler),
	})
}

func launch(t *testing.T, o stack.Options) (*stack.Service, context.CancelFunc) {
	t.Helper()
	s := stack.New(o)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	stop := sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return s, stop
}

func newWorld() *world {
	return &world{things: map[string]string{}, hold: make(chan struct{}), params: map[string]string{"/size": "7"}}
}

// bubble runs f in a synctest bubble with a service over a new world.
func bubble(t *testing.T, f func(t *testing.T, w *world, s *stack.Service)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s, stop := start(t, w, memory.NewBucket(), "n1", w.types())
		f(t, w, s)
		stop()
	})
}

func body(text string) stack.DesiredInput {
	return stack.DesiredInput{StackName: "s", Template: stack.TemplateInput{TemplateBody: text}, Capabilities: []string{"CAPABILITY_NAMED_IAM"}}
}

func create(t *testing.T, s *stack.Service, text string) *stack.Stack {
	t.Helper()
	if _, err := s.CreateStack(t.Context(), who, stack.CreateStackInput{DesiredInput: body(text)}); err != nil {
		t.Fatal(err)
	}
	return see(t, s, "s")
}

func update(t *testing.T, s *stack.Service, text string) *stack.Stack {
	t.Helper()
	if _, err := s.UpdateStack(t.Context(), who, stack.UpdateStackInput{ChangedInput: stack.ChangedInput{DesiredInput: body(text)}}); err != nil {
		t.Fatal(err)
	}
	return see(t, s, "s")
}

func see(t *testing.T, s *stack.Service, name string) *stack.Stack {
	t.Helper()
	found, err := s.Stack(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func wants(t *testing.T, found *stack.Stack, status string, w *world, things ...string) {
	t.Helper()
	if found.Status != status {
		t.Errorf("the stack is %s (%s)", found.Status, found.StatusReason)
		for _, e := range found.Events {
			t.Log(e.LogicalID, e.Status, e.Reason)
		}
	}
	if d := cmp.Diff(things, w.all()); d != "" && len(things)+len(w.all()) > 0 {
		t.Errorf("things: %s", d)
	}
}

const two = `
Resources:
  B: {Type: AWS::Test::Thing, Properties: {Name: b, Size: 1, Text: !Sub 'of ${A.Arn}'}}
  A: {Type: AWS::Test::Thing, Properties: {Name: a, Size: 1}}
Outputs:
  Arn: {Value: !GetAtt A.Arn, Export: {Name: !Sub '${AWS::StackName}-arn'}}
`

func TestALifeOfAStack(t *testing.T) {
	bubble(t, func(t *testing.T, w *world, s *stack.Service) {
		made := create(t, s, two)
		wants(t, made, "CREATE_COMPLETE", w, "a 1 ", "b 1 ")
		if d := cmp.Diff([]stack.Output{{Key: "Arn", Value: "arn:thing:thing1", ExportName: "s-arn"}}, made.Outputs); d != "" {
			t.Error(d)
		}
		if got := made.Resources["B"].Properties["Text"]; got != "of arn:thing:thing1" {
			t.Errorf("B has %v", got)
		}
		_, err := s.UpdateStack(t.Context(), who, stack.UpdateStackInput{ChangedInput: stack.ChangedInput{DesiredInput: body(two)}})
		if err == nil || !strings.Contains(err.Error(), "No updates are to be performed.") {
			t.Errorf("the same again: %v", err)
		}
		changed := update(t, s, strings.Replace(two, "Name: b, Size: 1", "Name: b, Size: 2", 1))
		wants(t, changed, "UPDATE_COMPLETE", w, "a 1 ", "b 2 ")
		replaced := update(t, s, strings.Replace(two, "Name: a", "Name: c", 1))
		wants(t, replaced, "UPDATE_COMPLETE", w, "b 1 ", "c 1 ")
		if got := replaced.Resources["B"].Properties["Text"]; got != "of arn:thing:thing3" {
			t.Errorf("B has %v", got)
		}
		removed := update(t, s, "Resources: {B: {Type: AWS::Test::Thing, Properties: {Name: b}}}")
		wants(t, removed, "UPDATE_COMPLETE", w, "b <nil> ")
		if err := s.DeleteStack(t.Context(), who, stack.DeleteStackInput{StackName: "s"}); err != nil {
			t.Fatal(err)
		}
		wants(t, see(t, s, made.ID), "DELETE_COMPLETE", w)
		if _, err := s.Stack(t.Context(), "s"); err == nil || err.Error() != "ValidationError: Stack with id s does not exist" {
			t.Errorf("by name: %v", err)
		}
		want := []string{"create A", "create B", "update B", "create A", "update B", "delete A", "update B", "delete A", "delete B"}
		if d := cmp.Diff(want, w.log); d != "" {
			t.Error(d)
		}
	})
}

func TestRollbacks(t *testing.T) {
	tests := []struct {
		name, first, second, status string
		things                      []string
		reason                      string // of the resource that failed
	}{
		{
			"of a creation", "", strings.Replace(two, "Name: b", "Name: b, Fail: create", 1), "ROLLBACK_COMPLETE", nil,
			`Resource handler returned message: "no b today (Error Code: BadRequestException)" (HandlerErrorCode: InvalidRequest)`,
		},
		{
			"of an update in place", two, strings.NewReplacer("Name: b, Size: 1", "Name: b, Size: 2, Fail: update", "Name: a, Size: 1", "Name: a, Size: 3").Replace(two),
			"UPDATE_ROLLBACK_COMPLETE",
			[]string{"a 1 ", "b 1 "},
			"b does not change",
		},
		{
			"of a replacement", two, strings.NewReplacer("Name: b, Size: 1", "Name: b, Size: 2, Fail: update", "Name: a, Size: 1", "Name: c, Size: 1").Replace(two),
			"UPDATE_ROLLBACK_COMPLETE",
			[]string{"a 1 ", "b 1 "},
			"b does not change",
		},
		{
			"of additions and removals", two, "Resources: {C: {Type: AWS::Test::Thing, Properties: {Name: c}}, D: {Type: AWS::Test::Thing, DependsOn: C, Properties: {Name: d, Fail: create}}}",
			"UPDATE_ROLLBACK_COMPLETE",
			[]string{"a 1 ", "b 1 "},
			"no d today",
		},
		{
			"of properties that do not check", two, strings.Replace(two, "Name: b", "Name: b, Colour: red", 1), "UPDATE_ROLLBACK_COMPLETE",
			[]string{"a 1 ", "b 1 "},
			"Properties validation failed for resource B with message:\n#: extraneous key [Colour] is not permitted",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world, s *stack.Service) {
				var ended *stack.Stack
				if test.first == "" {
					ended = create(t, s, test.second)
				} else {
					create(t, s, test.first)
					ended = update(t, s, test.second)
				}
				wants(t, ended, test.status, w, test.things...)
				found := slices.ContainsFunc(ended.Events, func(e stack.Event) bool {
					return strings.HasSuffix(e.Status, "_FAILED") && strings.Contains(e.Reason, test.reason)
				})
				if !found {
					t.Errorf("no event says %q", test.reason)
				}
				if test.first != "" {
					if again := update(t, s, strings.Replace(two, "Size: 1", "Size: 9", 2)); again.Status != "UPDATE_COMPLETE" {
						t.Errorf("the next update: %s", again.Status)
					}
				}
			})
		})
	}
}

// A function waits for a resource with parameters beside it in its text, as those that SAM
// writes.
func TestParametersBesideWhatIsNotKnownYet(t *testing.T) {
	bubble(t, func(t *testing.T, _ *world, s *stack.Service) {
		in := body("Resources: {A: {Type: AWS::Test::Thing}, B: {Type: AWS::Test::Thing, Properties: {Text: !Sub ['${AWS::Partition}-${X}', {X: !GetAtt A.Arn}]}}}")
		if _, err := s.CreateStack(t.Context(), who, stack.CreateStackInput{DesiredInput: in}); err != nil {
			t.Error(err)
		}
	})
}

// large is a resource whose functions make 10 MiB.
func large(id string) string {
	return id + ": {Type: AWS::Test::Thing, Properties: {Text: [" + strings.Repeat("!FindInMap [M, k, v], ", 20) + "]}}"
}

func TestWhatIsRefused(t *testing.T) {
	bubble(t, func(t *testing.T, w *world, s *stack.Service) {
		w.params["t.yaml"] = two
		tests := []struct {
			name string
			in   stack.DesiredInput
			want string
		}{
			{"type", body("Conditions: {No: !Equals [a, b]}\nResources: {N: {Type: AWS::KMS::Key, Condition: No}, A: {Type: AWS::EC2::Instance}, B: {Type: AWS::Test::Thing}}"), "ValidationError: Template format error: Unrecognized resource types: [AWS::EC2::Instance]. This server has no such types; docs/cloudformation.md lists those it has, and a server started with --ignore-types skips those that it names"},
			{"circle", body("Resources: {A: {Type: AWS::Test::Thing, DependsOn: B}, B: {Type: AWS::Test::Thing, Properties: {Text: !Ref A}}}"), "ValidationError: Circular dependency between resources: [A, B]"},
			{"larger than memory", body("Mappings: {M: {k: {v: " + strings.Repeat("x", 1<<19) + "}}}\nResources: {" + strings.Join([]string{large("A"), large("B"), large("C"), large("D")}, ", ") + "}"), "ValidationError: Template error: the properties of all resources have more than 33554432 bytes when their functions are worked out (resource D)"},
			{"attribute", body("Resources: {A: {Type: AWS::Test::Thing}, B: {Type: AWS::Test::Thing, Properties: {Text: !GetAtt A.Colour}}}"), "ValidationError: Template error: resource A does not support attribute type Colour in Fn::GetAtt"},
			{"macro", body("Transform: AWS::Serverless-2016-10-31\nResources: {A: {Type: AWS::Test::Thing}}"), "ValidationError: No transform named AWS::Serverless-2016-10-31 found."},
			{"capability", stack.DesiredInput{StackName: "s", Template: stack.TemplateInput{TemplateBody: "Resources: {A: {Type: AWS::IAM::Role, Properties: {RoleName: r}}}"}}, "InsufficientCapabilitiesException: Requires capabilities : [CAPABILITY_NAMED_IAM]"},
			{"signals", body("Resources: {A: {Type: AWS::Test::Thing, CreationPolicy: {ResourceSignal: {}}}}"), "ValidationError: Template error: the CreationPolicy of A waits for signals, which nothing sends here; take it away"},
			{"no template", stack.DesiredInput{StackName: "s"}, "ValidationError: Either Template URL or Template Body must be specified."},
			{"URL", stack.DesiredInput{StackName: "s", Template: stack.TemplateInput{TemplateURL: "ftp://x/y"}}, "ValidationError: TemplateURL must be a supported URL."},
			{"object", stack.DesiredInput{StackName: "s", Template: stack.TemplateInput{TemplateURL: "https://b.s3.us-east-1.amazonaws.com/u.yaml"}}, "ValidationError: S3 error: there is no u.yaml (TemplateURL https://b.s3.us-east-1.amazonaws.com/u.yaml)"},
			{"role", stack.DesiredInput{StackName: "s", RoleARN: "arn:aws:iam::1:role/closed", Template: stack.TemplateInput{TemplateBody: two}}, "AccessDeniedException: not allowed to pass arn:aws:iam::1:role/closed"},
			{"name", stack.DesiredInput{StackName: "1s", Template: stack.TemplateInput{TemplateBody: two}}, "ValidationError: 1 validation error detected: Value '1s' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*"},
			{"parameter", body("Parameters: {P: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /nothing}}\n" + two), "ValidationError: Unable to fetch parameters [/nothing] from parameter store for this account. (there is no /nothing)"},
		}
		for _, test := range tests {
			_, err := s.CreateStack(t.Context(), who, stack.CreateStackInput{DesiredInput: test.in})
			if err == nil || err.Error() != test.want {
				t.Errorf("%s: %v", test.name, err)
			}
		}
		if stacks, err := s.Stacks(t.Context(), ""); len(stacks) > 0 || err != nil {
			t.Errorf("%d stacks are there, %v", len(stacks), err)
		}
		if err := s.DeleteStack(t.Context(), who, stack.DeleteStackInput{StackName: "nothing"}); err != nil {
			t.Errorf("deleting what is not there: %v", err)
		}
		if _, err := s.UpdateStack(t.Context(), who, stack.UpdateStackInput{ChangedInput: stack.ChangedInput{DesiredInput: body(two)}}); err == nil || err.Error() != "ValidationError: Stack [s] does not exist" {
			t.Errorf("changing what is not there: %v", err)
		}
	})
}

// other is a caller who may not pass role/own.
var other = pasarela.Principal{ARN: "arn:aws:iam::1:user/other"}

// Who changes or deletes a stack that has a role must be allowed to pass it; the call says so,
// before anything is begun.
func TestTheRoleOfAStackIsNotLentToOthers(t *testing.T) {
	bubble(t, func(t *testing.T, w *world, s *stack.Service) {
		in := body(two)
		in.RoleARN = "arn:aws:iam::1:role/own"
		if _, err := s.CreateStack(t.Context(), who, stack.CreateStackInput{DesiredInput: in}); err != nil {
			t.Fatal(err)
		}
		const want = "AccessDeniedException: not allowed to pass arn:aws:iam::1:role/own"
		_, err := s.UpdateStack(t.Context(), other, stack.UpdateStackInput{ChangedInput: stack.ChangedInput{DesiredInput: body(strings.Replace(two, "Resources:", "Description: x\nResources:", 1))}})
		if err == nil || err.Error() != want {
			t.Errorf("an update: %v", err)
		}
		if err := s.DeleteStack(t.Context(), other, stack.DeleteStackInput{StackName: "s"}); err == nil || err.Error() != want {
			t.Errorf("a deletion: %v", err)
		}
		if made := see(t, s, "s"); made.Status != "CREATE_COMPLETE" {
			t.Errorf("the stack is %s", made.Status)
		}
	})
}

func TestParametersOfSystemsManagerAndTemplatesInS3(t *testing.T) {
	bubble(t, func(t *testing.T, w *world, s *stack.Service) {
		w.params["t.yaml"] = "Parameters: {P: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /size}}\n" +
			"Resources: {A: {Type: AWS::Test::Thing, Properties: {Name: '{{resolve:ssm:/size}}', Size: !Ref P, Days: 3}}}"
		_, err := s.CreateStack(t.Context(), who, stack.CreateStackInput{DesiredInput: stack.DesiredInput{
			StackName: "s", Template: stack.TemplateInput{TemplateURL: "http://127.0.0.1:4566/bucket/t.yaml"},
		}})
		if err != nil {
			t.Fatal(err)
		}
		made := see(t, s, "s")
		wants(t, made, "CREATE_COMPLETE", w, "7 7 ")
		if got := s.Described(made).Parameters; len(got) != 1 || got[0] != (stack.ParameterValue{Key: "P", Value: "/size", Resolved: "7"}) {
			t.Errorf("parameters %v", got)
		}
		if got := made.Resources["A"].StatusReason; got != "Days has no effect here: things do not age." {
			t.Errorf("the reason is %q", got)
		}
	})
}

// The events of resources say what a type does not do on this server, and why a stage with
// AutoDeploy could not follow; the stack is complete.
func TestEventsSayWhatDoesNotWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		stage := resource.Type{
			Name:       "AWS::ApiGatewayV2::Stage",
			Properties: resource.Properties{"ApiId": resource.Text(), "AutoDeploy": resource.Boolean()}, Create: w.create, Update: w.update, Delete: w.remove,
		}
		thing, _ := w.types().Type("AWS::Test::Thing")
		fault := "Invalid mapping template"
		s := stack.New(stack.Options{
			Bucket: memory.NewBucket(), RegionAccount: place, Types: resource.NewRegistry([]resource.Type{*thing, stage}), Callers: w, Node: "n1", Log: slog.New(slog.DiscardHandler),
			Note: func(typeName string) string {
				return map[string]string{"AWS::Test::Thing": "Things rest here."}[typeName]
			},
			AwaitServed: func(context.Context, string) {},
			Fault:       func(_ context.Context, apiID, _ string) string { return map[string]string{"abc": fault}[apiID] },
		})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- s.Run(ctx) }()
		text := `Resources:
  Broken: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: abc, AutoDeploy: true}}
  Manual: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: abc, AutoDeploy: false}}
  Good: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: def, AutoDeploy: true}}
  A: {Type: AWS::Test::Thing, Properties: {Name: a, Days: 1}}
`
		made := create(t, s, text)
		if made.Status != "CREATE_COMPLETE" {
			t.Errorf("the stack is %s (%s)", made.Status, made.StatusReason)
		}
		for id, want := range map[string]string{
			"Broken": "AutoDeploy could not deploy the API, and the stage serves what it served before: Invalid mapping template",
			"Manual": "", "Good": "", "A": "Days has no effect here: things do not age. Things rest here.",
		} {
			if got := made.Resources[id]; got.Status != "CREATE_COMPLETE" || got.StatusReason != want {
				t.Errorf("%s is %s: %q, want %q", id, got.Status, got.StatusReason, want)
			}
		}
		fault = ""
		mended := update(t, s, strings.Replace(text, "Name: a", "Name: a, Size: 2", 1))
		if mended.Status != "UPDATE_COMPLETE" || mended.Resources["Broken"].StatusReason != "" {
			t.Errorf("mended, the stack is %s (%s), the stage says %q", mended.Status, mended.StatusReason, mended.Resources["Broken"].StatusReason)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestSkippedTypesSaySo(t *testing.T) {
	bubble(t, func(t *testing.T, w *world, s *stack.Service) {
		made := create(t, s, "Resources: {T: {Type: AWS::DynamoDB::Table, Properties: {Whatever: 1}}, A: {Type: AWS::Test::Thing, Properties: {Name: a, Text: !Sub '${T} ${T.Arn}'}}}")
		wants(t, made, "CREATE_COMPLETE", w, "a <nil> ")
		if got := made.Resources["T"].StatusReason; !strings.HasPrefix(got, "Skipped: nothing was made, since --ignore-types of this server names AWS::DynamoDB::Table.") {
			t.Errorf("the reason is %q", got)
		}
		if text := fmt.Sprint(made.Resources["A"].Properties["Text"]); !strings.HasPrefix(text, "s-T-") || !strings.Contains(text, "arn:aws:skipped:us-east-1:123456789012:s-T-") {
			t.Errorf("A has %q", text)
		}
		if err := s.DeleteStack(t.Context(), who, stack.DeleteStackInput{StackName: "s"}); err != nil {
			t.Fatal(err)
		}
		wants(t, see(t, s, made.ID), "DELETE_COMPLETE", w)
	})
	synctest.Test(t, func(t *testing.T) { // Ref of some types is an ARN, which policies ask for
		w := newWorld()
		s, stop := launch(t, stack.Options{
			Bucket: memory.NewBucket(), RegionAccount: place, Types: w.types(), Callers: w, Node: "n1", IgnoreTypes: []string{"AWS::SNS::*"}, Log: slog.New(slog.DiscardHandler),
		})
		defer stop()
		made := create(t, s, "Resources: {T: {Type: AWS::SNS::Topic}, A: {Type: AWS::Test::Thing, Properties: {Name: a, Text: !Sub '${T} ${T.Arn}'}}}")
		topic, again, _ := strings.Cut(fmt.Sprint(made.Resources["A"].Properties["Text"]), " ")
		if !strings.HasPrefix(topic, "arn:aws:skipped:us-east-1:123456789012:s-T-") || again != topic {
			t.Errorf("Ref is %q, Fn::GetAtt %q", topic, again)
		}
	})
}

func TestPoliciesAndTags(t *testing.T) {
	bubble(t, func(t *testing.T, w *world, s *stack.Service) {
		in := body("Resources: {A: {Type: AWS::Test::Thing, DeletionPolicy: Retain, UpdateReplacePolicy: Retain, Properties: {Name: a}}}")
		in.Tags = []stack.Tag{{Key: "team", Value: "red"}}
		if _, err := s.CreateStack(t.Context(), who, stack.CreateStackInput{DesiredInput: in, TerminationProtection: true}); err != nil {
			t.Fatal(err)
		}
		in.Tags = []stack.Tag{{Key: "team", Value: "blue"}}
		if _, err := s.UpdateStack(t.Context(), who, stack.UpdateStackInput{ChangedInput: stack.ChangedInput{DesiredInput: in}}); err != nil {
			t.Fatal(err)
		}
		wants(t, see(t, s, "s"), "UPDATE_COMPLETE", w, "a <nil> blue")
		in.Template.TemplateBody = strings.Replace(in.Template.TemplateBody, "Name: a", "Name: b", 1)
		if _, err := s.UpdateStack(t.Context(), who, stack.UpdateStackInput{ChangedInput: stack.ChangedInput{DesiredInput: in}}); err != nil {
			t.Fatal(err)
		}
		wants(t, see(t, s, "s"), "UPDATE_COMPLETE", w, "a <nil> blue", "b <nil> blue")
		want := "ValidationError: Stack [s] cannot be deleted while TerminationProtection is enabled"
		if err := s.DeleteStack(t.Context(), who, stack.DeleteStackInput{StackName: "s"}); err == nil || err.Error() != want {
			t.Errorf("got %v", err)
		}
		protected, err := s.Protect(t.Context(), "s", false)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.DeleteStack(t.Context(), who, stack.DeleteStackInput{StackName: "s"}); err != nil {
			t.Fatal(err)
		}
		wants(t, see(t, s, protected.ID), "DELETE_COMPLETE", w, "a <nil> blue", "b <nil> blue")
	})
}

func TestADeletionThatFails(t *testing.T) {
	bubble(t, func(t *testing.T, w *world, s *stack.Service) {
		made := create(t, s, strings.Replace(two, "Name: a", "Name: a, Fail: delete", 1))
		remove := func(in stack.DeleteStackInput) *stack.Stack {
			t.Helper()
			in.StackName = "s"
			if err := s.DeleteStack(t.Context(), who, in); err != nil {
				t.Fatal(err)
			}
			return see(t, s, made.ID)
		}
		failed := remove(stack.DeleteStackInput{})
		wants(t, failed, "DELETE_FAILED", w, "a 1 ")
		if failed.StatusReason != "The following resource(s) failed to delete: [A]. " {
			t.Errorf("the reason is %q", failed.StatusReason)
		}
		wants(t, remove(stack.DeleteStackInput{RetainResources: []string{"A"}}), "DELETE_COMPLETE", w, "a 1 ")
	})
}

func TestExportsInUseStay(t *testing.T) {
	bubble(t, func(t *testing.T, w *world, s *stack.Service) {
		create(t, s, two)
		in := body("Resources: {A: {Type: AWS::Test::Thing, Properties: {Name: i, Text: !ImportValue s-arn}}}")
		in.StackName = "user"
		if _, err := s.CreateStack(t.Context(), who, stack.CreateStackInput{DesiredInput: in}); err != nil {
			t.Fatal(err)
		}
		if got := see(t, s, "user").Resources["A"].Properties["Text"]; got != "arn:thing:thing1" {
			t.Errorf("imported %v", got)
		}
		if names, err := s.Importers(t.Context(), "s-arn"); err != nil || !slices.Equal(names, []string{"user"}) {
			t.Errorf("importers %v, %v", names, err)
		}
		changed := update(t, s, strings.Replace(two, "Export: {Name: !Sub '${AWS::StackName}-arn'}", "Description: d", 1))
		if changed.Status != "UPDATE_ROLLBACK_COMPLETE" {
			t.Errorf("the stack is %s", changed.Status)
		}
		if err := s.DeleteStack(t.Context(), who, stack.DeleteStackInput{StackName: "s"}); err != nil {
			t.Fatal(err)
		}
		if left := see(t, s, "s"); left.Status != "DELETE_FAILED" || left.StatusReason != "Export s-arn cannot be deleted as it is in use by user" {
			t.Errorf("the stack is %s: %s", left.Status, left.StatusReason)
		}
	})
}

// TestAnOperationGoesOn: a node that stops in the middle of a creation leaves it to its
// next start, and one that is gone to another node; what was made is not made twice.
func TestAnOperationGoesOn(t *testing.T) {
	for _, next := range []string{"n1", "n2"} {
		t.Run("on "+next, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, bucket := newWorld(), memory.NewBucket()
				s, stop := start(t, w, bucket, "n1", w.types())
				text := "Resources: {A: {Type: AWS::Test::Thing, Properties: {Name: a}}, S: {Type: AWS::Test::Thing, DependsOn: A, Properties: {Name: slow}}, C: {Type: AWS::Test::Thing, DependsOn: S, Properties: {Name: c}}}"
				if found := create(t, s, text); found.Status != "CREATE_IN_PROGRESS" {
					t.Fatalf("the stack is %s", found.Status)
				}
				stop()
				close(w.hold)
				s, stop = start(t, w, bucket, next, w.types())
				defer stop()
				time.Sleep(time.Minute)
				wants(t, see(t, s, "s"), "CREATE_COMPLETE", w, "a <nil> ", "c <nil> ", "slow <nil> ")
				if d := cmp.Diff([]string{"create A", "create S", "create C"}, w.log); d != "" {
					t.Error(d)
				}
			})
		})
	}
}

func TestACreationThatTakesTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s, stop := start(t, w, memory.NewBucket(), "n1", w.types())
		defer stop()
		in := stack.CreateStackInput{DesiredInput: body("Resources: {A: {Type: AWS::Test::Thing, Properties: {Name: a}}, S: {Type: AWS::Test::Thing, DependsOn: A, Properties: {Name: slow}}}"), TimeoutInMinutes: 1}
		if _, err := s.CreateStack(t.Context(), who, in); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Minute)
		wants(t, see(t, s, "s"), "ROLLBACK_COMPLETE", w)
	})
}

func TestDeletingWhatIsBeingMade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s, stop := start(t, w, memory.NewBucket(), "n1", w.types())
		defer stop()
		made := create(t, s, "Resources: {S: {Type: AWS::Test::Thing, Properties: {Name: slow}}, C: {Type: AWS::Test::Thing, DependsOn: S, Properties: {Name: c}}}")
		if err := s.DeleteStack(t.Context(), who, stack.DeleteStackInput{StackName: "s"}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second) // until the node has heard of it
		close(w.hold)
		time.Sleep(time.Minute)
		wants(t, see(t, s, made.ID), "DELETE_COMPLETE", w)
	})
}

func TestChangeSets(t *testing.T) {
	bubble(t, func(t *testing.T, w *world, s *stack.Service) {
		set := func(kind, name, text string) *stack.ChangeSet {
			t.Helper()
			made, err := s.CreateChangeSet(t.Context(), who, stack.CreateChangeSetInput{ChangedInput: stack.ChangedInput{DesiredInput: body(text)}, ChangeSetType: kind, ChangeSetName: name})
			if err != nil {
				t.Fatal(err)
			}
			return made
		}
		execute := func(name string) error {
			return s.ExecuteChangeSet(t.Context(), who, stack.ExecuteChangeSetInput{ChangeSetName: name, StackName: "s"})
		}
		summary := func(set *stack.ChangeSet) (lines []string) {
			for _, c := range set.Changes {
				line := c.Action + " " + c.LogicalID + " " + c.Replacement
				for _, d := range c.Details {
					line += fmt.Sprint(" ", d.Name, ":", d.Recreation, ":", d.Dynamic)
				}
				lines = append(lines, line)
			}
			return lines
		}
		first := set("CREATE", "c1", two)
		if d := cmp.Diff([]string{"Add A ", "Add B "}, summary(first)); d != "" {
			t.Error(d)
		}
		if found := see(t, s, "s"); found.Status != "REVIEW_IN_PROGRESS" || found.ID != first.StackID || !found.Updated.IsZero() {
			t.Errorf("the stack is %s, updated %v", found.Status, found.Updated)
		}
		time.Sleep(time.Minute)
		if err := execute("c1"); err != nil {
			t.Fatal(err)
		}
		wants(t, see(t, s, "s"), "CREATE_COMPLETE", w, "a 1 ", "b 1 ")
		if found := see(t, s, "s"); found.Updated.Sub(found.Created) != time.Minute {
			t.Errorf("a stack that was created at %v by a change set that was executed a minute later was updated last at %v", found.Created, found.Updated)
		}
		again := set("UPDATE", "c1", strings.Replace(two, "Name: a", "Name: x", 1))
		if found, err := s.ChangeSet(t.Context(), "c1", "s"); err != nil || found.ID != again.ID || found.ID == first.ID || found.ExecutionStatus != "AVAILABLE" {
			t.Errorf("the name of an executed change set: %+v %v", found, err)
		}
		twice := stack.CreateChangeSetInput{ChangedInput: stack.ChangedInput{DesiredInput: body(two)}, ChangeSetType: "UPDATE", ChangeSetName: "c1"}
		if _, err := s.CreateChangeSet(t.Context(), who, twice); err == nil || err.Error() != "AlreadyExistsException: ChangeSet c1 already exists" {
			t.Errorf("the name of a change set that was not executed: %v", err)
		}
		same := set("UPDATE", "c2", two)
		if same.Status != "FAILED" || same.StatusReason != "The submitted information didn't contain changes. Submit different information to create a change set." {
			t.Errorf("the same: %s %s", same.Status, same.StatusReason)
		}
		if err := execute("c2"); err == nil || err.Error() != "InvalidChangeSetStatus: ChangeSet ["+same.ID+"] cannot be executed in its current status of [FAILED]" {
			t.Errorf("executing it: %v", err)
		}
		other := set("UPDATE", "c3", "Resources: {A: {Type: AWS::Test::Thing, Properties: {Name: x, Size: 2}}, C: {Type: AWS::Test::Thing, Properties: {Name: !Ref A}}}")
		if d := cmp.Diff([]string{"Modify A True Name:Always:false Size:Never:false", "Remove B ", "Add C "}, summary(other)); d != "" {
			t.Error(d)
		}
		dynamic := set("UPDATE", "c4", strings.Replace(two, "Name: a", "Name: x", 1))
		if d := cmp.Diff([]string{"Modify A True Name:Always:false", "Modify B False Text:Never:true"}, summary(dynamic)); d != "" {
			t.Error(d)
		}
		if bad := set("UPDATE", "c5", strings.Replace(two, "Name: a", "Colour: x", 1)); bad.Status != "FAILED" || !strings.Contains(bad.StatusReason, "#: extraneous key [Colour] is not permitted") {
			t.Errorf("properties that do not check: %s %s", bad.Status, bad.StatusReason)
		}
		if err := execute("c3"); err != nil {
			t.Fatal(err)
		}
		wants(t, see(t, s, "s"), "UPDATE_COMPLETE", w, "thing3 <nil> ", "x 2 ")
		if sets, err := s.ChangeSets(t.Context(), "s"); err != nil || len(sets) != 1 || sets[0].ExecutionStatus != "EXECUTE_COMPLETE" {
			t.Errorf("change sets %v, %v", sets, err)
		}
		if err := s.DeleteChangeSet(t.Context(), "nothing", "s"); err != nil {
			t.Errorf("deleting what is not there: %v", err)
		}
		var known *pasarela.Error
		if _, err := s.ChangeSet(t.Context(), "c4", "s"); !errors.As(err, &known) || known.Code != stack.CodeChangeSetNotFound {
			t.Errorf("a change set of a stack that has changed: %v", err)
		}
	})
}
