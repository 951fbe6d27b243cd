package integration

import (
	"crypto/tls"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/engine/stagevariable"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// Environment is what surrounds an integration in its stage.
type Environment struct {
	API         *pasarela.API
	Stage       string
	Variables   map[string]string // stage variables
	Certificate *tls.Certificate  // shown to HTTP backends; nil: none
	Services    *Services
}

// Integration is a backend, compiled for one stage. It is immutable and safe for
// concurrent use.
type Integration struct {
	def       *pasarela.Integration
	named     string // for people: nameOf
	traits    pasarela.IntegrationType
	kind      kind
	env       Environment
	method    string
	uri       uri
	timeout   time.Duration
	role      role
	fault     *execution.GatewayError // what every call fails with
	defect    Defect
	request   requestMap
	responses responseSelector
	tls       *tls.Config
	target    target // of AWS and AWS_PROXY
	userAgent string
}

// Defect is a member because of which every call will fail; its zero value is none.
type Defect struct {
	Member  string
	Problem language.Message
}

// None says whether there is no defect.
func (d Defect) None() bool { return d.Member == "" }

// Compile compiles an integration. An error says which property cannot be parsed; the
// deployment must not be served then. An integration whose calls cannot succeed compiles,
// fails every call, and has a [Defect].
func Compile(def *pasarela.Integration, env Environment) (*Integration, error) {
	i := &Integration{def: def, named: nameOf(def), traits: def.Type(), env: env, method: def.IntegrationMethod, timeout: timeoutOf(def)}
	i.userAgent = "AmazonAPIGateway_" + env.API.APIID
	if i.method == "" || i.method == "ANY" {
		i.method = http.MethodPost
	}
	var known bool
	if i.kind, known = kinds[def.IntegrationType]; !known {
		return nil, language.IntegrationType.Of(strconv.Quote(def.IntegrationType), strings.Join(pasarela.IntegrationTypeNames(), ", "))
	}
	var err error
	if i.request, err = compileRequest(def); err != nil {
		return nil, err
	}
	if i.responses, err = compileResponses(def); err != nil {
		return nil, err
	}
	i.fault = reservedHeader(def)
	i.compileRole()
	text, unset := stagevariable.Substitute(def.IntegrationURI, env.Variables)
	if i.kind.address != nil {
		i.kind.address(i, text, unset)
	}
	return i, nil
}

// Defect says why every call will fail, so that a deployment or stage variables can be
// refused instead. What AWS accepts and then fails at each call is no defect: a mapping
// to a reserved header, or a variable that the stage does not have (yet).
func (i *Integration) Defect() Defect { return i.defect }

// setDefect records why no call can be made with a member. unset are the stage variables
// that it names and that are not defined.
func (i *Integration) setDefect(member string, err error, unset []string) {
	if err == nil {
		return
	}
	why := language.Reason(err)
	if len(unset) > 0 {
		why = language.VariableUnset.Because(why, i.env.Stage, strings.Join(unset, ", "))
	} else if i.defect.None() {
		i.defect = Defect{member, why}
	}
	if i.fault == nil {
		i.fault = execution.Misconfigured("Invalid endpoint address", language.IntegrationMember.Because(why, member, i.named))
	}
}

func timeoutOf(def *pasarela.Integration) time.Duration {
	if def.TimeoutInMillis <= 0 {
		return pasarela.MaxIntegrationTime
	}
	return time.Duration(def.TimeoutInMillis) * time.Millisecond
}

// Invoke calls the backend and puts its response into x.Reply. An error is the gateway's
// own: a response of the backend is an error only if no integration response fits it.
func (i *Integration) Invoke(x *Invocation) *execution.GatewayError {
	if i.fault != nil {
		return i.fault
	}
	if err := i.mayCall(x); err != nil {
		return err
	}
	return i.kind.invoke(i, x)
}

// Proxy says whether the backend's response is returned as it is.
func (i *Integration) Proxy() bool { return i.traits.Proxy }

// Mocked says whether there is no backend: such calls have no latency (aws-dataplane §10.6).
func (i *Integration) Mocked() bool { return !i.traits.Backend }

// reservedHeader finds a mapping to a header that the gateway alone sets.
func reservedHeader(def *pasarela.Integration) *execution.GatewayError {
	const prefix = "integration.request.header."
	for target := range def.RequestParameters {
		name, ok := strings.CutPrefix(target, prefix)
		if !ok {
			continue
		}
		if contains(reservedHTTP, name) || def.Type().AWS && contains(reservedAWS, name) {
			return execution.Misconfigured("Invalid mapping expression specified: "+target,
				language.IntegrationReserved.Of(name, target, nameOf(def)))
		}
	}
	return nil
}

// convertRequest applies contentHandlingStrategy to the request (aws-dataplane §4.9).
func (i *Integration) convertRequest(body []byte) ([]byte, *execution.GatewayError) {
	if i.def.ContentHandlingStrategy != pasarela.ConvertToBinary {
		return body, nil
	}
	decoded := make([]byte, base64.StdEncoding.DecodedLen(len(body)))
	n, err := base64.StdEncoding.Decode(decoded, body)
	if err != nil {
		return nil, execution.Misconfigured("Unable to base64 decode the body.",
			language.IntegrationBase64.Of(i.named, err.Error()))
	}
	return decoded[:n], nil
}

// convertResponse applies contentHandlingStrategy to the response: text becomes valid
// UTF-8 by replacement, bytes become base64.
func convertResponse(dst, body []byte, strategy string) []byte {
	switch strategy {
	case pasarela.ConvertToText:
		return base64.StdEncoding.AppendEncode(dst, body)
	case pasarela.ConvertToBinary:
		if decoded, err := base64.StdEncoding.AppendDecode(dst, body); err == nil {
			return decoded
		}
	}
	return appendUTF8(dst, body)
}
