package wire

import (
	"context"
	"reflect"
	"strings"

	"github.com/pasarela-ws/pasarela"
)

// Operation is one row of a service's table: an AWS operation and the function
// that does it. Make rows with [Void], [Reply], [List] and [Stream].
//
// The function's input is a struct whose fields say where they come from: a tag
// uri:"apiId" is a label of the path, query:"tagKeys" a parameter of the query,
// header:"X-Amz-Log-Type" a header, json:"routeKey" a member of the body. Its output is encoded as it stands.
type Operation struct {
	Name   string // CreateRoute
	Method string // POST
	Path   string // /v2/apis/{apiId}/routes; the last label may be greedy: {resource-arn+}
	Status int    // of success

	// Input and Output are the types of the function, nil where there is none;
	// of a list, Output is the type of one item.
	Input, Output reflect.Type
	// Paging is how a list's pages are asked for, nil for other operations.
	Paging *Paging
	// Declined are members that AWS's model has and this operation does not act on.
	Declined []Declined
	// Alias spells the resource of the authorisation a second time, where AWS
	// documents another ARN than the path; nil for most. path is that of the first:
	// /apis/{id}/integrations/{id}.
	Alias func(path string) string
	// MaxBody bounds the request's body in bytes; [MaxBody] when 0.
	MaxBody int64
	// Instead is a sentence for a caller whose body is longer: what to do instead.
	Instead string
	// Decides says that the function asks for the permission itself, with the
	// principal of its [Call]: what is asked for depends on what it finds.
	Decides bool
	// Slash serves the path with a slash at its end, too, as older models of AWS have it.
	Slash bool

	plan   *decodePlan
	invoke func(ctx context.Context, in any, raw request) (any, error) // in points to an Input
}

// Declined is a member that AWS's model has and this service does not act on.
type Declined struct {
	Member string // wire name
	Reason string // a sentence for the caller and for docs/compatibility.md
	// Ignore lets the member pass without an effect, for those that clients send
	// unasked; otherwise giving it is a BadRequestException.
	Ignore bool
}

// Declines returns op with more declined members.
func (op Operation) Declines(members ...Declined) Operation {
	op.Declined = append(op.Declined[:len(op.Declined):len(op.Declined)], members...)
	return op
}

// Takes returns op with a larger bound for its body, in bytes.
func (op Operation) Takes(bytes int64) Operation {
	op.MaxBody = bytes
	return op
}

// OrInstead returns op with what a caller with a longer body can do, a sentence.
func (op Operation) OrInstead(sentence string) Operation {
	op.Instead = sentence
	return op
}

// DecidesItself returns op as one whose own function authorises the call, because the
// resource is known only once something has been read.
func (op Operation) DecidesItself() Operation {
	op.Decides = true
	return op
}

// WithSlash returns op as one whose path may end in a slash.
func (op Operation) WithSlash() Operation {
	op.Slash = true
	return op
}

// Void is an operation without an answer: an empty body. route is "DELETE /v2/apis/{apiId}".
//
// It and its neighbours are compiled for every type, so they have in them only what needs
// the type, and the rest is in functions without type parameters.
func Void[In any](name, route string, status int, act func(context.Context, In) error) Operation {
	return newOperation(name, route, status, (*In)(nil), nil, func(ctx context.Context, in any, _ request) (any, error) {
		return nothing{}, act(ctx, *in.(*In))
	})
}

// Reply is an operation that returns one structure.
func Reply[In, Out any](name, route string, status int, act func(context.Context, In) (Out, error)) Operation {
	return newOperation(name, route, status, (*In)(nil), (*Out)(nil), func(ctx context.Context, in any, _ request) (any, error) {
		return act(ctx, *in.(*In))
	})
}

// List is an operation that returns pages of what act returns whole; id names an
// item for as long as it lives.
func List[In, Item any](name, route string, paging *Paging, act func(context.Context, In) ([]Item, error), id func(Item) string) Operation {
	op := newOperation(name, route, 200, (*In)(nil), (*Item)(nil), func(ctx context.Context, in any, raw request) (any, error) {
		page, err := paging.read(raw)
		if err != nil {
			return nil, err
		}
		items, err := act(ctx, *in.(*In))
		if err != nil {
			return nil, err
		}
		idOf := func(i int) string { return id(items[i]) }
		start, end := page.bounds(len(items), idOf)
		part := items[start:end]
		if part == nil {
			part = []Item{}
		}
		return paging.answer(part, end, len(items), idOf), nil
	})
	op.Paging = paging
	return op
}

// nothing is the result of an operation without an answer.
type nothing struct{}

// newOperation makes a row; in and out are pointers to the types, of which out may be none.
func newOperation(name, route string, status int, in, out any, invoke func(context.Context, any, request) (any, error)) Operation {
	method, path, _ := strings.Cut(route, " ")
	op := Operation{Name: name, Method: method, Path: path, Status: status, Input: pointedTo(in), Output: pointedTo(out), invoke: invoke}
	op.plan = planOf(op.Input)
	return op
}

// pointedTo is the type that pointer points to, nil for none.
func pointedTo(pointer any) reflect.Type {
	if pointer == nil {
		return nil
	}
	return reflect.TypeOf(pointer).Elem()
}

// decode returns a pointer to the input, also when only a part of it was read before an error.
func (op *Operation) decode(r request) (any, error) {
	in := reflect.New(op.Input).Interface()
	return in, op.plan.decode(r, in)
}

// refuseDeclined refuses members that AWS has and this server does not act on: a client
// that gets 200 would believe that they are in force.
func (op *Operation) refuseDeclined(in request) error {
	if len(op.Declined) == 0 {
		return nil
	}
	given := in.members()
	for _, d := range op.Declined {
		if raw, ok := given[d.Member]; ok && !d.Ignore && string(raw) != "null" {
			return pasarela.Errorf(pasarela.CodeBadRequest, "Invalid member '%s': %s", d.Member, d.Reason)
		}
	}
	return nil
}

// DeclinedOperation is an operation that AWS's model has and this service does
// not do. Callers are answered as for any path that AWS does not know.
type DeclinedOperation struct {
	Names  []string
	Reason string
}

// reasons are the reasons of declined operations by their names.
func reasons(declined []DeclinedOperation) map[string]string {
	all := map[string]string{}
	for _, d := range declined {
		for _, name := range d.Names {
			all[name] = d.Reason
		}
	}
	return all
}

// byName is a table of operations by their names. Two rows of one name are a mistake of
// the program and panic.
func byName[T any](operations []T, name func(*T) string) map[string]*T {
	all := make(map[string]*T, len(operations))
	for i := range operations {
		op := &operations[i]
		if all[name(op)] != nil {
			panic("wire: two operations are called " + name(op))
		}
		all[name(op)] = op
	}
	return all
}
