package templatetool

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
	"github.com/pasarela-ws/pasarela/internal/engine/mapping"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// Sample is an event to try templates with. Its JSON has the members
//
//	body            the message: text, or JSON that is taken as its text
//	params          {"path": {}, "querystring": {}, "header": {}}
//	context         $context, with any members
//	stageVariables  $stageVariables
//
// all of which may be missing; without context, $context is that of a connect.
type Sample struct {
	// Name is the sample's file, by which problems name it.
	Name    string
	event   event.Event
	payload mapping.Payload
}

// ReadSample reads a sample's JSON.
func ReadSample(name, text string) (*Sample, error) {
	var d jsonvalue.Document
	if err := d.ReadStrict(text); err != nil {
		return nil, language.Errorf("sample.wrong", "file", name, "error", err)
	}
	if d.Root().Kind() != jsonvalue.Object {
		return nil, language.Errorf("sample.wrong", "file", name, "error", language.Errorf("sample.no_object"))
	}
	if err := checkSample(d.Root()); err != nil {
		return nil, language.Errorf("sample.wrong", "file", name, "error", err)
	}
	return sampleOf(name, d.Root()), nil
}

// checkSample refuses unknown members: a misspelt one would otherwise be
// ignored without an error.
func checkSample(root jsonvalue.Value) error {
	if err := onlyMembers(root, "sample.of_sample", "body", "params", "context", "stageVariables"); err != nil {
		return err
	}
	for _, name := range []string{"params", "context", "stageVariables"} {
		if v := root.Field(name); v.Exists() && v.Kind() != jsonvalue.Object {
			return language.Errorf("sample.member_no_object", "name", strconv.Quote(name))
		}
	}
	params := root.Field("params")
	for name, v := range params.Members() {
		if v.Kind() != jsonvalue.Object {
			return language.Errorf("sample.params_no_object", "name", strconv.Quote(name.Text()))
		}
	}
	return onlyMembers(params, "sample.of_params", "path", "querystring", "header")
}

func onlyMembers(v jsonvalue.Value, where language.ID, known ...string) error {
	for name := range v.Members() {
		if !slices.Contains(known, name.Text()) {
			return language.Errorf("sample.no_member", "where", where, "name", strconv.Quote(name.Text()), "known", strings.Join(known, ", "))
		}
	}
	return nil
}

func sampleOf(name string, root jsonvalue.Value) *Sample {
	s := DefaultSample()
	s.Name = name
	params := root.Field("params")
	s.event.Params = event.Params{
		Path: pairs(params.Field("path")), Querystring: pairs(params.Field("querystring")), Header: pairs(params.Field("header")),
	}
	s.event.StageVariables = pairs(root.Field("stageVariables"))
	s.event.Sample = root.Field("context").Raw()
	switch body := root.Field("body"); body.Kind() {
	case jsonvalue.String, jsonvalue.Null, jsonvalue.Missing:
		s.payload.Reset(body.Text())
	default:
		s.payload.Reset(string(body.AppendJSON(nil, jsonvalue.Compact)))
	}
	return s
}

func pairs(v jsonvalue.Value) []event.Pair {
	var list []event.Pair
	for name, value := range v.Members() {
		list = append(list, event.Pair{Name: name.Text(), Value: string(value.AppendJava(nil))})
	}
	return list
}

// DefaultSample is the connect of a client with ?reportType=sales.
func DefaultSample() *Sample {
	const when = 1700561730123 // 21/Nov/2023:10:15:30 +0000
	return &Sample{Name: "the default sample", event: event.Event{
		APIID: "a1b2c3d4e5", ConnectionID: "L0SM9cOFvHcCIhw=", DomainName: "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com",
		EventType: event.Connect, RequestID: "L0SNHFjcvHcFc7Q=", RouteKey: "$connect", Stage: "prod",
		ConnectedAt: when, RequestTimeEpoch: when,
		Identity: event.Identity{SourceIP: "203.0.113.7", UserAgent: "wscat/5.2"},
		Params:   event.Params{Querystring: []event.Pair{{Name: "reportType", Value: "sales"}}},
	}}
}

func (s *Sample) render(t *mapping.Template) (text string, overrides mapping.Overrides, err error) {
	out, err := t.Append(nil, &s.event, &s.payload, &overrides)
	return string(out), overrides, err
}
