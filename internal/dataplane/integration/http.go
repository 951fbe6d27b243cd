package integration

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/engine/stagevariable"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// http invokes HTTP and HTTP_PROXY integrations.
func (i *Integration) http(x *Invocation) *execution.GatewayError {
	call := backend.AcquireCall()
	defer call.Release()
	if err := i.prepareHTTP(x, call); err != nil {
		return err
	}
	if err := i.send(x, call); err != nil {
		return err
	}
	if i.Proxy() {
		x.take(call)
		return nil
	}
	return i.respond(x, call.Status(), call.ResponseBody(), call.EachResponseHeader)
}

// prepareHTTP makes the request; its URL is in x.text.
func (i *Integration) prepareHTTP(x *Invocation, call *backend.Call) *execution.GatewayError {
	if err := i.render(x); err != nil {
		return err
	}
	call.SetMethod(i.method)
	call.SetHeader("Content-Type", "application/json")
	call.SetHeader("User-Agent", i.userAgent)
	if i.Proxy() {
		passHeaders(call, x.Event.Params.Header)
	} else {
		call.SetHeader("Accept", "application/json")
	}
	i.gatewayHeaders(x, call)
	out := &x.request
	for _, pair := range out.Header {
		call.SetHeader(pair.Name, pair.Value)
	}
	if i.method != http.MethodGet && i.method != http.MethodHead && i.method != http.MethodOptions {
		body, err := i.convertRequest(out.Body)
		if err != nil {
			return err
		}
		call.SetBody(body)
	}
	if i.Proxy() {
		x.text = i.uri.appendTo(x.text[:0], out.Path, x.Event.Params.Querystring, out.Querystring)
	} else {
		x.text = i.uri.appendTo(x.text[:0], out.Path, out.Querystring)
	}
	call.Timeout, call.TLS = i.timeout, i.tls
	if err := i.checkDotSegments(&i.uri, x); err != nil {
		return err
	}
	return i.privateTarget(call, x)
}

// checkDotSegments refuses path parameters with dot segments, which would change the path around
// them.
func (i *Integration) checkDotSegments(address *uri, x *Invocation) *execution.GatewayError {
	if !address.dots(x.request.Path, x.text) {
		return nil
	}
	return execution.Refused(execution.BadRequestParameters, http.StatusBadRequest, pasarela.CodeBadRequest, "Bad Request",
		"Execution failed: a path parameter leads out of the path",
		language.IntegrationPath.Of(i.named, string(x.text)))
}

// gatewayHeaders sets what no mapping may (aws-dataplane §4.5).
func (i *Integration) gatewayHeaders(x *Invocation, call *backend.Call) {
	call.SetHeader("X-Amzn-Apigateway-Api-Id", i.env.API.APIID)
	if trace, _ := event.LastFold(x.Event.Params.Header, TraceHeader); trace != "" { // the handshake's
		call.SetHeader(TraceHeader, trace)
	} else {
		var scratch [64]byte
		call.SetHeader(TraceHeader, textOfBytes(appendTraceID(scratch[:0], x.Event.RequestTimeEpoch/1000)))
	}
	if context := x.contextOfCall(); context != "" {
		call.SetHeader("traceparent", context)
	}
}

// privateTarget directs calls through a VPC link to the link's target.
func (i *Integration) privateTarget(call *backend.Call, x *Invocation) *execution.GatewayError {
	if i.def.ConnectionType != pasarela.ConnectionVPCLink {
		return nil
	}
	id, _ := stagevariable.Substitute(i.def.ConnectionID, i.env.Variables)
	var base string
	found := false
	if i.env.Services.VPCLink != nil {
		base, found = i.env.Services.VPCLink(id)
	}
	if !found {
		return execution.Misconfigured("Invalid VPC link "+id,
			language.IntegrationLink.Of(i.named, id))
	}
	parsed, err := url.Parse(base)
	if err != nil || parsed.Host == "" {
		return execution.Misconfigured("Invalid VPC link "+id, language.IntegrationLinkTarget.Of(id, base))
	}
	call.Target = parsed.Host
	if parsed.Port() == "" && parsed.Scheme == "https" {
		call.Target += ":443"
	}
	if !strings.Contains(string(x.text), "://") { // a path only: the host is the link's target too
		x.text = append([]byte(strings.TrimSuffix(base, "/")), x.text...)
	}
	return nil
}

// send makes the call to x.text, records it, and explains failures.
func (i *Integration) send(x *Invocation, call *backend.Call) *execution.GatewayError {
	record, services := x.Record, i.env.Services
	record.NoteBytes(execution.StepRequestURI, x.text)
	if record.Traced {
		record.NoteBytes(execution.StepRequestHeaders, appendHeaders(nil, call.EachHeader))
	}
	record.NoteBytes(execution.StepRequestBody, call.Body())
	record.Note(execution.StepSending, "")
	sent := services.now()
	call.Route = backend.Route{APIID: x.Event.APIID, Stage: x.Event.Stage, Key: x.Event.RouteKey}
	err := services.Client.Do(call, textOfBytes(x.text))
	now := services.now()
	record.Touch(now)
	x.Reply.Latency = now.Sub(sent)
	x.spanOfCall(sent, now, err)
	if err != nil {
		failure := i.failure(err, string(x.text))
		failure.Undelivered = backend.Undelivered(err)
		return failure
	}
	record.NoteReceived(call.Status(), x.Reply.Latency)
	if record.Traced {
		record.NoteBytes(execution.StepResponseHeaders, appendHeaders(nil, call.EachResponseHeader))
	}
	record.NoteBytes(execution.StepResponseBody, call.ResponseBody())
	return nil
}

// failure is the error of a call without a response: for the client in AWS's words, for
// the operator with the member to change.
func (i *Integration) failure(err error, target string) *execution.GatewayError {
	id := i.named
	switch {
	case errors.Is(err, backend.ErrQueued):
		return execution.TimedOut(language.IntegrationQueued.Because(err, id))
	case errors.Is(err, backend.ErrTimeout) && errors.Is(err, backend.ErrUnsent): // the backend is not slow, it is away
		return execution.TimedOut(language.IntegrationNoResponse.Because(err, id, target))
	case errors.Is(err, backend.ErrTimeout):
		return execution.TimedOut(language.IntegrationTimeout.Of(target, strconv.FormatInt(i.timeout.Milliseconds(), 10), id, strconv.Itoa(pasarela.MaxTimeoutInMillis)))
	case errors.Is(err, backend.ErrAddress):
		return invalidAddress(target, i.named)
	case errors.Is(err, backend.ErrForbiddenTarget):
		return execution.Misconfigured("Invalid endpoint address", language.IntegrationForbidden.Because(err, id))
	case errors.Is(err, backend.ErrRequest):
		return execution.Misconfigured("Invalid mapping expression specified", language.IntegrationRequest.Because(err, id))
	case errors.As(err, new(tls.RecordHeaderError)):
		e := execution.Unreachable(language.IntegrationNotTLS.Of(id, target))
		e.LogLine = "Execution failed due to configuration error: General SSLEngine problem"
		return e
	case errors.Is(err, backend.ErrTLS):
		e := execution.Unreachable(language.IntegrationTLS.Because(err, id))
		e.LogLine = "Execution failed due to configuration error: General SSLEngine problem"
		return e
	case errors.Is(err, backend.ErrTooLarge):
		e := execution.Unreachable(language.IntegrationTooLarge.Of(id))
		e.LogLine = "Execution failed due to configuration error: Integration response too large"
		return e
	case errors.Is(err, backend.ErrBusy):
		return execution.Overloaded(language.IntegrationBusy.Because(err, id))
	case errors.Is(err, backend.ErrStopped):
		return execution.Overloaded(language.IntegrationStopped.Of())
	}
	cause := language.IntegrationNoResponse.Because(err, id, target)
	var name *net.DNSError
	if errors.As(err, &name) && name.IsNotFound {
		cause = language.IntegrationHostUnknown.Of(id, name.Name, target)
	}
	e := execution.Unreachable(cause)
	if errors.Is(err, backend.ErrRefused) { // aws-dataplane §1.3: connection refused is a configuration error, 500
		e.ResponseType, e.Status = execution.APIConfigurationError, http.StatusInternalServerError
	}
	return e
}

// take keeps a proxied response: status, body and headers are returned as they came.
func (x *Invocation) take(call *backend.Call) {
	x.Reply.Status, x.Reply.Present = call.Status(), true
	x.body = appendUTF8(x.body[:0], call.ResponseBody())
	x.Reply.Body = x.body
	call.EachResponseHeader(func(name, value []byte) { x.keepHeader(string(name), string(value)) })
}

// appendUTF8 copies text; bytes that are no UTF-8 become U+FFFD.
func appendUTF8(dst, text []byte) []byte {
	if utf8.Valid(text) {
		return append(dst, text...)
	}
	return append(dst, strings.ToValidUTF8(string(text), "\ufffd")...)
}

// checkAddress finds what cannot be an HTTP endpoint before anybody calls it.
func checkAddress(text string) error {
	parsed, err := url.Parse(strings.NewReplacer("{", "", "}", "").Replace(text))
	if err != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https" {
		return language.URIHTTP.Of(strconv.Quote(text))
	}
	return nil
}

func invalidAddress(target, integrationID string) *execution.GatewayError {
	return execution.Misconfigured("Invalid endpoint address", language.IntegrationAddress.Of(integrationID, strconv.Quote(target)))
}

func clientTLS(def *pasarela.Integration, certificate *tls.Certificate) *tls.Config {
	serverName := ""
	if def.TLSConfig != nil {
		serverName = def.TLSConfig.ServerNameToVerify
	}
	if certificate == nil && serverName == "" {
		return nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: serverName, ClientSessionCache: tls.NewLRUClientSessionCache(16)}
	if certificate != nil {
		config.Certificates = []tls.Certificate{*certificate}
	}
	return config
}
