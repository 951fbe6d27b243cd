package apigatewayv2

import (
	"context"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
)

// Members that AWS has for HTTP APIs. Giving one is refused, so that nobody
// waits for an effect.
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
	httpAuthorizerOnly = []wire.Declined{
		{Member: "authorizerPayloadFormatVersion", Ignore: true, Reason: "a feature of HTTP APIs; not kept for WebSocket APIs, as on AWS."},
		{Member: "authorizerResultTtlInSeconds", Ignore: true, Reason: "results of authorizers are not cached on WebSocket APIs; not kept, as on AWS."},
		{Member: "enableSimpleResponses", Ignore: true, Reason: "a feature of HTTP APIs; not kept for WebSocket APIs, as on AWS."},
	}
)

// refused are operations that AWS itself refuses for WebSocket APIs, or that have
// no sense here. They answer 400 with the reason, after the same checks of
// signature and policy as the others.
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
