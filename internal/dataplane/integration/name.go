package integration

import (
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// nameOf is how people know an integration, and its id for commands: "POST
// localhost:8080/api/reports/create (abc1234)", "Lambda orders (abc1234)". The console
// calls it the same (internal/console/web/src/names/texts.ts). A user and a query string in
// the address are left out, since they may be secrets.
func nameOf(def *pasarela.Integration) string {
	return language.Named(callOf(def), def.IntegrationID)
}

func callOf(def *pasarela.Integration) string {
	uri := def.IntegrationURI
	if uri == "" {
		return def.IntegrationType
	}
	if _, function, found := strings.Cut(uri, ":function:"); found {
		name, _, _ := strings.Cut(function, "/")
		return "Lambda " + name
	}
	if strings.HasPrefix(uri, "arn:") {
		parts := strings.SplitN(uri, ":", 5)
		return def.IntegrationType + " " + parts[len(parts)-1]
	}
	if _, after, found := strings.Cut(uri, "://"); found {
		uri = after
	}
	uri, _, _ = strings.Cut(uri, "?")
	host, path, _ := strings.Cut(uri, "/")
	if _, after, found := strings.Cut(host, "@"); found {
		uri = strings.TrimSuffix(after+"/"+path, "/")
	}
	return strings.TrimSpace(def.IntegrationMethod + " " + uri)
}
