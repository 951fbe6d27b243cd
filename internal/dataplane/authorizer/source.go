package authorizer

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/engine/mapping"
)

// source is one identity source of an authorizer (aws-dataplane §7.2).
type source struct {
	text string
	kind string // header, querystring, stageVariables, context
	name string
}

func compileSource(text string) (source, error) {
	text = strings.TrimPrefix(text, "$") // HTTP APIs write $request.header.X
	for prefix, kind := range map[string]string{
		"route.request.header.": "header", "route.request.querystring.": "querystring",
		"request.header.": "header", "request.querystring.": "querystring",
		"stageVariables.": "stageVariables", "context.": "context",
	} {
		if name, ok := strings.CutPrefix(text, prefix); ok && name != "" {
			if kind == "context" && contextValue(&mapping.Event{}, name) == nil {
				return source{}, fmt.Errorf("identity source %s: context.%s cannot be one", text, name)
			}
			return source{text, kind, name}, nil
		}
	}
	return source{}, fmt.Errorf("identity source %q is none of route.request.header.NAME, route.request.querystring.NAME, stageVariables.NAME and context.NAME", text)
}

func compileSources(texts []string) ([]source, error) {
	var sources []source
	for _, text := range texts {
		for _, one := range strings.Split(text, ",") {
			s, err := compileSource(strings.TrimSpace(one))
			if err != nil {
				return nil, err
			}
			sources = append(sources, s)
		}
	}
	return sources, nil
}

// value is what the source finds: repeated headers joined, of repeated query
// parameters the last.
func (s *source) value(e *mapping.Event) string {
	switch s.kind {
	case "header":
		var values []string
		for _, pair := range e.Params.Header {
			if strings.EqualFold(pair.Name, s.name) {
				values = append(values, pair.Value)
			}
		}
		return strings.Join(values, ",")
	case "querystring":
		return last(e.Params.Querystring, s.name)
	case "stageVariables":
		return last(e.StageVariables, s.name)
	}
	if value := contextValue(e, s.name); value != nil {
		return *value
	}
	return ""
}

func last(pairs []mapping.Pair, name string) string {
	for i := len(pairs) - 1; i >= 0; i-- {
		if pairs[i].Name == name {
			return pairs[i].Value
		}
	}
	return ""
}

// contextValue are the $context variables that can be an identity source; nil for
// any other. eventType and messageDirection cannot, as on AWS.
func contextValue(e *mapping.Event, name string) *string {
	var text string
	switch name {
	case "apiId":
		text = e.APIID
	case "connectionId":
		text = e.ConnectionID
	case "connectedAt":
		text = strconv.FormatInt(e.ConnectedAt, 10)
	case "requestTimeEpoch":
		text = strconv.FormatInt(e.RequestTimeEpoch, 10)
	case "domainName":
		text = e.DomainName
	case "stage":
		text = e.Stage
	case "requestId", "extendedRequestId":
		text = e.RequestID
	case "routeKey":
		text = e.RouteKey
	case "identity.sourceIp":
		text = e.Identity.SourceIP
	case "identity.userAgent":
		text = e.Identity.UserAgent
	default:
		return nil
	}
	return &text
}

// ambiguous refuses a handshake that says twice who it is, as AWS does
// (aws-dataplane §1.3): the authorizer and whoever looks later might each believe
// another one.
func ambiguous(r *http.Request) *execution.GatewayError {
	if len(r.Header["Authorization"]) < 2 {
		return nil
	}
	return execution.Refused(execution.BadRequestParameters, http.StatusBadRequest, pasarela.CodeBadRequest, "Bad Request",
		"Unauthorized request: several Authorization headers", "The handshake has more than one Authorization header, and $connect has an authorizer: send one")
}

// identify reads all sources; missing names the first that is absent or empty.
func identify(sources []source, e *mapping.Event) (values []string, missing string) {
	for i := range sources {
		value := sources[i].value(e)
		if value == "" {
			return nil, sources[i].text
		}
		values = append(values, value)
	}
	return values, ""
}
