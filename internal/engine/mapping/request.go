package mapping

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/vtl"
)

// Request is what a mapping makes of an event for the backend. Keep it and Apply
// to it again; its slices are valid until then.
type Request struct {
	Body        []byte
	Header      []event.Pair // mapped and overridden ones only; a list is joined by ","
	Querystring []event.Pair // a name may come more than once
	Path        []event.Pair // values for {name} in the integration's URI

	// Overrides are applied to the three above already; pass them on to the
	// response mapping.
	Overrides Overrides
}

func (out *Request) reset() {
	out.Body, out.Header, out.Querystring, out.Path = out.Body[:0], out.Header[:0], out.Querystring[:0], out.Path[:0]
	out.Overrides.Reset()
}

// CompiledRequest maps events to requests of one integration. It is immutable
// and safe for concurrent use.
type CompiledRequest struct {
	proxy      bool
	templates  map[string]*Template
	parameters []parameter
}

// parameter is an entry of Integration.RequestParameters.
type parameter struct {
	place  place
	name   string
	source source
}

type place uint8

const (
	inHeader place = iota
	inQuerystring
	inPath
)

// CompileRequest compiles the request templates and parameters of an integration.
// The error names the template or parameter and what is wrong with it; that of a
// template wraps a [*vtl.ParseError].
func CompileRequest(def *pasarela.Integration) (*CompiledRequest, error) {
	m := &CompiledRequest{proxy: def.Type().Proxy}
	var err error
	if m.templates, err = compileTemplates(def.RequestTemplates); err != nil {
		return nil, fmt.Errorf("requestTemplates: %w", err)
	}
	for target, expression := range def.RequestParameters {
		p, err := compileParameter(target, expression)
		if err != nil {
			return nil, fmt.Errorf("requestParameters: %w", err)
		}
		m.parameters = append(m.parameters, p)
	}
	sort.Slice(m.parameters, func(i, j int) bool {
		a, b := &m.parameters[i], &m.parameters[j]
		return a.place < b.place || a.place == b.place && a.name < b.name
	})
	return m, nil
}

// compileTemplates compiles templates by their keys. White space around a
// template is removed (aws-dataplane §4.3 [O]).
func compileTemplates(texts map[string]string) (map[string]*Template, error) {
	templates := make(map[string]*Template, len(texts))
	for key, text := range texts {
		t, err := CompileTemplate(strings.TrimSpace(text))
		if err = behind(err, text); err != nil {
			return nil, language.MappingTemplate.Because(err, strconv.Quote(key)).Wrap(err)
		}
		templates[key] = t
	}
	return templates, nil
}

// behind adds to the error's line the lines before the template's first
// character, which were removed.
func behind(err error, text string) error {
	parse, ok := err.(*vtl.ParseError)
	if !ok {
		return err
	}
	blank := text[:len(text)-len(strings.TrimLeft(text, " \t\r\n"))]
	moved := *parse
	moved.Line += strings.Count(blank, "\n")
	if parse.Line == 1 {
		moved.Column += len(blank) - (strings.LastIndexByte(blank, '\n') + 1)
	}
	return invalid(&moved)
}

func compileParameter(target, expression string) (parameter, error) {
	rest, ok := strings.CutPrefix(target, "integration.request.")
	kind, name, _ := strings.Cut(rest, ".")
	places := map[string]place{"header": inHeader, "querystring": inQuerystring, "path": inPath}
	to, known := places[kind]
	if !ok || !known || !parameterName.MatchString(name) {
		return parameter{}, language.MappingRequestTarget.Of(strconv.Quote(target))
	}
	from, err := compileSource(expression)
	if err == nil && from.origin == fromResponseHeader {
		err = unknownSource(expression)
	}
	if err != nil {
		return parameter{}, fmt.Errorf("%s: %w", target, err)
	}
	return parameter{to, name, from}, nil
}

// Apply fills out with the request for an event. templateKey is the key of the
// request template that was selected; without one, and for proxies, the payload
// goes on unchanged. The error is [ErrInvalidJSON] or one of a template; out is
// not to be used then.
func (m *CompiledRequest) Apply(out *Request, e *event.Event, p *Payload, templateKey string) error {
	out.reset()
	for i := range m.parameters {
		if err := m.parameters[i].apply(out, e, p); err != nil {
			return err
		}
	}
	t := m.templates[templateKey]
	if m.proxy || t == nil {
		out.Body = append(out.Body, p.text...)
		return nil
	}
	body, err := t.Append(out.Body, e, p, &out.Overrides)
	if err != nil {
		return err
	}
	out.Body = body
	out.Header = overrideHeaders(out.Header, out.Overrides.Header)
	out.Querystring = override(out.Querystring, out.Overrides.Querystring)
	out.Path = override(out.Path, out.Overrides.Path)
	return nil
}

func (m *parameter) apply(out *Request, e *event.Event, p *Payload) error {
	if m.source.origin == fromMultiValueQuerystring {
		for _, pair := range e.Params.Querystring {
			if pair.Name == m.source.name {
				m.set(out, pair.Value)
			}
		}
		return nil
	}
	value, ok, err := m.source.value(e, p, nil)
	if ok && err == nil {
		m.set(out, value)
	}
	return err
}

func (m *parameter) set(out *Request, value string) {
	pair := event.Pair{Name: m.name, Value: value}
	switch m.place {
	case inHeader:
		out.Header = append(out.Header, pair)
	case inQuerystring:
		out.Querystring = append(out.Querystring, pair)
	default:
		out.Path = append(out.Path, pair)
	}
}

// override replaces the pairs whose names come in by.
func override(pairs []event.Pair, by []Override) []event.Pair {
	for _, o := range by {
		pairs = without(pairs, func(name string) bool { return name == o.Name })
		for _, value := range o.Values {
			pairs = append(pairs, event.Pair{Name: o.Name, Value: value})
		}
	}
	return pairs
}

// overrideHeaders is override for names whose case does not count. Headers that
// only the gateway sets are not replaced.
func overrideHeaders(pairs []event.Pair, by []Override) []event.Pair {
	for _, o := range by {
		if ReservedHeader(o.Name) {
			continue
		}
		pairs = without(pairs, func(name string) bool { return strings.EqualFold(name, o.Name) })
		pairs = append(pairs, event.Pair{Name: o.Name, Value: strings.Join(o.Values, ",")})
	}
	return pairs
}

func without(pairs []event.Pair, drop func(name string) bool) []event.Pair {
	return slices.DeleteFunc(pairs, func(p event.Pair) bool { return drop(p.Name) })
}

// ReservedHeader says whether only the gateway sets that header of a request: a
// mapping to it is a configuration error (aws-dataplane §4.2 rule 7 [O]).
func ReservedHeader(name string) bool {
	switch strings.ToLower(name) {
	case "content-length", "transfer-encoding", "x-amzn-trace-id", "x-amzn-apigateway-api-id":
		return true
	}
	return false
}
