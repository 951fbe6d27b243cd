package node

import (
	"context"
	"errors"
	"regexp"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/resource"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/types"
	"github.com/pasarela-ws/pasarela/internal/engine/sam"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// cloudFormation is the principal that roles of stacks must trust.
const cloudFormation = "cloudformation.amazonaws.com"

// stackCallers let stacks call the node's own services (A-STACK-1).
type stackCallers struct {
	identity *identity.Service
	guard    *wire.Guard
	strict   bool
	objects  func(bucket, key string) ([]byte, bool) // [Options.Objects]
	services map[string]wire.Invoker                 // by signing name; apigatewayv2 for the paths below /v2
}

// openStacks makes the stacks over services, which clients call too.
func (n *Node) openStacks(running context.Context, services map[string]wire.Invoker) {
	n.stacks = stack.New(stack.Options{
		Bucket: n.store.Bucket(), RegionAccount: n.regionAccount, Types: types.All(), Callers: &stackCallers{n.identity, n.guard, n.options.Strict, n.options.Objects, services},
		Node: n.options.NodeName, IgnoreTypes: n.options.IgnoreTypes, URLSuffix: n.options.DomainSuffix, AwaitServed: n.apis.Deployments.AwaitAutoDeployed, Fault: n.autoDeployFault,
		Note: n.noteOn, Endpoint: n.addressOf(), Log: n.options.Log,
		Transforms: map[string]func(top, parameters map[string]any) (map[string]any, error){
			sam.Transform: func(top, _ map[string]any) (map[string]any, error) {
				return sam.Expand(top, func(typeName string) bool { return stack.Ignores(n.options.IgnoreTypes, typeName) })
			},
		},
	})
	n.run(running, "operations on stacks", n.stacks.Run)
}

func (n *Node) autoDeployFault(ctx context.Context, apiID, stageName string) string {
	why, _ := n.apis.Deployments.AutoDeployFault(ctx, apiID, stageName)
	return why
}

// addressOf is the address of an API of this server in templates; nil when templates are
// to get AWS's.
func (n *Node) addressOf() func(ctx context.Context, apiID string) (string, error) {
	if n.options.Strict {
		return nil
	}
	return func(ctx context.Context, apiID string) (string, error) {
		api, err := n.apis.GetAPI(ctx, apis.APIInput{APIID: apiID})
		if pasarela.CodeOf(err) == pasarela.CodeNotFound {
			return "", nil
		}
		return api.APIEndpoint, err
	}
}

// noteOn is the note in stack events for a type that does less here than on AWS.
func (n *Node) noteOn(typeName string) string {
	if typeName == "AWS::Lambda::Function" && n.functions == nil {
		return "This server runs no functions: every invocation of it fails until the server is started with --functions."
	}
	return ""
}

// As is [stack.Callers].
func (c *stackCallers) As(who pasarela.Principal) resource.Services { return stackServices{c, who} }

// Role is [stack.Callers].
func (c *stackCallers) Role(ctx context.Context, who pasarela.Principal, roleARN string) (pasarela.Principal, error) {
	if c.bootstraps(roleARN) {
		return who, nil
	}
	if err := c.identity.PassRole(ctx, who, roleARN, cloudFormation, c.guard.OnBehalf(cloudFormation)); err != nil {
		return pasarela.Principal{}, err
	}
	session, err := c.identity.ServiceRoles.ServiceSession(roleARN, cloudFormation, "AWSCloudFormation")
	var why language.Message
	if errors.As(err, &why) {
		return session, pasarela.Errorf(stack.CodeValidation, "Role %s is invalid or cannot be assumed: %s", roleARN, why)
	}
	return session, err
}

// bootstrapRole is the role by which the CDK has stacks made.
var bootstrapRole = regexp.MustCompile("^role/cdk-[a-z0-9]{1,10}-cfn-exec-role-")

// bootstraps says whether a role is the CDK's and its bootstrap stack was never deployed:
// then the stack is made with the permissions of its caller, who can do no more than
// before (A-STACK-10).
func (c *stackCallers) bootstraps(roleARN string) bool {
	arn, ok := pasarela.ParseARN(roleARN)
	if c.strict || !ok || !bootstrapRole.MatchString(arn.Resource) {
		return false
	}
	return !c.identity.ServiceRoles.Exists(roleARN)
}

type stackServices struct {
	*stackCallers
	who pasarela.Principal
}

// Call is [resource.Services].
func (s stackServices) Call(ctx context.Context, service, operation string, members map[string]any) (map[string]any, error) {
	invoker := s.services[service]
	if invoker == nil {
		return nil, pasarela.Errorf(wire.CodeUnknownOperation, "The service %s is not served here.", service)
	}
	if service == "s3" && operation == "GetObject" && s.objects != nil { // what dev has read from files
		bucket, _ := members["Bucket"].(string)
		key, _ := members["Key"].(string)
		if data, ok := s.objects(bucket, key); ok {
			return map[string]any{"Body": string(data)}, nil
		}
	}
	return invoker.Invoke(ctx, wire.Call{Principal: s.who, Context: s.guard.OnBehalf(cloudFormation)}, operation, members)
}
