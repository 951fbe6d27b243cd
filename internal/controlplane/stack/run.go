package stack

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/resource"
)

// run is an operation that this node works on.
type run struct {
	service          *Service
	services         resource.Services
	operation        Operation // as it was when the run began
	resumed          bool      // another run has worked on it before
	addingUnrecorded bool      // what that has made is looked for; only the goroutine of do writes it

	mu    sync.Mutex
	stack *Stack // what is written next; resources in it are replaced, never changed
	dirty chan struct{}
	write chan struct{} // has room for who writes
	ended bool          // the end of the operation is written; under write
}

// do works until the operation has ended, or ctx has. Where the store does not answer, it is
// left as it is, with an error: whether it was written is not known then, so that it is neither
// a failure nor done, and the next run looks (A-STACK-21).
func (r *run) do(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var writer sync.WaitGroup
	writer.Go(func() { r.keepWriting(ctx, cancel) })
	defer writer.Wait()
	defer cancel()
	err := r.begin(ctx)
	if err == nil {
		err = r.advance(ctx)
	}
	// What was done is written even when the node stops; the lease is given back then.
	ended, stop := context.WithTimeout(context.WithoutCancel(ctx), lease)
	defer stop()
	if ctx.Err() != nil {
		r.edit(func(s *Stack) { s.Operation.Until = r.service.now() })
	}
	return errors.Join(err, r.flush(ended))
}

// begin takes the permissions of the operation, and does what belongs to its beginning. A
// failure that is the operation's own ends it.
func (r *run) begin(ctx context.Context) error {
	if err := r.settleChangeSets(ctx); err != nil {
		return err
	}
	services, err := r.callers(ctx)
	r.services = services
	switch {
	case err == nil || isUnavailable(err):
		return err
	case r.operation.Kind == opDelete:
		r.finish("DELETE_FAILED", handlerReason(err))
	default:
		r.fail(handlerReason(err))
	}
	return nil
}

// callers are the services with the permissions of the operation's caller, or of the
// stack's role.
func (r *run) callers(ctx context.Context) (resource.Services, error) {
	who := r.operation.Caller
	if role := r.operation.Target.RoleARN; role != "" {
		session, err := r.service.Callers.Role(ctx, who, role)
		if err != nil {
			return r.service.Callers.As(who), err
		}
		who = session
	}
	return r.service.Callers.As(who), nil
}

// advance runs the phases of the operation from the present one on.
func (r *run) advance(ctx context.Context) error {
	for ctx.Err() == nil {
		op := r.op()
		if op == nil {
			return nil
		}
		var err error
		switch {
		case op.Kind == opDelete:
			err = r.remove(ctx)
		case op.Phase == phaseForward:
			err = r.applyTarget(ctx)
		case op.Phase == phaseRollback:
			err = r.rollBack(ctx)
		default:
			err = r.removeReplaced(ctx)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// op is the operation as it is, nil when it has ended.
func (r *run) op() *Operation {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stack.Operation
}

// edit changes what is written next.
func (r *run) edit(change func(*Stack)) {
	r.mu.Lock()
	if r.stack.Operation != nil { // readers have the old one
		op := *r.stack.Operation
		r.stack.Operation = &op
	}
	change(r.stack)
	r.mu.Unlock()
	select {
	case r.dirty <- struct{}{}:
	default:
	}
}

// snapshot is the document as it is now, a copy that does not change.
func (r *run) snapshot() Stack {
	r.mu.Lock()
	defer r.mu.Unlock()
	copied := *r.stack
	copied.Resources = maps.Clone(r.stack.Resources)
	copied.Events = slices.Clone(r.stack.Events)
	if r.stack.Operation != nil {
		op := *r.stack.Operation
		copied.Operation = &op
	}
	return copied
}

// flush writes everything that was edited until now.
func (r *run) flush(ctx context.Context) error {
	unlock, err := r.lockWrites(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if r.ended {
		return nil
	}
	next := r.snapshot()
	if op := next.Operation; op != nil && op.Until.After(r.service.now()) {
		op.Until = r.service.now().Add(lease)
	}
	var wish Operation // what clients have asked for meanwhile
	_, err = r.service.stacks.Update(ctx, prefixLive+next.Name, func(stored *Stack) error {
		if stored.ID != next.ID || stored.Operation == nil || stored.Operation.ID != r.operation.ID || stored.Operation.Node != r.service.Node {
			return errNotOurs
		}
		wish = *stored.Operation
		protection := stored.TerminationProtection
		*stored = next
		stored.TerminationProtection = protection
		if stored.Operation != nil {
			stored.Operation.Cancel, stored.Operation.OnFailed = wish.Cancel, wish.OnFailed
		}
		return nil
	})
	r.ended = err == nil && next.Operation == nil
	if err == nil && wish.Cancel {
		r.noteRequest(wish)
	}
	return err
}

// lockWrites waits until no other write of the document is under way.
func (r *run) lockWrites(ctx context.Context) (unlock func(), err error) {
	select {
	case r.write <- struct{}{}:
		return func() { <-r.write }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// noteRequest copies what clients have requested for the operation meanwhile: to cancel
// it, or another OnFailure.
func (r *run) noteRequest(wish Operation) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stack.Operation == nil {
		return
	}
	op := *r.stack.Operation
	op.Cancel, op.OnFailed = wish.Cancel, wish.OnFailed
	r.stack.Operation = &op
}

// keepWriting writes what was edited, as long as there is something, and renews the
// lease. A document that is another's ends the run.
func (r *run) keepWriting(ctx context.Context, cancel context.CancelFunc) {
	ticker := time.NewTicker(renewal)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.dirty:
		case <-ticker.C:
		}
		if err := r.flush(ctx); errors.Is(err, errNotOurs) || errors.Is(err, pasarela.ErrNotFound) {
			if r.op() != nil {
				cancel()
			}
			return
		} else if err != nil && ctx.Err() == nil {
			r.service.Log.Warn("the progress of a stack is not written yet", "stack", r.stack.Name, "error", err)
			select { // the store may come back; nothing is lost meanwhile
			case <-ctx.Done():
			case <-time.After(time.Second):
				r.edit(func(*Stack) {})
			}
		}
	}
}

// addEvent adds an event.
func (s *Stack) addEvent(op *Operation, at time.Time, e Event) {
	e.ID, e.At = pasarela.NewUUID(), at
	if op != nil {
		e.Token, e.OperationID = op.Token, op.ID
	}
	s.Events = append(s.Events, e)
	if over := len(s.Events) - maxEvents; over > 0 {
		s.Events = slices.Clone(s.Events[over:])
	}
}

// lastOperation is the id of the last operation on the stack, "" before the first.
func (s *Stack) lastOperation() string {
	if len(s.Events) == 0 {
		return ""
	}
	return s.Events[len(s.Events)-1].OperationID
}

const typeStack = "AWS::CloudFormation::Stack"

// setStatus gives the stack a status, with its event.
func (s *Stack) setStatus(at time.Time, status, reason string) {
	s.Status, s.StatusReason = status, reason
	s.addEvent(s.Operation, at, Event{LogicalID: s.Name, PhysicalID: s.ID, Type: typeStack, Status: status, Reason: reason})
}

// resource is a resource as it is, nil when there is none.
func (r *run) resource(id string) *Resource {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stack.Resources[id]
}

// mark changes a copy of a resource, puts it into the document and adds an event.
func (r *run) mark(id, status, reason string, change func(*Resource)) {
	at := r.service.now()
	r.edit(func(s *Stack) {
		next := Resource{LogicalID: id}
		if s.Resources == nil {
			s.Resources = map[string]*Resource{}
		}
		if before := s.Resources[id]; before != nil {
			next = *before
		}
		if change != nil {
			change(&next)
		}
		next.Status, next.StatusReason, next.Updated = status, reason, at
		s.Resources[id] = &next
		s.addEvent(s.Operation, at, Event{LogicalID: id, PhysicalID: next.ID, Type: next.Type, Status: status, Reason: reason})
	})
}

// forget takes a resource out of the document.
func (r *run) forget(id string) {
	r.edit(func(s *Stack) { delete(s.Resources, id) })
}

// finish ends the operation with that status.
func (r *run) finish(status, reason string) {
	at := r.service.now()
	r.edit(func(s *Stack) {
		s.setStatus(at, status, reason)
		s.Operation = nil
	})
}

// phase goes on with another phase, with the status that shows it.
func (r *run) phase(phase, status, reason string) {
	at := r.service.now()
	r.edit(func(s *Stack) {
		s.Operation.Phase = phase
		s.setStatus(at, status, reason)
	})
}

// fail ends the forward phase: then the stack is rolled back, left, or removed, as was
// requested.
func (r *run) fail(reason string) {
	op := r.op()
	r.edit(func(s *Stack) { s.Operation.Failure = reason })
	switch {
	case op.Kind == opCreate && op.OnFailed == "DO_NOTHING":
		r.finish("CREATE_FAILED", reason)
	case op.Kind == opUpdate && op.OnFailed == "DO_NOTHING":
		r.finish("UPDATE_FAILED", reason)
	case op.Kind == opCreate && op.OnFailed == "DELETE":
		at := r.service.now()
		r.edit(func(s *Stack) {
			s.setStatus(at, "CREATE_FAILED", reason)
			s.Operation.Kind, s.Operation.Retain = opDelete, nil
			s.setStatus(at, "DELETE_IN_PROGRESS", "Delete requested by user.")
		})
	case op.Kind == opCreate:
		r.phase(phaseRollback, "ROLLBACK_IN_PROGRESS", reason)
	default:
		r.phase(phaseRollback, "UPDATE_ROLLBACK_IN_PROGRESS", reason)
	}
}

// suffix is 12 letters and digits for the names that a creation makes.
func suffix(token string) string {
	return pasarela.DerivedText(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 12)
}

// failedText is AWS's sentence about resources that failed.
func failedText(verb string, ids []string) string {
	slices.Sort(ids)
	return fmt.Sprintf("The following resource(s) failed to %s: [%s]. ", verb, strings.Join(ids, ", "))
}
