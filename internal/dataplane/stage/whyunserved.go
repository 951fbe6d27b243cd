package stage

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// Unserved is why no stage serves a URL, for the operator; the client is not told.
type Unserved struct {
	APIID string // of the API that the URL names, where there is one
	Why   language.Message
}

// WhyUnserved says why no stage serves host and the decoded path: what [Directory.Lookup]
// does not find, or finds with a rest behind the stage.
func (d *Directory) WhyUnserved(host, path string) Unserved {
	t := d.now.Load()
	name := hostname(host)
	if custom, ok := t.domains[name]; ok {
		return t.unmapped(custom, path)
	}
	apiID, suffix, byHost := d.byHost(name)
	rest := path
	if !byHost {
		apiID, rest = cutSegment(d.withoutPrefix(path))
	}
	a, known := t.apis[apiID]
	if !known {
		return t.unknownAPI(apiID, path, suffix != "")
	}
	return a.unserved(apiID, rest, host+path)
}

func (t *table) unmapped(custom *domain, path string) Unserved {
	if len(custom.mappings) == 0 {
		return Unserved{Why: language.UnservedNoMappings.Of(custom.name)}
	}
	keys := make([]string, 0, len(custom.mappings))
	for _, m := range custom.mappings {
		if _, ok := underKey(path, m.key); ok {
			if a := t.apis[m.apiID]; a != nil && a.stages[m.stage] != nil {
				return a.unserved(m.apiID, "/"+m.stage+strings.TrimPrefix(path, "/"+m.key), custom.name+path)
			}
			return Unserved{m.apiID, language.UnservedMappedStage.Of(strconv.Quote(m.key), custom.name, m.stage, m.apiID)}
		}
		keys = append(keys, "/"+m.key)
	}
	slices.Sort(keys)
	return Unserved{Why: language.UnservedNoMapping.Of(custom.name, strconv.Quote(path), strings.Join(keys, " "))}
}

// unknownAPI is for a path with an unknown API: it names the API that differs only in
// case, or the one that has the first segment as a stage.
func (t *table) unknownAPI(apiID, path string, byHost bool) Unserved {
	for known := range t.apis {
		if strings.EqualFold(known, apiID) {
			return Unserved{known, language.UnservedAPICase.Of(strconv.Quote(apiID), known)}
		}
	}
	if !byHost && apiID == "" {
		return Unserved{Why: language.UnservedNothingNamed.Of()}
	}
	if !byHost {
		for _, known := range slices.Sorted(maps.Keys(t.apis)) {
			if t.apis[known].stages[apiID] != nil {
				return Unserved{known, language.UnservedStageFirst.Of(strconv.Quote(path), "/"+known+"/"+apiID)}
			}
		}
	}
	return Unserved{Why: language.UnservedNoAPI.Of(strconv.Quote(path), strconv.Quote(apiID))}
}

// unserved is for an API that exists; url is what was called, rest the path behind the
// API.
func (a *api) unserved(apiID, rest, url string) Unserved {
	name, behind := cutSegment(rest)
	names := slices.Sorted(maps.Keys(a.stages))
	has := language.UnservedNoStages.Of()
	if len(names) > 0 {
		has = language.UnservedStages.Of(strings.Join(names, ", "))
	}
	at := a.stages[name]
	switch {
	case at == nil && name == "":
		return Unserved{apiID, language.UnservedNoStageNamed.Because(has, apiID)}
	case at == nil:
		for _, other := range names {
			if strings.EqualFold(other, name) {
				return Unserved{apiID, language.UnservedStageCase.Of(apiID, strconv.Quote(name), other)}
			}
		}
		return Unserved{apiID, language.UnservedNoStage.Because(has, apiID, strconv.Quote(name))}
	case at.Deployed() == nil && !at.Problem().IsZero():
		return Unserved{apiID, language.UnservedProblem.Because(at.Problem())}
	case at.Deployed() == nil && at.autoDeploy.Load() != nil:
		return Unserved{apiID, language.AutoDeployFailed.Of(name, apiID, *at.autoDeploy.Load())}
	case at.Deployed() == nil:
		return Unserved{apiID, language.UnservedNoDeployment.Of(name, apiID)}
	case behind != "" && behind != "/":
		return Unserved{apiID, language.UnservedRest.Of(strconv.Quote(url), name, apiID)}
	case at.defaultEndpointDisabled():
		return Unserved{apiID, language.UnservedEndpointDisabled.Of(apiID)}
	}
	return Unserved{apiID, language.UnservedUntilNow.Of(name, apiID)} // it was deployed since the lookup
}
