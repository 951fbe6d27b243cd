package execution

import (
	"strconv"

	"github.com/pasarela-ws/pasarela/internal/engine/event"
)

// LambdaEvent is an event as a Lambda function is given it (aws-dataplane §4.6,
// aws-dataplane §7.2): payload format 1.0 cut down to WebSocket, keys in AWS's order, absent
// keys really absent.
type LambdaEvent struct {
	Event *event.Event
	// Body is the message; HasBody distinguishes an empty one from none.
	Body    string
	HasBody bool
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

// contextMember is a member of requestContext: a variable of $context, or, without
// one, the object authorizer or identity.
type contextMember struct {
	name     string
	opening  string // `"name":`
	variable *event.Variable
}

// contextMembers and identityMembers have the order of recorded events
// (aws-dataplane §4.6 [O]).
var (
	contextMembers = membersOf(event.ContextMembers, "routeKey", "disconnectStatusCode", "authorizer", "messageId", "eventType",
		"extendedRequestId", "requestTime", "messageDirection", "disconnectReason", "stage", "connectedAt", "requestTimeEpoch",
		"identity", "requestId", "domainName", "connectionId", "apiId")
	identityMembers = membersOf(event.IdentityMembers, "accountId", "caller", "user", "userArn", "apiKey", "apiKeyId", "userAgent", "sourceIp")
)

func membersOf(g *event.Group, names ...string) (members []contextMember) {
	for _, name := range names {
		members = append(members, contextMember{name, `"` + name + `":`, g.Find(name, event.InLambdaEvent)})
	}
	return members
}

// appendContext writes requestContext. A variable that events of the type have is
// there even if it is empty.
func (l *LambdaEvent) appendContext(dst []byte) []byte {
	e := l.Event
	dst = append(dst, `"requestContext":{`...)
	first := len(dst)
	for i := range contextMembers {
		m := &contextMembers[i]
		switch {
		case m.variable != nil && m.variable.Events.Has(e.EventType):
			dst = m.append(m.open(dst, first), e)
		case m.name == "identity":
			dst = appendIdentity(m.open(dst, first), e)
		case m.name == "authorizer" && len(e.Authorizer) > 0:
			dst = appendAuthorizer(m.open(dst, first), e)
		}
	}
	return append(dst, '}')
}

// open writes the member's name, behind a comma unless it is the first of an object
// that begins at first.
func (m *contextMember) open(dst []byte, first int) []byte {
	if len(dst) > first {
		dst = append(dst, ',')
	}
	return append(dst, m.opening...)
}

// append writes the value as JSON.
func (m *contextMember) append(dst []byte, e *event.Event) []byte {
	switch m.variable.Kind {
	case event.Number:
		n, _ := m.variable.Number(e)
		return strconv.AppendInt(dst, n, 10)
	case event.Time:
		dst, _ = m.variable.Append(append(dst, '"'), e)
		return append(dst, '"')
	}
	return AppendQuoted(dst, m.variable.Text(e))
}

func appendAuthorizer(dst []byte, e *event.Event) []byte {
	dst = append(dst, '{')
	for i, pair := range e.Authorizer {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendMember(dst, pair)
	}
	if e.AuthorizerLatency >= 0 && e.EventType == event.Connect {
		dst = strconv.AppendInt(append(dst, `,"integrationLatency":`...), e.AuthorizerLatency, 10)
	}
	return append(dst, '}')
}

// appendIdentity writes the members of the identity that are not empty.
func appendIdentity(dst []byte, e *event.Event) []byte {
	dst = append(dst, '{')
	first := len(dst)
	for i := range identityMembers {
		m := &identityMembers[i]
		if value := m.variable.Text(e); value != "" {
			dst = AppendQuoted(m.open(dst, first), value)
		}
	}
	return append(dst, '}')
}

// appendParams writes the last value of each name, then all values of each.
func appendParams(dst []byte, single, multi string, pairs []event.Pair) []byte {
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

func appendValues(dst []byte, pairs []event.Pair, name string) []byte {
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

func lastOf(pairs []event.Pair, i int) bool {
	for _, later := range pairs[i+1:] {
		if later.Name == pairs[i].Name {
			return false
		}
	}
	return true
}

func appendVariables(dst []byte, variables []event.Pair) []byte {
	dst = append(dst, `"stageVariables":{`...)
	for i, pair := range variables {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendMember(dst, pair)
	}
	return append(dst, '}')
}

func appendMember(dst []byte, pair event.Pair) []byte {
	return AppendQuoted(append(AppendQuoted(dst, pair.Name), ':'), pair.Value)
}
