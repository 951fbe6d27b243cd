package stack

import (
	"context"
	"time"
)

// leftAfter is how old what a call or an operation has left must be until it is removed, longer
// than any call takes, and how often it is looked for.
const leftAfter = time.Hour

// removeLeft removes what was left of nested change sets when the store did not answer
// (A-STACK-21), and tells the log of what stays until the next time.
func (s *Service) removeLeft(ctx context.Context) {
	if err := s.removeLeftChangeSets(ctx); err != nil && ctx.Err() == nil {
		s.Log.Warn("what was left of nested change sets is removed later", "error", err)
	}
}

// removeLeftChangeSets removes those whose change set above is gone or was executed to its end, and stacks in
// REVIEW_IN_PROGRESS that have none.
func (s *Service) removeLeftChangeSets(ctx context.Context) error {
	sets, err := s.changeSets.List(ctx, prefixChangeSet)
	if err != nil {
		return err
	}
	stacks, err := s.all(ctx)
	if err != nil {
		return err
	}
	byID, reviewed, busy := map[string]*ChangeSet{}, map[string]bool{}, map[string]bool{}
	for _, doc := range sets {
		byID[doc.Value.ID], reviewed[doc.Value.StackID] = doc.Value, true
	}
	for _, stack := range stacks {
		busy[stack.ID] = stack.Operation != nil
	}
	for _, set := range byID {
		above := byID[set.ParentID]
		needed := above != nil && (above.ExecutionStatus != executeComplete || busy[above.StackID])
		if set.ParentID == "" || set.ExecutionStatus == executeComplete || needed || s.now().Sub(set.Created) < leftAfter {
			continue
		}
		if err := s.removeChangeSet(ctx, set); err != nil {
			return err
		}
	}
	for _, stack := range stacks {
		if stack.ParentID == "" || reviewed[stack.ID] || s.now().Sub(stack.Created) < leftAfter {
			continue
		}
		if err := s.removeReviewed(ctx, stack.Name, stack.ID); err != nil {
			return err
		}
	}
	return nil
}
