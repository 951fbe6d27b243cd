package integration

import (
	"strconv"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/engine/stagevariable"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// role is the credentialsArn of an integration: the principal with whose permissions it
// calls.
type role struct {
	arn    string // of a role; empty: the service-linked role
	caller bool   // arn:aws:iam::*:user/*: the principal that signed the handshake
}

// compileRole reads credentialsArn. If stage variables make it empty, the integration
// does not count as one without a role: it must not call with other permissions.
func (i *Integration) compileRole() {
	arn, unset := stagevariable.Substitute(i.def.CredentialsARN, i.env.Variables)
	if arn == pasarela.CallerCredentials {
		i.role = role{caller: true}
		return
	}
	i.role = role{arn: arn}
	if i.def.CredentialsARN != "" && !pasarela.IsRoleARN(arn) {
		i.setDefect("credentialsArn", language.RoleForm.Of(strconv.Quote(arn)), unset)
	}
}

// named says whether the configuration names a principal.
func (r *role) named() bool { return r.caller || r.arn != "" }

// mayCall checks that the integration has a role that allows the call: without a role
// there is no permission (A-GATEWAY-6).
func (i *Integration) mayCall(x *Invocation) *execution.GatewayError {
	id, services := i.named, i.env.Services
	if !i.traits.Backend || services.Roles == nil {
		return nil
	}
	switch {
	case i.role.caller:
		if x.Caller == nil {
			return execution.Misconfigured("Caller credentials are required, but the request carries none", language.IntegrationCaller.Of(id))
		}
		return nil
	case i.role.arn == "":
		if err := services.Roles.ServiceLinkedRole(); err != nil {
			return execution.Misconfigured("API Gateway does not have permission to assume the provided role AWSServiceRoleForAPIGateway", language.IntegrationNoRole.Because(err, id))
		}
		return nil
	}
	source := services.RegionAccount.ExecuteAPIARN(x.Event.APIID, x.Event.Stage, x.Event.RouteKey)
	if err := services.Roles.AssumeForService(i.role.arn, pasarela.ServiceAPIGateway, source, services.RegionAccount.AccountID); err != nil {
		return execution.Misconfigured("API Gateway does not have permission to assume the provided role "+i.role.arn, language.IntegrationRole.Because(err, id))
	}
	return nil
}

// allows checks that the principal whose credentials sign a call of an AWS service may
// make it: by the role's policies, or the caller's own.
func (i *Integration) allows(x *Invocation, action, resource string) *execution.GatewayError {
	services := i.env.Services
	if i.role.caller {
		var err error = language.PoliciesUnknown.Of()
		if services.CallerAllows != nil && x.Caller != nil {
			err = services.CallerAllows(*x.Caller, action, resource)
		}
		if err != nil {
			return execution.Misconfigured("The caller may not "+action, language.IntegrationRole.Because(err, i.named))
		}
		return nil
	}
	if i.role.arn == "" || services.Roles == nil {
		return nil
	}
	if err := services.Roles.RoleAllows(i.role.arn, action, resource, nil); err != nil {
		return execution.Misconfigured("The provided role "+i.role.arn+" may not "+action, language.IntegrationRole.Because(err, i.named))
	}
	return nil
}
