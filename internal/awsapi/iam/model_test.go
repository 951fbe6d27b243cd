package iam_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/awsapi/cloudformation"
	"github.com/pasarela-ws/pasarela/internal/awsapi/compatibility"
	"github.com/pasarela-ws/pasarela/internal/awsapi/iam"
	"github.com/pasarela-ws/pasarela/internal/awsapi/sts"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack"
)

// TestTablesAgainstAWSModels: every operation of the models is served or
// declined, with every member, or a reason why not.
func TestTablesAgainstAWSModels(t *testing.T) {
	none := new(identity.Service)
	tests := []struct {
		model    string
		table    []wire.QueryOperation
		declined []wire.DeclinedOperation
		excused  []wire.Declined
	}{
		{"iam", iam.Operations(none), iam.Declined(), append(iam.Absent(), iam.Ignored()...)},
		{"sts", sts.Operations(none), sts.Declined(), sts.Ignored()},
		{"cloudformation", cloudformation.Operations(new(stack.Service)), cloudformation.Declined(), append(cloudformation.Absent(), cloudformation.Ignored()...)},
	}
	for _, test := range tests {
		t.Run(test.model, func(t *testing.T) {
			model, err := compatibility.Load(test.model)
			if err != nil {
				t.Fatal(err)
			}
			rest := model.Names()
			for _, d := range test.declined {
				rest = slices.DeleteFunc(rest, func(n string) bool { return slices.Contains(d.Names, n) })
			}
			used := map[string]bool{}
			for _, op := range test.table {
				i := slices.Index(rest, op.Name)
				if i < 0 {
					t.Errorf("%s is served and AWS has no such operation, or it is declined, or it stands twice", op.Name)
					continue
				}
				rest = slices.Delete(rest, i, i+1)
				want := model.Operations[op.Name]
				compare(t, op.Name+" input", wire.QueryMembers(op.Input), model.Members(want.Input), test.excused, used)
				compare(t, op.Name+" output", wire.QueryMembers(op.Output), model.Members(want.Output), test.excused, used)
			}
			if len(rest) > 0 {
				t.Errorf("neither served nor declined: %v", rest)
			}
			for _, e := range test.excused {
				if !used[e.Member] {
					t.Errorf("%s is excused (%s) and nothing lacks it", e.Member, e.Reason)
				}
			}
		})
	}
}

func compare(t *testing.T, where string, have, want []string, excused []wire.Declined, used map[string]bool) {
	t.Helper()
	for _, member := range want {
		if !slices.Contains(have, member) && !excuse(member, excused, used) {
			t.Errorf("%s: AWS has %s", where, member)
		}
	}
	for _, member := range have {
		if !slices.Contains(want, member) {
			t.Errorf("%s: %s is here and not in AWS's model", where, member)
		}
	}
}

// excuse looks for the member, or one above it, among those that need not be there.
func excuse(member string, excused []wire.Declined, used map[string]bool) bool {
	for _, e := range excused {
		if strings.Contains("."+member+".", "."+e.Member+".") {
			used[e.Member] = true
			return true
		}
	}
	return false
}
