package stack

import (
	"context"
	"errors"
	"reflect"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// Backup reads all live stacks, and writes them back. Change sets that were not executed
// and deleted stacks are no part of it.
type Backup struct{ stacks *document.Store[Stack] }

// NewBackup makes the backup of the stacks in a store.
func NewBackup(bucket pasarela.Bucket) Backup { return Backup{document.NewStore[Stack](bucket)} }

// Read returns all live stacks, by name. It comes before the resources are read: one that
// an operation makes meanwhile is then found when the operation goes on.
func (b Backup) Read(ctx context.Context) ([]Stack, error) {
	docs, err := b.stacks.List(ctx, prefixLive)
	all := make([]Stack, len(docs))
	for i := range docs {
		all[i] = *docs[i].Value
	}
	return all, err
}

// Prepare checks stacks that come from a file, before anything is written: names and ids
// that belong to each other, whole resources, a kind of operation that there is. One in
// the store that has another operation under way is not written over. Errors are
// BadRequestException and name the entry.
func (b Backup) Prepare(ctx context.Context, all []Stack) error {
	seen := map[string]bool{}
	for i := range all {
		s := &all[i]
		name, id, isID := nameOf(s.ID)
		if err := checkName(s.Name); err != nil || seen[s.Name] || !isID || name != s.Name || id == "" {
			return pasarela.Errorf(pasarela.CodeBadRequest, "stacks: entry %d must have a name of its own, and an id with that name in it: %q, %q", i, s.Name, s.ID)
		}
		seen[s.Name] = true
		for logical, res := range s.Resources {
			if res == nil || res.LogicalID != logical || res.Type == "" {
				return pasarela.Errorf(pasarela.CodeBadRequest, "stacks[%s].resources[%s]: it must have its logicalId and its type.", s.Name, logical)
			}
		}
		if op := s.Operation; op != nil && op.Kind != opCreate && op.Kind != opUpdate && op.Kind != opDelete {
			return pasarela.Errorf(pasarela.CodeBadRequest, "stacks[%s].operation.kind is CREATE, UPDATE or DELETE, not %q.", s.Name, op.Kind)
		}
		if err := b.idle(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// idle refuses to write over a stack whose operation is under way here.
func (b Backup) idle(ctx context.Context, s *Stack) error {
	found, err := b.stacks.Get(ctx, prefixLive+s.Name)
	if errors.Is(err, pasarela.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return busy(found.Value, s)
}

func busy(stored, next *Stack) error {
	if stored.Operation == nil || reflect.DeepEqual(stored, next) {
		return nil
	}
	return pasarela.Errorf(pasarela.CodeBadRequest, "stacks[%s]: an operation on it is under way (%s). Apply the file when it has ended.", stored.Name, stored.Status)
}

// Restore writes stacks over what there is. With prune, others are forgotten; what they made
// is not touched. A stack whose operation was under way when the file was written goes on
// with it. They went through [Backup.Prepare], and the resources were written before.
func (b Backup) Restore(ctx context.Context, all []Stack, prune bool) error {
	kept := map[string]bool{}
	for i := range all {
		key := prefixLive + all[i].Name
		kept[key] = true
		_, err := b.stacks.Upsert(ctx, key, func(stored *Stack) error {
			if err := busy(stored, &all[i]); err != nil {
				return err
			}
			*stored = all[i]
			return nil
		})
		if err != nil {
			return err
		}
	}
	if !prune {
		return nil
	}
	docs, err := b.stacks.List(ctx, prefixLive)
	for _, doc := range docs {
		if kept[doc.Key] {
			continue
		}
		err := b.stacks.Delete(ctx, doc.Key, func(stored *Stack) error { return busy(stored, nil) })
		if err != nil && !errors.Is(err, pasarela.ErrNotFound) {
			return err
		}
	}
	return err
}

// IsSecret says whether the member of a stack with that path may hold the value of a
// parameter with NoEcho.
func IsSecret(member string) bool {
	return strings.Contains(member, "parameters.") || strings.Contains(member, "resolved.") || strings.Contains(member, "roperties.") || strings.HasPrefix(member, "outputs") || strings.Contains(member, "ttribute")
}
