package integration

import (
	"fmt"
	"net/http"
	"sort"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/engine/mapping"
	"github.com/pasarela-ws/pasarela/internal/engine/selection"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// responseSelector are the integration responses of a non-proxy integration.
type responseSelector struct {
	choose *selection.Responses
	list   []response
	keys   string // for the log line that lists the keys
}

// response is one integration response, compiled.
type response struct {
	def       *pasarela.IntegrationResponse
	templates *selection.Templates
	mapped    *mapping.Response
}

// compileResponses compiles the integration responses of an integration. An error names the
// property that cannot be parsed.
func compileResponses(def *pasarela.Integration) (responseSelector, error) {
	choose, err := selection.NewResponses(def.Responses)
	if err != nil {
		return responseSelector{}, fmt.Errorf("integrationResponseKey: %w", err)
	}
	a := responseSelector{choose: choose, list: make([]response, len(def.Responses))}
	var keys []string
	for i := range def.Responses {
		r := &def.Responses[i]
		templates, err := selection.NewTemplates(r.TemplateSelectionExpr, namesOf(r.ResponseTemplates), selection.ResponseTemplate)
		if err != nil {
			return responseSelector{}, err
		}
		mapped, err := mapping.CompileResponse(r)
		if err != nil {
			return responseSelector{}, err
		}
		a.list[i] = response{r, templates, mapped}
		keys = append(keys, r.IntegrationResponseKey)
	}
	a.keys = strings.Join(keys, ", ")
	return a, nil
}

func namesOf(templates map[string]string) []string {
	names := make([]string, 0, len(templates))
	for name := range templates {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// respond selects the integration response for the backend's response and maps it into
// x.Reply (aws-dataplane §5.2, aws-dataplane §5.3).
func (i *Integration) respond(x *Invocation, status int, body []byte, headers func(func(name, value []byte))) *execution.GatewayError {
	code := strconv.Itoa(status)
	x.Reply.Status = status
	headers(func(name, value []byte) { x.keepBackendHeader(name, value) })
	x.received = string(convertResponse(nil, body, ""))
	value := code
	if i.target.isFunction() {
		x.response.Reset(x.received)
		root, _ := x.response.JSON() // a body that is not JSON has no errorMessage
		value = selection.ErrorMessage(root)
	}
	match := i.responses.choose.Select(value)
	if match.Index < 0 {
		return i.noResponse(x, status, value)
	}
	chosen := &i.responses.list[match.Index]
	x.noteSelection(value, chosen.def.IntegrationResponseKey, i.responses.keys, len(match.Also))
	if chosen.def.ContentHandlingStrategy != "" {
		x.received = string(convertResponse(nil, body, chosen.def.ContentHandlingStrategy))
	}
	x.response.Reset(x.received)
	return i.mapResponse(x, chosen, code)
}

// noteSelection records, for `explain`, which key was selected from which.
func (x *Invocation) noteSelection(value, key, keys string, also int) {
	chosen := language.StepChosen
	if also > 0 {
		chosen = language.StepChosenFirst
	}
	x.text = strconv.AppendQuote(x.text[:0], value)
	x.Record.NoteMessage(execution.StepSelection, chosen.Of(key, textOfBytes(x.text), keys))
}

// noResponse is AWS's 500 for a response without an integration response. The cause names
// what to change: a 404 or 405 is more often a wrong address than a missing integration
// response, and a 5xx is the backend's own fault before it is a missing response
// (aws-dataplane §5.2).
func (i *Integration) noResponse(x *Invocation, status int, value string) *execution.GatewayError {
	e := execution.Misconfigured("No match for output mapping and no default output mapping configured. Endpoint Response Status Code: "+strconv.Itoa(status), i.unmatched(x, status, value))
	e.Silent = true
	if i.target.isFunction() && value != "" {
		x.Reply.Status = http.StatusBadGateway // the function failed, which Lambda says with status 200
	}
	return e
}

// unmatched is the cause of noResponse: the existing keys, the one to create, and the
// request.
func (i *Integration) unmatched(x *Invocation, status int, value string) language.Message {
	id, route, keys, key := i.named, x.Event.RouteKey, i.responses.keys, suggestedKey(status)
	switch said := i.quoteExchange(x, status); {
	case i.target.isFunction() && keys == "":
		return language.NoResponsesForMessage.Of(x.quotable(strconv.Quote(value)), id, route, key)
	case i.target.isFunction():
		return language.NoResponseForMessage.Of(x.quotable(strconv.Quote(value)), id, route, keys, key)
	case status >= http.StatusInternalServerError && !i.Mocked() && keys == "":
		return language.BackendFailedNoKeys.Because(said, strconv.Itoa(status), id, route, key)
	case status >= http.StatusInternalServerError && !i.Mocked():
		return language.BackendFailed.Because(said, strconv.Itoa(status), id, route, keys, key)
	case keys == "":
		return language.NoResponses.Because(said, strconv.Itoa(status), id, route, key)
	default:
		return language.NoResponse.Because(said, strconv.Itoa(status), id, route, keys, key)
	}
}

// quoteExchange is the backend's request and the beginning of its response, which is quoted under
// data trace only (A-LOG-4); an empty message if there is no backend.
func (i *Integration) quoteExchange(x *Invocation, status int) language.Message {
	if i.Mocked() || i.target.isFunction() {
		return language.Message{}
	}
	var advice language.Message
	if status == http.StatusNotFound || status == http.StatusMethodNotAllowed {
		advice = language.LookAtAddress.Of()
	}
	if said := x.BackendExcerpt(); said != "" {
		return language.AskedAndSaid.Because(advice, i.method, string(x.text), said)
	}
	return language.Asked.Because(advice, i.method, string(x.text))
}

// excerpt is the first 200 bytes of a text.
func excerpt(text string) string {
	const most = 200
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "..."
}

func suggestedKey(status int) string {
	return "/" + strconv.Itoa(status/100) + `\d\d/`
}

// mapResponse renders the response template and applies response parameters and
// overrides.
func (i *Integration) mapResponse(x *Invocation, chosen *response, code string) *execution.GatewayError {
	x.selected = selection.Input{StatusCode: code, Header: x.backendHeader}
	if chosen.templates.NeedsBody() {
		x.selected.Body = x.Message()
	}
	key, _ := chosen.templates.Choose(&x.selected)
	x.Event.Status = x.Reply.Status
	body, err := chosen.mapped.Append(x.body[:0], &x.Event, &x.response, key, &x.request.Overrides)
	if err != nil {
		return execution.Misconfigured("Unable to transform response", language.ResponseMember.Because(err, "responseTemplates", chosen.def.IntegrationResponseKey, i.named))
	}
	x.body = body
	x.Reply.Body, x.Reply.Present = body, len(body) > 0
	if status := x.request.Overrides.ResponseStatus; status != 0 {
		x.Reply.Status = status
	}
	return i.responseHeaders(x, chosen)
}

// keepHeader keeps a header for the client of a refused handshake, except those that
// describe the backend's own connection (aws-dataplane §1.4).
func (x *Invocation) keepHeader(name, value string) {
	switch strings.ToLower(name) {
	case "connection", "content-length", "transfer-encoding", "upgrade", "sec-websocket-accept", "keep-alive",
		"trailer", "te", "proxy-authenticate", "date", "server", "content-encoding":
		return
	}
	x.Reply.Header = append(x.Reply.Header, event.Pair{Name: http.CanonicalHeaderKey(name), Value: value})
}

func (x *Invocation) keepBackendHeader(name, value []byte) {
	x.backend = append(x.backend, event.Pair{Name: string(name), Value: string(value)})
}

func (x *Invocation) backendHeader(name string) []string {
	var values []string
	for _, pair := range x.backend {
		if strings.EqualFold(pair.Name, name) {
			values = append(values, pair.Value)
		}
	}
	return values
}

// responseHeaders applies response parameters and header overrides. Only a $connect has a
// response with headers (aws-dataplane §5.3).
func (i *Integration) responseHeaders(x *Invocation, chosen *response) *execution.GatewayError {
	if x.Event.EventType != event.Connect {
		return nil
	}
	var err error
	if x.Reply.Header, err = chosen.mapped.AppendHeader(x.Reply.Header, &x.Event, &x.response, x.backend); err != nil {
		return execution.Misconfigured("Unable to transform response", language.ResponseMember.Because(err, "responseParameters", chosen.def.IntegrationResponseKey, i.named))
	}
	for _, override := range x.request.Overrides.ResponseHeader {
		for _, value := range override.Values {
			x.keepHeader(override.Name, value)
		}
	}
	return nil
}
