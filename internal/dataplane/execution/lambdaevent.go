package execution

import (
	"strconv"
	"time"

	"github.com/pasarela-ws/pasarela/internal/engine/mapping"
)

// TimeFormat is $context.requestTime: CLF, always UTC.
const TimeFormat = "02/Jan/2006:15:04:05 +0000"

// LambdaEvent is an event as a Lambda function is given it (aws-dataplane §4.6,
// aws-dataplane §7.2): payload format 1.0 cut down to WebSocket, keys in AWS's order, absent
// keys really absent.
type LambdaEvent struct {
	Event *mapping.Event
	// Body is the message; HasBody tells an empty one from none.
	Body    string
	HasBody bool
	// AuthorizerLatency is authorizer.integrationLatency in ms; below zero on all
	// events but CONNECT, where it is left out.
	AuthorizerLatency int64
	// MethodARN makes it the event of a REQUEST authorizer.
	MethodARN string
}

// Append writes the event as JSON.
func (l *LambdaEvent) Append(dst []byte) []byte {
	e := l.Event
	authorizer := l.MethodARN != ""
	dst = append(dst, '{')
	if authorizer {
		dst = append(dst, `"type":"REQUEST","methodArn":`...)
		dst = append(AppendQuoted(dst, l.MethodARN), ',')
	}
	if len(e.Params.Header) > 0 {
		dst = appendParams(dst, "headers", "multiValueHeaders", e.Params.Header)
	}
	if len(e.Params.Querystring) > 0 || authorizer {
		dst = appendParams(dst, "queryStringParameters", "multiValueQueryStringParameters", e.Params.Querystring)
	}
	if authorizer {
		dst = append(appendVariables(dst, e.StageVariables), ',')
	}
	dst = l.appendContext(dst)
	if authorizer {
		return append(dst, '}')
	}
	if len(e.StageVariables) > 0 {
		dst = appendVariables(append(dst, ','), e.StageVariables)
	}
	if l.HasBody {
		dst = AppendQuoted(append(dst, `,"body":`...), l.Body)
	}
	return append(dst, `,"isBase64Encoded":false}`...)
}

// appendContext writes requestContext; order and presence of keys are those of
// recorded events.
func (l *LambdaEvent) appendContext(dst []byte) []byte {
	e := l.Event
	dst = append(dst, `"requestContext":{"routeKey":`...)
	dst = AppendQuoted(dst, e.RouteKey)
	if e.EventType == mapping.EventDisconnect {
		dst = append(dst, `,"disconnectStatusCode":`...)
		dst = strconv.AppendInt(dst, int64(e.DisconnectStatusCode), 10)
	}
	if len(e.Authorizer) > 0 {
		dst = l.appendAuthorizer(dst)
	}
	if e.MessageID != "" {
		dst = AppendQuoted(append(dst, `,"messageId":`...), e.MessageID)
	}
	dst = AppendQuoted(append(dst, `,"eventType":`...), e.EventType)
	dst = AppendQuoted(append(dst, `,"extendedRequestId":`...), e.RequestID)
	dst = append(dst, `,"requestTime":"`...)
	dst = time.UnixMilli(e.RequestTimeEpoch).UTC().AppendFormat(dst, TimeFormat)
	dst = append(dst, `","messageDirection":"IN"`...)
	if e.EventType == mapping.EventDisconnect {
		dst = AppendQuoted(append(dst, `,"disconnectReason":`...), e.DisconnectReason)
	}
	dst = AppendQuoted(append(dst, `,"stage":`...), e.Stage)
	dst = strconv.AppendInt(append(dst, `,"connectedAt":`...), e.ConnectedAt, 10)
	dst = strconv.AppendInt(append(dst, `,"requestTimeEpoch":`...), e.RequestTimeEpoch, 10)
	dst = appendIdentity(append(dst, `,"identity":{`...), &e.Identity)
	dst = AppendQuoted(append(dst, `},"requestId":`...), e.RequestID)
	dst = AppendQuoted(append(dst, `,"domainName":`...), e.DomainName)
	dst = AppendQuoted(append(dst, `,"connectionId":`...), e.ConnectionID)
	dst = AppendQuoted(append(dst, `,"apiId":`...), e.APIID)
	return append(dst, '}')
}

func (l *LambdaEvent) appendAuthorizer(dst []byte) []byte {
	dst = append(dst, `,"authorizer":{`...)
	for i, pair := range l.Event.Authorizer {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendMember(dst, pair)
	}
	if l.AuthorizerLatency >= 0 && l.Event.EventType == mapping.EventConnect {
		dst = strconv.AppendInt(append(dst, `,"integrationLatency":`...), l.AuthorizerLatency, 10)
	}
	return append(dst, '}')
}

func appendIdentity(dst []byte, id *mapping.Identity) []byte {
	first := true
	for _, pair := range [...]mapping.Pair{
		{Name: "accountId", Value: id.AccountID},
		{Name: "caller", Value: id.Caller},
		{Name: "user", Value: id.User},
		{Name: "userArn", Value: id.UserARN},
		{Name: "principalOrgId", Value: id.PrincipalOrgID},
		{Name: "apiKey", Value: id.APIKey},
		{Name: "apiKeyId", Value: id.APIKeyID},
		{Name: "userAgent", Value: id.UserAgent},
		{Name: "sourceIp", Value: id.SourceIP},
	} {
		if pair.Value == "" {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = appendMember(dst, pair)
	}
	return dst
}

// appendParams writes the last value of each name, then all values of each.
func appendParams(dst []byte, single, multi string, pairs []mapping.Pair) []byte {
	dst = append(AppendQuoted(dst, single), ":{"...)
	first := true
	for i, pair := range pairs {
		if !lastOf(pairs, i) {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = appendMember(dst, pair)
	}
	dst = append(AppendQuoted(append(dst, "},"...), multi), ":{"...)
	first = true
	for i, pair := range pairs {
		if !lastOf(pairs, i) {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(AppendQuoted(dst, pair.Name), ":["...)
		dst = appendValues(dst, pairs[:i+1], pair.Name)
		dst = append(dst, ']')
	}
	return append(dst, "},"...)
}

func appendValues(dst []byte, pairs []mapping.Pair, name string) []byte {
	first := true
	for _, pair := range pairs {
		if pair.Name != name {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = AppendQuoted(dst, pair.Value)
	}
	return dst
}

func lastOf(pairs []mapping.Pair, i int) bool {
	for _, later := range pairs[i+1:] {
		if later.Name == pairs[i].Name {
			return false
		}
	}
	return true
}

func appendVariables(dst []byte, variables []mapping.Pair) []byte {
	dst = append(dst, `"stageVariables":{`...)
	for i, pair := range variables {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendMember(dst, pair)
	}
	return append(dst, '}')
}

func appendMember(dst []byte, pair mapping.Pair) []byte {
	return AppendQuoted(append(AppendQuoted(dst, pair.Name), ':'), pair.Value)
}
