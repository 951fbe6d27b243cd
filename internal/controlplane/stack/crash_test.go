package stack_test

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/apigateway"
	"github.com/pasarela-ws/pasarela/internal/awsapi/apigatewayv2"
	"github.com/pasarela-ws/pasarela/internal/awsapi/iam"
	awslambda "github.com/pasarela-ws/pasarela/internal/awsapi/lambda"
	awss3 "github.com/pasarela-ws/pasarela/internal/awsapi/s3"
	awsssm "github.com/pasarela-ws/pasarela/internal/awsapi/ssm"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/controlplane/backup"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	"github.com/pasarela-ws/pasarela/internal/controlplane/lambda"
	"github.com/pasarela-ws/pasarela/internal/controlplane/s3"
	"github.com/pasarela-ws/pasarela/internal/controlplane/ssm"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/resource"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/types"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
)

// everyType has a resource of each type for which something is stored. "Size" changes most
// of them in place, "Name" replaces some, and "Fail" fails when the rest is there.
const everyType = `
Parameters:
  Size: {Type: String, Default: '1'}
  Name: {Type: String, Default: a}
  Fail: {Type: String, Default: String}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Sub 'role-${Name}'
      Description: !Ref Size
      AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Principal: {Service: [lambda.amazonaws.com, apigateway.amazonaws.com]}, Action: 'sts:AssumeRole'}]}
      Policies: [{PolicyName: p, PolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Action: 's3:*', Resource: '*'}]}}]
  User: {Type: AWS::IAM::User, Properties: {Groups: [!Ref Group]}}
  Group: {Type: AWS::IAM::Group}
  Key: {Type: AWS::IAM::AccessKey, Properties: {UserName: !Ref User, Serial: !Ref Size}}
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      ManagedPolicyName: !Sub 'policy-${Name}'
      PolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Action: 's3:*', Resource: !Sub 'arn:aws:s3:::${Size}'}]}
      Users: [!Ref User]
  Profile: {Type: AWS::IAM::InstanceProfile, Properties: {InstanceProfileName: !Sub 'profile-${Name}', Roles: [!Ref Role]}}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Role: !GetAtt Role.Arn
      MemorySize: 256
      ReservedConcurrentExecutions: 3
      Environment: {Variables: {SIZE: !Ref Size}}
      Code: {ZipFile: !Sub "size = '${Size}'"}
  Version: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref Function, Description: !Ref Size}}
  Alias: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref Function, Name: !Sub 'alias-${Name}', FunctionVersion: !GetAtt Version.Version}}
  Permission: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Function, Action: 'lambda:InvokeFunction', Principal: apigateway.amazonaws.com, SourceAccount: !If [Small, 123456789012, 123456789013]}}
  Parameter: {Type: AWS::SSM::Parameter, Properties: {Name: !Sub '/x/${Name}', Type: String, Value: !Ref Size}}
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub 'bucket-${Name}', VersioningConfiguration: {Status: Suspended}}}
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: !Ref Size, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}}
  Mock: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Api, IntegrationType: MOCK, Description: !Ref Size}}
  Http: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Api, IntegrationType: HTTP, IntegrationMethod: POST, IntegrationUri: !Sub 'http://localhost/${Size}'}}
  Reply: {Type: AWS::ApiGatewayV2::IntegrationResponse, Properties: {ApiId: !Ref Api, IntegrationId: !Ref Http, IntegrationResponseKey: $default}}
  Route: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: !Sub 'route-${Name}', Target: !Sub 'integrations/${Mock}'}}
  RouteResponse: {Type: AWS::ApiGatewayV2::RouteResponse, Properties: {ApiId: !Ref Api, RouteId: !Ref Route, RouteResponseKey: $default}}
  Model: {Type: AWS::ApiGatewayV2::Model, Properties: {ApiId: !Ref Api, Name: m, Schema: {type: object}, Description: !Ref Size}}
  Authorizer:
    Type: AWS::ApiGatewayV2::Authorizer
    Properties: {ApiId: !Ref Api, Name: !Sub 'a${Size}', AuthorizerType: REQUEST, AuthorizerUri: !Sub 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Function.Arn}/invocations', IdentitySource: [route.request.querystring.a]}
  Deployment: {Type: AWS::ApiGatewayV2::Deployment, DependsOn: [Route], Properties: {ApiId: !Ref Api, Description: !Ref Size}}
  Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Api, StageName: !Sub 'stage-${Name}', DeploymentId: !Ref Deployment}}
  Domain: {Type: AWS::ApiGatewayV2::DomainName, Properties: {DomainName: !Sub '${Name}.example.com', DomainNameConfigurations: [{CertificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/x'}]}}
  Mapping: {Type: AWS::ApiGatewayV2::ApiMapping, Properties: {DomainName: !Ref Domain, ApiId: !Ref Api, Stage: !Ref Stage}}
  Link: {Type: AWS::ApiGatewayV2::VpcLink, Properties: {Name: !Ref Size, SubnetIds: [!Sub 'subnet-${Name}']}}
  ApiKey: {Type: AWS::ApiGateway::ApiKey, Properties: {Name: !Ref Name, Description: !Ref Size, Enabled: true}}
  Plan: {Type: AWS::ApiGateway::UsagePlan, Properties: {UsagePlanName: !Ref Size, ApiStages: [{ApiId: !Ref Api, Stage: !Ref Stage}]}}
  PlanKey: {Type: AWS::ApiGateway::UsagePlanKey, Properties: {KeyId: !Ref ApiKey, KeyType: API_KEY, UsagePlanId: !Ref Plan}}
  Last: {Type: AWS::SSM::Parameter, DependsOn: [PlanKey, Mapping, Alias, Key, Profile], Properties: {Type: !Ref Fail, Value: x}}
Conditions:
  Small: !Equals [!Ref Size, '1']
`

// mortal is a bucket that fails all calls once its program has crashed.
type mortal struct {
	pasarela.Bucket
	dead *atomic.Bool
}

var errDead = errors.New("the program has ended")

func (m mortal) Put(ctx context.Context, key string, value []byte, revision uint64) (uint64, error) {
	if m.dead.Load() {
		return 0, errDead
	}
	return m.Bucket.Put(ctx, key, value, revision)
}

func (m mortal) Delete(ctx context.Context, key string, revision uint64) error {
	if m.dead.Load() {
		return errDead
	}
	return m.Bucket.Delete(ctx, key, revision)
}

// account are the real services over one store. A program crashes after a number of
// changes, without getting the result of the last one.
type account struct {
	bucket   pasarela.Bucket
	who      *identity.Service
	invokers map[string]wire.Invoker
	guard    *wire.Guard
	files    *backup.Service

	lock chan struct{} // one call at a time; a channel, for which synctest can wait
	left int           // changes until death; negative: it never comes
	dead *atomic.Bool
	died chan struct{}
}

func newAccount(t *testing.T) *account {
	t.Helper()
	return newAccountOn(t, memory.NewBucket())
}

// newAccountOn makes the services over a store that may have contents.
func newAccountOn(t *testing.T, bucket pasarela.Bucket) *account {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	identities, err := identity.Open(t.Context(), identity.Options{Bucket: bucket, RegionAccount: place})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(identities.Close)
	gateways := apis.New(apis.Options{Bucket: bucket, RegionAccount: place, Endpoint: func(apiID string) string { return "ws://localhost/" + apiID }, Log: log})
	functions := lambda.New(lambda.Options{Bucket: bucket, RegionAccount: place})
	parameters, objects := ssm.New(ssm.Options{Bucket: bucket, RegionAccount: place}), s3.New(s3.Options{Bucket: bucket, RegionAccount: place})
	guard := &wire.Guard{RegionAccount: place, Authorizer: identities}
	ofFunctions, ofParameters, ofObjects := functions.Backup(), parameters.Backup(), objects.Backup()
	return &account{
		bucket: bucket, who: identities, guard: guard, dead: new(atomic.Bool), lock: make(chan struct{}, 1),
		files: &backup.Service{APIs: gateways, Identity: identities.Backup, Functions: &ofFunctions, Parameters: &ofParameters, Objects: &ofObjects, RegionAccount: place},
		invokers: map[string]wire.Invoker{
			"apigatewayv2": apigatewayv2.New(gateways, guard, log), "apigateway": apigateway.New(gateways, guard, log), "iam": iam.New(identities, guard, log),
			"lambda": awslambda.New(functions, guard, log), "ssm": awsssm.New(parameters, guard, log), "s3": awss3.New(objects, guard, log),
		},
	}
}

func (a *account) As(pasarela.Principal) resource.Services { return a }

func (a *account) Role(_ context.Context, who pasarela.Principal, _ string) (pasarela.Principal, error) {
	return who, nil
}

func (a *account) Call(ctx context.Context, service, operation string, members map[string]any) (map[string]any, error) {
	reads := strings.HasPrefix(operation, "Get") || strings.HasPrefix(operation, "List") || strings.HasPrefix(operation, "Head")
	a.lock <- struct{}{}
	defer func() { <-a.lock }() // one after the other: the number of changes is the same each time
	if a.dead.Load() {
		return nil, errDead
	}
	root := pasarela.Principal{ARN: a.who.RootARN(), AccountID: place.AccountID, Type: pasarela.PrincipalRoot}
	response, err := a.invokers[service].Invoke(ctx, wire.Call{Principal: root, Context: a.guard.OnBehalf("cloudformation.amazonaws.com")}, operation, members)
	if reads {
		return response, err
	}
	if a.left--; a.left == 0 {
		a.dead.Store(true)
		close(a.died)
		return nil, errDead
	}
	return response, err
}

// run begins an operation with begin and returns when it has ended, or when the program has
// died after so many changes, 0 for none.
func (a *account) run(t *testing.T, changes int, begin func(context.Context, *stack.Service) error) *stack.Stack {
	t.Helper()
	a.left, a.dead, a.died = changes, new(atomic.Bool), make(chan struct{})
	s, stop := launch(t, stack.Options{
		Bucket: mortal{a.bucket, a.dead}, RegionAccount: place, Types: types.All(), Callers: a, Node: "n1", Log: slog.New(slog.DiscardHandler),
	})
	defer stop()
	if begin != nil {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		died := a.died // the next run has another
		go func() {
			select {
			case <-died:
				cancel()
			case <-ctx.Done():
			}
		}()
		if err := begin(ctx, s); err != nil && !a.dead.Load() {
			t.Fatal(err)
		}
	}
	for {
		found, err := s.Stack(t.Context(), "s")
		if err != nil || found.Operation == nil || a.dead.Load() {
			return found
		}
		time.Sleep(time.Second)
	}
}

// counts are how many entries each list has of everything that is there.
func (a *account) counts(t *testing.T) map[string]int {
	t.Helper()
	text, err := a.files.Export(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	var whole map[string]any
	if err := yaml.Unmarshal(text, &whole); err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	var count func(path string, v any)
	count = func(path string, v any) {
		switch v := v.(type) {
		case []any:
			found[path] += len(v)
			for _, each := range v {
				count(path, each)
			}
		case map[string]any:
			if path == ".apis.definitions" || path == ".data" { // by id; what was edited after a deployment depends on the order
				return
			}
			for _, key := range slices.Sorted(maps.Keys(v)) {
				count(path+"."+key, v[key])
			}
		}
	}
	count("", whole)
	return found
}

// failures is the state of a stack and the reasons for it.
func failures(s *stack.Stack) string {
	if s == nil {
		return "there is no stack"
	}
	text := s.Status
	for i := range s.Events {
		if e := &s.Events[i]; strings.HasSuffix(e.Status, "FAILED") {
			text += "\n" + e.LogicalID + " " + e.Status + " " + e.Reason
		}
	}
	return text
}

type wish struct{ size, name, fail string }

func (w wish) input() stack.DesiredInput {
	in := stack.DesiredInput{StackName: "s", Template: stack.TemplateInput{TemplateBody: everyType}, Capabilities: []string{"CAPABILITY_NAMED_IAM"}}
	for key, value := range map[string]string{"Size": w.size, "Name": w.name, "Fail": w.fail} {
		in.Parameters = append(in.Parameters, stack.Parameter{Key: key, Value: &value})
	}
	return in
}

func (w wish) create(ctx context.Context, s *stack.Service) error {
	_, err := s.CreateStack(ctx, who, stack.CreateStackInput{DesiredInput: w.input()})
	return err
}

func (w wish) update(ctx context.Context, s *stack.Service) error {
	_, err := s.UpdateStack(ctx, who, stack.UpdateStackInput{ChangedInput: stack.ChangedInput{DesiredInput: w.input()}})
	return err
}

func deletes(ctx context.Context, s *stack.Service) error {
	return s.DeleteStack(ctx, who, stack.DeleteStackInput{StackName: "s"})
}

// TestACrashAtEachStep: the program dies after the first, the second, ... change that an
// operation has made, before it can write down what was made, and is started again. What is
// there in the end is what an operation without a crash leaves, nothing twice and nothing
// forgotten, and deleting the stack leaves nothing (A-STACK-17). Each kind of operation takes every
// tenth step, another one each, unless PASARELA_EVERY_STEP is set: all of them take a minute.
func TestACrashAtEachStep(t *testing.T) {
	stride := 10
	if os.Getenv("PASARELA_EVERY_STEP") != "" {
		stride = 1
	}
	good, other, bad := wish{"1", "a", "String"}, wish{"2", "b", "String"}, wish{"2", "b", "Text"}
	for name, c := range map[string]struct {
		before *wish
		begin  func(context.Context, *stack.Service) error
		status string
		first  int // step
	}{
		"creation":                   {nil, good.create, "CREATE_COMPLETE", 1},
		"creation that is undone":    {nil, bad.create, "ROLLBACK_COMPLETE", 4},
		"update":                     {&good, other.update, "UPDATE_COMPLETE", 7},
		"update that is rolled back": {&good, bad.update, "UPDATE_ROLLBACK_COMPLETE", 9},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var want map[string]int
			for changes := 0; ; {
				crashed := false
				synctest.Test(t, func(t *testing.T) {
					a := newAccount(t)
					empty := a.counts(t)
					if c.before != nil {
						a.run(t, 0, c.before.create)
					}
					ended := a.run(t, changes, c.begin)
					if crashed = a.dead.Load(); crashed {
						ended = a.run(t, 0, nil)
					}
					if ended == nil || ended.Status != c.status {
						t.Fatalf("after %d changes: %s", changes, failures(ended))
					}
					if got := a.counts(t); want == nil {
						want = got
					} else if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("after %d changes there is not what is there without a crash:\n%s", changes, diff)
					}
					a.run(t, 0, deletes)
					if diff := cmp.Diff(empty, a.counts(t)); diff != "" {
						t.Errorf("after %d changes and the deletion there is left:\n%s", changes, diff)
					}
					a.who.Close()
				})
				switch {
				case changes > 0 && !crashed || t.Failed():
					return
				case changes == 0 && stride > 1:
					changes = c.first
				default:
					changes += stride
				}
			}
		})
	}
}
