package integration

import (
	"encoding/base64"
	"encoding/json"
	"net/http"

	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// takeFunctionResult reads the result of a proxied function (aws-dataplane §4.7): {"statusCode",
// "headers", "multiValueHeaders", "body", "isBase64Encoded"}.
func (i *Integration) takeFunctionResult(x *Invocation, response FunctionResult) *execution.GatewayError {
	if response.Failed {
		return i.functionError(response)
	}
	x.received = string(appendUTF8(nil, response.Payload))
	x.response.Reset(x.received)
	root, err := x.response.JSON()
	status, ok := root.Field("statusCode").Int64()
	if err != nil || root.Kind() != jsonvalue.Object || !ok || status < 100 || status > 599 {
		return i.malformed(x)
	}
	x.Reply.Status = int(status)
	for name, value := range root.Field("headers").Members() {
		x.keepHeader(name.Text(), textOf(value))
	}
	for name, values := range root.Field("multiValueHeaders").Members() {
		for value := range values.Items() {
			x.keepHeader(name.Text(), textOf(value))
		}
	}
	body := root.Field("body")
	if !body.Exists() || body.Kind() == jsonvalue.Null {
		return nil // nothing to send (A-GATEWAY-7)
	}
	x.body = append(x.body[:0], textOf(body)...)
	if root.Field("isBase64Encoded").Bool() {
		decoded, err := base64.StdEncoding.DecodeString(string(x.body))
		if err != nil {
			return i.malformed(x)
		}
		x.body = appendUTF8(x.body[:0], decoded)
	}
	x.Reply.Body, x.Reply.Present = x.body, true
	return nil
}

func textOf(v jsonvalue.Value) string {
	if v.Kind() == jsonvalue.String {
		return v.Text()
	}
	return string(v.AppendJSON(nil, jsonvalue.Compact))
}

// malformed is a result without a numeric statusCode. One-way functions that
// return nothing are a common pattern and work (aws-dataplane §4.7).
func (i *Integration) malformed(x *Invocation) *execution.GatewayError {
	if !x.TwoWay {
		x.Reply.Status = http.StatusOK
		return nil
	}
	return execution.Misconfigured("Malformed Lambda proxy response",
		language.FunctionMalformed.Of(i.target.function(), x.quotable(x.received)))
}

// functionError is a function that ended with an exception.
func (i *Integration) functionError(response FunctionResult) *execution.GatewayError {
	var failure struct {
		ErrorMessage string `json:"errorMessage"`
		ErrorType    string `json:"errorType"`
	}
	_ = json.Unmarshal(response.Payload, &failure) // a failure that is no JSON has no message
	return execution.Failed("Lambda execution failed with status 200 due to customer function error: "+failure.ErrorMessage+
		". Lambda request id: "+response.RequestID,
		language.FunctionFailed.Of(i.target.function(), failure.ErrorType, failure.ErrorMessage))
}
