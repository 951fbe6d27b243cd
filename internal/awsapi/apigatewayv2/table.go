package apigatewayv2

import (
	"log/slog"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
)

// New serves the table over a service.
func New(service *apis.Service, guard *wire.Guard, log *slog.Logger) *wire.RESTService {
	return wire.NewREST(wire.RESTService{
		SigningName: "apigateway",
		StripPath:   "/v2",
		Guard:       guard,
		Log:         log,
		Tags:        service.Tagging.TagsAt,
		Named:       service.Tagging.Named,
		Caseless:    []string{"domainName"},
	}, Operations(service))
}

// Operations is the table.
func Operations(s *apis.Service) []wire.Operation {
	var all []wire.Operation
	for _, part := range [][]wire.Operation{
		apiOperations(s), routeOperations(s), integrationOperations(s), modelOperations(s),
		authorizerOperations(s), deploymentOperations(s), stageOperations(s), domainOperations(s), declinedHere(s),
	} {
		all = append(all, part...)
	}
	return all
}

const (
	api                 = "/v2/apis/{apiId}"
	route               = api + "/routes/{routeId}"
	routeResponse       = route + "/routeresponses/{routeResponseId}"
	integration         = api + "/integrations/{integrationId}"
	integrationResponse = integration + "/integrationresponses/{integrationResponseId}"
	model               = api + "/models/{modelId}"
	authorizer          = api + "/authorizers/{authorizerId}"
	deployment          = api + "/deployments/{deploymentId}"
	stage               = api + "/stages/{stageName}"
	tags                = "/v2/tags/{resource-arn+}"
)

func apiOperations(s *apis.Service) []wire.Operation {
	id := func(a apis.API) string { return a.APIID }
	return []wire.Operation{
		wire.Reply("CreateApi", "POST /v2/apis", 201, s.CreateAPI).Declines(httpAPIOnly...),
		wire.Reply("GetApi", "GET "+api, 200, s.GetAPI),
		wire.List("GetApis", "GET /v2/apis", wire.PagesV2, s.GetAPIs, id),
		wire.Reply("UpdateApi", "PATCH "+api, 200, s.UpdateAPI).Declines(httpAPIOnly...),
		wire.Void("DeleteApi", "DELETE "+api, 204, s.DeleteAPI),
		wire.Void("DeleteCorsConfiguration", "DELETE "+api+"/cors", 204, s.DeleteCORSConfiguration),
		wire.Reply("GetTags", "GET "+tags, 200, s.Tagging.GetTags),
		wire.Reply("TagResource", "POST "+tags, 201, s.Tagging.TagResource),
		wire.Void("UntagResource", "DELETE "+tags, 204, s.Tagging.UntagResource),
	}
}

func routeOperations(s *apis.Service) []wire.Operation {
	id := func(r pasarela.Route) string { return r.RouteID }
	responseID := func(r pasarela.RouteResponse) string { return r.RouteResponseID }
	return []wire.Operation{
		wire.Reply("CreateRoute", "POST "+api+"/routes", 201, s.CreateRoute),
		wire.Reply("GetRoute", "GET "+route, 200, s.GetRoute),
		wire.List("GetRoutes", "GET "+api+"/routes", wire.PagesV2, s.GetRoutes, id),
		wire.Reply("UpdateRoute", "PATCH "+route, 200, s.UpdateRoute),
		wire.Void("DeleteRoute", "DELETE "+route, 204, s.DeleteRoute),
		wire.Void("DeleteRouteRequestParameter", "DELETE "+route+"/requestparameters/{requestParameterKey}", 204, s.DeleteRouteRequestParameter),
		wire.Reply("CreateRouteResponse", "POST "+route+"/routeresponses", 201, s.CreateRouteResponse),
		wire.Reply("GetRouteResponse", "GET "+routeResponse, 200, s.GetRouteResponse),
		wire.List("GetRouteResponses", "GET "+route+"/routeresponses", wire.PagesV2, s.GetRouteResponses, responseID),
		wire.Reply("UpdateRouteResponse", "PATCH "+routeResponse, 200, s.UpdateRouteResponse),
		wire.Void("DeleteRouteResponse", "DELETE "+routeResponse, 204, s.DeleteRouteResponse),
	}
}

func integrationOperations(s *apis.Service) []wire.Operation {
	id := func(i apis.Integration) string { return i.IntegrationID }
	responseID := func(r pasarela.IntegrationResponse) string { return r.IntegrationResponseID }
	list := []wire.Operation{
		wire.Reply("CreateIntegrationResponse", "POST "+integration+"/integrationresponses", 201, s.CreateIntegrationResponse),
		wire.Reply("GetIntegrationResponse", "GET "+integrationResponse, 200, s.GetIntegrationResponse),
		wire.List("GetIntegrationResponses", "GET "+integration+"/integrationresponses", wire.PagesV2, s.GetIntegrationResponses, responseID),
		wire.Reply("UpdateIntegrationResponse", "PATCH "+integrationResponse, 200, s.UpdateIntegrationResponse),
		wire.Void("DeleteIntegrationResponse", "DELETE "+integrationResponse, 204, s.DeleteIntegrationResponse),
	}
	for i := range list {
		list[i].Alias = withoutIntegration
	}
	return append(list,
		wire.Reply("CreateIntegration", "POST "+api+"/integrations", 201, s.CreateIntegration).Declines(httpIntegrationOnly...),
		wire.Reply("GetIntegration", "GET "+integration, 200, s.GetIntegration),
		wire.List("GetIntegrations", "GET "+api+"/integrations", wire.PagesV2, s.GetIntegrations, id),
		wire.Reply("UpdateIntegration", "PATCH "+integration, 200, s.UpdateIntegration).Declines(httpIntegrationOnly...),
		wire.Void("DeleteIntegration", "DELETE "+integration, 204, s.DeleteIntegration),
	)
}

// withoutIntegration spells /apis/{id}/integrations/{id}/integrationresponses/{id}
// as AWS documents its ARN: /apis/{id}/integrationresponses/{id}
// (aws-controlplane §11.1).
func withoutIntegration(path string) string {
	parts := strings.Split(path, "/") // "", apis, id, integrations, id, integrationresponses[, id]
	if len(parts) < 6 {
		return ""
	}
	return strings.Join(append(parts[:3:3], parts[5:]...), "/")
}

func modelOperations(s *apis.Service) []wire.Operation {
	id := func(m pasarela.Model) string { return m.ModelID }
	return []wire.Operation{
		wire.Reply("CreateModel", "POST "+api+"/models", 201, s.CreateModel),
		wire.Reply("GetModel", "GET "+model, 200, s.GetModel),
		wire.Reply("GetModelTemplate", "GET "+model+"/template", 200, s.GetModelTemplate),
		wire.List("GetModels", "GET "+api+"/models", wire.PagesV2, s.GetModels, id),
		wire.Reply("UpdateModel", "PATCH "+model, 200, s.UpdateModel),
		wire.Void("DeleteModel", "DELETE "+model, 204, s.DeleteModel),
	}
}

func authorizerOperations(s *apis.Service) []wire.Operation {
	id := func(a pasarela.Authorizer) string { return a.AuthorizerID }
	return []wire.Operation{
		wire.Reply("CreateAuthorizer", "POST "+api+"/authorizers", 201, s.CreateAuthorizer).Declines(httpAuthorizerOnly...),
		wire.Reply("GetAuthorizer", "GET "+authorizer, 200, s.GetAuthorizer),
		wire.List("GetAuthorizers", "GET "+api+"/authorizers", wire.PagesV2, s.GetAuthorizers, id),
		wire.Reply("UpdateAuthorizer", "PATCH "+authorizer, 200, s.UpdateAuthorizer).Declines(httpAuthorizerOnly...),
		wire.Void("DeleteAuthorizer", "DELETE "+authorizer, 204, s.DeleteAuthorizer),
		wire.Void("ResetAuthorizersCache", "DELETE "+stage+"/cache/authorizers", 204, s.ResetAuthorizersCache),
	}
}

func deploymentOperations(s *apis.Service) []wire.Operation {
	id := func(d pasarela.Deployment) string { return d.DeploymentID }
	return []wire.Operation{
		wire.Reply("CreateDeployment", "POST "+api+"/deployments", 201, s.Deployments.CreateDeployment),
		wire.Reply("GetDeployment", "GET "+deployment, 200, s.Deployments.GetDeployment),
		wire.List("GetDeployments", "GET "+api+"/deployments", wire.PagesV2, s.Deployments.GetDeployments, id),
		wire.Reply("UpdateDeployment", "PATCH "+deployment, 200, s.Deployments.UpdateDeployment),
		wire.Void("DeleteDeployment", "DELETE "+deployment, 204, s.Deployments.DeleteDeployment),
	}
}

func stageOperations(s *apis.Service) []wire.Operation {
	id := func(s apis.Stage) string { return s.StageName }
	return []wire.Operation{
		wire.Reply("CreateStage", "POST "+api+"/stages", 201, s.Stages.CreateStage),
		wire.Reply("GetStage", "GET "+stage, 200, s.Stages.GetStage),
		wire.List("GetStages", "GET "+api+"/stages", wire.PagesV2, s.Stages.GetStages, id),
		wire.Reply("UpdateStage", "PATCH "+stage, 200, s.Stages.UpdateStage),
		wire.Void("DeleteStage", "DELETE "+stage, 204, s.Stages.DeleteStage),
		wire.Void("DeleteAccessLogSettings", "DELETE "+stage+"/accesslogsettings", 204, s.Stages.DeleteAccessLogSettings),
		wire.Void("DeleteRouteSettings", "DELETE "+stage+"/routesettings/{routeKey}", 204, s.Stages.DeleteRouteSettings),
	}
}

func domainOperations(s *apis.Service) []wire.Operation {
	const (
		domain  = "/v2/domainnames/{domainName}"
		mapping = domain + "/apimappings/{apiMappingId}"
		link    = "/v2/vpclinks/{vpcLinkId}"
	)
	name := func(d apis.DomainName) string { return d.DomainName.DomainName }
	mappingID := func(m pasarela.APIMapping) string { return m.APIMappingID }
	linkID := func(l apis.VPCLink) string { return l.VPCLinkID }
	return []wire.Operation{
		wire.Reply("CreateDomainName", "POST /v2/domainnames", 201, s.DomainNames.CreateDomainName).Declines(readOnlyDomain...),
		wire.Reply("GetDomainName", "GET "+domain, 200, s.DomainNames.GetDomainName),
		wire.List("GetDomainNames", "GET /v2/domainnames", wire.PagesV2, s.DomainNames.GetDomainNames, name),
		wire.Reply("UpdateDomainName", "PATCH "+domain, 200, s.DomainNames.UpdateDomainName).Declines(readOnlyDomain...),
		wire.Void("DeleteDomainName", "DELETE "+domain, 204, s.DomainNames.DeleteDomainName),
		wire.Reply("CreateApiMapping", "POST "+domain+"/apimappings", 201, s.DomainNames.CreateAPIMapping),
		wire.Reply("GetApiMapping", "GET "+mapping, 200, s.DomainNames.GetAPIMapping),
		wire.List("GetApiMappings", "GET "+domain+"/apimappings", wire.PagesV2, s.DomainNames.GetAPIMappings, mappingID),
		wire.Reply("UpdateApiMapping", "PATCH "+mapping, 200, s.DomainNames.UpdateAPIMapping),
		wire.Void("DeleteApiMapping", "DELETE "+mapping, 204, s.DomainNames.DeleteAPIMapping),
		wire.Reply("CreateVpcLink", "POST /v2/vpclinks", 201, s.VPCLinks.CreateVPCLink),
		wire.Reply("GetVpcLink", "GET "+link, 200, s.VPCLinks.GetVPCLink),
		wire.List("GetVpcLinks", "GET /v2/vpclinks", wire.PagesV2, s.VPCLinks.GetVPCLinks, linkID),
		wire.Reply("UpdateVpcLink", "PATCH "+link, 200, s.VPCLinks.UpdateVPCLink),
		wire.Reply("DeleteVpcLink", "DELETE "+link, 202, s.VPCLinks.DeleteVPCLink),
	}
}
