package iam

import (
	"context"
	"log/slog"

	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
)

// Names of the service on the wire.
const (
	SigningName = "iam"
	Version     = "2010-05-08"
	Namespace   = "https://iam.amazonaws.com/doc/2010-05-08/"
)

// New makes the handler of IAM. guard must accept any region: clients sign IAM
// with the one they are configured for.
func New(s *identity.Service, guard *wire.Guard, log *slog.Logger) *wire.QueryService {
	service := wire.QueryService{SigningName: SigningName, Version: Version, Namespace: Namespace, Guard: guard, Log: log}
	return wire.NewQuery(service, Operations(s), Declined())
}

// Operations is the table: every operation that is served.
func Operations(s *identity.Service) []wire.QueryOperation {
	o := &operations{s}
	table := o.users()
	table = append(table, o.accessKeys()...)
	table = append(table, o.groups()...)
	table = append(table, o.roles()...)
	table = append(table, o.serviceLinked()...)
	table = append(table, o.policies()...)
	table = append(table, o.entities()...)
	table = append(table, o.tags()...)
	table = append(table, o.instanceProfiles()...)
	table = append(table, o.simulation()...)
	table = append(table, o.account()...)
	return append(table, o.absent()...)
}

// operations are the functions of the table.
type operations struct{ *identity.Service }

// on is the target of an operation on one entity.
func on(arn string) wire.Target { return wire.Target{Resource: arn} }

// onAll is the target of operations on no entity in particular.
func onAll[In any](context.Context, In) wire.Target { return on("*") }

// tagKeys are the condition keys that tags in the input give.
func tagKeys(t wire.Target, tags []identity.Tag) wire.Target {
	if len(tags) == 0 {
		return t
	}
	t = withKeys(t)
	for _, tag := range tags {
		name := "aws:requesttag/" + lower(tag.Key)
		t.Keys[name] = append(t.Keys[name], tag.Value)
		t.Keys["aws:tagkeys"] = append(t.Keys["aws:tagkeys"], tag.Key)
	}
	return t
}

// withKeys is t with a map for condition keys: most targets have none, and get none.
func withKeys(t wire.Target) wire.Target {
	if t.Keys == nil {
		t.Keys = map[string][]string{}
	}
	return t
}

// key adds a condition key, unless its value is empty.
func key(t wire.Target, name, value string) wire.Target {
	if value == "" {
		return t
	}
	t = withKeys(t)
	t.Keys[name] = []string{value}
	return t
}
