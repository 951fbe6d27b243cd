// Package cloudformation is CloudFormation on the wire: one table of operations of the
// query protocol over [stack.Service] (aws-controlplane §12).
package cloudformation

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack"
)

// Names of the service on the wire.
const (
	SigningName = "cloudformation"
	Version     = "2010-05-15"
	Namespace   = "http://cloudformation.amazonaws.com/doc/2010-05-15/"
)

// New makes the handler of CloudFormation.
func New(s *stack.Service, guard *wire.Guard, log *slog.Logger) *wire.QueryService {
	service := wire.QueryService{SigningName: SigningName, Version: Version, Namespace: Namespace, Guard: guard, Log: log}
	return wire.NewQuery(service, Operations(s), Declined())
}

// Operations is the table.
func Operations(s *stack.Service) []wire.QueryOperation {
	o := &operations{s}
	table := o.changing()
	table = append(table, o.reading()...)
	table = append(table, o.drifts()...)
	return append(table, o.changeSets()...)
}

type operations struct{ *stack.Service }

// caller is who signed the request.
func caller(ctx context.Context) (pasarela.Principal, error) {
	call, ok := wire.CallFrom(ctx)
	if !ok {
		return pasarela.Principal{}, pasarela.Errorf(pasarela.CodeInternal, "an operation of CloudFormation ran outside of a call")
	}
	return call.Principal, nil
}

// on is the target of an operation on a stack: its ARN, or what ARNs of stacks of that
// name begin with while there is none.
func (o *operations) on(ctx context.Context, name string) wire.Target {
	if strings.HasPrefix(name, "arn:") {
		return wire.Target{Resource: name}
	}
	if name == "" {
		return wire.Target{Resource: "*"}
	}
	return wire.Target{Resource: o.ARN(ctx, name)}
}

func onAll[In any](context.Context, In) wire.Target { return wire.Target{Resource: "*"} }

func key(t wire.Target, name, value string) wire.Target {
	if value == "" {
		return t
	}
	if t.Keys == nil {
		t.Keys = pasarela.RequestContext{}
	}
	t.Keys[name] = []string{value}
	return t
}

// desired adds the condition keys of what a stack shall be.
func desired(t wire.Target, in stack.DesiredInput) wire.Target {
	t = key(key(t, "cloudformation:rolearn", in.RoleARN), "cloudformation:templateurl", in.Template.TemplateURL)
	for _, tag := range in.Tags {
		t = key(t, "aws:requesttag/"+strings.ToLower(tag.Key), tag.Value)
		t.Keys["aws:tagkeys"] = append(t.Keys["aws:tagkeys"], tag.Key)
	}
	return t
}

// stamp is a time as CloudFormation writes it; tools compare the milliseconds.
func stamp(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format("2006-01-02T15:04:05.000Z")
}
