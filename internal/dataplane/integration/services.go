package integration

import (
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"

	"github.com/pasarela-ws/pasarela"
)

// Services are what integrations need of their node.
type Services struct {
	RegionAccount pasarela.RegionAccount
	Client        *backend.Client
	Roles         Roles
	// VPCLink answers the base URL behind a VPC link: http://10.0.0.7:8080.
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
	// CallerAllows answers nil when the policies of who signed a handshake allow an
	// action, for credentialsArn arn:aws:iam::*:user/*; nil refuses all of them.
	CallerAllows func(who pasarela.Principal, action, resource string) error
	Now          func() time.Time // nil: time.Now
}

// Credentials are an access key for calls to AWS.
type Credentials struct {
	AccessKeyID     string
	SecretAccessKey string
	SessionToken    string
}

// Roles answers whether API Gateway may act as a role. Errors say what is wrong
// and what to do. Calls are on the path of every event: they must not wait.
type Roles interface {
	// AssumeForService answers nil when the role's trust policy lets service
	// assume it on behalf of the resource sourceARN of the account.
	AssumeForService(roleARN, service, sourceARN, sourceAccount string) error
	// RoleAllows answers nil when the role's policies allow the action.
	RoleAllows(roleARN, action, resource string, rc pasarela.RequestContext) error
	// ServiceLinkedRole answers nil while AWSServiceRoleForAPIGateway exists, the
	// role of integrations without credentials of their own.
	ServiceLinkedRole() error
}

func (s *Services) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}
