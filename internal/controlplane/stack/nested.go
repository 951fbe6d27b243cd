package stack

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/resource"
)

// maxDepth is how deep stacks may be nested, maxNested how many nested ones a node works
// on at once: each has a stack that waits for it.
const (
	maxDepth  = 8
	maxNested = 128
)

// nestedPoll is how often a stack looks at a nested one that takes long.
const nestedPoll = 500 * time.Millisecond

// embedded is the failure of a nested stack, in AWS's words.
type embedded string

func (e embedded) Error() string { return string(e) }

// nest makes a type of resources of this service's stacks (A-STACK-13).
func (s *Service) nest(t *resource.Type) {
	t.Create, t.Update, t.Delete, t.Find = s.createNested, s.updateNested, s.deleteNested, s.findNested
}

// parentOf is the stack that a request works for, with its operation.
func (s *Service) parentOf(ctx context.Context, r *resource.Request) (*Stack, error) {
	parent, err := s.find(ctx, r.StackID)
	if err == nil && parent.Operation == nil {
		err = errNotOurs
	}
	return parent, err
}

// nestedInput is what a nested stack shall be. It has the capabilities and the role of the
// stack above it, target, and its tags below its own. Parameters that are not known are left out.
func nestedInput(r *resource.Request, target Input, name, token string) DesiredInput {
	in := DesiredInput{
		StackName: name, Template: nestedTemplate(r), Capabilities: target.Capabilities, RoleARN: target.RoleARN, ClientToken: token,
	}
	parameters, _ := r.Properties["Parameters"].(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(parameters)) {
		if value, known := parameters[key].(string); known {
			in.Parameters = append(in.Parameters, Parameter{Key: key, Value: &value})
		}
	}
	for key, value := range r.TagMap() {
		if text, ok := value.(string); ok && !strings.HasPrefix(key, "aws:") {
			in.Tags = append(in.Tags, Tag{key, text})
		}
	}
	return in
}

// templateText is the property of a nested stack with the text of its template. Templates do
// not have it: a plan adds it.
const templateText = "TemplateBody"

func nestedTemplate(r *resource.Request) TemplateInput {
	if text := r.Text(templateText); text != "" {
		return TemplateInput{TemplateBody: text}
	}
	return TemplateInput{TemplateURL: r.Text("TemplateURL")}
}

// readNested reads the templates of the nested stacks whose URLs are known. One that cannot
// be read is reported when its stack is made; the error is the store's.
func (p *plan) readNested(ctx context.Context, services resource.Services) (texts map[string]string, _ error) {
	for _, id := range p.wanted {
		properties, _ := p.reduced[id].(map[string]any)
		url, known := properties["TemplateURL"].(string)
		if p.template.Resources[id].Type != typeStack || !known {
			continue
		}
		text, err := p.service.template(ctx, TemplateInput{TemplateURL: url}, services)
		if isUnavailable(err) {
			return nil, err
		}
		if err != nil {
			continue
		}
		if texts == nil {
			texts = map[string]string{}
		}
		texts[id] = text
	}
	return texts, nil
}

// createNested creates a nested stack and waits for its end; nested stacks are maxDepth deep
// at most.
func (s *Service) createNested(ctx context.Context, r *resource.Request) (resource.State, error) {
	parent, err := s.parentOf(ctx, r)
	if err != nil {
		return resource.State{}, err
	}
	if depth, err := s.depth(ctx, parent); err != nil || depth >= maxDepth {
		return resource.State{}, errors.Join(err, tooDeep())
	}
	op := parent.Operation
	in := CreateStackInput{DesiredInput: nestedInput(r, op.Target, r.Name(128), op.Token), parent: parent}
	in.DisableRollback = parent.Operation.OnFailed == "DO_NOTHING"
	if minutes, ok := r.Properties["TimeoutInMinutes"].(json.Number); ok {
		in.TimeoutInMinutes, _ = strconv.Atoi(string(minutes)) // checked to be a whole number
	}
	made, err := s.CreateStack(ctx, parent.Operation.Caller, in)
	if err != nil {
		return resource.State{}, err
	}
	return s.nestedEnd(ctx, made.ID, "created", "CREATE_COMPLETE")
}

func tooDeep() error { return invalid("Stacks may be nested %d deep.", maxDepth) }

// depth is how many stacks are above one.
func (s *Service) depth(ctx context.Context, stack *Stack) (int, error) {
	depth := 1
	for ; stack.ParentID != "" && depth < maxDepth; depth++ {
		above, err := s.find(ctx, stack.ParentID)
		if err != nil {
			return depth, err
		}
		stack = above
	}
	return depth, nil
}

// findNested finds the stack that an earlier run began to make.
func (s *Service) findNested(ctx context.Context, r *resource.Request) (resource.State, bool, error) {
	found, err := s.live(ctx, r.Name(128))
	if isUnavailable(err) {
		return resource.State{}, false, err
	}
	if err != nil || found.ParentID != r.StackID || found.Status == "REVIEW_IN_PROGRESS" {
		return resource.State{}, false, nil // it will be made
	}
	state, err := s.nestedEnd(ctx, found.ID, "created", "CREATE_COMPLETE")
	return state, true, err
}

// updateNested updates a nested stack and waits for its end. If nothing of it changes, it
// stays as it is.
func (s *Service) updateNested(ctx context.Context, r *resource.Request) (resource.State, error) {
	parent, err := s.parentOf(ctx, r)
	if err != nil {
		return resource.State{}, err
	}
	before, err := s.settled(ctx, r.PhysicalID) // an earlier run may have begun the update
	if err != nil {
		return resource.State{}, err
	}
	op := parent.Operation
	in := UpdateStackInput{ChangedInput: ChangedInput{DesiredInput: nestedInput(r, op.Target, before.ID, op.Token)}}
	if in.set, err = s.takeNested(ctx, op.ChangeSet, before.ID); err != nil {
		return resource.State{}, err
	}
	in.DisableRollback = parent.Operation.OnFailed == "DO_NOTHING"
	_, err = s.UpdateStack(ctx, parent.Operation.Caller, in)
	var known *pasarela.Error
	if errors.As(err, &known) && known.Message == noUpdates {
		return stateOf(before), nil
	}
	if err != nil {
		return resource.State{}, err
	}
	return s.nestedEnd(ctx, before.ID, "updated", "UPDATE_COMPLETE")
}

func (s *Service) deleteNested(ctx context.Context, r *resource.Request) error {
	parent, err := s.parentOf(ctx, r)
	if err != nil {
		return err
	}
	if err := s.DeleteStack(ctx, parent.Operation.Caller, DeleteStackInput{StackName: r.PhysicalID, RoleARN: parent.Operation.Target.RoleARN}); err != nil {
		return err
	}
	ended, err := s.settled(ctx, r.PhysicalID)
	if errors.Is(err, pasarela.ErrNotFound) || err == nil && !ended.Deleted.IsZero() {
		return nil
	}
	if err != nil {
		return err
	}
	return embedded("Embedded stack " + r.PhysicalID + " was not successfully deleted: " + ended.StatusReason)
}

// settled is a stack when nothing is being done to it.
func (s *Service) settled(ctx context.Context, id string) (*Stack, error) {
	for {
		found, err := s.find(ctx, id)
		if err != nil || found.Operation == nil {
			return found, err
		}
		s.start(ctx, found.Name, true)
		timer := time.NewTimer(nestedPoll)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, ctx.Err()
		case <-timer.C:
		}
	}
}

// stateOf is a nested stack as a resource.
func stateOf(stack *Stack) resource.State {
	state := resource.State{PhysicalID: stack.ID, Attributes: map[string]any{}}
	for _, output := range stack.Outputs {
		state.Attributes["Outputs."+output.Key] = output.Value
	}
	return state
}

// nestedEnd is the end of what was begun on a nested stack; good is its status when it is
// what it shall be.
func (s *Service) nestedEnd(ctx context.Context, id, verb, good string) (resource.State, error) {
	ended, err := s.settled(ctx, id)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return resource.State{}, err // the node stops, and the next run finds the stack
	case err != nil:
		return resource.State{PhysicalID: id}, err
	case ended.Status == good:
		return stateOf(ended), nil
	}
	return stateOf(ended), embedded("Embedded stack " + id + " was not successfully " + verb + ": " + why(ended))
}

// why is the reason of the failure that a stack met, which its last status may not have.
func why(stack *Stack) string {
	for _, e := range slices.Backward(stack.Events) {
		if e.LogicalID == stack.Name && e.Reason != "" && (strings.Contains(e.Status, "ROLLBACK_IN_PROGRESS") || strings.HasSuffix(e.Status, "_FAILED")) {
			return e.Reason
		}
	}
	return stack.StatusReason
}
