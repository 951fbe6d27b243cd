package apis

import (
	"maps"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela"
)

// checkConnection refuses an integration that reads a parameter which its route does not
// declare, in AWS's words (hashicorp/terraform-provider-aws#18387; A-WIRE-17). Members of
// a message's body need no declaration.
func checkConnection(r *pasarela.Route, i *pasarela.Integration) error {
	for _, target := range slices.Sorted(maps.Keys(i.RequestParameters)) {
		source := i.RequestParameters[target]
		if requestParameter(source) && !declares(r, source) {
			return bad("Error while validating the connection between the integration %s and the route %s: Invalid mapping expression parameter specified: %s", i.IntegrationID, r.RouteID, source)
		}
	}
	return nil
}

// declares says whether the route declares a parameter; names of headers are compared
// without case.
func declares(r *pasarela.Route, source string) bool {
	if _, exact := r.RequestParameters[source]; exact {
		return true
	}
	if !strings.Contains(source, "header.") {
		return false
	}
	for key := range r.RequestParameters {
		if strings.EqualFold(key, source) {
			return true
		}
	}
	return false
}

// checkConnections checks an integration with each route that targets it.
func checkConnections(d *pasarela.Definition, i *pasarela.Integration) error {
	for n := range d.Routes {
		if d.Routes[n].IntegrationID() != i.IntegrationID {
			continue
		}
		if err := checkConnection(&d.Routes[n], i); err != nil {
			return err
		}
	}
	return nil
}
