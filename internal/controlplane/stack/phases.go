package stack

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela/internal/engine/stacktemplate"
)

// applyTarget brings the stack to its target.
func (r *run) applyTarget(ctx context.Context) error {
	p, err := r.service.plan(r.stack.Name, r.stack.ID, r.operation.Target)
	if err != nil {
		r.fail(err.Error())
		return nil
	}
	limited, stop := r.limited(ctx)
	defer stop()
	a, err := r.applier(ctx, p, false)
	if err != nil {
		return err
	}
	if err := a.addUnrecorded(ctx); err != nil {
		return err
	}
	if op := r.op(); op.Cancel {
		r.fail("User Initiated")
		return nil
	}
	ended := r.walk(limited, p.wanted, p.needs, false, a.apply)
	verb := "create"
	if r.operation.Kind == opUpdate {
		verb = "update"
	}
	switch {
	case ctx.Err() != nil || ended.left != nil:
		return ended.left
	case len(ended.failed) > 0:
		reason := failedText(verb, ended.failed)
		if r.op().OnFailed == "ROLLBACK" && r.operation.Kind == opCreate {
			reason += "Rollback requested by user."
		}
		r.fail(reason)
		return nil
	case r.op().Cancel:
		r.fail("User Initiated")
		return nil
	case !ended.whole:
		r.fail(fmt.Sprintf("The operation did not end within %d minutes.", r.stack.TimeoutInMinutes))
		return nil
	}
	return r.evaluateOutputs(ctx, a)
}

// addUnrecorded adds resources to the document that an earlier run of the operation created but
// crashed before recording. It comes before anything can fail: a rollback does not remove
// what is not in the document.
func (a *applier) addUnrecorded(ctx context.Context) error {
	if !a.resumed {
		return nil
	}
	finding := *a
	finding.onlyFind = true
	a.addingUnrecorded = true
	ended := a.walk(ctx, a.plan.wanted, a.plan.needs, true, finding.apply)
	a.addingUnrecorded = false
	if ctx.Err() != nil || ended.left != nil {
		return ended.left // the next run begins again
	}
	return a.flush(ctx)
}

// limited is ctx with the time that a creation may take.
func (r *run) limited(ctx context.Context) (context.Context, context.CancelFunc) {
	if r.stack.TimeoutInMinutes == 0 || r.operation.Kind != opCreate {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, r.operation.Began.Add(minutes(r.stack.TimeoutInMinutes)))
}

// evaluateOutputs works out outputs and exports when all resources are there.
func (r *run) evaluateOutputs(ctx context.Context, a *applier) error {
	outputs, err := a.outputs(ctx)
	if err == nil {
		err = r.service.checkExports(ctx, r.snapshot(), outputs)
	}
	if isUnavailable(err) {
		return err
	}
	if err != nil {
		r.fail(err.Error())
		return nil
	}
	r.awaitServed(ctx)
	imports := a.imports()
	r.edit(func(s *Stack) {
		s.Outputs, s.Imports, s.Input, s.Description = outputs, imports, r.operation.Target, a.plan.template.Description
	})
	if r.operation.Kind == opCreate && len(r.obsolete(a.plan)) == 0 {
		r.finish("CREATE_COMPLETE", "")
		return nil
	}
	r.phase(phaseCleanup, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "")
	return nil
}

// servedLimit bounds the wait for stages that deploy automatically.
const servedLimit = 10 * time.Second

// faultReason begins what a stage says that could not follow its API.
const faultReason = "AutoDeploy could not deploy the API, and the stage serves what it served before: "

// awaitServed waits until the stages of the stack that deploy automatically serve what
// was changed: their APIs' parts have been made around them, in any order. A stage that
// cannot follow has an event that says why; the stack is complete, as on AWS.
func (r *run) awaitServed(ctx context.Context) {
	if r.service.AwaitServed == nil {
		return
	}
	limited, cancel := context.WithTimeout(ctx, servedLimit)
	defer cancel()
	for id, res := range r.snapshot().Resources {
		api, _ := res.Properties["ApiId"].(string)
		if res.Type != "AWS::ApiGatewayV2::Stage" || res.Properties["AutoDeploy"] != true || api == "" {
			continue
		}
		r.service.AwaitServed(limited, api)
		if r.service.Fault == nil {
			continue
		}
		why := r.service.Fault(ctx, api, res.ID)
		if why != "" {
			r.mark(id, res.Status, faultReason+why, nil)
		} else if strings.HasPrefix(res.StatusReason, faultReason) {
			r.mark(id, res.Status, "", nil)
		}
	}
}

// outputs are the values of the template's outputs, sorted by key.
func (a *applier) outputs(ctx context.Context) ([]Output, error) {
	var outputs []Output
	for _, key := range slices.Sorted(maps.Keys(a.plan.template.Outputs)) {
		output := a.plan.template.Outputs[key]
		if output.Condition != "" && !a.plan.scope.Conditions[output.Condition] {
			continue
		}
		value, err := a.text(ctx, output.Value)
		if err != nil {
			return nil, sentence("Output %s: %w", key, err)
		}
		made := Output{Key: key, Value: value, Description: output.Description}
		if output.ExportName != nil {
			if made.ExportName, err = a.text(ctx, output.ExportName); err != nil {
				return nil, sentence("Export of output %s: %w", key, err)
			}
		}
		outputs = append(outputs, made)
	}
	return outputs, nil
}

func (a *applier) text(ctx context.Context, v any) (string, error) {
	worked, err := a.scope.Resolve(v)
	if err != nil {
		return "", err
	}
	text, ok := stacktemplate.Text(worked)
	if !ok {
		return "", sentence("Template format error: The Value field of every Outputs member must evaluate to a String.")
	}
	return a.service.reachableText(ctx, text)
}

// imports are the exports that the template as it is now uses.
func (a *applier) imports() []string {
	used := map[string]bool{}
	scope := *a.scope
	scope.Import = func(name string) (string, error) { used[name] = true; return "", nil }
	for _, id := range a.plan.wanted {
		_, _ = scope.Reduce(a.plan.reduced[id]) // it has been worked out already: only the names are wanted
	}
	for _, output := range a.plan.template.Outputs {
		_, _ = scope.Reduce(output.Value)
	}
	return slices.Sorted(maps.Keys(used))
}

// rollBack undoes what was done forward: a creation removes all, an update brings the
// stack to what it was.
func (r *run) rollBack(ctx context.Context) error {
	if r.operation.Kind == opCreate {
		return r.undoCreation(ctx)
	}
	p, err := r.service.plan(r.stack.Name, r.stack.ID, r.snapshot().Input)
	if err != nil {
		r.finish("UPDATE_ROLLBACK_FAILED", err.Error())
		return nil
	}
	a, err := r.applier(ctx, p, true)
	if err != nil {
		return err
	}
	ended := r.walk(ctx, p.wanted, p.needs, false, a.apply)
	switch {
	case ctx.Err() != nil || ended.left != nil:
		return ended.left
	case len(ended.failed) > 0:
		r.finish("UPDATE_ROLLBACK_FAILED", failedText("update", ended.failed))
	default:
		r.awaitServed(ctx)
		r.phase(phaseUndone, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "")
	}
	return nil
}

func (r *run) undoCreation(ctx context.Context) error {
	ended := r.removeAll(ctx, func(res *Resource) bool { return res.DeletionPolicy == "Retain" })
	switch {
	case ctx.Err() != nil || ended.left != nil:
		return ended.left
	case len(ended.failed) > 0:
		r.finish("ROLLBACK_FAILED", failedText("delete", ended.failed))
	default:
		r.edit(func(s *Stack) { s.Outputs, s.Imports = nil, nil })
		r.finish("ROLLBACK_COMPLETE", "")
	}
	return nil
}
