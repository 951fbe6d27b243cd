package selection

import (
	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
)

// Router picks the route of a message (aws-dataplane §2.3).
type Router struct {
	expression *Expression
	routes     map[string]int
	fallback   int // index of $default, -1 without one
}

// NewRouter compiles the API's routeSelectionExpression over its routes.
// $connect and $disconnect are left out: messages cannot select them.
func NewRouter(expression string, routes []pasarela.Route) (*Router, error) {
	compiled, err := Compile(expression, Route)
	if err != nil {
		return nil, err
	}
	r := &Router{expression: compiled, routes: make(map[string]int, len(routes)), fallback: -1}
	for i := range routes {
		switch key := routes[i].RouteKey; key {
		case pasarela.RouteConnect, pasarela.RouteDisconnect:
		case pasarela.KeyDefault:
			r.fallback = i
			r.routes[key] = i
		default:
			r.routes[key] = i
		}
	}
	return r, nil
}

// Select is the index of the route for a message and the key that the
// expression gave; -1 when there is neither such a route nor $default. message
// is the root of a strictly read Document ([jsonvalue.Document.ReadStrict]),
// missing when the message is not JSON: its key is $default then, even if the
// expression is static text.
func (r *Router) Select(message jsonvalue.Value) (route int, key string) {
	if !message.Exists() {
		return r.fallback, pasarela.KeyDefault
	}
	in := Input{Body: message}
	key = r.expression.Evaluate(&in)
	if route, ok := r.routes[key]; ok {
		return route, key
	}
	return r.fallback, key
}
