package apigatewayv2

import (
	"context"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
)

// Members that AWS has for HTTP APIs. Giving one is refused: it would
// have no effect.
var (
	httpAPIOnly = []wire.Declined{
		{Member: "corsConfiguration", Reason: "CORS is a matter of HTTP APIs; WebSocket handshakes are not subject to it. To restrict origins tag the stage with pasarela:allowedOrigins."},
		{Member: "credentialsArn", Reason: "quick create is for HTTP APIs only."},
		{Member: "routeKey", Reason: "quick create is for HTTP APIs only; use CreateRoute."},
		{Member: "target", Reason: "quick create is for HTTP APIs only; use CreateIntegration and CreateRoute."},
	}
	httpIntegrationOnly = []wire.Declined{
		{Member: "integrationSubtype", Reason: "first-class integrations are for HTTP APIs only; use integrationType AWS."},
		{Member: "responseParameters", Reason: "response parameters of an integration are for HTTP APIs only; use CreateIntegrationResponse."},
	}
	readOnlyDomain = []wire.Declined{
		{Member: "domainNameConfigurations.domainNameStatusMessage", Ignore: true, Reason: "read-only."},
	}
	httpAuthorizerOnly = []wire.Declined{
		{Member: "authorizerPayloadFormatVersion", Ignore: true, Reason: "a feature of HTTP APIs; not kept for WebSocket APIs, as on AWS."},
		{Member: "authorizerResultTtlInSeconds", Ignore: true, Reason: "results of authorizers are not cached on WebSocket APIs; not kept, as on AWS."},
		{Member: "enableSimpleResponses", Ignore: true, Reason: "a feature of HTTP APIs; not kept for WebSocket APIs, as on AWS."},
	}
)

// refused are operations that AWS itself refuses for WebSocket APIs, or that make no
// sense here. They respond with 400 and the reason, after the same checks of signature
// and policy as others.
var refused = []struct{ name, route, reason string }{
	{"ExportApi", "GET " + api + "/exports/{specification}", "ExportApi is only supported for HTTP APIs. Use pasarela export."},
	{"ImportApi", "PUT /v2/apis", "ImportApi is only supported for HTTP APIs. Use pasarela apply or CloudFormation."},
	{"ReimportApi", "PUT " + api, "ReimportApi is only supported for HTTP APIs. Use pasarela apply or CloudFormation."},
}

func declinedHere(*apis.Service) []wire.Operation {
	list := make([]wire.Operation, len(refused))
	for i, r := range refused {
		list[i] = wire.Void(r.name, r.route, 400, func(context.Context, apis.Nothing) error {
			return pasarela.Errorf(pasarela.CodeBadRequest, "%s", r.reason)
		})
	}
	return list
}

// Declined are the operations that are not served.
func Declined() []wire.DeclinedOperation {
	return []wire.DeclinedOperation{
		{
			Names:  []string{"CreateRoutingRule", "DeleteRoutingRule", "GetRoutingRule", "ListRoutingRules", "PutRoutingRule"},
			Reason: "Routing rules send to REST APIs; WebSocket APIs are reached by API mappings.",
		},
		{
			Names: []string{
				"CreatePortal", "CreatePortalProduct", "CreateProductPage", "CreateProductRestEndpointPage",
				"DeletePortal", "DeletePortalProduct", "DeletePortalProductSharingPolicy", "DeleteProductPage",
				"DeleteProductRestEndpointPage", "DisablePortal", "GetPortal", "GetPortalProduct",
				"GetPortalProductSharingPolicy", "GetProductPage", "GetProductRestEndpointPage", "ListPortalProducts",
				"ListPortals", "ListProductPages", "ListProductRestEndpointPages", "PreviewPortal", "PublishPortal",
				"PutPortalProductSharingPolicy", "UpdatePortal", "UpdatePortalProduct", "UpdateProductPage",
				"UpdateProductRestEndpointPage",
			},
			Reason: "Developer portals publish REST APIs.",
		},
	}
}

// Absent are members of AWS's responses that are never there.
func Absent() []wire.Declined {
	return []wire.Declined{
		{Member: "apiGatewayManaged", Reason: "quick create, which makes managed resources, is for HTTP APIs."},
		{Member: "corsConfiguration", Reason: "for HTTP APIs."},
		{Member: "importInfo", Reason: "import is for HTTP APIs."},
		{Member: "warnings", Reason: "import is for HTTP APIs."},
		{Member: "integrationSubtype", Reason: "for HTTP APIs."},
		{Member: "responseParameters", Reason: "on integrations for HTTP APIs; integration responses have them."},
		{Member: "authorizerPayloadFormatVersion", Reason: "for HTTP APIs."},
		{Member: "enableSimpleResponses", Reason: "for HTTP APIs."},
		{Member: "domainNameStatusMessage", Reason: "a domain name is available at once."},
		{Member: "truststoreWarnings", Reason: "the trust store is read when the server starts to use it."},
		{Member: "vpcLinkStatusMessage", Reason: "a VPC link is available at once."},
	}
}

// Inert are members that are stored and returned and have no effect.
func Inert() []wire.Declined {
	return []wire.Declined{
		{Member: "Api.ipAddressType, DomainNameConfiguration.ipAddressType", Reason: "the server listens on the addresses of --listen."},
		{Member: "Api.version, Api.description and the other descriptions, Route.operationName", Reason: "for people, on AWS too."},
		{Member: "RouteResponse.modelSelectionExpression, responseModels, responseParameters", Reason: "not used by AWS either."},
		{Member: "Authorizer.identityValidationExpression", Reason: "not used by AWS for REQUEST authorizers either."},
		{Member: "DomainNameConfiguration.certificateArn, certificateName, certificateUploadDate, ownershipVerificationCertificateArn", Reason: "the certificate is the one that the server is configured with."},
		{Member: "VpcLink.subnetIds, securityGroupIds", Reason: "there is no VPC; the tag pasarela:target says where the link leads."},
	}
}
