package tracing

import (
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"google.golang.org/protobuf/encoding/protowire"
)

// encode is an ExportTraceServiceRequest with the spans of one node, which share their
// resource and their scope. Numbers of fields are those of
// https://github.com/open-telemetry/opentelemetry-proto (trace.proto, common.proto).
func encode(spans []sdk.ReadOnlySpan) []byte {
	var resource, scope []byte
	for _, kv := range spans[0].Resource().Attributes() {
		resource = nested(resource, 1, keyValue(kv))
	}
	scope = nested(nil, 1, text(nil, 1, spans[0].InstrumentationScope().Name))
	for _, span := range spans {
		scope = nested(scope, 2, encodeSpan(span))
	}
	return nested(nil, 1, nested(nested(nil, 1, resource), 2, scope))
}

// encodeSpan is a span in OTLP's protobuf encoding; the numbers are those of
// opentelemetry-proto's trace.proto.
func encodeSpan(span sdk.ReadOnlySpan) []byte {
	own, parent := span.SpanContext(), span.Parent()
	trace, id := own.TraceID(), own.SpanID()
	b := nested(nil, 1, trace[:])
	b = nested(b, 2, id[:])
	if parent.HasSpanID() {
		above := parent.SpanID()
		b = nested(b, 4, above[:])
	}
	b = text(b, 5, span.Name())
	b = number(b, 6, uint64(span.SpanKind())) // the SDK counts kinds as OTLP does
	b = protowire.AppendFixed64(protowire.AppendTag(b, 7, protowire.Fixed64Type), uint64(span.StartTime().UnixNano()))
	b = protowire.AppendFixed64(protowire.AppendTag(b, 8, protowire.Fixed64Type), uint64(span.EndTime().UnixNano()))
	for _, kv := range span.Attributes() {
		b = nested(b, 9, keyValue(kv))
	}
	if status := span.Status(); status.Code == codes.Error {
		const statusCodeError = 2
		b = nested(b, 15, number(text(nil, 2, status.Description), 3, statusCodeError))
	}
	return protowire.AppendFixed32(protowire.AppendTag(b, 16, protowire.Fixed32Type), uint32(own.TraceFlags()))
}

// keyValue writes a whole number as one and every other value as its text: attributes of a
// node's spans are of these two kinds, those of OTEL_RESOURCE_ATTRIBUTES are texts.
func keyValue(kv attribute.KeyValue) []byte {
	value := kv.Value
	if value.Type() == attribute.INT64 {
		return nested(text(nil, 1, string(kv.Key)), 2, number(nil, 3, uint64(value.AsInt64())))
	}
	return nested(text(nil, 1, string(kv.Key)), 2, text(nil, 1, value.String()))
}

func nested(b []byte, field protowire.Number, message []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), message)
}

func text(b []byte, field protowire.Number, value string) []byte {
	return protowire.AppendString(protowire.AppendTag(b, field, protowire.BytesType), value)
}

func number(b []byte, field protowire.Number, value uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), value)
}
