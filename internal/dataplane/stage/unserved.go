package stage

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Unserved is why a URL leads to no stage that serves, for the operator: callers
// learn nothing of it.
type Unserved struct {
	APIID    string // of the API that the URL names, where there is one
	Sentence string
}

// WhyUnserved says why host and the decoded path lead to no stage that serves: what
// [Directory.Lookup] does not find, or finds with a rest behind the stage.
func (d *Directory) WhyUnserved(host, path string) Unserved {
	t := d.now.Load()
	name := hostname(host)
	if custom, ok := t.domains[name]; ok {
		return t.unmapped(custom, path)
	}
	apiID, suffix, byHost := d.byHost(name)
	rest := path
	if !byHost {
		apiID, rest = cutSegment(path)
	}
	a, known := t.apis[apiID]
	if !known {
		return t.unknownAPI(apiID, path, suffix != "")
	}
	return a.unserved(apiID, rest, host+path)
}

func (t *table) unmapped(custom *domain, path string) Unserved {
	if len(custom.mappings) == 0 {
		return Unserved{Sentence: fmt.Sprintf("Domain %s has no API mapping: create one (aws apigatewayv2 create-api-mapping)", custom.name)}
	}
	keys := make([]string, 0, len(custom.mappings))
	for _, m := range custom.mappings {
		if _, ok := underKey(path, m.key); ok {
			if a := t.apis[m.apiID]; a != nil && a.stages[m.stage] != nil {
				return a.unserved(m.apiID, "/"+m.stage+strings.TrimPrefix(path, "/"+m.key), custom.name+path)
			}
			return Unserved{m.apiID, fmt.Sprintf("Mapping %q of domain %s leads to stage %s of API %s, which does not exist: change the mapping, or create and deploy the stage", m.key, custom.name, m.stage, m.apiID)}
		}
		keys = append(keys, "/"+m.key)
	}
	slices.Sort(keys)
	return Unserved{Sentence: fmt.Sprintf("Domain %s has no API mapping for %q: it has %s", custom.name, path, strings.Join(keys, " "))}
}

// unknownAPI speaks of a path whose API there is not: of the one that differs in case,
// or of the one that has the first segment as a stage.
func (t *table) unknownAPI(apiID, path string, byHost bool) Unserved {
	for known := range t.apis {
		if strings.EqualFold(known, apiID) {
			return Unserved{known, fmt.Sprintf("There is no API %q, upper and lower case count: it is %s", apiID, known)}
		}
	}
	if !byHost && apiID == "" {
		return Unserved{Sentence: "The URL names no API and no stage: it is the ApiEndpoint of the API (aws apigatewayv2 get-apis) and /STAGE (aws apigatewayv2 get-stages)"}
	}
	if !byHost {
		for _, known := range slices.Sorted(maps.Keys(t.apis)) {
			if t.apis[known].stages[apiID] != nil {
				return Unserved{known, fmt.Sprintf("No API and stage answer at %q: the path begins with a stage, and the API comes before it, /%s/%s", path, known, apiID)}
			}
		}
	}
	return Unserved{Sentence: fmt.Sprintf("No API and stage answer at %q: there is no API %q. A URL is the ApiEndpoint of the API (aws apigatewayv2 get-apis) and /STAGE (aws apigatewayv2 get-stages)", path, apiID)}
}

// unserved speaks of an API that there is; url is what was called, rest the path
// behind the API.
func (a *api) unserved(apiID, rest, url string) Unserved {
	name, behind := cutSegment(rest)
	names := slices.Sorted(maps.Keys(a.stages))
	has := "it has no stage yet: create one (aws apigatewayv2 create-stage) and deploy to it"
	if len(names) > 0 {
		has = "it has " + strings.Join(names, ", ")
	}
	at := a.stages[name]
	switch {
	case at == nil && name == "":
		return Unserved{apiID, fmt.Sprintf("The URL names API %s and no stage: append /STAGE; %s", apiID, has)}
	case at == nil:
		for _, other := range names {
			if strings.EqualFold(other, name) {
				return Unserved{apiID, fmt.Sprintf("API %s has no stage %q, upper and lower case count: it is %s", apiID, name, other)}
			}
		}
		return Unserved{apiID, fmt.Sprintf("API %s has no stage %q: %s", apiID, name, has)}
	case at.Deployed() == nil && at.Problem() != "":
		return Unserved{apiID, "Nothing can be served: " + at.Problem()}
	case at.Deployed() == nil:
		return Unserved{apiID, fmt.Sprintf("Stage %s of API %s serves no deployment: deploy it (aws apigatewayv2 create-deployment --api-id %s --stage-name %s)", name, apiID, apiID, name)}
	case behind != "" && behind != "/":
		return Unserved{apiID, fmt.Sprintf("%q goes on after stage %s of API %s: nothing may follow the stage in the path", url, name, apiID)}
	}
	return Unserved{apiID, fmt.Sprintf("disableExecuteApiEndpoint of API %s is true: connect by its custom domain, or set it to false and deploy", apiID)}
}
