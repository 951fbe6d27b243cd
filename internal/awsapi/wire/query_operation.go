package wire

import (
	"context"
	"net/url"
	"reflect"

	"github.com/pasarela-ws/pasarela"
)

// QueryOperation is one row of a service's table of the query protocol. Make
// rows with [QueryReply] and [QueryVoid].
//
// Fields of the function's input and output say their wire name, and more that
// the wire does not read, in a tag: aws:"RoleName,required". The tag aws:"*" takes
// the fields of a struct as if they stood in its place. Lists are X.member.N in the form, maps are entries with key and value in the answer.
// Output fields without a value are left out, unless their tag has "keep";
// a list that is empty but not nil is an empty element.
type QueryOperation struct {
	Name          string
	Input, Output reflect.Type // Output is nil where there is none

	target func(ctx context.Context, in any) Target // in points to an Input
	act    func(ctx context.Context, in any) (any, error)
}

func (op *QueryOperation) invoke(ctx context.Context, form url.Values, authorize func(context.Context, Target) error) (any, error) {
	in := reflect.New(op.Input)
	if err := decodeStruct(form, "", in.Elem()); err != nil {
		return nil, err
	}
	if err := authorize(ctx, op.target(ctx, in.Interface())); err != nil {
		return nil, err
	}
	return op.act(ctx, in.Interface())
}

// Target is what an operation acts on, for the authorisation.
type Target struct {
	Resource string // an ARN, or * for lists
	// Becomes is the ARN that the resource will have, where the operation changes it:
	// who renames or moves needs the permission on both (AWS, UpdateUser).
	Becomes string
	// Keys are condition keys that the input gives, by lower-case name.
	Keys pasarela.RequestContext
	// Unguarded leaves the decision to the operation: sts:GetCallerIdentity is always
	// allowed, sts:AssumeRole evaluates the role.
	Unguarded bool
}

// QueryReply is an operation that returns a structure. target says what it acts
// on; its context carries the [Call].
func QueryReply[In, Out any](name string, target func(context.Context, In) Target, act func(context.Context, In) (Out, error)) QueryOperation {
	return QueryOperation{
		name, pointedTo((*In)(nil)), pointedTo((*Out)(nil)),
		func(ctx context.Context, in any) Target { return target(ctx, *in.(*In)) },
		func(ctx context.Context, in any) (any, error) { return act(ctx, *in.(*In)) },
	}
}

// QueryVoid is an operation that returns nothing but its request id.
func QueryVoid[In any](name string, target func(context.Context, In) Target, act func(context.Context, In) error) QueryOperation {
	return QueryOperation{
		name, pointedTo((*In)(nil)), nil,
		func(ctx context.Context, in any) Target { return target(ctx, *in.(*In)) },
		func(ctx context.Context, in any) (any, error) { return nothing{}, act(ctx, *in.(*In)) },
	}
}

// QueryMembers are the paths of all members that a Go type has on the query
// wire, sorted as they are declared: Role, Role.Tags, Role.Tags.Key.
func QueryMembers(t reflect.Type) []string {
	if t == nil {
		return nil
	}
	return queryMembers(t, "", nil)
}

func queryMembers(t reflect.Type, prefix string, paths []string) []string {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		return queryMembers(t.Elem(), prefix, paths)
	case reflect.Map:
		return queryMembers(t.Elem(), prefix+"*.", paths)
	case reflect.Struct:
		for _, f := range queryFields(t) {
			paths = append(paths, prefix+f.name)
			paths = queryMembers(f.kind, prefix+f.name+".", paths)
		}
	}
	return paths
}
