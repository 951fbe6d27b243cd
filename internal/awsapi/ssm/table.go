// Package ssm is the table of those operations of Systems Manager that concern parameters
// (A-SSM-1 to A-SSM-3).
package ssm

import (
	"context"
	"log/slog"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/ssm"
)

// New serves the table over a service.
func New(service *ssm.Service, guard *wire.Guard, log *slog.Logger) *wire.JSONService {
	return wire.NewJSON(wire.JSONService{SigningName: "ssm", Target: "AmazonSSM", Guard: guard, Log: log}, Operations(service), Declined())
}

// Operations is the table.
func Operations(s *ssm.Service) []wire.JSONOperation {
	t := targets{s}
	put := func(ctx context.Context, in ssm.PutParameterInput) (ssm.PutParameterOutput, error) {
		call, ok := wire.CallFrom(ctx)
		if !ok {
			return ssm.PutParameterOutput{}, pasarela.Errorf(pasarela.CodeInternal, "an operation of Systems Manager ran outside of a call")
		}
		return s.PutParameter(ctx, in, call.Principal.ARN)
	}
	named := func(ctx context.Context, in ssm.GetParameterInput) ([]wire.Target, error) {
		return t.named(ctx, in.Name)
	}
	names := func(ctx context.Context, in ssm.NamesInput) ([]wire.Target, error) { return t.named(ctx, in.Names...) }
	about := func(ctx context.Context, in ssm.ResourceInput) ([]wire.Target, error) {
		return t.named(ctx, in.ResourceID)
	}
	return []wire.JSONOperation{
		wire.JSONReply("PutParameter", t.put, put, wire.Declined{Member: "Policies", Reason: "parameters do not expire here and notify nobody."}),
		wire.JSONReply("GetParameter", named, s.GetParameter),
		wire.JSONReply("GetParameters", names, s.GetParameters),
		wire.JSONReply("GetParametersByPath", t.path, s.GetParametersByPath),
		wire.JSONReply("GetParameterHistory", func(ctx context.Context, in ssm.HistoryInput) ([]wire.Target, error) { return t.named(ctx, in.Name) }, s.GetParameterHistory),
		wire.JSONReply("DescribeParameters", t.all, s.DescribeParameters, wire.Declined{Member: "Shared", Reason: "no parameters are shared between accounts here."}),
		wire.JSONReply("DeleteParameter", named, s.DeleteParameter),
		wire.JSONReply("DeleteParameters", names, s.DeleteParameters),
		wire.JSONReply("AddTagsToResource", t.add, s.AddTagsToResource),
		wire.JSONReply("RemoveTagsFromResource", t.remove, s.RemoveTagsFromResource),
		wire.JSONReply("ListTagsForResource", about, s.ListTagsForResource),
	}
}

// Declined are the operations that are not served.
func Declined() []wire.DeclinedOperation {
	return []wire.DeclinedOperation{
		{Names: []string{"LabelParameterVersion", "UnlabelParameterVersion"}, Reason: "versions of parameters are named by their numbers here."},
	}
}

// targets says what operations act on.
type targets struct{ *ssm.Service }

// named are parameters, with their tags.
func (t targets) named(ctx context.Context, names ...string) ([]wire.Target, error) {
	list := make([]wire.Target, 0, len(names))
	for _, text := range names {
		name, err := t.Named(ctx, text)
		if err != nil {
			return nil, err
		}
		tags, err := t.TagsOf(ctx, name)
		if err != nil {
			return nil, err
		}
		keys := pasarela.RequestContext{}
		for tag, value := range tags {
			keys["aws:resourcetag/"+strings.ToLower(tag)] = []string{value}
		}
		list = append(list, wire.Target{Resource: t.ARN(name), Keys: keys})
	}
	return list, nil
}

// tagged is a parameter that gets these tags.
func (t targets) tagged(ctx context.Context, name string, tags []ssm.Tag) ([]wire.Target, error) {
	list, err := t.named(ctx, name)
	if err != nil {
		return nil, err
	}
	keys := list[0].Keys
	for _, tag := range tags {
		keys["aws:requesttag/"+strings.ToLower(tag.Key)] = []string{tag.Value}
		keys["aws:tagkeys"] = append(keys["aws:tagkeys"], tag.Key)
	}
	return list, nil
}

func (t targets) put(ctx context.Context, in ssm.PutParameterInput) ([]wire.Target, error) {
	return t.tagged(ctx, in.Name, in.Tags)
}

func (t targets) add(ctx context.Context, in ssm.AddTagsInput) ([]wire.Target, error) {
	return t.tagged(ctx, in.ResourceID, in.Tags)
}

func (t targets) remove(ctx context.Context, in ssm.RemoveTagsInput) ([]wire.Target, error) {
	list, err := t.named(ctx, in.ResourceID)
	if err == nil && len(in.TagKeys) > 0 {
		list[0].Keys["aws:tagkeys"] = in.TagKeys
	}
	return list, err
}

// path is the ARN of what lies below a path.
func (t targets) path(_ context.Context, in ssm.ByPathInput) ([]wire.Target, error) {
	return []wire.Target{{Resource: strings.TrimSuffix(t.ARN(in.Path), "/")}}, nil
}

func (t targets) all(context.Context, ssm.DescribeInput) ([]wire.Target, error) {
	return []wire.Target{{Resource: strings.TrimSuffix(t.ARN(""), "parameter/") + "*"}}, nil
}
