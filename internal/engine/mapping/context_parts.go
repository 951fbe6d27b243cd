package mapping

import (
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/vtl"
)

// groupObject is a group of variables of $context: $context.identity or $context.error.
type groupObject struct {
	context *context
	members *event.Group
	name    string
}

// Get is the variable of that name in the group; null for a name that it does not have.
func (o *groupObject) Get(_ *vtl.Run, name string) (vtl.Value, error) {
	if o.context.whole != nil {
		return vtl.Value{}, vtl.ErrNoMember
	}
	if v := o.members.Find(name, event.InTemplate); v != nil {
		return valueOf(v, o.context.event), nil
	}
	return vtl.Null(), nil
}

// Call leaves all methods to the map.
func (o *groupObject) Call(*vtl.Run, vtl.Call) (vtl.Value, error) {
	return vtl.Value{}, vtl.ErrNoMember
}

// Plain is the group as a map.
func (o *groupObject) Plain(*vtl.Run) vtl.Value { return o.context.part(o.name) }

// authorizerObject is $context.authorizer.
type authorizerObject struct{ context *context }

// Get is $context.authorizer.name.
func (o *authorizerObject) Get(_ *vtl.Run, name string) (vtl.Value, error) {
	if o.context.whole != nil {
		return vtl.Value{}, vtl.ErrNoMember
	}
	if value, ok := event.Last(o.context.event.Authorizer, name); ok {
		return vtl.String(value), nil
	}
	return vtl.Null(), nil
}

// Call leaves all methods to the map.
func (o *authorizerObject) Call(*vtl.Run, vtl.Call) (vtl.Value, error) {
	return vtl.Value{}, vtl.ErrNoMember
}

// Plain is the authorizer's context as a map.
func (o *authorizerObject) Plain(*vtl.Run) vtl.Value { return o.context.part("authorizer") }

// stageVariables is $stageVariables, which prints as an ordinary map.
type stageVariables struct {
	pairs []event.Pair
	whole vtl.Value
}

// Get is $stageVariables.name.
func (o *stageVariables) Get(_ *vtl.Run, name string) (vtl.Value, error) {
	if !o.whole.IsNull() {
		return vtl.Value{}, vtl.ErrNoMember
	}
	if value, ok := event.Last(o.pairs, name); ok {
		return vtl.String(value), nil
	}
	return vtl.Null(), nil
}

// Call leaves all methods to the map.
func (o *stageVariables) Call(*vtl.Run, vtl.Call) (vtl.Value, error) {
	return vtl.Value{}, vtl.ErrNoMember
}

// Plain is the stage variables as a map.
func (o *stageVariables) Plain(*vtl.Run) vtl.Value {
	if o.whole.IsNull() {
		m := vtl.NewMap(len(o.pairs))
		for _, p := range o.pairs {
			m.PutString(p.Name, vtl.String(p.Value))
		}
		o.whole = vtl.MapValue(m)
	}
	return o.whole
}
