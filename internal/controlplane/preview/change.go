package preview

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// Change is one difference between what a stage serves and the API as it is now.
type Change struct {
	Kind     string           // added, changed or removed
	Resource language.Message // "Route $connect"
	Field    string           // wire name, with the key of a map: requestTemplates.application/json
	Before   string
	After    string
}

// Kinds of changes.
const (
	Added   = "added"
	Changed = "changed"
	Removed = "removed"
)

// Changes lists what deploying now would change for clients: resources by name,
// changed ones field by field. before is nil when nothing is served yet, which
// makes everything an addition. What was made again as it was is no change, whatever
// ids it has got.
func Changes(before *pasarela.Definition, now pasarela.Definition) []Change {
	old := resources{}
	if before != nil {
		old = resourcesOf(*before)
		now = withIDsOf(*before, now)
	}
	current := resourcesOf(now)
	changes := []Change{}
	for _, name := range sortedUnion(old, current) {
		was, existed := old[name]
		is, exists := current[name]
		switch {
		case !existed:
			changes = append(changes, Change{Kind: Added, Resource: is.name})
		case !exists:
			changes = append(changes, Change{Kind: Removed, Resource: was.name})
		default:
			changes = append(changes, fieldChanges(is.name, was.fields, is.fields)...)
		}
	}
	return changes
}

func fieldChanges(resource language.Message, was, is fields) []Change {
	var changes []Change
	for _, field := range sortedUnion(was, is) {
		before, existed := was[field]
		after, exists := is[field]
		if existed != exists || before != after {
			changes = append(changes, Change{Kind: Changed, Resource: resource, Field: field, Before: before, After: after})
		}
	}
	return changes
}

// fields are the members of a resource by path, as text.
type fields map[string]string

// resource is a part of a definition.
type resource struct {
	name   language.Message
	fields fields
}

// resources are the parts of a definition by their names in English; the API itself, of
// which there is one and whose name clients do not feel, by its kind.
type resources map[string]resource

func (r resources) add(name language.Message, f fields) { r[name.Error()] = resource{name, f} }

// resourcesOf are the parts of a definition by names that people know, without ids and dates,
// which differ between two deployments of the same.
func resourcesOf(d pasarela.Definition) resources {
	named := resources{}
	named[language.ResourceAPI.Of("").Error()] = resource{language.ResourceAPI.Of(d.API.Name), flatten(d.API, "apiId", "tags", "createdDate", "description", "name", "version")}
	for _, route := range d.Routes {
		named.add(language.ResourceRoute.Of(route.RouteKey), flattenRoute(route))
		for _, response := range route.Responses {
			named.add(language.ResourceRouteResponse.Of(response.RouteResponseKey, route.RouteKey), flatten(response, "routeResponseId"))
		}
	}
	for _, integration := range d.Integrations {
		named.add(language.ResourceIntegration.Of(integration.IntegrationID), flattenIntegration(integration))
		for _, response := range integration.Responses {
			named.add(language.ResourceResponse.Of(response.IntegrationResponseKey, integration.IntegrationID), flattenResponse(response))
		}
	}
	for _, model := range d.Models {
		named.add(language.ResourceModel.Of(model.Name), flatten(model, "modelId", "description"))
	}
	for _, authorizer := range d.Authorizers {
		named.add(language.ResourceAuthorizer.Of(authorizer.Name), flatten(authorizer, "authorizerId"))
	}
	return named
}

// flattenRoute is a route without its responses, which are resources of their own, and
// without models that nothing selects.
func flattenRoute(route pasarela.Route) fields {
	route.Responses = nil
	if route.ModelSelectionExpression == "" {
		route.RequestModels = nil
	}
	return flatten(route, "routeId")
}

// flattenIntegration is the same of an integration, and without an address where its type
// calls no backend.
func flattenIntegration(integration pasarela.Integration) fields {
	integration.Responses = nil
	if !integration.Type().Backend {
		return flatten(integration, "integrationId", "description", "integrationUri", "integrationMethod", "credentialsArn", "connectionType", "connectionId", "tlsConfig")
	}
	return flatten(integration, "integrationId", "description")
}

func flattenResponse(response pasarela.IntegrationResponse) fields {
	return flatten(response, "integrationResponseId")
}

// flatten lists a resource's wire members, without those that have no effect on clients.
func flatten(resource any, unfelt ...string) fields {
	text, err := json.Marshal(resource)
	if err != nil {
		return fields{"": err.Error()}
	}
	var members map[string]any
	if err := json.Unmarshal(text, &members); err != nil {
		return fields{"": err.Error()}
	}
	for _, name := range unfelt {
		delete(members, name)
	}
	flat := fields{}
	flat.add("", members)
	return flat
}

func (f fields) add(path string, value any) {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			f.add(join(path, name), member)
		}
	case []any:
		for i, item := range value {
			f.add(join(path, strconv.Itoa(i)), item)
		}
	default:
		f[path] = fmt.Sprint(value)
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func sortedUnion[V any](a, b map[string]V) []string {
	names := map[string]bool{}
	for name := range a {
		names[name] = true
	}
	for name := range b {
		names[name] = true
	}
	return slices.Sorted(maps.Keys(names))
}
