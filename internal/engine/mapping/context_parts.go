package mapping

import (
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/vtl"
)

// identityObject is $context.identity.
type identityObject struct{ context *context }

// Get is $context.identity.name.
func (o *identityObject) Get(_ *vtl.Run, name string) (vtl.Value, error) {
	if o.context.whole != nil {
		return vtl.Value{}, vtl.ErrNoMember
	}
	return o.context.member(event.IdentityMembers, name), nil
}

// Call leaves all methods to the map.
func (o *identityObject) Call(*vtl.Run, vtl.Call) (vtl.Value, error) {
	return vtl.Value{}, vtl.ErrNoMember
}

// Plain is the identity as a map.
func (o *identityObject) Plain(*vtl.Run) vtl.Value { return o.context.part("identity") }

// member is a variable of a group.
func (c *context) member(g *event.Group, name string) vtl.Value {
	if v := g.Find(name, event.InTemplate); v != nil {
		return valueOf(v, c.event)
	}
	return vtl.Null()
}

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

// failureObject is $context.error.
type failureObject struct{ context *context }

// Get is $context.error.name.
func (o *failureObject) Get(_ *vtl.Run, name string) (vtl.Value, error) {
	if o.context.whole != nil {
		return vtl.Value{}, vtl.ErrNoMember
	}
	return o.context.member(event.ErrorMembers, name), nil
}

// Call leaves all methods to the map.
func (o *failureObject) Call(*vtl.Run, vtl.Call) (vtl.Value, error) {
	return vtl.Value{}, vtl.ErrNoMember
}

// Plain is the error as a map.
func (o *failureObject) Plain(*vtl.Run) vtl.Value { return o.context.part("error") }

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
