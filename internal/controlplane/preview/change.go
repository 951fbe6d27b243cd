package preview

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/pasarela-ws/pasarela"
)

// Change is one difference between what a stage serves and the API as it is now.
type Change struct {
	Kind     string `json:"kind"`            // added, changed or removed
	Resource string `json:"resource"`        // "Route $connect"
	Field    string `json:"field,omitempty"` // wire name, with the key of a map: requestTemplates.application/json
	Before   string `json:"before,omitempty"`
	After    string `json:"after,omitempty"`
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
			changes = append(changes, Change{Kind: Added, Resource: name})
		case !exists:
			changes = append(changes, Change{Kind: Removed, Resource: name})
		default:
			changes = append(changes, fieldChanges(name, was, is)...)
		}
	}
	return changes
}

func fieldChanges(resource string, was, is fields) []Change {
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

// resources are the parts of a definition by the name people know them by.
type resources map[string]fields

func resourcesOf(d pasarela.Definition) resources {
	named := resources{"API " + d.API.Name: flatten(d.API, "apiId", "tags", "createdDate", "description", "name")}
	for _, route := range d.Routes {
		named["Route "+route.RouteKey] = flatten(route, "routeId")
	}
	for _, integration := range d.Integrations {
		named["Integration "+integration.IntegrationID] = flatten(withoutResponses(integration), "integrationId", "description")
		for _, response := range integration.Responses {
			name := fmt.Sprintf("Integration %s response %s", integration.IntegrationID, response.IntegrationResponseKey)
			named[name] = flatten(response, "integrationResponseId")
		}
	}
	for _, model := range d.Models {
		named["Model "+model.Name] = flatten(model, "modelId", "description")
	}
	for _, authorizer := range d.Authorizers {
		named["Authorizer "+authorizer.Name] = flatten(authorizer, "authorizerId")
	}
	return named
}

func withoutResponses(integration pasarela.Integration) pasarela.Integration {
	integration.Responses = nil
	return integration
}

// flatten spells a resource as its wire members, leaving out those that clients
// cannot feel.
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
