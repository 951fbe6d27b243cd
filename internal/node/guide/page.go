package guide

import (
	"context"
	"fmt"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// The API by which the report backend's page requests reports, beside the guide's own.
// The guide's API passes on two fields only, as the guide describes, so parameters,
// format and language of the page's form would be lost; and its $connect requests a
// report at once.
const (
	PageAPIName = "ReportsPageAPI"
	PageAction  = "report" // key of its route
)

const gatewayVariable = "gateway" // stage variable with host and path of the API, for @connections

// pageTemplate names no caller: the report backend identifies the user of the page by the
// signed token in client alone.
const pageTemplate = `{
  "connectionId": "$context.connectionId",
  "domainName": "$stageVariables.gateway",
  "stage": "$context.stage",
  "caller": "",
  "client": $input.json('$.client'),
  "type": $input.json('$.type'),
  "format": $input.json('$.format'),
  "language": $input.json('$.language'),
  "parameters": $input.json('$.parameters')
}`

// EnsurePage makes the page's API where it is missing, after Ensure. backend is the
// host:port of the report backend, endpoint the node's http:// URL.
func EnsurePage(ctx context.Context, s Services, backend, endpoint string) (apiID string, err error) {
	_, host, _ := strings.Cut(endpoint, "://")
	apiID, err = s.ensureAPI(ctx, blueprint{
		name: PageAPIName, description: language.ID("dev.page_api"), routes: s.messageRoute,
		variables: func(apiID string) map[string]string {
			return map[string]string{variable: backend, gatewayVariable: host + "/" + apiID}
		},
	})
	if err == nil {
		err = s.allowPush(ctx, "push-page", apiID)
	}
	if err != nil {
		return "", fmt.Errorf("make API %s: %w", PageAPIName, err)
	}
	return apiID, nil
}

// messageRoute is two-way, so that the page receives the reason when a report is refused.
func (s Services) messageRoute(ctx context.Context, apiID string) error {
	target, err := s.createIntegration(ctx, apiID, pageTemplate, []string{pasarela.KeyDefault})
	if err != nil {
		return err
	}
	route := apis.CreateRouteInput{APIID: apiID}
	route.RouteKey, route.Target = new(PageAction), new(target)
	route.RouteResponseSelectionExpression = new(pasarela.KeyDefault)
	made, err := s.APIs.CreateRoute(ctx, route)
	if err != nil {
		return err
	}
	response := apis.CreateRouteResponseInput{RouteInput: apis.RouteInput{APIID: apiID, RouteID: made.RouteID}}
	response.RouteResponseKey = new(pasarela.KeyDefault)
	_, err = s.APIs.CreateRouteResponse(ctx, response)
	return err
}
