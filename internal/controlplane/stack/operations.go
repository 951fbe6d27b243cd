package stack

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/resource"
)

// CreateStackInput is the input of [Service.CreateStack].
type CreateStackInput struct {
	DesiredInput
	DisableRollback       bool       `aws:"DisableRollback"`
	OnFailure             string     `aws:"OnFailure"`
	TimeoutInMinutes      int        `aws:"TimeoutInMinutes"`
	TerminationProtection bool       `aws:"EnableTerminationProtection"`
	parent                *Stack     // of a nested stack
	set                   *ChangeSet // of a nested stack that one has made
}

// CreateStack begins to make a stack, and waits for the end for ten seconds (A-STACK-4).
// The stack is as it was when the operation was written: its Status says
// CREATE_IN_PROGRESS.
//
// All that can be known beforehand is refused before anything is made (A-STACK-5):
// AlreadyExistsException, InsufficientCapabilitiesException, ValidationError for the name,
// the template, its parameters or OnFailure beside DisableRollback, and what the caller or
// RoleARN's trust does not allow. What fails afterwards is in the stack's events.
func (s *Service) CreateStack(ctx context.Context, who pasarela.Principal, in CreateStackInput) (*Stack, error) {
	if err := checkName(in.StackName); err != nil {
		return nil, err
	}
	onFailed, err := onFailed(in.OnFailure, in.DisableRollback)
	if err != nil {
		return nil, err
	}
	there, err := s.live(ctx, in.StackName)
	if isUnavailable(err) {
		return nil, err
	}
	if err == nil && !in.reviewed(there) {
		return nil, stackExists(in.StackName)
	}
	stack := s.newStack(in.StackName)
	if err == nil { // a change set has made it
		stack.ID, stack.Created, stack.Events = there.ID, there.Created, there.Events
		if in.set, err = s.takeNested(ctx, in.parent.Operation.ChangeSet, there.ID); err != nil {
			return nil, err
		}
	}
	stack.DisableRollback, stack.TerminationProtection, stack.TimeoutInMinutes = in.DisableRollback, in.TerminationProtection, in.TimeoutInMinutes
	if in.parent != nil {
		stack.ParentID, stack.RootID = in.parent.ID, orText(in.parent.RootID, in.parent.ID)
	}
	target, _, err := s.prepare(ctx, who, stack, nil, ChangedInput{DesiredInput: in.DesiredInput, set: in.set}, true)
	if err != nil {
		return nil, err
	}
	stack.Operation = s.operation(opCreate, target, who, in.ClientToken, onFailed)
	stack.Operation.executes(in.set)
	stack.Input, stack.ChangeSetID = target, stack.Operation.ChangeSet
	if in.set != nil {
		stack.Updated = stack.Operation.Began
	}
	stack.setStatus(stack.Operation.Began, "CREATE_IN_PROGRESS", "User Initiated")
	if there != nil {
		err = s.replaceReviewed(ctx, stack)
	} else if _, err = s.stacks.Create(ctx, prefixLive+stack.Name, stack); errors.Is(err, pasarela.ErrConflict) {
		err = stackExists(stack.Name)
	}
	if err != nil {
		return nil, err
	}
	s.start(ctx, stack.Name, stack.ParentID != "")
	return stack, nil
}

// reviewed says whether a stack is there only because a change set of the stack above it
// was made.
func (in *CreateStackInput) reviewed(there *Stack) bool {
	return in.parent != nil && there.ParentID == in.parent.ID && there.Status == "REVIEW_IN_PROGRESS"
}

// replaceReviewed writes the creation of a stack that a change set has made.
func (s *Service) replaceReviewed(ctx context.Context, stack *Stack) error {
	_, err := s.change(ctx, stack.Name, func(stored *Stack) error {
		if stored.ID != stack.ID || stored.Status != "REVIEW_IN_PROGRESS" {
			return stackExists(stack.Name)
		}
		*stored = *stack
		return nil
	})
	return err
}

func stackExists(name string) error {
	return pasarela.Errorf(CodeAlreadyExists, "Stack [%s] already exists", name)
}

func (s *Service) newStack(name string) *Stack {
	id := "arn:aws:cloudformation:" + s.RegionAccount.Region + ":" + s.RegionAccount.AccountID + ":stack/" + name + "/" + pasarela.NewUUID()
	return &Stack{Name: name, ID: id, Created: s.now()}
}

func onFailed(onFailure string, disableRollback bool) (string, error) {
	switch {
	case onFailure != "" && disableRollback:
		return "", invalid("You can specify either DisableRollback or OnFailure, but not both.")
	case disableRollback:
		return "DO_NOTHING", nil
	case onFailure == "":
		return "ROLLBACK", nil
	case slices.Contains([]string{"DO_NOTHING", "ROLLBACK", "DELETE"}, onFailure):
		return onFailure, nil
	}
	return "", invalid("1 validation error detected: Value '%s' at 'onFailure' failed to satisfy constraint: Member must satisfy enum value set: [ROLLBACK, DELETE, DO_NOTHING]", onFailure)
}

func (s *Service) operation(kind string, target Input, who pasarela.Principal, token, onFailed string) *Operation {
	at := s.now()
	return &Operation{
		ID: pasarela.NewUUID(), Kind: kind, Phase: phaseForward, Target: target, Caller: who, Token: token, Began: at, OnFailed: onFailed,
		Node: s.Node, Until: at.Add(lease),
	}
}

// prepare makes the input of a stack and its plan. A direct operation needs the
// acknowledgement of macros.
func (s *Service) prepare(ctx context.Context, who pasarela.Principal, stack *Stack, before *Stack, in ChangedInput, direct bool) (Input, *plan, error) {
	role := in.RoleARN
	if before != nil {
		role = orText(role, before.Input.RoleARN)
	}
	services, err := s.servicesFor(ctx, who, role)
	if err != nil {
		return Input{}, nil, err
	}
	target, err := s.desired(ctx, in, before, services)
	if err != nil {
		return target, nil, err
	}
	p, err := s.plan(stack.Name, stack.ID, target)
	if err != nil {
		return target, nil, validation(err)
	}
	if target.Templates, err = p.readNested(ctx, services); err != nil {
		return target, nil, err
	}
	if in.set != nil {
		target.Templates = in.set.Input.Templates // what was looked at is carried out
	}
	p.input = target
	return target, p, p.acknowledged(direct)
}

// servicesFor are the services of the caller, who must be allowed to pass the role that
// the stack shall use, also one that it has (A-STACK-1).
func (s *Service) servicesFor(ctx context.Context, who pasarela.Principal, roleARN string) (resource.Services, error) {
	if roleARN != "" {
		if _, err := s.Callers.Role(ctx, who, roleARN); err != nil {
			return nil, err
		}
	}
	return s.Callers.As(who), nil
}

// UpdateStackInput is the input of [Service.UpdateStack].
type UpdateStackInput struct {
	ChangedInput
	DisableRollback bool `aws:"DisableRollback"`
}

// noUpdates is what clients compare (aws-controlplane §12.2).
const noUpdates = "No updates are to be performed."

// UpdateStack begins to change a stack, and waits for the end for ten seconds (A-STACK-4).
// The errors are those of [Service.CreateStack]; besides, ValidationError for a stack
// whose status allows no update, and with [noUpdates] where nothing would change, which
// clients compare (aws-controlplane §12.2). Its change sets are removed: they were made
// for what it was.
func (s *Service) UpdateStack(ctx context.Context, who pasarela.Principal, in UpdateStackInput) (*Stack, error) {
	before, err := s.find(ctx, in.StackName)
	if errors.Is(err, pasarela.ErrNotFound) || err == nil && !before.Deleted.IsZero() {
		return nil, noStack(in.StackName)
	}
	if err != nil {
		return nil, err
	}
	if err := updatable(before); err != nil {
		return nil, err
	}
	target, p, err := s.prepare(ctx, who, before, before, in.ChangedInput, true)
	if err != nil {
		return nil, err
	}
	changes, err := p.changes(ctx, before)
	if isUnavailable(err) {
		return nil, err
	}
	if err != nil && strings.HasPrefix(err.Error(), "Update of resource type") {
		return nil, validation(err)
	}
	if err == nil && len(changes) == 0 && p.nothingElse(before) {
		return nil, invalid(noUpdates)
	}
	failed, err := onFailed("", in.DisableRollback)
	if err != nil {
		return nil, err
	}
	op := s.operation(opUpdate, target, who, in.ClientToken, failed)
	op.executes(in.set)
	return s.update(ctx, before, op)
}

// update writes an operation that changes a stack, unless something has happened to
// the stack since it was read.
func (s *Service) update(ctx context.Context, before *Stack, op *Operation) (*Stack, error) {
	stack, err := s.change(ctx, before.Name, func(stack *Stack) error {
		if stack.ID != before.ID {
			return noStack(before.Name)
		}
		if err := updatable(stack); err != nil {
			return err
		}
		stack.Operation, stack.Updated, stack.ChangeSetID = op, op.Began, orText(op.ChangeSet, stack.ChangeSetID)
		stack.Drift = nil
		stack.DisableRollback = op.OnFailed == "DO_NOTHING"
		stack.setStatus(op.Began, "UPDATE_IN_PROGRESS", "User Initiated")
		return nil
	})
	if err == nil {
		s.start(ctx, stack.Name, stack.ParentID != "")
	}
	return stack, err
}

// updatable says whether an update may begin.
func updatable(stack *Stack) error {
	switch stack.Status {
	case "CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "CREATE_FAILED", "UPDATE_FAILED", "IMPORT_COMPLETE":
		return nil
	}
	return invalid("Stack:%s is in %s state and can not be updated.", stack.ID, stack.Status)
}

// DeleteStackInput is the input of [Service.DeleteStack].
type DeleteStackInput struct {
	StackName       string   `aws:"StackName"`
	RetainResources []string `aws:"RetainResources"`
	RoleARN         string   `aws:"RoleARN"`
	ClientToken     string   `aws:"ClientRequestToken"`
	DeletionMode    string   `aws:"DeletionMode"`
}

// DeleteStack begins to remove a stack, and waits for the end for ten seconds (A-STACK-4);
// one that is not there is no error. A creation under way is turned into a removal.
// ValidationError while TerminationProtection is on, while another operation is under way,
// and for RetainResources on a stack that is not in DELETE_FAILED.
func (s *Service) DeleteStack(ctx context.Context, who pasarela.Principal, in DeleteStackInput) error {
	before, err := s.find(ctx, in.StackName)
	if errors.Is(err, pasarela.ErrNotFound) || err == nil && !before.Deleted.IsZero() {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := s.servicesFor(ctx, who, orText(in.RoleARN, before.Input.RoleARN)); err != nil {
		return err
	}
	_, err = s.stacks.Update(ctx, prefixLive+pasarela.EscapeKey(before.Name), func(stack *Stack) error {
		switch {
		case stack.ID != before.ID:
			return pasarela.ErrNotFound
		case stack.TerminationProtection:
			return invalid("Stack [%s] cannot be deleted while TerminationProtection is enabled", stack.Name)
		case stack.Operation != nil && stack.Operation.Kind == opDelete:
			return nil
		case stack.Operation != nil && stack.Operation.Kind == opCreate && stack.Operation.Phase == phaseForward:
			stack.Operation.Cancel, stack.Operation.OnFailed = true, "DELETE"
			return nil
		case stack.Operation != nil:
			return invalid("Stack:%s is in %s state and can not be deleted.", stack.ID, stack.Status)
		case len(in.RetainResources) > 0 && stack.Status != "DELETE_FAILED":
			return invalid("Invalid operation on stack [%s]. When you delete a stack, specify which resources to retain only when the stack is in the DELETE_FAILED state.", stack.ID)
		}
		target := stack.Input
		target.RoleARN = orText(in.RoleARN, target.RoleARN)
		op := s.operation(opDelete, target, who, in.ClientToken, "ROLLBACK")
		op.Retain, op.Force = in.RetainResources, in.DeletionMode == "FORCE_DELETE_STACK"
		stack.Operation, stack.Drift = op, nil
		stack.setStatus(op.Began, "DELETE_IN_PROGRESS", "User Initiated")
		return nil
	})
	if errors.Is(err, pasarela.ErrNotFound) { // it was removed since
		return nil
	}
	if err == nil {
		s.start(ctx, before.Name, before.ParentID != "")
	}
	return err
}

// CancelUpdate rolls an update back that is on its way: what is being made is finished,
// and nothing more is begun. ValidationError for a stack in any other status than
// UPDATE_IN_PROGRESS.
func (s *Service) CancelUpdate(ctx context.Context, name string) error {
	found, err := s.live(ctx, name)
	if err != nil {
		return err
	}
	_, err = s.change(ctx, found.Name, func(stack *Stack) error {
		if stack.Status != "UPDATE_IN_PROGRESS" || stack.Operation == nil {
			return invalid("CancelUpdateStack cannot be called from current stack status")
		}
		stack.Operation.Cancel = true
		return nil
	})
	return err
}

// ContinueRollback tries the rollback of an update again, with roleARN if it is not empty.
// ValidationError for a stack in any other status than UPDATE_ROLLBACK_FAILED.
func (s *Service) ContinueRollback(ctx context.Context, who pasarela.Principal, name, roleARN, token string) error {
	found, err := s.live(ctx, name)
	if err != nil {
		return err
	}
	if _, err := s.servicesFor(ctx, who, orText(roleARN, found.Input.RoleARN)); err != nil {
		return err
	}
	_, err = s.change(ctx, found.Name, func(stack *Stack) error {
		if stack.Status != "UPDATE_ROLLBACK_FAILED" {
			return invalid("Stack:%s is in %s state and can not continue its rollback.", stack.ID, stack.Status)
		}
		target := stack.Input
		target.RoleARN = orText(roleARN, target.RoleARN)
		op := s.operation(opUpdate, target, who, token, "ROLLBACK")
		op.Phase = phaseRollback
		stack.Operation, stack.Drift = op, nil
		stack.setStatus(op.Began, "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated")
		return nil
	})
	if err == nil {
		s.start(ctx, found.Name, found.ParentID != "")
	}
	return err
}

// Protect switches the protection against deletion and returns the stack as it is now. It
// may be called while an operation is under way.
func (s *Service) Protect(ctx context.Context, name string, on bool) (*Stack, error) {
	found, err := s.live(ctx, name)
	if err != nil {
		return nil, err
	}
	return s.change(ctx, found.Name, func(stack *Stack) error { stack.TerminationProtection = on; return nil })
}

// live is a stack that is not deleted.
func (s *Service) live(ctx context.Context, name string) (*Stack, error) {
	found, err := s.find(ctx, name)
	if errors.Is(err, pasarela.ErrNotFound) || err == nil && !found.Deleted.IsZero() {
		return nil, noStack(name)
	}
	return found, err
}
