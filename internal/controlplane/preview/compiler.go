package preview

import (
	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// CompilerFaults are the faults that the control plane's compiler found in a
// definition, each with the name and the place of the resource that has it.
func CompilerFaults(d pasarela.Definition, faults []apis.Fault) []Fault {
	var found []Fault
	for _, f := range faults {
		found = append(found, Fault{
			Severity: Error, Resource: nameOf(d, f), Field: f.Member, Message: f.Message, Path: pathOf(f),
		})
	}
	return found
}

// nameOf names a resource: routes by their key, authorizers by their name.
func nameOf(d pasarela.Definition, f apis.Fault) language.Message {
	for i := range d.Routes {
		if f.Resource == "route" && d.Routes[i].RouteID == f.ID {
			return language.ResourceRoute.Of(d.Routes[i].RouteKey)
		}
	}
	for i := range d.Authorizers {
		if f.Resource == "authorizer" && d.Authorizers[i].AuthorizerID == f.ID {
			return language.ResourceAuthorizer.Of(d.Authorizers[i].Name)
		}
	}
	switch f.Resource {
	case "api":
		return language.ResourceAPI.Of(d.API.Name)
	case "integration":
		return language.ResourceIntegration.Of(f.ID)
	}
	return language.ResourceOther.Of(f.Resource, f.ID)
}

// pathOf is where the console shows a resource.
func pathOf(f apis.Fault) []string {
	switch f.Resource {
	case "integration":
		return []string{"integrations", f.ID}
	case "integrationResponse":
		return []string{"integrations"}
	case "route":
		return []string{"routes", f.ID}
	case "model":
		return []string{"models"}
	case "authorizer":
		return []string{"authorizers"}
	}
	return nil
}
