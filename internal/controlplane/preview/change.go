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
// makes everything an addition.
func Changes(before *pasarela.Definition, now pasarela.Definition) []Change {
	old := resources{}
	if before != nil {
		old = resourcesOf(*before)
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

// resources are the parts of a definition by their names in English.
type resources map[string]resource

func (r resources) add(name language.Message, f fields) { r[name.Error()] = resource{name, f} }

// resourcesOf are the parts of a definition by names that people know, without ids and dates,
// which differ between two deployments of the same.
func resourcesOf(d pasarela.Definition) resources {
	named := resources{}
	named.add(language.ResourceAPI.Of(d.API.Name), flatten(d.API, "apiId", "tags", "createdDate", "description", "name"))
	for _, route := range d.Routes {
		named.add(language.ResourceRoute.Of(route.RouteKey), flatten(route, "routeId"))
	}
	for _, integration := range d.Integrations {
		named.add(language.ResourceIntegration.Of(integration.IntegrationID), flatten(withoutResponses(integration), "integrationId", "description"))
		for _, response := range integration.Responses {
			named.add(language.ResourceResponse.Of(response.IntegrationResponseKey, integration.IntegrationID), flatten(response, "integrationResponseId"))
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

func withoutResponses(integration pasarela.Integration) pasarela.Integration {
	integration.Responses = nil
	return integration
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
