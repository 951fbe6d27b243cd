package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// Invoker is a service that other parts of the program call without a connection: its
// operations decode, ask for permission and act as they do over the wire.
type Invoker interface {
	// Invoke does the operation for call.Principal. members are the members of its
	// input by their names on the wire, wherever the wire has them; the answer is what
	// the operation returns, by the names on the wire. Errors are those of the wire.
	Invoke(ctx context.Context, call Call, operation string, members map[string]any) (map[string]any, error)
}

// OnBehalf are the condition keys of a call that an AWS service makes for a caller
// who asked it to: there is no connection of the caller's any more.
func (g *Guard) OnBehalf(service string) pasarela.RequestContext {
	rc := g.RequestContext(&http.Request{})
	rc["aws:viaawsservice"], rc["aws:securetransport"] = []string{"true"}, []string{"true"}
	rc["aws:calledvia"], rc["aws:calledviafirst"], rc["aws:calledvialast"] = []string{service}, []string{service}, []string{service}
	return rc
}

// Invoke is [Invoker].
func (s *RESTService) Invoke(ctx context.Context, call Call, operation string, members map[string]any) (map[string]any, error) {
	op := s.operations[operation]
	if op == nil {
		return nil, noOperation(s.SigningName, operation)
	}
	m, raw, err := op.requestOf(members)
	if err != nil {
		return nil, err
	}
	m.lower(s.Caseless)
	raw.labels = m.labels
	call.Service, call.Operation, call.guard, call.Context = s.SigningName, operation, s.Guard, maps.Clone(call.Context)
	if call.RequestID == "" {
		call.RequestID = pasarela.NewUUID()
	}
	out, err := s.act(WithCall(ctx, call), m, call, raw)
	if err != nil {
		return nil, err
	}
	if _, empty := out.(nothing); empty {
		return map[string]any{}, nil
	}
	return asMembers(out)
}

// requestOf spreads members over path, query and body.
func (op *Operation) requestOf(members map[string]any) (match, request, error) {
	body := maps.Clone(members)
	raw := request{query: url.Values{}}
	m := match{op: op}
	for _, f := range op.plan.fields {
		value, given := body[f.name]
		delete(body, f.name)
		switch {
		case f.label && (!given || fmt.Sprint(value) == ""):
			return m, raw, pasarela.Errorf(pasarela.CodeBadRequest, "Invalid member '%s': it is required.", f.name)
		case given && !f.label:
			raw.query[f.name] = texts(value)
		}
	}
	path, _, _ := strings.Cut(op.Path, "?")
	for segment := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		if strings.HasPrefix(segment, "{") {
			name := strings.Trim(segment, "{}+")
			m.labels = append(m.labels, label{name, fmt.Sprint(members[name])})
		}
	}
	var err error
	raw.body, err = json.Marshal(body)
	return m, raw, err
}

func texts(value any) []string {
	list, ok := value.([]any)
	if !ok {
		return []string{fmt.Sprint(value)}
	}
	out := make([]string, len(list))
	for i := range list {
		out[i] = fmt.Sprint(list[i])
	}
	return out
}

// asMembers is an answer of the rest-json protocol as a client would read it.
func asMembers(out any) (map[string]any, error) {
	text, err := json.Marshal(out)
	if err != nil {
		return nil, &pasarela.Error{Code: pasarela.CodeInternal, Message: "the answer does not encode", Cause: err}
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	members := map[string]any{}
	return members, decoder.Decode(&members)
}

// Invoke is [Invoker].
func (s *QueryService) Invoke(ctx context.Context, call Call, operation string, members map[string]any) (map[string]any, error) {
	op := s.operations[operation]
	if op == nil {
		return nil, noOperation(s.SigningName, operation)
	}
	form := url.Values{}
	intoForm(form, "", members)
	call.Service, call.Operation, call.Context = s.SigningName, operation, maps.Clone(call.Context)
	if call.RequestID == "" {
		call.RequestID = pasarela.NewUUID()
	}
	out, err := op.invoke(WithCall(ctx, call), form, func(ctx context.Context, t Target) error {
		return s.authorize(ctx, call, t)
	})
	if err != nil {
		return nil, err
	}
	if _, empty := out.(nothing); empty {
		return map[string]any{}, nil
	}
	response, _ := queryMembersOf(reflect.ValueOf(out)).(map[string]any)
	return response, nil
}

// intoForm spells members as a form of the query protocol: lists as X.member.N.
func intoForm(form url.Values, name string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for member, inner := range v {
			if name != "" {
				member = name + "." + member
			}
			intoForm(form, member, inner)
		}
	case []any:
		for i, inner := range v {
			intoForm(form, name+".member."+strconv.Itoa(i+1), inner)
		}
	case nil:
	default:
		form.Set(name, fmt.Sprint(v))
	}
}

// queryMembersOf is a value of an answer of the query protocol by its names on the wire.
func queryMembersOf(v reflect.Value) any {
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	if at, ok := v.Interface().(time.Time); ok {
		return at.UTC().Format("2006-01-02T15:04:05Z")
	}
	switch v.Kind() {
	case reflect.Slice:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = queryMembersOf(v.Index(i))
		}
		return list
	case reflect.Map:
		entries := make(map[string]any, v.Len())
		for _, key := range v.MapKeys() {
			entries[key.String()] = queryMembersOf(v.MapIndex(key))
		}
		return entries
	case reflect.Struct:
		members := map[string]any{}
		for _, f := range queryFields(v.Type()) {
			if value := queryMembersOf(v.FieldByIndex(f.index)); value != nil {
				members[f.name] = value
			}
		}
		return members
	}
	return v.Interface()
}

func noOperation(service, operation string) error {
	return pasarela.Errorf(CodeUnknownOperation, "%s has no operation %s here.", service, operation)
}
