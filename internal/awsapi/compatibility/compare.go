package compatibility

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
)

// Service is one service: its tables, and what they declare about members.
type Service struct {
	Title      string // Amazon API Gateway V2
	Model      string // of [Load]
	Operations []wire.Operation
	Queries    []wire.QueryOperation // of the query protocol, instead of Operations
	JSON       []wire.JSONOperation  // of the JSON protocol, instead of Operations
	Declined   []wire.DeclinedOperation
	// Absent are members of responses that are never there.
	Absent []wire.Declined
	// Inert are members that are kept and answered and have no effect, on AWS
	// either unless the reason says so.
	Inert []wire.Declined
	// Ignored are members of calls of the query protocol that have no effect.
	Ignored []wire.Declined
	// Parts are members of stored documents that responses leave empty, since they
	// are resources of their own.
	Parts []string
}

// Compare says in which ways the tables differ from the model; nothing when they
// agree.
func (s *Service) Compare() ([]string, error) {
	model, err := Load(s.Model)
	if err != nil {
		return nil, err
	}
	var faults []string
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	declined := map[string]bool{}
	for _, d := range s.Declined {
		for _, name := range d.Names {
			declined[name] = true
			if _, ok := model.Operations[name]; !ok {
				fault("%s is declined and AWS has no such operation", name)
			}
		}
	}
	for _, name := range model.Names() {
		i := slices.IndexFunc(s.Operations, func(op wire.Operation) bool { return op.Name == name })
		switch {
		case i < 0 && !declined[name]:
			fault("%s is neither served nor declined", name)
		case i >= 0 && declined[name]:
			fault("%s is served and declined", name)
		case i >= 0:
			faults = append(faults, s.compareOperation(model, &s.Operations[i])...)
		}
	}
	for i := range s.Operations {
		if _, ok := model.Operations[s.Operations[i].Name]; !ok {
			fault("%s is served and AWS has no such operation", s.Operations[i].Name)
		}
	}
	return faults, nil
}

// compareOperation lists how an operation of the table differs from AWS's model: path, status,
// and members that only one of both has.
func (s *Service) compareOperation(model *Model, op *wire.Operation) (faults []string) {
	fault := func(format string, args ...any) {
		faults = append(faults, op.Name+": "+fmt.Sprintf(format, args...))
	}
	want := model.Operations[op.Name]
	if op.Method != want.HTTP.Method || plain(op.Path) != strings.TrimSuffix(plain(want.HTTP.RequestURI), "/") {
		fault("is at %s %s, AWS has it at %s %s", op.Method, op.Path, want.HTTP.Method, want.HTTP.RequestURI)
	}
	if status := max(want.HTTP.ResponseCode, 200); op.Status != status && op.Status != 400 && !model.saysStatus(want.Output) {
		fault("answers %d, AWS %d", op.Status, status)
	}
	if op.Status == 400 {
		return faults // the whole operation is refused
	}
	given := append(MembersOf(op.Input), pagingInput(op)...)
	for _, d := range op.Declined {
		given = append(given, d.Member)
		if !slices.Contains(model.Members(want.Input), d.Member) {
			fault("declines %s, which AWS does not have", d.Member)
		}
	}
	given = slices.DeleteFunc(given, func(member string) bool { return member == traceHeader })
	faults = append(faults, differ(op.Name+": input ", given, model.Members(want.Input), names(op.Declined))...)
	if op.Output == reflect.TypeFor[wire.Raw]() {
		return faults // its members are bytes and headers, which tests of the operation check
	}
	have := slices.DeleteFunc(outputOf(op), func(member string) bool { return isExcused(member, s.Parts) })
	return append(faults, differ(op.Name+": output ", have, model.Members(want.Output), names(s.Absent))...)
}

// traceHeader is passed to functions unchanged; models do not list it as a member.
const traceHeader = "X-Amzn-Trace-Id"

// plain is a path with its labels and query taken off.
func plain(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if strings.HasPrefix(part, "{") {
			parts[i] = "{}"
		}
	}
	return strings.Join(parts, "/")
}

func pagingInput(op *wire.Operation) []string {
	if op.Paging == nil {
		return nil
	}
	return []string{op.Paging.Limit, op.Paging.Token}
}

func outputOf(op *wire.Operation) []string {
	members := MembersOf(op.Output)
	if op.Paging == nil {
		return members
	}
	for i := range members {
		members[i] = op.Paging.Items + "." + members[i]
	}
	return append(members, op.Paging.Items, op.Paging.NextMember())
}

func names(list []wire.Declined) []string {
	members := make([]string, len(list))
	for i, d := range list {
		members[i] = d.Member
	}
	return members
}

// differ names members on one side only; excused ones, at any depth and with all
// below them, may be missing.
func differ(where string, have, want, excused []string) (faults []string) {
	for _, member := range want {
		if !slices.Contains(have, member) && !isExcused(member, excused) {
			faults = append(faults, where+member+" is in AWS's model and not here")
		}
	}
	for _, member := range have {
		if !slices.Contains(want, member) {
			faults = append(faults, where+member+" is here and not in AWS's model")
		}
	}
	return faults
}

func isExcused(member string, excused []string) bool {
	parts := strings.Split(member, ".")
	for i := range parts {
		for j := i + 1; j <= len(parts); j++ {
			if slices.Contains(excused, strings.Join(parts[i:j], ".")) {
				return true
			}
		}
	}
	return false
}
