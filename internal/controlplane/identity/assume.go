package identity

import (
	"fmt"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/policy"
)

// RoleProblem is why a service cannot use a role, said so that the operator can
// mend it. It goes to logs, not to clients.
type RoleProblem struct {
	RoleARN string
	Problem string // what is wrong
	Remedy  string // what to do
}

func (p *RoleProblem) Error() string {
	return p.RoleARN + ": " + p.Problem + ". " + p.Remedy
}

// AssumeForService answers nil when the role's trust policy lets an AWS service,
// such as apigateway.amazonaws.com, assume it on behalf of a resource
// (aws-controlplane §11.3), else a [*RoleProblem]. It takes no lock and is made
// for the path of every integration call with credentials.
func (s *Service) AssumeForService(roleARN, service, sourceARN, sourceAccount string) error {
	v, err := s.serviceRole(roleARN)
	if err != nil {
		return err
	}
	keys := func(name string) ([]string, bool) {
		switch name {
		case "aws:sourcearn":
			return []string{sourceARN}, sourceARN != ""
		case "aws:sourceaccount":
			return []string{sourceAccount}, sourceAccount != ""
		case "aws:principalservicename":
			return []string{service}, true
		case "aws:principalisawsservice":
			return []string{"true"}, true
		}
		return nil, false
	}
	r := policy.Request{Action: "sts:AssumeRole", Keys: keys, Caller: &policy.Caller{Service: service}}
	verdict, _, statement := v.trust.Trusts(&r)
	switch verdict {
	case policy.Allowed:
		s.uses.note(v.id, s.now())
		return nil
	case policy.ExplicitDeny:
		return &RoleProblem{roleARN, fmt.Sprintf("its trust policy denies %s (statement at line %d)", service, statement.Start.Line), "Take the Deny out of the trust policy, or narrow it"}
	}
	return &RoleProblem{
		roleARN, "its trust policy does not let " + service + " assume it on behalf of " + sourceName(sourceARN),
		`The trust policy needs a statement {"Effect":"Allow","Principal":{"Service":"` + service + `"},"Action":"sts:AssumeRole"} whose conditions hold (aws iam update-assume-role-policy)`,
	}
}

// sourceName is a resource on whose behalf a role is assumed, as a sentence has it.
func sourceName(arn string) string {
	if arn == "" {
		return "any resource"
	}
	return arn
}

func (s *Service) serviceRole(roleARN string) (*principalView, error) {
	if !strings.HasPrefix(roleARN, "arn:aws:iam::") || !strings.Contains(roleARN, ":role/") {
		return nil, &RoleProblem{roleARN, "this is not the ARN of a role", "Give one like " + s.regionAccount.IAMARN("role/NAME")}
	}
	if v := s.current.Load().role(roleARN); v != nil {
		return v, nil
	}
	return nil, &RoleProblem{roleARN, "there is no such role", "Create it (aws iam create-role), or name another one"}
}

// RoleAllows answers nil when the role's policies allow an action, for services
// that assumed it: a Lambda function to invoke, say. Else a [*RoleProblem].
func (s *Service) RoleAllows(roleARN, action, resource string, rc pasarela.RequestContext) error {
	v, err := s.serviceRole(roleARN)
	if err != nil {
		return err
	}
	sub := &subject{view: v, account: s.regionAccount.AccountID, who: pasarela.Principal{ARN: s.sessionARN(v.role.RoleName, BackplaneSession), Type: pasarela.PrincipalSession, UserID: v.id + ":" + BackplaneSession}}
	d := s.current.Load().set(v).Decide(&policy.Request{Action: action, Resource: resource, Keys: sub.keys(rc.Values)})
	if d.Verdict == policy.Allowed {
		return nil
	}
	return &RoleProblem{roleARN, "it may not " + action + " on " + resource + " " + d.Because(action), "Attach a policy that allows it (aws iam attach-role-policy)"}
}

// BackplaneSession is what API Gateway calls its sessions of integration roles
// (aws-controlplane §7).
const BackplaneSession = "BackplaneAssumeRoleSession"

// ServiceLinkedRole answers nil while AWSServiceRoleForAPIGateway exists, which
// integrations without credentials of their own use, else a [*RoleProblem].
func (s *Service) ServiceLinkedRole() error {
	if v := s.current.Load().roles.get(fold(ServiceLinkedRoleName)); v != nil && v.role.ServiceLinkedTo == ServiceLinkedService {
		return nil
	}
	return &RoleProblem{
		s.regionAccount.IAMARN("role" + serviceLinkedPath() + ServiceLinkedRoleName), "the service-linked role of API Gateway was deleted",
		"Make it again (aws iam create-service-linked-role --aws-service-name " + ServiceLinkedService + "), or give the integration a role of its own in credentialsArn",
	}
}
