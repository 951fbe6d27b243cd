package mapping

import (
	"slices"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
	"github.com/pasarela-ws/pasarela/vtl"
)

// context is $context. Its members come straight from the event until a template
// treats it as a map; from then on it is one. It and the maps in it print
// nothing (vtl §1 row 8).
type context struct {
	event      *Event
	identity   identityObject
	authorizer authorizerObject
	failure    failureObject
	whole      *vtl.Map // once a template needs it
	request    vtl.Value
	response   vtl.Value
}

func (c *context) begin(e *Event, overrides *Overrides) {
	c.event = e
	c.identity.context, c.authorizer.context, c.failure.context = c, c, c
	if overrides != nil {
		c.request, c.response = overrides.request, overrides.response
	}
	if e.Sample != "" {
		c.whole = sampleContext(e.Sample)
	}
}

// Get is $context.name.
func (c *context) Get(r *vtl.Run, name string) (vtl.Value, error) {
	if c.whole == nil {
		if v := c.event.member(name); !v.IsNull() {
			return v, nil
		}
	}
	switch name {
	case "requestOverride":
		return c.requestOverride(), nil
	case "responseOverride":
		return c.responseOverride(), nil
	}
	if c.whole != nil {
		v, _ := c.whole.Get(vtl.String(name))
		return v, nil
	}
	switch name {
	case "identity":
		return vtl.HostValue(&c.identity), nil
	case "authorizer":
		if len(c.event.Authorizer) > 0 {
			return vtl.HostValue(&c.authorizer), nil
		}
		return vtl.Null(), nil
	case "error":
		if c.event.Failure != (Failure{}) {
			return vtl.HostValue(&c.failure), nil
		}
		return vtl.Null(), nil
	}
	return vtl.Null(), nil
}

// Call leaves all methods to the map.
func (c *context) Call(*vtl.Run, vtl.Call) (vtl.Value, error) {
	return vtl.Value{}, vtl.ErrNoMember
}

// Plain is the context as a map.
func (c *context) Plain(*vtl.Run) vtl.Value { return vtl.MapValue(c.asMap()) }

// names are the members in the order of aws-dataplane §6.3.
var names = [...]string{
	"apiId", "connectedAt", "connectionId", "disconnectReason", "disconnectStatusCode", "domainName", "eventType",
	"extendedRequestId", "messageDirection", "messageId", "requestId", "requestTime", "requestTimeEpoch", "routeKey",
	"stage", "status",
}

// KnownContext says whether a WebSocket API has $context with that path behind
// it. What an authorizer adds has any name, and so have overrides.
func KnownContext(path []string) bool {
	if len(path) == 0 {
		return true
	}
	known := slices.Contains(names[:], path[0])
	switch path[0] {
	case "authorizer", "requestOverride", "responseOverride":
		return true
	case "identity":
		known = len(path) < 2 || slices.Contains(identityNames[:], path[1])
	case "error":
		known = len(path) < 2 || slices.Contains(failureNames[:], path[1])
	}
	return known || strings.HasSuffix(path[len(path)-1], "()") && len(path) <= 2
}

// Members of $input and the functions of $util.
var (
	inputNames = []string{"body", "json()", "params()", "path()"}
	utilNames  = []string{"base64Decode()", "base64Encode()", "escapeJavaScript()", "parseJson()", "urlDecode()", "urlEncode()"}
)

// Members are what $input or $util has, methods with "()"; nil for other objects,
// whose members are data.
func Members(root string) []string {
	switch root {
	case "input":
		return inputNames
	case "util":
		return utilNames
	}
	return nil
}

func (c *context) asMap() *vtl.Map {
	if c.whole != nil {
		return c.whole
	}
	m := silentMap(len(names) + 5)
	for _, name := range names {
		if v := c.event.member(name); !v.IsNull() {
			m.PutString(name, v)
		}
	}
	m.PutString("identity", c.event.Identity.asMap())
	if len(c.event.Authorizer) > 0 {
		m.PutString("authorizer", silentPairs(c.event.Authorizer))
	}
	if c.event.Failure != (Failure{}) {
		m.PutString("error", c.event.Failure.asMap())
	}
	m.PutString("requestOverride", c.requestOverride())
	m.PutString("responseOverride", c.responseOverride())
	c.whole = m
	return m
}

// part is a map inside of the context as a map.
func (c *context) part(name string) vtl.Value {
	v, _ := c.asMap().Get(vtl.String(name))
	return v
}

func silentMap(size int) *vtl.Map {
	m := vtl.NewMap(size)
	m.Silent = true
	return m
}

func silentPairs(pairs []Pair) vtl.Value {
	m := silentMap(len(pairs))
	for _, p := range pairs {
		m.PutString(p.Name, vtl.String(p.Value))
	}
	return vtl.MapValue(m)
}

// member is a plain member of the context, null where it is not there.
func (e *Event) member(name string) vtl.Value {
	switch name {
	case "apiId":
		return present(e.APIID)
	case "connectedAt":
		return presentTime(e.ConnectedAt)
	case "connectionId":
		return present(e.ConnectionID)
	case "disconnectReason":
		return present(e.DisconnectReason)
	case "disconnectStatusCode":
		return presentTime(int64(e.DisconnectStatusCode))
	case "domainName":
		return present(e.DomainName)
	case "eventType":
		return present(e.EventType)
	case "extendedRequestId":
		if e.ExtendedRequestID == "" {
			return present(e.RequestID)
		}
		return vtl.String(e.ExtendedRequestID)
	case "messageDirection":
		if e.MessageDirection == "" {
			return vtl.String("IN")
		}
		return vtl.String(e.MessageDirection)
	case "messageId":
		return present(e.MessageID)
	case "requestId":
		return present(e.RequestID)
	case "requestTime":
		if e.RequestTimeEpoch == 0 {
			return vtl.Null()
		}
		return vtl.String(e.RequestTime())
	case "requestTimeEpoch":
		return presentTime(e.RequestTimeEpoch)
	case "routeKey":
		return present(e.RouteKey)
	case "stage":
		return present(e.Stage)
	case "status":
		return presentTime(int64(e.Status))
	}
	return vtl.Null()
}

func present(s string) vtl.Value {
	if s == "" {
		return vtl.Null()
	}
	return vtl.String(s)
}

func presentTime(i int64) vtl.Value {
	if i == 0 {
		return vtl.Null()
	}
	return vtl.Int(i)
}

// RequestTime is $context.requestTime: 12/Jan/2024:21:13:26 +0000.
func (e *Event) RequestTime() string { return string(e.appendRequestTime(nil)) }

func (e *Event) appendRequestTime(dst []byte) []byte {
	return time.UnixMilli(e.RequestTimeEpoch).UTC().AppendFormat(dst, "02/Jan/2006:15:04:05 -0700")
}

// sampleContext reads Event.Sample; what is no JSON object is an empty one.
func sampleContext(text string) *vtl.Map {
	var d jsonvalue.Document
	if err := d.Read(text); err != nil || d.Root().Kind() != jsonvalue.Object {
		return silentMap(0)
	}
	return silentValue(d.Root()).Map()
}

// silentValue converts JSON into maps that print nothing. It is for samples,
// which are as deep as the JSON reader allows and no template's doing.
func silentValue(v jsonvalue.Value) vtl.Value {
	switch v.Kind() {
	case jsonvalue.Object:
		m := silentMap(v.Len())
		for name, member := range v.Members() {
			m.PutString(name.Text(), silentValue(member))
		}
		return vtl.MapValue(m)
	case jsonvalue.Array:
		l := vtl.NewList()
		for item := range v.Items() {
			l.Add(silentValue(item))
		}
		return vtl.ListValue(l)
	}
	return scalar(v)
}
