package integration

import (
	"context"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"
	"github.com/pasarela-ws/pasarela/internal/engine/awsuri"
)

// Services are what integrations need of their node.
type Services struct {
	RegionAccount pasarela.RegionAccount
	Client        *backend.Client
	// Functions runs the functions of this node, which are called directly; nil: none.
	Functions Functions
	Roles     Roles
	// VPCLink returns the base URL behind a VPC link: http://10.0.0.7:8080.
	VPCLink func(id string) (target string, ok bool)
	// Endpoints are base URLs of AWS services by name ("lambda", "sqs", ...), as
	// emulators and private endpoints have them. One that is missing is AWS itself.
	Endpoints map[string]string
	// Credentials sign calls of AWS and AWS_PROXY integrations and authorizers that
	// name a role (credentialsArn). The zero value sends them unsigned, which only
	// emulators accept.
	Credentials Credentials
	// LendCredentials signs calls without a role too: a principal that may create an
	// integration then acts with the node's own permissions.
	LendCredentials bool
	// CallerAllows returns nil when the policies of the principal that signed a handshake
	// allow an action, for credentialsArn arn:aws:iam::*:user/*; nil refuses all of them.
	CallerAllows func(who pasarela.Principal, action, resource string) error
	Now          func() time.Time // nil: time.Now
}

// Credentials are an access key for calls to AWS.
type Credentials struct {
	AccessKeyID     string
	SecretAccessKey string
	SessionToken    string
}

// Functions runs Lambda functions of this node's region and account.
type Functions interface {
	// Has says whether the function of that name is one of this node's.
	Has(name string) bool
	// MayInvoke says whether the function's resource policy lets an AWS service invoke
	// it on behalf of a resource.
	MayInvoke(name, qualifier, service, sourceARN string) bool
	// Invoke waits for the function's response or for the end of ctx. Other errors than
	// ctx's are [pasarela.Error]s with Lambda's codes.
	Invoke(ctx context.Context, call FunctionCall) (FunctionResult, error)
}

// FunctionCall is an invocation of a function that runs here.
type FunctionCall struct {
	Name, Qualifier string
	Payload         []byte // not changed, and not kept after the response
	TraceID         string
}

// FunctionResult is what a function returned, or, when Failed, its error.
type FunctionResult struct {
	Payload   []byte
	Failed    bool
	RequestID string
}

// RunsLocally says whether a call is one of a function of this node.
func (s *Services) RunsLocally(function awsuri.URI) bool {
	if s.Functions == nil || !function.IsFunction() || function.Region != s.RegionAccount.Region {
		return false
	}
	if arn, whole := pasarela.ParseARN(function.Function.ARN); whole &&
		(arn.Region != s.RegionAccount.Region || arn.AccountID != s.RegionAccount.AccountID) {
		return false
	}
	return s.Functions.Has(function.Function.Name)
}

// Roles check whether API Gateway may assume a role. Errors say what is wrong and what to
// do. They are called for every event and must not block.
type Roles interface {
	// AssumeForService returns nil when the role's trust policy lets service
	// assume it on behalf of the resource sourceARN of the account.
	AssumeForService(roleARN, service, sourceARN, sourceAccount string) error
	// RoleAllows returns nil when the role's policies allow the action.
	RoleAllows(roleARN, action, resource string, rc pasarela.RequestContext) error
	// ServiceLinkedRole returns nil while AWSServiceRoleForAPIGateway exists, the
	// role of integrations without credentials of their own.
	ServiceLinkedRole() error
}

func (s *Services) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}
