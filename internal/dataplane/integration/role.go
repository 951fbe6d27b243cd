package integration

import (
	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
)

// role is the credentialsArn of an integration: whose permissions it uses.
type role struct {
	arn    string // of a role; empty: the service-linked role
	caller bool   // arn:aws:iam::*:user/*, whoever signed the handshake
}

func compileRole(credentialsARN string) role {
	if credentialsARN == "arn:aws:iam::*:user/*" {
		return role{caller: true}
	}
	return role{arn: credentialsARN}
}

// mayCall asks whether the integration has a role that allows the call: without a
// role there is no permission (A-GATEWAY-6).
func (i *Integration) mayCall(x *Exchange) *execution.GatewayError {
	id, services := i.def.IntegrationID, i.env.Services
	if i.def.IntegrationType == pasarela.IntegrationMock || services.Roles == nil {
		return nil
	}
	switch {
	case i.role.caller:
		if x.Caller == nil {
			return execution.Misconfigured("Caller credentials are required, but the request carries none",
				"Integration "+id+" uses the caller's credentials (credentialsArn arn:aws:iam::*:user/*): set authorizationType AWS_IAM on $connect, or name a role")
		}
		return nil
	case i.role.arn == "":
		if err := services.Roles.ServiceLinkedRole(); err != nil {
			return execution.Misconfigured("API Gateway does not have permission to assume the provided role AWSServiceRoleForAPIGateway",
				"Integration "+id+" has no credentialsArn and "+err.Error())
		}
		return nil
	}
	source := services.Place.ExecuteAPIARN(x.Event.APIID, x.Event.Stage, x.Event.RouteKey)
	if err := services.Roles.AssumeForService(i.role.arn, pasarela.ServiceAPIGateway, source, services.Place.AccountID); err != nil {
		return execution.Misconfigured("API Gateway does not have permission to assume the provided role "+i.role.arn,
			"credentialsArn of integration "+id+": "+err.Error())
	}
	return nil
}

// allows asks the role's policies, for calls of AWS services; integrations without
// a role of their own leave that to the backend's resource policy, as on AWS.
func (i *Integration) allows(action, resource string) *execution.GatewayError {
	if i.role.arn == "" || i.env.Services.Roles == nil {
		return nil
	}
	if err := i.env.Services.Roles.RoleAllows(i.role.arn, action, resource, nil); err != nil {
		return execution.Misconfigured("The provided role "+i.role.arn+" may not "+action,
			"credentialsArn of integration "+i.def.IntegrationID+": "+err.Error())
	}
	return nil
}
