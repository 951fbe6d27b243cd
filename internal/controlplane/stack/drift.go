package stack

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/resource"
)

// Statuses of drift, of stacks and of resources.
const (
	DriftNotChecked = "NOT_CHECKED"
	DriftInSync     = "IN_SYNC"
	DriftDrifted    = "DRIFTED"
	DriftModified   = "MODIFIED"
	DriftDeleted    = "DELETED"
	DriftUnknown    = "UNKNOWN"
)

// Drift is what was found when a stack was compared with what its resources are.
type Drift struct {
	ID        string                   `json:"id"` // of the detection
	Status    string                   `json:"status"`
	At        time.Time                `json:"at"`
	Failure   string                   `json:"failure,omitempty"` // why some resources could not be read
	Resources map[string]ResourceDrift `json:"resources,omitempty"`
}

// Drifted is how many resources differ.
func (d *Drift) Drifted() int {
	count := 0
	for _, each := range d.Resources {
		if each.Status == DriftModified || each.Status == DriftDeleted {
			count++
		}
	}
	return count
}

// ResourceDrift is what was found of one resource.
type ResourceDrift struct {
	Status      string            `json:"status"`
	Reason      string            `json:"reason,omitempty"`
	Expected    string            `json:"expected,omitempty"` // JSON: the properties
	Actual      string            `json:"actual,omitempty"`   // JSON: those of them that were read
	Differences []DriftDifference `json:"differences,omitempty"`
}

// DriftDifference is one property that differs; values are JSON.
type DriftDifference struct {
	Path     string `json:"path"`
	Expected string `json:"expected"`
	Actual   string `json:"actual,omitempty"`
	Type     string `json:"type"` // NOT_EQUAL, or REMOVE where there is no value any more
}

// DetectDrift compares the resources of a stack, or those with these logical ids, with
// what they are, as the caller may read it, during the call (A-STACK-15). What the caller
// may not read is UNKNOWN with its reason and no error; a
// type that cannot be read at all is NOT_CHECKED. ValidationError for a stack with an
// operation under way, for a logical id that it has not, and when the stack was changed
// meanwhile. Values of NoEcho parameters are hidden.
func (s *Service) DetectDrift(ctx context.Context, who pasarela.Principal, name string, logicalIDs []string) (*Stack, error) {
	before, err := s.live(ctx, name)
	if err != nil {
		return nil, err
	}
	if before.Operation != nil || before.Status == "REVIEW_IN_PROGRESS" {
		return nil, invalid("Drift detection cannot be performed on stack [%s] while it is in the %s state.", before.ID, before.Status)
	}
	for _, id := range logicalIDs {
		if before.Resources[id] == nil {
			return nil, invalid("Resource %s does not exist for stack %s", id, before.Name)
		}
	}
	found := &Drift{ID: pasarela.NewUUID(), Status: DriftInSync, At: s.now(), Resources: map[string]ResourceDrift{}}
	hiding := secrets(before.Input)
	for _, id := range slices.Sorted(maps.Keys(before.Resources)) {
		if len(logicalIDs) > 0 && !slices.Contains(logicalIDs, id) {
			continue
		}
		if found.Resources[id], err = s.compare(ctx, s.Callers.As(who), before, before.Resources[id], hiding); err != nil {
			return nil, err
		}
		if reason := found.Resources[id].Reason; found.Resources[id].Status == DriftUnknown && found.Failure == "" {
			found.Failure = "Resource " + id + " could not be read: " + reason
		}
	}
	if found.Drifted() > 0 {
		found.Status = DriftDrifted
	}
	return s.change(ctx, before.Name, func(stack *Stack) error {
		if stack.ID != before.ID || stack.Operation != nil || !stack.Updated.Equal(before.Updated) {
			return invalid("The stack [%s] was changed while its drift was looked for.", before.ID)
		}
		stack.Drift = found
		return nil
	})
}

// compare holds one resource against what it is. The error is the store's.
func (s *Service) compare(ctx context.Context, services resource.Services, stack *Stack, res *Resource, hiding []string) (ResourceDrift, error) {
	kind, known := s.Types.Type(res.Type)
	if !known || kind.Read == nil || res.Ignored || res.ID == "" {
		return ResourceDrift{Status: DriftNotChecked}, nil
	}
	expected := map[string]any(res.Properties)
	show := func(v any) string { return asJSON(hide(v, hiding)) }
	live, err := kind.Read(ctx, &resource.Request{
		Services: services, RegionAccount: s.RegionAccount, StackName: stack.Name, StackID: stack.ID, LogicalID: res.LogicalID,
		PhysicalID: res.ID, Properties: expected, Attributes: res.Attributes, Tags: res.Tags,
	})
	switch {
	case isUnavailable(err):
		return ResourceDrift{}, err
	case resource.IsGone(err):
		return ResourceDrift{Status: DriftDeleted, Expected: show(expected)}, nil
	case err != nil:
		return ResourceDrift{Status: DriftUnknown, Reason: pasarela.MessageOf(err)}, nil
	}
	drift := ResourceDrift{Status: DriftInSync, Expected: show(expected), Actual: show(picked(live, expected))}
	for _, d := range kind.Properties.Differences(expected, live) {
		difference := DriftDifference{Path: d.Path, Expected: show(d.Expected), Actual: show(d.Actual), Type: "NOT_EQUAL"}
		if d.Actual == nil {
			difference.Actual, difference.Type = "", "REMOVE"
		}
		drift.Status, drift.Differences = DriftModified, append(drift.Differences, difference)
	}
	return drift, nil
}

// picked are the live properties that a template gives.
func picked(live, expected map[string]any) map[string]any {
	some := map[string]any{}
	for name := range expected {
		if value, there := live[name]; there {
			some[name] = value
		}
	}
	return some
}

// DriftDetection is the stack whose last detection has that id; ValidationError for any
// other id. One detection of a stack is remembered, until the stack is changed.
func (s *Service) DriftDetection(ctx context.Context, id string) (*Stack, error) {
	stacks, err := s.all(ctx)
	if err != nil {
		return nil, err
	}
	for _, stack := range stacks {
		if stack.Drift != nil && stack.Drift.ID == id {
			return stack, nil
		}
	}
	return nil, invalid("There is no drift detection %s: the last one of each stack is remembered, until the stack is changed.", id)
}
