package stack

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/resource"
	"github.com/pasarela-ws/pasarela/internal/engine/stacktemplate"
)

// knownAfterApply is what change sets show for a parameter whose value is not known before
// they are executed.
const knownAfterApply = "{{changeSet:KNOWN_AFTER_APPLY}}"

// maxName is how long the name of a stack or change set may be.
const maxName = 128

// setTree is what a change set and those below it share while they are made.
type setTree struct {
	rootStack string // the ARN of the stack highest above
	count     int    // of the nested ones
}

// addNestedSets makes the change sets of the nested stacks that a change set changes, and
// theirs, depth stacks deep (A-STACK-19). A stack that would be new is there from then on, in
// REVIEW_IN_PROGRESS. The change set fails when one of them does. err is one of the store.
func (s *Service) addNestedSets(ctx context.Context, who pasarela.Principal, set *ChangeSet, d *differ, depth int) error {
	for i := range set.Changes {
		change := &set.Changes[i]
		if change.Type != typeStack || change.Action == "Remove" {
			continue
		}
		r, err := d.nestedRequest(ctx, set, change.LogicalID)
		if err != nil {
			return err
		}
		below, err := s.nestedSet(ctx, who, set, r, depth)
		if err != nil {
			return err
		}
		if below == nil {
			continue
		}
		change.ChangeSetID, change.PhysicalID = below.ID, below.StackID
		if below.Status == "FAILED" {
			set.fail("Nested change set " + below.ID + " was not successfully created: Currently in FAILED.")
		}
	}
	return nil
}

// nestedRequest is what will be asked for when the change set makes or changes a nested stack.
func (d *differ) nestedRequest(ctx context.Context, set *ChangeSet, id string) (*resource.Request, error) {
	properties, err := d.properties(ctx, id)
	if err != nil {
		return nil, err
	}
	kind, _ := d.plan.service.Types.Type(typeStack)
	if properties, err = d.plan.check(kind, id, properties); err != nil {
		return nil, err
	}
	r := &resource.Request{
		StackName: d.stack.Name, StackID: d.stack.ID, LogicalID: id, Properties: properties, Tags: d.plan.input.Tags,
		GeneratedNameSuffix: suffix(creationToken(set.OperationID, phaseForward, id)),
	}
	if res := d.stack.Resources[id]; res != nil {
		r.PhysicalID = res.ID
	}
	return r, nil
}

// nestedSet makes the change set of one nested stack, and keeps it; nil where what it would
// change is not known before the stacks above it are changed.
func (s *Service) nestedSet(ctx context.Context, who pasarela.Principal, above *ChangeSet, r *resource.Request, depth int) (*ChangeSet, error) {
	if r.Text(templateText) == "" && !stacktemplate.Known(r.Properties["TemplateURL"]) {
		return nil, nil
	}
	stack, before, err := s.nestedUnder(ctx, above, r)
	if err != nil {
		return nil, err
	}
	in := ChangedInput{DesiredInput: nestedInput(r, above.Input, stack.Name, "")}
	in.notKnown = notKnown(r)
	set := s.newChangeSet(CreateChangeSetInput{ChangedInput: in, ChangeSetName: above.nestedName(r), ChangeSetType: changeSetType(before), OnStackFailure: above.OnStackFailure, IncludeNested: true}, stack)
	set.ParentID, set.RootID, set.tree = above.ID, orText(above.RootID, above.ID), above.tree
	set.tree.count++
	target, p, err := s.prepare(ctx, who, stack, before, in, false)
	set.Input = target
	switch {
	case isUnavailable(err):
		return nil, err
	case depth > maxDepth:
		set.fail(pasarela.MessageOf(tooDeep()))
	case set.tree.count > maxNested:
		set.fail(fmt.Sprintf("A change set may have %d nested ones.", maxNested))
	case err != nil && len(in.notKnown) > 0:
		return nil, nil // a condition may need what is not known, and be good when it is
	case err != nil:
		set.fail(pasarela.MessageOf(err))
	case before != nil && updatable(before) != nil:
		set.fail(pasarela.MessageOf(updatable(before)))
	default:
		if err := s.addChanges(ctx, who, set, p, stack, depth); err != nil {
			return nil, err
		}
	}
	return set, s.keepNested(ctx, set, stack, before == nil)
}

// nestedUnder is the stack that a nested change set is for; before is nil when it would be new.
func (s *Service) nestedUnder(ctx context.Context, above *ChangeSet, r *resource.Request) (stack, before *Stack, err error) {
	if r.PhysicalID == "" {
		stack = s.newStack(r.Name(maxName))
		stack.ParentID, stack.RootID = above.StackID, above.tree.rootStack
		return stack, nil, nil
	}
	stack, err = s.live(ctx, r.PhysicalID)
	return stack, stack, err
}

func changeSetType(before *Stack) string {
	if before == nil {
		return "CREATE"
	}
	return "UPDATE"
}

// nestedName is the name of the change set of a nested stack.
func (set *ChangeSet) nestedName(r *resource.Request) string {
	named := resource.Request{StackName: set.Name, LogicalID: r.LogicalID, GeneratedNameSuffix: r.GeneratedNameSuffix}
	return named.Name(maxName)
}

// notKnown are the parameters of a nested stack that have no value yet, sorted.
func notKnown(r *resource.Request) []string {
	parameters, _ := r.Properties["Parameters"].(map[string]any)
	return slices.DeleteFunc(slices.Sorted(maps.Keys(parameters)), func(key string) bool { return stacktemplate.Known(parameters[key]) })
}

// keepNested writes a nested change set, and its stack where that is new.
func (s *Service) keepNested(ctx context.Context, set *ChangeSet, stack *Stack, fresh bool) error {
	if fresh {
		stack.setStatus(stack.Created, "REVIEW_IN_PROGRESS", "User Initiated")
		if _, err := s.stacks.Create(ctx, prefixLive+stack.Name, stack); err != nil {
			return err
		}
	}
	_, err := s.changeSets.Create(ctx, changeSetKey(stack.ID, set.Name), set)
	return err
}

// nestedChangeSets are the change sets directly below one.
func (s *Service) nestedChangeSets(ctx context.Context, id string) ([]*ChangeSet, error) {
	docs, err := s.changeSets.List(ctx, prefixChangeSet)
	var found []*ChangeSet
	for _, doc := range docs {
		if doc.Value.ParentID == id {
			found = append(found, doc.Value)
		}
	}
	return found, err
}

// takeNested is the change set of a nested stack that is to be executed with that of the
// stack above; nil when there is none.
func (s *Service) takeNested(ctx context.Context, aboveID, stackID string) (*ChangeSet, error) {
	if aboveID == "" {
		return nil, nil
	}
	sets, err := s.nestedChangeSets(ctx, aboveID)
	if err != nil {
		return nil, err
	}
	for _, set := range sets {
		if set.StackID == stackID && set.ExecutionStatus == "AVAILABLE" {
			return set, nil
		}
	}
	return nil, nil
}

// settleChangeSets marks the change set that the operation executes, and removes the others of
// the stack, which were made for what it was. It belongs to the run and not to the call that
// began the operation: where it was broken off, the next run of the operation does it.
func (r *run) settleChangeSets(ctx context.Context) error {
	s, op := r.service, r.op()
	if op.Kind == opDelete || op.Phase != phaseForward { // they go with the stack; there are none
		return nil
	}
	_, id, _ := nameOf(r.stack.ID)
	docs, err := s.changeSets.List(ctx, prefixChangeSet+id+"/")
	if err != nil {
		return err
	}
	for _, doc := range docs {
		settle := s.removeChangeSet
		if doc.Value.ID == op.ChangeSet {
			settle = s.executed
		}
		if err := settle(ctx, doc.Value); err != nil {
			return err
		}
	}
	return nil
}

// executed marks a change set as executed; one that is gone stays so.
func (s *Service) executed(ctx context.Context, set *ChangeSet) error {
	_, err := s.changeSets.Update(ctx, changeSetKey(set.StackID, set.Name), func(stored *ChangeSet) error {
		stored.ExecutionStatus = executeComplete
		return nil
	})
	if errors.Is(err, pasarela.ErrNotFound) {
		return nil
	}
	return err
}

// removeChangeSet removes a change set, then those below it and the nested stacks that were
// made for them alone. Where it is broken off, [Service.removeLeft] does the rest.
func (s *Service) removeChangeSet(ctx context.Context, set *ChangeSet) error {
	if err := ignoreMissing(s.changeSets.Delete(ctx, changeSetKey(set.StackID, set.Name), nil)); err != nil {
		return err
	}
	if set.ParentID != "" && set.Type == "CREATE" {
		if err := s.removeReviewed(ctx, set.StackName, set.StackID); err != nil {
			return err
		}
	}
	if !set.IncludeNested {
		return nil
	}
	return s.removeBelow(ctx, set.ID, func(*ChangeSet) bool { return true })
}

// removeReviewed removes a stack that was made for a change set alone, and not since.
func (s *Service) removeReviewed(ctx context.Context, name, id string) error {
	return ignoreMissing(s.stacks.Delete(ctx, prefixLive+name, func(stored *Stack) error {
		if stored.ID != id || stored.Status != "REVIEW_IN_PROGRESS" {
			return pasarela.ErrNotFound
		}
		return nil
	}))
}

// removeBelow removes those change sets below one that are chosen.
func (s *Service) removeBelow(ctx context.Context, id string, chosen func(*ChangeSet) bool) error {
	sets, err := s.nestedChangeSets(ctx, id)
	for _, set := range sets {
		if chosen(set) {
			err = errors.Join(err, s.removeChangeSet(ctx, set))
		}
	}
	return err
}

// removeNotExecuted removes what an operation has left of the change sets below its own: it
// failed before it came to them.
func (s *Service) removeNotExecuted(ctx context.Context, id string) error {
	if id == "" {
		return nil
	}
	return s.removeBelow(ctx, id, func(set *ChangeSet) bool { return set.ExecutionStatus == "AVAILABLE" })
}

func ignoreMissing(err error) error {
	if errors.Is(err, pasarela.ErrNotFound) {
		return nil
	}
	return err
}
