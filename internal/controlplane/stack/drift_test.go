package stack_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/controlplane/stack"
)

func TestDrift(t *testing.T) {
	bubble(t, func(t *testing.T, w *world, s *stack.Service) {
		const text = `Parameters: {Secret: {Type: String, NoEcho: true, Default: tulip}}
Resources:
  A: {Type: AWS::Test::Thing, Properties: {Name: !Ref Secret, Days: 3}}
  B: {Type: AWS::Test::Thing, Properties: {Name: b}}
  C: {Type: AWS::Test::Thing, Properties: {Name: c}}
  Role: {Type: AWS::IAM::Role, Properties: {RoleName: r}}
  Table: {Type: AWS::DynamoDB::Table, Properties: {}}
`
		made := create(t, s, text)
		detect := func(ids ...string) *stack.Drift {
			t.Helper()
			found, err := s.DetectDrift(t.Context(), who, "s", ids)
			if err != nil {
				t.Fatal(err)
			}
			return found.Drift
		}
		statuses := func(d *stack.Drift) map[string]string {
			of := map[string]string{}
			for id, each := range d.Resources {
				of[id] = each.Status
			}
			return of
		}
		untouched := detect()
		want := map[string]string{"A": "IN_SYNC", "B": "IN_SYNC", "C": "IN_SYNC", "Role": "NOT_CHECKED", "Table": "NOT_CHECKED"}
		if d := cmp.Diff(want, statuses(untouched)); d != "" || untouched.Status != "IN_SYNC" || untouched.Failure != "" {
			t.Errorf("%s: %s", untouched.Status, d)
		}
		w.mu.Lock()
		w.things[made.Resources["A"].ID], w.things[made.Resources["C"].ID] = "daisy 1 ", "closed"
		delete(w.things, made.Resources["B"].ID)
		w.mu.Unlock()
		edited := detect()
		want = map[string]string{"A": "MODIFIED", "B": "DELETED", "C": "UNKNOWN", "Role": "NOT_CHECKED", "Table": "NOT_CHECKED"}
		if d := cmp.Diff(want, statuses(edited)); d != "" || edited.Status != "DRIFTED" || edited.Drifted() != 2 || !strings.Contains(edited.Failure, "Resource C could not be read: not allowed") {
			t.Errorf("%s, %d, %q: %s", edited.Status, edited.Drifted(), edited.Failure, d)
		}
		if d := cmp.Diff([]stack.DriftDifference{{Path: "/Name", Expected: `"****"`, Actual: `"daisy"`, Type: "NOT_EQUAL"}}, edited.Resources["A"].Differences); d != "" {
			t.Error(d)
		}
		if one := detect("A"); len(one.Resources) != 1 || one.Status != "DRIFTED" {
			t.Errorf("one resource: %+v", one)
		}
		if _, err := s.DetectDrift(t.Context(), who, "s", []string{"Nothing"}); err == nil || !strings.Contains(err.Error(), "Resource Nothing does not exist for stack s") {
			t.Errorf("a resource that is not there: %v", err)
		}
		last := see(t, s, "s").Drift.ID
		if found, err := s.DriftDetection(t.Context(), last); err != nil || found.Name != "s" {
			t.Errorf("%+v %v", found, err)
		}
		if _, err := s.DriftDetection(t.Context(), edited.ID); err == nil {
			t.Error("an older detection is still there")
		}
		wants(t, update(t, s, strings.Replace(text, "Name: c", "Name: d", 1)), "UPDATE_COMPLETE", w, w.all()...)
		if now := see(t, s, "s").Drift; now != nil {
			t.Errorf("after an update: %+v", now)
		}
	})
}
