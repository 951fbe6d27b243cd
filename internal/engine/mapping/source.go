package mapping

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/engine/jsonpath"
	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// origin is where the value of a mapped parameter comes from (aws-dataplane §4.2).
type origin uint8

const (
	fromStatic origin = iota
	fromQuerystring
	fromMultiValueQuerystring
	fromHeader
	fromMultiValueHeader
	fromPath
	fromBody
	fromStageVariables
	fromContext
	fromResponseHeader
)

// source is a source expression, compiled.
type source struct {
	origin origin
	name   string         // of the parameter or variable; the text of a static value
	path   *jsonpath.Path // into the body; nil is the whole body

	variable event.Reference // of $context
}

// ErrInvalidJSON is a body that starts like JSON and is not JSON, where a mapping
// reads a path in it: the caller responds with 400 "Invalid JSON in request body"
// (aws-dataplane §4.2 rule 5 [O]).
var ErrInvalidJSON = errors.New("invalid JSON in request body")

// parameterName is what AWS allows as name of a parameter (aws-dataplane §4.2 rule 1).
var parameterName = regexp.MustCompile(`^[a-zA-Z0-9._$-]+$`)

// requestSources are the prefixes of what an event offers. AWS's model also
// has method.request (aws-dataplane §4.2 rule 6).
var requestSources = map[string]origin{
	"querystring": fromQuerystring, "multivaluequerystring": fromMultiValueQuerystring,
	"header": fromHeader, "multivalueheader": fromMultiValueHeader, "path": fromPath,
}

// compileSource compiles the value of a parameter mapping: a constant in single quotes, or
// where the value comes from (aws-dataplane §4.2).
func compileSource(expression string) (source, error) {
	if len(expression) >= 2 && expression[0] == '\'' && expression[len(expression)-1] == '\'' {
		return source{origin: fromStatic, name: expression[1 : len(expression)-1]}, nil
	}
	root, rest, _ := strings.Cut(expression, ".")
	switch root {
	case "context":
		s, err := named(fromContext, rest, expression)
		s.variable, _ = event.Resolve(rest, event.InTemplate) // a variable that no event has maps nothing (aws-dataplane §4.2 rule 4)
		return s, err
	case "stageVariables":
		return named(fromStageVariables, rest, expression)
	case "route", "method":
		if part, ok := strings.CutPrefix(rest, "request."); ok {
			return compileRequestSource(part, expression)
		}
	case "integration":
		if part, ok := strings.CutPrefix(rest, "response."); ok {
			return compileResponseSource(part, expression)
		}
	}
	return source{}, unknownSource(expression)
}

func unknownSource(expression string) error {
	return language.MappingSourceUnknown.Of(strconv.Quote(expression))
}

func named(o origin, name, expression string) (source, error) {
	if !parameterName.MatchString(name) {
		return source{}, language.MappingSourceName.Of(strconv.Quote(expression))
	}
	return source{origin: o, name: name}, nil
}

func compileRequestSource(part, expression string) (source, error) {
	place, name, _ := strings.Cut(part, ".")
	if place == "body" {
		return compileBody(name, expression)
	}
	if o, ok := requestSources[place]; ok {
		return named(o, name, expression)
	}
	return source{}, unknownSource(expression)
}

func compileResponseSource(part, expression string) (source, error) {
	place, name, _ := strings.Cut(part, ".")
	switch place {
	case "body":
		return compileBody(name, expression)
	case "header":
		return named(fromResponseHeader, name, expression)
	}
	return source{}, unknownSource(expression)
}

func compileBody(path, expression string) (source, error) {
	if path == "" {
		return source{origin: fromBody}, nil
	}
	compiled, err := jsonpath.Compile("$." + path)
	if err != nil {
		return source{}, language.MappingSource.Because(err, strconv.Quote(expression)).Wrap(err)
	}
	return source{origin: fromBody, path: compiled}, nil
}

// value is what the source gives, ok false when it is not there. backend is the
// answer's headers in response mappings.
func (s *source) value(e *event.Event, p *Payload, backend []event.Pair) (value string, ok bool, err error) {
	switch s.origin {
	case fromStatic:
		return s.name, true, nil
	case fromQuerystring:
		value, ok = event.Last(e.Params.Querystring, s.name)
	case fromHeader:
		value, ok = event.Last(e.Params.Header, s.name)
	case fromMultiValueHeader:
		value, ok = joined(e.Params.Header, s.name)
	case fromPath:
		value, ok = event.Last(e.Params.Path, s.name)
	case fromBody:
		return s.bodyValue(p)
	case fromStageVariables:
		value, ok = event.Last(e.StageVariables, s.name)
	case fromContext:
		value, ok = s.variable.Text(e)
	case fromResponseHeader:
		value, ok = event.LastFold(backend, s.name)
	}
	return value, ok, nil
}

func joined(pairs []event.Pair, name string) (text string, ok bool) {
	for _, p := range pairs {
		if p.Name != name {
			continue
		}
		if ok {
			text += ","
		}
		text += p.Value
		ok = true
	}
	return text, ok
}

// bodyValue is the payload, or what a path selects in it; ok is false where nothing is mapped.
func (s *source) bodyValue(p *Payload) (string, bool, error) {
	if s.path == nil {
		if p.text == "" {
			return emptyBody, true, nil
		}
		return p.text, true, nil
	}
	root, err := p.JSON()
	if err != nil {
		return "", false, ErrInvalidJSON
	}
	if k := root.Kind(); k != jsonvalue.Object && k != jsonvalue.Array {
		return p.text, true, nil // text that is not JSON is mapped as it is
	}
	v, err := s.path.Eval(root)
	if err != nil || v.Kind() == jsonvalue.Null || v.Kind() == jsonvalue.Missing {
		return "", false, nil // what is not there is not mapped
	}
	if v.Kind() == jsonvalue.String {
		return v.Text(), true, nil
	}
	return string(v.AppendJSON(nil, jsonvalue.Compact)), true, nil
}
