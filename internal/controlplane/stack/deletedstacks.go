package stack

import (
	"context"
	"errors"
	"sort"

	"github.com/pasarela-ws/pasarela"
)

// maxDeleted is how many deleted stacks are remembered; the oldest are forgotten first.
const maxDeleted = 100

// archiveDeleted moves the document of a deleted stack to a key by which its ARN still
// finds it, and removes its change sets.
func (s *Service) archiveDeleted(ctx context.Context, r *run) error {
	last := r.snapshot()
	last.Operation, last.Resources = nil, nil
	_, id, _ := nameOf(last.ID)
	if _, err := s.stacks.Upsert(ctx, prefixDeleted+id, func(stored *Stack) error { *stored = last; return nil }); err != nil {
		return err
	}
	if err := s.forgetChangeSets(ctx, last.ID); err != nil {
		return err
	}
	unlock, err := r.lockWrites(ctx) // a write under way must not bring it back
	if err != nil {
		return err
	}
	defer unlock()
	err = s.stacks.Delete(ctx, prefixLive+last.Name, func(stored *Stack) error {
		if stored.ID != last.ID || stored.Operation == nil || stored.Operation.ID != r.operation.ID || stored.Operation.Node != s.Node {
			return errNotOurs
		}
		return nil
	})
	if err != nil && !errors.Is(err, pasarela.ErrNotFound) {
		return err
	}
	r.ended = true
	r.edit(func(stack *Stack) { stack.Operation = nil })
	return s.forgetOldest(ctx)
}

func (s *Service) forgetOldest(ctx context.Context) error {
	docs, err := s.stacks.List(ctx, prefixDeleted)
	if err != nil || len(docs) <= maxDeleted {
		return err
	}
	sort.Slice(docs, func(i, j int) bool {
		a, b := &docs[i], &docs[j]
		return a.Value.Deleted.Compare(b.Value.Deleted) < 0
	})
	for _, doc := range docs[:len(docs)-maxDeleted] {
		if err := s.stacks.Delete(ctx, doc.Key, nil); err != nil && !errors.Is(err, pasarela.ErrNotFound) {
			return err
		}
	}
	return nil
}

// forgetChangeSets removes the change sets of a stack, and those below them.
func (s *Service) forgetChangeSets(ctx context.Context, stackID string) error {
	_, id, _ := nameOf(stackID)
	docs, err := s.changeSets.List(ctx, prefixChangeSet+id+"/")
	for _, doc := range docs {
		if err := s.removeChangeSet(ctx, doc.Value); err != nil {
			return err
		}
	}
	return err
}
