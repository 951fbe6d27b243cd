// Package selection holds API Gateway's selection expressions: the texts that
// pick a route, a template, a model, an integration response or an API key
// (aws-dataplane §2). All compile at deployment and are then safe for concurrent
// use:
//
//	router, err := selection.NewRouter(api.RouteSelectionExpression, definition.Routes)
//	route, key := router.Select(doc.Root())      // a message; route -1: none
//	templates, err := selection.NewTemplates(expression, keys, selection.RequestTemplate)
//	key, outcome := templates.Choose(&input)
//	responses, err := selection.NewResponses(integration.Responses)
//	match := responses.Select("201")
//
// The grammar: $request.body.a.b and ${request.body.a.b} are variables, the path
// behind request.body is a JSONPath (package jsonpath); "\$" is a dollar;
// everything else stands for itself. An expression is evaluated once, never
// again on its own result. A path that finds nothing is empty text.
package selection
