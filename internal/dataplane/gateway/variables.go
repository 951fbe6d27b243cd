package gateway

import (
	"strconv"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/engine/mapping"
)

// AppendContext is $context.name of the event for the access log (aws-dataplane
// §6.3); ok is false for what is not set. It implements [accesslog.Context].
func (x *exchange) AppendContext(dst []byte, name string) (out []byte, ok bool) {
	e := &x.Event
	if group, member, found := strings.Cut(name, "."); found {
		return x.appendMember(dst, group, member)
	}
	switch name {
	case "connectedAt":
		return strconv.AppendInt(dst, e.ConnectedAt, 10), true
	case "requestTimeEpoch":
		return strconv.AppendInt(dst, e.RequestTimeEpoch, 10), true
	case "requestTime":
		return time.UnixMilli(e.RequestTimeEpoch).UTC().AppendFormat(dst, execution.TimeFormat), true
	case "status", "integrationStatus":
		return appendPositive(dst, e.Status)
	case "disconnectStatusCode":
		return appendPositive(dst, e.DisconnectStatusCode)
	case "integrationLatency":
		return x.appendLatency(dst)
	}
	text := plainVariable(e, name)
	return append(dst, text...), text != ""
}

func plainVariable(e *mapping.Event, name string) string {
	switch name {
	case "requestId", "extendedRequestId":
		return e.RequestID
	case "connectionId":
		return e.ConnectionID
	case "routeKey":
		return e.RouteKey
	case "eventType":
		return e.EventType
	case "stage":
		return e.Stage
	case "apiId":
		return e.APIID
	case "messageId":
		return e.MessageID
	case "domainName":
		return e.DomainName
	case "messageDirection":
		return "IN"
	case "disconnectReason":
		return e.DisconnectReason
	case "integrationErrorMessage":
		return e.Failure.Message
	}
	return ""
}

// appendMember is a variable of two parts, such as identity.sourceIp.
func (x *exchange) appendMember(dst []byte, group, member string) ([]byte, bool) {
	e, text := &x.Event, ""
	switch group {
	case "identity":
		text = identityVariable(&e.Identity, member)
	case "error":
		text = errorVariable(&e.Failure, member)
	case "authorizer":
		if member == "integrationLatency" || member == "latency" {
			return appendPositive(dst, int(x.AuthorizerLatency))
		}
		for _, pair := range e.Authorizer {
			if pair.Name == member {
				text = pair.Value
			}
		}
	case "integration":
		switch member {
		case "latency":
			return x.appendLatency(dst)
		case "status", "integrationStatus":
			return appendPositive(dst, e.Status)
		case "error":
			text = e.Failure.Message
		}
	}
	return append(dst, text...), text != ""
}

func identityVariable(i *mapping.Identity, member string) string {
	switch member {
	case "sourceIp":
		return i.SourceIP
	case "userAgent":
		return i.UserAgent
	case "accountId":
		return i.AccountID
	case "caller":
		return i.Caller
	case "user":
		return i.User
	case "userArn":
		return i.UserARN
	case "principalOrgId":
		return i.PrincipalOrgID
	case "apiKey":
		return i.APIKey
	case "apiKeyId":
		return i.APIKeyID
	}
	return ""
}

func errorVariable(f *mapping.Failure, member string) string {
	switch member {
	case "message":
		return f.Message
	case "messageString":
		return f.MessageString
	case "responseType":
		return f.ResponseType
	case "validationErrorString":
		return f.ValidationErrorString
	}
	return ""
}

func (x *exchange) appendLatency(dst []byte) ([]byte, bool) {
	if x.Reply.Latency <= 0 {
		return dst, false
	}
	return strconv.AppendInt(dst, x.Reply.Latency.Milliseconds(), 10), true
}

func appendPositive(dst []byte, n int) ([]byte, bool) {
	if n <= 0 {
		return dst, false
	}
	return strconv.AppendInt(dst, int64(n), 10), true
}
