package stack

import (
	"context"
	"slices"

	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/resource"
)

// obsolete are the resources that the plan does not have, or of which there are old ones.
func (r *run) obsolete(p *plan) []string {
	var ids []string
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, res := range r.stack.Resources {
		if len(res.Old) > 0 || !slices.Contains(p.wanted, id) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// removeReplaced removes replaced resources and those that the stack does not have any more.
// What cannot be removed is reported in an event and left, as on AWS.
func (r *run) removeReplaced(ctx context.Context) error {
	p, err := r.service.plan(r.stack.Name, r.stack.ID, r.snapshot().Input)
	if err != nil {
		return err
	}
	ids := r.obsolete(p)
	needs := map[string][]string{}
	for _, id := range ids {
		needs[id] = r.resource(id).Needs
	}
	ended := r.walk(ctx, ids, reverse(needs), true, func(ctx context.Context, id string) error {
		return r.removeOldVersions(ctx, id, slices.Contains(p.wanted, id))
	})
	if ctx.Err() != nil || ended.left != nil {
		return ended.left
	}
	status := "UPDATE_COMPLETE"
	if r.op().Phase == phaseUndone {
		status = "UPDATE_ROLLBACK_COMPLETE"
	} else if r.operation.Kind == opCreate {
		status = "CREATE_COMPLETE"
	}
	r.finish(status, "")
	return nil
}

// removeOldVersions removes the old ones of a resource, and the resource itself when the stack does
// not want it.
func (r *run) removeOldVersions(ctx context.Context, id string, wanted bool) error {
	res := r.resource(id)
	for _, old := range res.Old {
		keep := res.UpdateReplacePolicy == "Retain"
		if err := r.delete(ctx, res, old, keep); err != nil && (ctx.Err() != nil || isUnavailable(err)) {
			return err
		}
	}
	if wanted {
		r.edit(func(s *Stack) {
			next := *s.Resources[id]
			next.Old = nil
			s.Resources[id] = &next
		})
		return nil
	}
	if res.ID != "" {
		if err := r.delete(ctx, res, res.Physical, res.DeletionPolicy == "Retain" || res.DeletionPolicy == "RetainExceptOnCreate" && r.op().Phase == phaseCleanup); err != nil && (ctx.Err() != nil || isUnavailable(err)) {
			return err
		}
	}
	r.forget(id)
	return nil
}

// delete removes one physical resource and tells of it.
func (r *run) delete(ctx context.Context, res *Resource, what Physical, keep bool) error {
	say := func(status, reason string) {
		at := r.service.now()
		r.edit(func(s *Stack) {
			s.addEvent(s.Operation, at, Event{LogicalID: res.LogicalID, PhysicalID: what.ID, Type: res.Type, Status: status, Reason: reason})
			if current := s.Resources[res.LogicalID]; current != nil && current.ID == what.ID {
				next := *current
				next.Status, next.StatusReason, next.Updated = status, reason, at
				s.Resources[res.LogicalID] = &next
			}
		})
	}
	if keep {
		say("DELETE_SKIPPED", "")
		return nil
	}
	say("DELETE_IN_PROGRESS", "")
	kind, known := r.service.Types.Type(res.Type)
	if known && kind.Delete != nil && !what.Ignored {
		request := r.request(res.LogicalID, what, what.Tags)
		if err := kind.Delete(ctx, request); err != nil && !resource.IsGone(err) {
			if ctx.Err() == nil && !isUnavailable(err) {
				say("DELETE_FAILED", handlerReason(err))
			}
			return err
		}
	}
	say("DELETE_COMPLETE", "")
	return nil
}

// removeAll removes every resource of the stack, those first that nothing needs; keep
// says which are left.
func (r *run) removeAll(ctx context.Context, keep func(*Resource) bool) walked {
	var ids []string
	needs := map[string][]string{}
	for id, res := range r.snapshot().Resources {
		ids = append(ids, id)
		needs[id] = res.Needs
	}
	slices.Sort(ids)
	return r.walk(ctx, ids, reverse(needs), true, func(ctx context.Context, id string) error {
		res := r.resource(id)
		for _, old := range res.Old {
			if err := r.delete(ctx, res, old, false); err != nil {
				return err
			}
		}
		if res.ID != "" {
			if err := r.delete(ctx, res, res.Physical, keep(res)); err != nil {
				return err
			}
		}
		r.forget(id)
		return nil
	})
}

// remove is the deletion of a stack.
func (r *run) remove(ctx context.Context) error {
	op := r.op()
	err := r.service.checkImporters(ctx, r.snapshot(), func(Output) string { return "deleted" })
	if isUnavailable(err) {
		return err
	}
	if err != nil && ctx.Err() == nil {
		r.finish("DELETE_FAILED", err.Error())
		return nil
	}
	ended := r.removeAll(ctx, func(res *Resource) bool {
		return slices.Contains(op.Retain, res.LogicalID) || res.DeletionPolicy == "Retain" || res.DeletionPolicy == "RetainExceptOnCreate"
	})
	if ctx.Err() != nil || ended.left != nil {
		return ended.left
	}
	if len(ended.failed) > 0 && !op.Force {
		r.finish("DELETE_FAILED", failedText("delete", ended.failed))
		return nil
	}
	at := r.service.now()
	r.edit(func(s *Stack) {
		s.Deleted = at
		s.setStatus(at, "DELETE_COMPLETE", "")
		s.Outputs, s.Imports = nil, nil
	})
	return r.service.archiveDeleted(ctx, r)
}
