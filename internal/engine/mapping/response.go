package mapping

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// Response maps a backend's responses to what the client gets, as one integration
// response says. It is immutable and safe for concurrent use.
type Response struct {
	templates map[string]*Template
	headers   []responseHeader
}

// responseHeader is an entry of IntegrationResponse.ResponseParameters.
type responseHeader struct {
	name   string
	source source
}

// CompileResponse compiles the templates and parameters of an integration
// response. The error names the template or parameter and what is wrong with it.
func CompileResponse(def *pasarela.IntegrationResponse) (*Response, error) {
	templates, err := compileTemplates(def.ResponseTemplates)
	if err != nil {
		return nil, fmt.Errorf("responseTemplates: %w", err)
	}
	m := &Response{templates: templates}
	for target, expression := range def.ResponseParameters {
		name, ok := strings.CutPrefix(target, "method.response.header.")
		if !ok {
			name, ok = strings.CutPrefix(target, "route.response.header.")
		}
		if !ok || !parameterName.MatchString(name) {
			return nil, fmt.Errorf("responseParameters: %w", language.MappingResponseTarget.Of(strconv.Quote(target)))
		}
		from, err := compileSource(expression)
		if err != nil {
			return nil, fmt.Errorf("responseParameters: %s: %w", target, err)
		}
		m.headers = append(m.headers, responseHeader{name, from})
	}
	sort.Slice(m.headers, func(i, j int) bool { return m.headers[i].name < m.headers[j].name })
	return m, nil
}

// Append writes the answer for the client behind dst: what the template with that
// key renders, or the payload, which is the backend's answer, as it is. e is the
// event that was answered; overrides are the request's, and take up what the
// template adds.
func (m *Response) Append(dst []byte, e *event.Event, p *Payload, templateKey string, overrides *Overrides) ([]byte, error) {
	t := m.templates[templateKey]
	if t == nil {
		return append(dst, p.text...), nil
	}
	return t.Append(dst, e, p, overrides)
}

// AppendHeader adds the headers that responseParameters map. Only responses to a
// handshake have headers. backend is the headers of the backend's answer. Names
// that belong to the gateway come as x-amzn-Remapped-..., and Transfer-Encoding not
// at all (aws-dataplane §5.3 [O]).
func (m *Response) AppendHeader(dst []event.Pair, e *event.Event, p *Payload, backend []event.Pair) ([]event.Pair, error) {
	for i := range m.headers {
		h := &m.headers[i]
		value, ok, err := h.source.value(e, p, backend)
		if err != nil {
			return dst, err
		}
		if name := remapped(h.name); ok && name != "" {
			dst = append(dst, event.Pair{Name: name, Value: value})
		}
	}
	return dst, nil
}

// remapped is the name under which a mapped header is sent, "" for one that is
// dropped.
func remapped(name string) string {
	switch strings.ToLower(name) {
	case "transfer-encoding":
		return ""
	case "connection", "content-length", "date", "server", "authorization", "host", "user-agent", "www-authenticate",
		"expect", "te", "trailer", "upgrade", "via", "max-forwards", "proxy-authenticate", "content-md5":
		return "x-amzn-Remapped-" + name
	}
	return name
}
