package mapping

import (
	"strings"

	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
	"github.com/pasarela-ws/pasarela/vtl"
)

// context is $context. Its members are read from the event until a template
// treats it as a map; then the map is made, and holds from then on. It and the
// maps in it print nothing (vtl §1 row 8).
type context struct {
	event      *event.Event
	identity   groupObject
	authorizer authorizerObject
	failure    groupObject
	whole      *vtl.Map // once a template needs it
	lasting    bool     // the overrides outlive the rendering
	request    vtl.Value
	response   vtl.Value
}

func (c *context) begin(e *event.Event, overrides *Overrides) {
	c.event = e
	c.identity = groupObject{c, event.IdentityMembers, "identity"}
	c.authorizer = authorizerObject{c}
	c.failure = groupObject{c, event.ErrorMembers, "error"}
	if overrides != nil {
		c.request, c.response, c.lasting = overrides.request, overrides.response, true
	}
	if e.Sample != "" {
		c.whole = sampleContext(e.Sample)
	}
}

// Get is $context.name.
func (c *context) Get(r *vtl.Run, name string) (vtl.Value, error) {
	if c.whole == nil {
		if variable := event.ContextMembers.Find(name, event.InTemplate); variable != nil {
			return valueOf(variable, c.event), nil
		}
	}
	switch name {
	case requestOverride:
		c.keep(r)
		return c.requestOverride(), nil
	case responseOverride:
		c.keep(r)
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
		if c.event.Failure != (event.Failure{}) {
			return vtl.HostValue(&c.failure), nil
		}
		return vtl.Null(), nil
	}
	return vtl.Null(), nil
}

// Call answers [vtl.ErrNoMember], so that the method is called on the map of
// Plain.
func (c *context) Call(*vtl.Run, vtl.Call) (vtl.Value, error) {
	return vtl.Value{}, vtl.ErrNoMember
}

// Plain is the context as a map.
func (c *context) Plain(r *vtl.Run) vtl.Value {
	c.keep(r)
	return vtl.MapValue(c.asMap())
}

// keep is called before the template gets an override map: values that it puts there
// outlive the rendering.
func (c *context) keep(r *vtl.Run) {
	if c.lasting {
		r.Keep()
	}
}

// KnownContext says whether a WebSocket API has $context with that path behind
// it. Names of values that an authorizer adds, and of overrides, are free.
func KnownContext(path []string) bool {
	if len(path) > 0 && len(path) <= 2 && strings.HasSuffix(path[len(path)-1], "()") {
		return true // a method of the map
	}
	return len(path) > 0 && (path[0] == requestOverride || path[0] == responseOverride) || event.Known(event.InTemplate, path...)
}

// NearContext is the variable of $context that a name with a slip in it most probably
// means, "connectionId" for connetionId; empty where none is near.
func NearContext(path []string) string {
	name, near, least := strings.Join(path, "."), "", maxSlips+1
	for _, group := range []*event.Group{event.ContextMembers, event.IdentityMembers, event.ErrorMembers} {
		for _, v := range group.All() {
			if n := slips(strings.ToLower(name), strings.ToLower(v.Path())); n < least && v.In(event.InTemplate) {
				near, least = v.Path(), n
			}
		}
	}
	return near
}

// maxSlips is how many letters may be wrong, missing or too many in a name that is taken
// for another.
const maxSlips = 2

// slips is how many letters one must change, add or leave out to make b of a.
func slips(a, b string) int {
	last, next := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		next[0] = i + 1
		for j := range len(b) {
			changed := last[j]
			if a[i] != b[j] {
				changed++
			}
			next[j+1] = min(changed, last[j+1]+1, next[j]+1)
		}
		last, next = next, last
	}
	return last[len(b)]
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
	m := vtl.NewSilentMap(len(event.ContextMembers.All()) + 5)
	putAll(m, event.ContextMembers, c.event)
	m.PutString("identity", groupMap(event.IdentityMembers, c.event))
	if len(c.event.Authorizer) > 0 {
		m.PutString("authorizer", silentPairs(c.event.Authorizer))
	}
	if c.event.Failure != (event.Failure{}) {
		m.PutString("error", groupMap(event.ErrorMembers, c.event))
	}
	m.PutString(requestOverride, c.requestOverride())
	m.PutString(responseOverride, c.responseOverride())
	c.whole = m
	return m
}

// part is a map inside of the context as a map.
func (c *context) part(name string) vtl.Value {
	v, _ := c.asMap().Get(vtl.String(name))
	return v
}

func silentPairs(pairs []event.Pair) vtl.Value {
	m := vtl.NewSilentMap(len(pairs))
	for _, p := range pairs {
		m.PutString(p.Name, vtl.String(p.Value))
	}
	return vtl.MapValue(m)
}

// valueOf is the value of a variable, null where the event has none.
func valueOf(v *event.Variable, e *event.Event) vtl.Value {
	if v.Kind == event.Number {
		if n, ok := v.Number(e); ok {
			return vtl.Int(n)
		}
		return vtl.Null()
	}
	return present(v.Text(e))
}

// putAll puts the variables of a group that the event has into a map.
func putAll(m *vtl.Map, g *event.Group, e *event.Event) {
	for _, v := range g.All() {
		if value := valueOf(v, e); v.In(event.InTemplate) && !value.IsNull() {
			m.PutString(v.Name(), value)
		}
	}
}

// groupMap is a group of variables as a map.
func groupMap(g *event.Group, e *event.Event) vtl.Value {
	m := vtl.NewSilentMap(len(g.All()))
	putAll(m, g, e)
	return vtl.MapValue(m)
}

func present(s string) vtl.Value {
	if s == "" {
		return vtl.Null()
	}
	return vtl.String(s)
}

// sampleContext reads [event.Event.Sample]; a text that is no JSON object counts as
// an empty one.
func sampleContext(text string) *vtl.Map {
	var d jsonvalue.Document
	if err := d.Read(text); err != nil || d.Root().Kind() != jsonvalue.Object {
		return vtl.NewSilentMap(0)
	}
	return silentValue(d.Root()).Map()
}

// silentValue converts JSON into maps that print nothing. It is for samples
// only, whose depth is bounded by the JSON reader and not by the template's
// limits.
func silentValue(v jsonvalue.Value) vtl.Value {
	switch v.Kind() {
	case jsonvalue.Object:
		m := vtl.NewSilentMap(v.Len())
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
