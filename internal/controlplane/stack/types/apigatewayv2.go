package types

import (
	"context"
	"errors"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/resource"
)

// v2 is the service of API Gateway's second API.
const v2 = "apigatewayv2"

// child is a type whose resources lie in an API: created by Create{name}, changed by
// Update{name}, removed by Delete{name}, all of which take the identifiers of parents.
type child struct {
	name, id string                    // Route, routeId
	parents  []string                  // properties that name what it lies in
	derived  func(token string) string // its identifier
}

// part makes the row of a child.
func part(c child, properties resource.Properties) resource.Type {
	t := resource.Type{Name: "AWS::ApiGatewayV2::" + c.name, Properties: properties, Attributes: []string{upper(c.id)}}
	t.Create = func(ctx context.Context, r *resource.Request) (resource.State, error) {
		response, err := r.Call(ctx, v2, "Create"+c.name, properties.ToWire(r.Properties))
		return c.state(response), err
	}
	t.Update = func(ctx context.Context, r *resource.Request) (resource.State, error) {
		members := properties.Changes(r, c.parents...)
		members[c.id] = r.PhysicalID
		response, err := r.Call(ctx, v2, "Update"+c.name, members)
		return c.state(response), err
	}
	t.Delete = func(ctx context.Context, r *resource.Request) error {
		_, err := r.Call(ctx, v2, "Delete"+c.name, c.named(r, r.PhysicalID))
		return err
	}
	t.Read = func(ctx context.Context, r *resource.Request) (map[string]any, error) {
		response, err := r.Call(ctx, v2, "Get"+c.name, c.named(r, r.PhysicalID))
		return c.live(properties, r, response), err
	}
	t.Find = func(ctx context.Context, r *resource.Request) (resource.State, bool, error) {
		response, err := r.Call(ctx, v2, "Get"+c.name, c.named(r, c.derived(r.CreationToken)))
		if resource.IsGone(err) {
			return resource.State{}, false, nil
		}
		return c.state(response), err == nil, err
	}
	return t
}

// live are the properties in a response, which does not repeat those of the path.
func (c child) live(properties resource.Properties, r *resource.Request, response map[string]any) map[string]any {
	live := properties.FromWire(response)
	for _, parent := range c.parents {
		live[parent] = r.Properties[parent]
	}
	return live
}

func (c child) state(response map[string]any) resource.State {
	id, _ := response[c.id].(string)
	return resource.State{PhysicalID: id, Attributes: map[string]any{upper(c.id): id}}
}

// named are the members that name one with that identifier.
func (c child) named(r *resource.Request, id string) map[string]any {
	members := map[string]any{c.id: id}
	for _, parent := range c.parents {
		members[lower(parent)] = r.Properties[parent]
	}
	return members
}

var required = resource.MapOf(resource.Object(resource.Properties{"Required": resource.Boolean()}))

func apiTypes() []resource.Type {
	return []resource.Type{
		api(), stage(), deployment(),
		part(child{"Route", "routeId", []string{"ApiId"}, pasarela.DerivedLongID}, resource.Properties{
			"ApiId":                            resource.Text().Required().Replaces(),
			"RouteKey":                         resource.Text().Required().Absent(nil),
			"ApiKeyRequired":                   resource.Boolean(),
			"AuthorizationScopes":              resource.ListOf(resource.Text()),
			"AuthorizationType":                resource.Text().Absent("NONE"),
			"AuthorizerId":                     resource.Text(),
			"ModelSelectionExpression":         resource.Text(),
			"OperationName":                    resource.Text(),
			"RequestModels":                    resource.MapOf(resource.Text()),
			"RequestParameters":                required,
			"RouteResponseSelectionExpression": resource.Text(),
			"Target":                           resource.Text(),
		}),
		part(child{"RouteResponse", "routeResponseId", []string{"ApiId", "RouteId"}, pasarela.DerivedShortID}, resource.Properties{
			"ApiId":                    resource.Text().Required().Replaces(),
			"RouteId":                  resource.Text().Required().Replaces(),
			"RouteResponseKey":         resource.Text().Required().Absent(nil),
			"ModelSelectionExpression": resource.Text(),
			"ResponseModels":           resource.MapOf(resource.Text()),
			"ResponseParameters":       required,
		}),
		part(child{"Integration", "integrationId", []string{"ApiId"}, pasarela.DerivedLongID}, resource.Properties{
			"ApiId":                       resource.Text().Required().Replaces(),
			"IntegrationType":             resource.Text().Required().Absent(nil),
			"ConnectionId":                resource.Text(),
			"ConnectionType":              resource.Text().Absent("INTERNET"),
			"ContentHandlingStrategy":     resource.Text(),
			"CredentialsArn":              resource.Text(),
			"Description":                 resource.Text(),
			"IntegrationMethod":           resource.Text(),
			"IntegrationSubtype":          resource.Text(),
			"IntegrationUri":              resource.Text(),
			"PassthroughBehavior":         resource.Text().Absent("WHEN_NO_MATCH"),
			"PayloadFormatVersion":        resource.Text().Absent("1.0"),
			"RequestParameters":           resource.MapOf(resource.Text()).Merged(),
			"RequestTemplates":            resource.MapOf(resource.Text()),
			"ResponseParameters":          resource.MapOf(resource.MapOf(resource.Text())),
			"TemplateSelectionExpression": resource.Text(),
			"TimeoutInMillis":             resource.Integer().Absent(29000),
			"TlsConfig":                   resource.Object(resource.Properties{"ServerNameToVerify": resource.Text()}),
		}),
		part(child{"IntegrationResponse", "integrationResponseId", []string{"ApiId", "IntegrationId"}, pasarela.DerivedLongID}, resource.Properties{
			"ApiId":                       resource.Text().Required().Replaces(),
			"IntegrationId":               resource.Text().Required().Replaces(),
			"IntegrationResponseKey":      resource.Text().Required().Absent(nil),
			"ContentHandlingStrategy":     resource.Text(),
			"ResponseParameters":          resource.MapOf(resource.Text()),
			"ResponseTemplates":           resource.MapOf(resource.Text()),
			"TemplateSelectionExpression": resource.Text(),
		}),
		part(child{"Model", "modelId", []string{"ApiId"}, pasarela.DerivedShortID}, resource.Properties{
			"ApiId":       resource.Text().Required().Replaces(),
			"Name":        resource.Text().Required().Absent(nil),
			"Schema":      resource.Document().Required().Absent(nil),
			"ContentType": resource.Text().Absent("application/json"),
			"Description": resource.Text(),
		}),
		part(child{"Authorizer", "authorizerId", []string{"ApiId"}, pasarela.DerivedShortID}, resource.Properties{
			"ApiId":                          resource.Text().Required().Replaces(),
			"Name":                           resource.Text().Required().Absent(nil),
			"AuthorizerType":                 resource.Text().Required().Absent(nil),
			"AuthorizerCredentialsArn":       resource.Text(),
			"AuthorizerPayloadFormatVersion": resource.Text(),
			"AuthorizerResultTtlInSeconds":   resource.Integer(),
			"AuthorizerUri":                  resource.Text(),
			"EnableSimpleResponses":          resource.Boolean(),
			"IdentitySource":                 resource.ListOf(resource.Text()),
			"IdentityValidationExpression":   resource.Text(),
			"JwtConfiguration":               resource.Object(resource.Properties{"Audience": resource.ListOf(resource.Text()), "Issuer": resource.Text()}),
		}),
	}
}

func api() resource.Type {
	properties := resource.Properties{
		"Name":                      resource.Text().Absent(nil),
		"ProtocolType":              resource.Text().Replaces(),
		"ApiKeySelectionExpression": resource.Text(),
		"Description":               resource.Text(),
		"DisableExecuteApiEndpoint": resource.Boolean(),
		"DisableSchemaValidation":   resource.Boolean(),
		"IpAddressType":             resource.Text().Absent("ipv4"),
		"RouteSelectionExpression":  resource.Text().Absent(nil),
		"Tags":                      resource.MapOf(resource.Text()),
		"Version":                   resource.Text(),
	}
	for _, name := range []string{"CorsConfiguration", "Body", "BodyS3Location", "BasePath", "FailOnWarnings", "CredentialsArn", "RouteKey", "Target"} {
		properties[name] = resource.Refused("it belongs to HTTP APIs, which are not served here.")
	}
	state := func(response map[string]any) resource.State {
		id, _ := response["apiId"].(string)
		return resource.State{PhysicalID: id, Attributes: map[string]any{"ApiId": id, "ApiEndpoint": response["apiEndpoint"]}}
	}
	return resource.Type{
		Name: "AWS::ApiGatewayV2::Api", Properties: properties, Attributes: []string{"ApiId", "ApiEndpoint"},
		Create: func(ctx context.Context, r *resource.Request) (resource.State, error) {
			members := properties.ToWire(r.Properties)
			members["tags"] = r.TagMap()
			response, err := r.Call(ctx, v2, "CreateApi", members)
			return state(response), err
		},
		Update: func(ctx context.Context, r *resource.Request) (resource.State, error) {
			if err := retag(ctx, r, v2, "/apis/"+r.PhysicalID); err != nil {
				return resource.State{}, err
			}
			members := properties.Changes(r)
			delete(members, "tags")
			members["apiId"] = r.PhysicalID
			response, err := r.Call(ctx, v2, "UpdateApi", members)
			return state(response), err
		},
		Delete: func(ctx context.Context, r *resource.Request) error {
			_, err := r.Call(ctx, v2, "DeleteApi", map[string]any{"apiId": r.PhysicalID})
			return err
		},
		Find: func(ctx context.Context, r *resource.Request) (resource.State, bool, error) {
			ids := []string{pasarela.DerivedAPIID(r.CreationToken)}
			own, _ := r.Properties["Tags"].(map[string]any)
			for _, value := range own { // an API may have the value of one as its identifier
				if text, _ := value.(string); text != "" {
					ids = append(ids, text)
				}
			}
			for i, id := range ids {
				response, err := r.Call(ctx, v2, "GetApi", map[string]any{"apiId": id})
				if _, ours := tagged(r, []any{response}); err == nil && ours {
					return state(response), true, nil
				}
				if err != nil && !resource.IsGone(err) && (i == 0 || errors.Is(err, pasarela.ErrUnavailable)) {
					return resource.State{}, false, err
				}
			}
			return resource.State{}, false, nil
		},
		Read: func(ctx context.Context, r *resource.Request) (map[string]any, error) {
			response, err := r.Call(ctx, v2, "GetApi", map[string]any{"apiId": r.PhysicalID})
			return properties.FromWire(response), err
		},
	}
}

// retag changes the tags of a resource of API Gateway with that path.
func retag(ctx context.Context, r *resource.Request, service, path string) error {
	set, removed := r.TagChanges()
	label := "resource-arn"
	if service != v2 {
		label = "resource_arn"
	}
	arn := r.RegionAccount.APIGatewayARN(path)
	if len(removed) > 0 {
		if _, err := r.Call(ctx, service, "UntagResource", map[string]any{label: arn, "tagKeys": removed}); err != nil {
			return err
		}
	}
	if len(set) == 0 {
		return nil
	}
	_, err := r.Call(ctx, service, "TagResource", map[string]any{label: arn, "tags": set})
	return err
}

// Tags that CloudFormation gives to what it makes.
const (
	TagStackID   = "aws:cloudformation:stack-id"
	TagStackName = "aws:cloudformation:stack-name"
	TagLogicalID = "aws:cloudformation:logical-id"
)

// tagged is the one of items that carries the tags of r.
func tagged(r *resource.Request, items any) (map[string]any, bool) {
	list, _ := items.([]any)
	for _, item := range list {
		members, _ := item.(map[string]any)
		tags, _ := members["tags"].(map[string]any)
		if tags[TagStackID] == r.StackID && tags[TagLogicalID] == r.LogicalID {
			return members, true
		}
	}
	return nil, false
}
