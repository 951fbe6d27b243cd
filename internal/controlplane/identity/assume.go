package identity

import (
	"strconv"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/policy"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// AssumeForService answers nil when the role's trust policy lets an AWS service,
// such as apigateway.amazonaws.com, assume it on behalf of a resource
// (aws-controlplane §11.3), else a [language.Message], for the operator. It takes no lock and is made
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
	decision, _, statement := v.trust.Trusts(&r)
	switch decision {
	case policy.Allowed:
		s.uses.note(v.id, s.now())
		return nil
	case policy.ExplicitDeny:
		return language.RoleTrustDenies.Of(roleARN, service, strconv.Itoa(statement.Start.Line))
	}
	if sourceARN == "" {
		return language.RoleTrustNothing.Of(roleARN, service)
	}
	return language.RoleTrustLacks.Of(roleARN, service, sourceARN)
}

func (s *Service) serviceRole(roleARN string) (*principalView, error) {
	arn, ok := pasarela.ParseARN(roleARN)
	if !ok || !arn.IsRole() || arn.Partition != "aws" { // the account's ARNs are in partition aws
		return nil, language.RoleNotRole.Of(roleARN, s.regionAccount.IAMARN("role/NAME"))
	}
	if v := s.current.Load().role(roleARN); v != nil {
		return v, nil
	}
	return nil, language.RoleMissing.Of(roleARN)
}

// RoleAllows answers nil when the role's policies allow an action, for services
// that assumed it: a Lambda function to invoke, say. Else a [language.Message].
func (s *Service) RoleAllows(roleARN, action, resource string, rc pasarela.RequestContext) error {
	v, err := s.serviceRole(roleARN)
	if err != nil {
		return err
	}
	sub := &subject{view: v, account: s.regionAccount.AccountID, who: pasarela.Principal{ARN: s.sessionARN(v.role.RoleName, BackplaneSession), Type: pasarela.PrincipalSession, UserID: v.id + ":" + BackplaneSession}}
	d := s.current.Load().set(v).Decide(&policy.Request{Action: action, Resource: resource, Keys: sub.keys(rc.Values)})
	if d.Decision == policy.Allowed {
		return nil
	}
	return language.RoleMayNot.Of(roleARN, action, resource, d.Because(action))
}

// BackplaneSession is what API Gateway calls its sessions of integration roles
// (aws-controlplane §7).
const BackplaneSession = "BackplaneAssumeRoleSession"

// ServiceLinkedRole answers nil while AWSServiceRoleForAPIGateway exists, which
// integrations without credentials of their own use, else a [language.Message], for the operator.
func (s *Service) ServiceLinkedRole() error {
	if v := s.current.Load().roles.get(fold(ServiceLinkedRoleName)); v != nil && v.role.ServiceLinkedTo == ServiceLinkedService {
		return nil
	}
	return language.RoleLinked.Of(s.regionAccount.IAMARN("role"+serviceLinkedPath()+ServiceLinkedRoleName), ServiceLinkedService)
}
