package preview

import (
	"maps"
	"slices"

	"github.com/pasarela-ws/pasarela"
)

// withIDsOf gives what was deleted and made again the ids that it had before, where routes
// name it by its id: an authorizer is known by its name, an integration, which has none, by
// its content. now is shared and stays as it is.
func withIDsOf(before, now pasarela.Definition) pasarela.Definition {
	authorizers, integrations := authorizersAgain(before, now), integrationsAgain(before, now)
	if len(authorizers)+len(integrations) == 0 {
		return now
	}
	now.Integrations, now.Routes = slices.Clone(now.Integrations), slices.Clone(now.Routes)
	for i := range now.Integrations {
		integration := &now.Integrations[i]
		integration.IntegrationID = renamed(integrations, integration.IntegrationID)
	}
	for i := range now.Routes {
		route := &now.Routes[i]
		route.AuthorizerID = renamed(authorizers, route.AuthorizerID)
		if old, again := integrations[route.IntegrationID()]; again {
			route.Target = "integrations/" + old
		}
	}
	return now
}

func renamed(again map[string]string, id string) string {
	if old, ok := again[id]; ok {
		return old
	}
	return id
}

// authorizersAgain are the former ids of authorizers that have another one now, by the new ones.
func authorizersAgain(before, now pasarela.Definition) map[string]string {
	again := map[string]string{}
	for _, authorizer := range now.Authorizers {
		for _, old := range before.Authorizers {
			if old.Name == authorizer.Name && old.AuthorizerID != authorizer.AuthorizerID {
				again[authorizer.AuthorizerID] = old.AuthorizerID
			}
		}
	}
	return again
}

// integrationsAgain are the same of integrations: each new one stands for one of those that
// are gone, with the same content.
func integrationsAgain(before, now pasarela.Definition) map[string]string {
	gone := integrationsBeside(before, now)
	again := map[string]string{}
	for _, integration := range integrationsBeside(now, before) {
		i := slices.IndexFunc(gone, func(old pasarela.Integration) bool { return sameContent(old, integration) })
		if i >= 0 {
			again[integration.IntegrationID] = gone[i].IntegrationID
			gone = slices.Delete(gone, i, i+1)
		}
	}
	return again
}

// integrationsBeside are the integrations of one definition whose ids another does not have.
func integrationsBeside(of, other pasarela.Definition) []pasarela.Integration {
	var beside []pasarela.Integration
	for _, integration := range of.Integrations {
		if !slices.ContainsFunc(other.Integrations, func(o pasarela.Integration) bool { return o.IntegrationID == integration.IntegrationID }) {
			beside = append(beside, integration)
		}
	}
	return beside
}

// sameContent compares two integrations with their responses, which are known by their keys.
func sameContent(a, b pasarela.Integration) bool {
	return maps.Equal(flattenIntegration(a), flattenIntegration(b)) && maps.EqualFunc(responsesOf(a), responsesOf(b), maps.Equal[fields, fields])
}

func responsesOf(integration pasarela.Integration) map[string]fields {
	byKey := map[string]fields{}
	for _, response := range integration.Responses {
		byKey[response.IntegrationResponseKey] = flattenResponse(response)
	}
	return byKey
}
