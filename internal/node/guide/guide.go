// Package guide makes the API of the guide (docs/es/guia.md) on a node: ExcelGeneratorAPI
// with its role, policy, mapping template and integration responses on stage prod, and
// the user with whose key the report backend pushes. It calls the same operations as
// every client, so what it makes could have been made by hand.
package guide

import (
	"context"
	"fmt"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// The guide's names.
const (
	APIName    = "ExcelGeneratorAPI"
	StageName  = "prod"
	RoleName   = "APIGatewayInvokeHTTPRole"
	PolicyName = "APIGatewayInvokeHTTPPolicy"
	UserName   = "reports"
)

const (
	markTag   = "made-by" // tag of the API that this package made
	markValue = "pasarela dev"
	// A client that names a session and loses its network for less time than this still
	// gets its report; docs/resume.md.
	resumeSeconds = "300"

	variable = "backend" // stage variable with the host:port of the report backend

	policyDocument = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["execute-api:Invoke"],"Resource":["arn:aws:execute-api:*:*:*"]}]}`
	trustDocument  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	template       = "{\n  \"connectionId\": \"$context.connectionId\",\n  \"type\": \"$input.params('reportType')\"\n}"
)

// responseKeys are the statuses that the report backend returns on its create
// call. Any other is unmapped and fails, as the guide warns.
var responseKeys = [...]string{"201", "400", "429", "503"}

// Services are what the guide is made with.
type Services struct {
	APIs          *apis.Service
	Identity      *identity.Service
	RegionAccount pasarela.RegionAccount
	Language      language.Language // of the descriptions
}

// System describes the guide's API as it now is.
type System struct {
	APIID string
	// ReportsKey signs the report backend's @connections calls, on this API only.
	ReportsKey identity.AccessKey
}

// Ensure makes what is missing and changes nothing that exists, so that edits survive a
// restart; descriptions that nobody edited are put into the language. backend is the host:port of the report backend.
func Ensure(ctx context.Context, s Services, backend string) (System, error) {
	if err := s.ensureRole(ctx); err != nil {
		return System{}, fmt.Errorf("make role %s: %w", RoleName, err)
	}
	apiID, err := s.ensureAPI(ctx, blueprint{
		name: APIName, description: "dev.guide_api", routes: s.connectRoute,
		variables: func(string) map[string]string { return map[string]string{variable: backend} },
	})
	if err != nil {
		return System{}, fmt.Errorf("make API %s: %w", APIName, err)
	}
	key, err := s.ensureUser(ctx, apiID)
	if err != nil {
		return System{}, fmt.Errorf("make user %s: %w", UserName, err)
	}
	return System{APIID: apiID, ReportsKey: key}, nil
}

func (s Services) roleARN() string { return s.RegionAccount.IAMARN("role/" + RoleName) }

func (s Services) ensureRole(ctx context.Context) error {
	policyARN := s.RegionAccount.IAMARN("policy/" + PolicyName)
	if _, err := s.Identity.ManagedPolicies.ManagedPolicy(policyARN); err != nil {
		_, err := s.Identity.ManagedPolicies.CreatePolicy(ctx, identity.CreatePolicyInput{PolicyName: PolicyName, PolicyDocument: policyDocument})
		if ignore(err, identity.CodeEntityAlreadyExists) != nil {
			return err
		}
	}
	_, err := s.Identity.Roles.CreateRole(ctx, identity.CreateRoleInput{RoleName: RoleName, AssumeRolePolicyDocument: trustDocument})
	if pasarela.CodeOf(err) == identity.CodeEntityAlreadyExists {
		return nil // the policy may have been detached on purpose, to see what happens
	}
	if err != nil {
		return err
	}
	return s.Identity.Policies.AttachPolicy(ctx, identity.RoleNamed(RoleName), policyARN)
}

// ensureUser makes the report backend's user with the right to post, if it is not there, and
// returns an active access key of it.
func (s Services) ensureUser(ctx context.Context, apiID string) (identity.AccessKey, error) {
	_, err := s.Identity.Users.CreateUser(ctx, identity.CreateUserInput{UserName: UserName})
	if err := ignore(err, identity.CodeEntityAlreadyExists); err != nil {
		return identity.AccessKey{}, err
	}
	if err := s.allowPush(ctx, "push", apiID); err != nil {
		return identity.AccessKey{}, err
	}
	keys, err := s.Identity.AccessKeys.List(UserName)
	if err != nil {
		return identity.AccessKey{}, err
	}
	for _, key := range keys {
		if key.Active {
			return key, nil
		}
	}
	return s.Identity.AccessKeys.CreateAccessKey(ctx, UserName)
}

// allowPush lets the report backend's user post to the connections of an API's stage.
func (s Services) allowPush(ctx context.Context, policy, apiID string) error {
	push := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"execute-api:ManageConnections","Resource":%q}]}`,
		s.RegionAccount.ExecuteAPIARN(apiID, StageName, "*"))
	return s.Identity.Policies.PutPolicy(ctx, identity.UserNamed(UserName), identity.PutPolicyInput{PolicyName: policy, PolicyDocument: push})
}

func ignore(err error, expected pasarela.ErrorCode) error {
	if pasarela.CodeOf(err) == expected {
		return nil
	}
	return err
}
