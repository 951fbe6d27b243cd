package identity

import (
	"strconv"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/policy"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// ServiceRoles decides what AWS services may do with the roles that APIs name: whether a
// role trusts the service, and whether the role's policies allow a call.
type ServiceRoles struct{ identity *Service }

// AssumeForService returns nil when the role's trust policy lets an AWS service,
// such as apigateway.amazonaws.com, assume it on behalf of a resource
// (aws-controlplane §11.3), else a [language.Message], for the operator. It takes no lock and is made
// for the path of every integration call with credentials.
func (s *ServiceRoles) AssumeForService(roleARN, service, sourceARN, sourceAccount string) error {
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
		s.identity.uses.note(v.id, s.identity.now())
		return nil
	case policy.ExplicitDeny:
		return language.RoleTrustDenies.Of(roleARN, service, strconv.Itoa(statement.Start.Line))
	}
	if sourceARN == "" {
		return language.RoleTrustNothing.Of(roleARN, service)
	}
	return language.RoleTrustLacks.Of(roleARN, service, sourceARN)
}

// ServiceSession is the principal of an AWS service in a role that trusts it, under a
// session name of the service's own; the error is of [ServiceRoles.AssumeForService].
func (s *ServiceRoles) ServiceSession(roleARN, service, session string) (pasarela.Principal, error) {
	if err := s.AssumeForService(roleARN, service, "", s.identity.regionAccount.AccountID); err != nil {
		return pasarela.Principal{}, err
	}
	v, err := s.serviceRole(roleARN)
	if err != nil {
		return pasarela.Principal{}, err
	}
	return pasarela.Principal{
		ARN: s.identity.sessionARN(v.role.RoleName, session), AccountID: s.identity.regionAccount.AccountID,
		UserID: v.id + ":" + session, Type: pasarela.PrincipalSession,
	}, nil
}

// Exists says whether there is a role of that ARN.
func (s *ServiceRoles) Exists(roleARN string) bool {
	_, err := s.serviceRole(roleARN)
	return err == nil
}

// serviceRole is the role of an ARN; the error says whether the text or the role is at
// fault.
func (s *ServiceRoles) serviceRole(roleARN string) (*principalView, error) {
	arn, ok := pasarela.ParseARN(roleARN)
	if !ok || !arn.IsRole() || arn.Partition != "aws" { // the account's ARNs are in partition aws
		return nil, language.RoleNotRole.Of(roleARN, s.identity.regionAccount.IAMARN("role/NAME"))
	}
	if v := s.identity.current.Load().role(roleARN); v != nil {
		return v, nil
	}
	return nil, language.RoleMissing.Of(roleARN)
}

// RoleAllows returns nil when the role's policies allow an action, for services
// that assumed it: a Lambda function to invoke, say. Else a [language.Message].
func (s *ServiceRoles) RoleAllows(roleARN, action, resource string, rc pasarela.RequestContext) error {
	v, err := s.serviceRole(roleARN)
	if err != nil {
		return err
	}
	sub := &subject{view: v, account: s.identity.regionAccount.AccountID, who: pasarela.Principal{ARN: s.identity.sessionARN(v.role.RoleName, BackplaneSession), Type: pasarela.PrincipalSession, UserID: v.id + ":" + BackplaneSession}}
	d := s.identity.current.Load().set(v).Decide(&policy.Request{Action: action, Resource: resource, Keys: sub.keys(resource, rc.Values)})
	if d.Decision == policy.Allowed {
		return nil
	}
	return language.RoleMayNot.Of(roleARN, action, resource, d.Because(action))
}

// BackplaneSession is the session name that API Gateway uses with integration roles
// (aws-controlplane §7).
const BackplaneSession = "BackplaneAssumeRoleSession"

// ServiceLinkedRole returns nil while AWSServiceRoleForAPIGateway exists, which
// integrations without credentials of their own use, else a [language.Message], for the operator.
func (s *ServiceRoles) ServiceLinkedRole() error {
	if v := s.identity.current.Load().roles.get(fold(ServiceLinkedRoleName)); v != nil && v.role.ServiceLinkedTo == ServiceLinkedService {
		return nil
	}
	return language.RoleLinked.Of(s.identity.regionAccount.IAMARN("role"+serviceLinkedPath()+ServiceLinkedRoleName), ServiceLinkedService)
}
