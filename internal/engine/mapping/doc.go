// Package mapping turns what a client sent into what a backend gets, and what a
// backend answered into what the client gets, as WebSocket APIs of API Gateway
// do: mapping templates with $input, $context, $util and $stageVariables over
// package vtl, parameter mapping, template selection and passthrough.
//
// Everything compiles at deployment and is then safe for concurrent use:
//
//	request, err := mapping.CompileRequest(&integration) // templates, parameters, passthrough
//	response, err := mapping.CompileResponse(&integrationResponse)
//
// and a message is mapped by filling an [event.Event] and applying it:
//
//	var payload mapping.Payload                     // pooled by the caller
//	payload.Reset(text)
//	var out mapping.Request                         // pooled by the caller
//	err := request.Apply(&out, &event, &payload, templateKey)
//	// out.Body, out.Header, out.Querystring, out.Path, out.Overrides
//	...
//	body, err := response.Append(dst, &event, &payload, templateKey, &out.Overrides)
//
// The package is pure: no clock, no network, no goroutine.
package mapping
