package mapping

import (
	"errors"

	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/engine/jsonpath"
	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/vtl"
)

// input is $input (vtl §7, aws-dataplane §6.2).
type input struct {
	event   *event.Event
	payload *Payload

	convert   *converter
	pooled    converter
	changes   int       // number of changes by the template when payload and converted values were last equal
	params    vtl.Value // $input.params(), made once
	rewritten *Payload  // what the template made of the payload by writing into it
}

func (in *input) begin(e *event.Event, p *Payload) {
	in.event, in.payload = e, p
	in.convert = &in.pooled
}

func (in *input) end() {
	in.pooled.forget()
	*in = input{pooled: in.pooled}
}

// ErrPayload is a payload that is not JSON even for json-smart, the lenient parser of
// AWS's JSONPath, asked for by $input.path or $input.json. AWS responds with 400 to REST
// calls (vtl §7 [A]).
var ErrPayload = language.TemplatePayload.Of().Wrap()

// Get is $input.body.
func (in *input) Get(_ *vtl.Run, name string) (vtl.Value, error) {
	if name != "body" {
		return vtl.Value{}, vtl.ErrNoMember
	}
	if in.payload.text == "" {
		return vtl.String(emptyBody), nil
	}
	return vtl.String(in.payload.text), nil
}

// Plain is null, so $input prints nothing.
func (in *input) Plain(*vtl.Run) vtl.Value { return vtl.Null() }

// Call is path, json and params.
func (in *input) Call(r *vtl.Run, c vtl.Call) (vtl.Value, error) {
	switch {
	case c.Method == "params" && len(c.Arguments) == 0:
		return in.allParams(r), nil
	case len(c.Arguments) != 1 || c.Arguments[0].Kind() != vtl.KindString:
		return vtl.Value{}, vtl.ErrNoMember
	}
	switch argument := c.Arguments[0].Text(); c.Method {
	case "params":
		return in.param(argument), nil
	case "path":
		v, err := in.read(r, argument, c)
		return in.convert.value(r, v), err
	case "json":
		return in.json(r, argument, c)
	}
	return vtl.Value{}, vtl.ErrNoMember
}

func (in *input) json(r *vtl.Run, path string, c vtl.Call) (vtl.Value, error) {
	v, err := in.read(r, path, c)
	if err != nil {
		return vtl.Value{}, err
	}
	if !v.Exists() {
		return vtl.String(`""`), nil
	}
	return r.NewString(string(v.AppendJSON(nil, jsonvalue.Compact))), nil
}

// read evaluates a path; a missing value when nothing is there.
func (in *input) read(r *vtl.Run, path string, c vtl.Call) (jsonvalue.Value, error) {
	root, err := in.root(r, c.Changes)
	if err != nil {
		return jsonvalue.Value{}, err
	}
	if path == "$" {
		return root, nil
	}
	if k := root.Kind(); k != jsonvalue.Object && k != jsonvalue.Array {
		return jsonvalue.Value{}, nil
	}
	p, ok := c.Prepared.(*preparedPath)
	if !ok {
		compiled, err := jsonpath.Compile(path)
		p = &preparedPath{compiled, err}
	}
	if p.err != nil {
		return jsonvalue.Value{}, p.err
	}
	v, err := p.path.Eval(root)
	if errors.Is(err, jsonpath.ErrNotFound) {
		return jsonvalue.Value{}, nil
	}
	return v, err
}

// root is the payload as changed by the template, whose count of changes is the
// argument.
func (in *input) root(r *vtl.Run, changes int) (jsonvalue.Value, error) {
	p := in.payload
	if in.rewritten != nil {
		p = in.rewritten
	}
	root, err := p.JSON()
	if err != nil {
		return root, ErrPayload
	}
	unchanged := changes == in.changes || len(in.convert.containers) == 0
	in.changes = changes
	if unchanged {
		return root, nil
	}
	return in.rewrite(r, root)
}

// rewrite writes the payload again from the lists and maps that the template
// may have changed. Paths continue to give these same lists and maps.
func (in *input) rewrite(r *vtl.Run, root jsonvalue.Value) (jsonvalue.Value, error) {
	made := in.convert.value(r, root)
	text := r.NewString(string(made.AppendJSON(nil)))
	in.rewritten = new(Payload)
	in.rewritten.Reset(text.Text())
	root, err := in.rewritten.JSON()
	if err != nil {
		return root, ErrPayload
	}
	in.convert = new(converter) // the former converter still fills lists and maps that it made
	in.convert.link(root, made)
	return root, nil
}

// param is $input.params('name'): path, query string, header, in this order, and
// "" if there is none. A header is found in another case too, if none is exact
// (A-VTL-3).
func (in *input) param(name string) vtl.Value {
	p := &in.event.Params
	for _, pairs := range [...][]event.Pair{p.Path, p.Querystring, p.Header} {
		if value, ok := event.Last(pairs, name); ok {
			return vtl.String(value)
		}
	}
	value, _ := event.LastFold(p.Header, name)
	return vtl.String(value)
}

// The maps of $input.params().
const (
	paramsAll = iota
	paramsPath
	paramsQuerystring
	paramsHeader
)

func (in *input) allParams(r *vtl.Run) vtl.Value {
	if in.params.IsNull() {
		in.params = in.paramsMap(r, paramsAll)
	}
	return in.params
}

func (in *input) paramsMap(r *vtl.Run, which int) vtl.Value { return r.NewMap(in, which) }

// pairs are the entries of one map of $input.params(): path, querystring or
// header; the map that holds the three has none.
func (in *input) pairs(which int) []event.Pair {
	p := &in.event.Params
	switch which {
	case paramsPath:
		return p.Path
	case paramsQuerystring:
		return p.Querystring
	case paramsHeader:
		return p.Header
	}
	return nil
}

// Len is the size of a map of $input.params().
func (in *input) Len(which int) int {
	if which == paramsAll {
		return 3 // path, querystring, header
	}
	return len(in.pairs(which))
}

// FillMap fills a map of $input.params().
func (in *input) FillMap(r *vtl.Run, m *vtl.Map, which int) {
	if which == paramsAll {
		m.PutString("path", in.paramsMap(r, paramsPath))
		m.PutString("querystring", in.paramsMap(r, paramsQuerystring))
		m.PutString("header", in.paramsMap(r, paramsHeader))
		return
	}
	for _, p := range in.pairs(which) {
		m.PutString(p.Name, vtl.String(p.Value))
	}
}

// FillList has nothing to fill: there are no lists in the parameters.
func (in *input) FillList(*vtl.Run, *vtl.List, int) {}
