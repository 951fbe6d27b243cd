package integration

import (
	"net/http"

	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// mock responds with the status that the request template renders: {"statusCode": 200},
// parsed as leniently as AWS does (aws-dataplane §4.8). The body is empty.
func (i *Integration) mock(x *Invocation) *execution.GatewayError {
	if err := i.render(x); err != nil {
		return err
	}
	status := http.StatusOK // without a template there is nothing to read it from (aws-dataplane §4.8 [I])
	if len(i.def.RequestTemplates) > 0 {
		x.response.Reset(textOfBytes(x.request.Body))
		root, err := x.response.JSON()
		code, ok := root.Field("statusCode").Int64()
		if err != nil || root.Field("statusCode").Kind() != jsonvalue.Integer || !ok {
			return execution.Misconfigured("Unable to parse statusCode. It should be an integer that is defined in the request template.",
				language.IntegrationMock.Of(i.named, x.quotable(string(x.request.Body))))
		}
		status = int(code)
	}
	x.Record.NoteBytes(execution.StepRequestBody, x.request.Body)
	return i.respond(x, status, nil, func(func(name, value []byte)) {})
}
