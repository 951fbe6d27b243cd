package identity

import (
	"context"
	"errors"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// today is the time as AWS keeps it: whole seconds, UTC.
func (s *Service) today() time.Time { return s.now().UTC().Truncate(time.Second) }

// change edits one document and puts it into the snapshot before it returns.
func change[T any](ctx context.Context, s *Service, store *document.Store[T], key string, missing error, edit func(*T) error) (*T, error) {
	d, err := store.Update(ctx, key, edit)
	if err != nil {
		return nil, storeError(err, missing)
	}
	s.apply(key, d.Revision, d.Value)
	return d.Value, nil
}

// create writes a new document.
func create[T any](ctx context.Context, s *Service, store *document.Store[T], key string, taken error, value *T) error {
	revision, err := store.Create(ctx, key, value)
	if errors.Is(err, pasarela.ErrConflict) {
		return taken
	}
	if err != nil {
		return storeError(err, err)
	}
	s.apply(key, revision, value)
	return nil
}

// remove deletes a document if permit allows it.
func remove[T any](ctx context.Context, s *Service, store *document.Store[T], key string, missing error, permit func(*T) error) error {
	removed, err := store.Remove(ctx, key, permit)
	if err != nil {
		return storeError(err, missing)
	}
	s.forget(key, removed.Revision)
	return nil
}

// storeError converts the bucket's errors to AWS's. Errors of our own are returned as
// they are, and missing where nothing is at the key.
func storeError(err, missing error) error {
	var own *pasarela.Error
	switch {
	case errors.As(err, &own), errors.Is(err, errChanged):
		return err
	case errors.Is(err, pasarela.ErrNotFound):
		return missing
	case errors.Is(err, pasarela.ErrConflict):
		return &pasarela.Error{Code: CodeConcurrentModification, Message: "The request was rejected because multiple requests to change this object were submitted simultaneously. Wait a few minutes and submit your request again.", Cause: err}
	}
	if errors.Is(err, pasarela.ErrUnavailable) {
		return err
	}
	return &pasarela.Error{Code: pasarela.CodeInternal, Message: "The store did not take the change.", Cause: err}
}

func (s *Service) changeUser(ctx context.Context, name string, edit func(*User) error) (*User, error) {
	return change(ctx, s, s.users, userKey(name), noUser(name), edit)
}

func (s *Service) changeRole(ctx context.Context, name string, edit func(*Role) error) (*Role, error) {
	return change(ctx, s, s.roles, roleKey(name), noRole(name), edit)
}

// changeOwnRole is changeRole for calls that must leave service-linked roles alone.
func (s *Roles) changeOwnRole(ctx context.Context, name string, edit func(*Role) error) (*Role, error) {
	return s.identity.changeRole(ctx, name, func(r *Role) error {
		if err := r.modifiable(); err != nil {
			return err
		}
		return edit(r)
	})
}

func (r *Role) modifiable() error {
	if r.ServiceLinkedTo == "" {
		return nil
	}
	return errorf(CodeUnmodifiable, "Cannot perform the operation on the protected role '%s' - this role is only modifiable by AWS", r.RoleName)
}
