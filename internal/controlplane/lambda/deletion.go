package lambda

import (
	"context"
	"errors"
	"slices"

	"github.com/pasarela-ws/pasarela"
)

// DeleteFunction removes a function, or one version of it.
func (s *Service) DeleteFunction(ctx context.Context, in FunctionInput) error {
	r, err := s.Refer(in.FunctionName, in.Qualifier)
	if err != nil {
		return err
	}
	if r.Qualifier != "" {
		return s.deleteVersion(ctx, r)
	}
	f, err := s.get(ctx, r)
	if err != nil {
		return err
	}
	if err := s.note(ctx, CodeOf(f)...); err != nil {
		return err
	}
	removed, err := s.functions.Remove(ctx, pasarela.FunctionKey(r.Name), nil)
	if errors.Is(err, pasarela.ErrNotFound) {
		return s.missing(r)
	}
	if err != nil {
		return err
	}
	return s.await(ctx, removed.Revision)
}

// deleteVersion deletes one published version, which no alias may use.
func (s *Service) deleteVersion(ctx context.Context, r Reference) error {
	f, err := s.get(ctx, r)
	if err != nil {
		return err
	}
	if v, ok := f.Find(r.Qualifier); ok {
		if err := s.note(ctx, v.CodeSHA256); err != nil {
			return err
		}
	}
	_, err = s.change(ctx, r, func(f *pasarela.Function) error {
		i := slices.IndexFunc(f.Versions, func(v pasarela.FunctionVersion) bool { return v.Version == r.Qualifier })
		users := slices.IndexFunc(f.Aliases, func(a pasarela.FunctionAlias) bool { return a.Version == r.Qualifier })
		switch {
		case r.Qualifier == pasarela.LatestVersion:
			return invalid("$LATEST version cannot be deleted without deleting the function.")
		case i < 0:
			return s.missing(r)
		case users >= 0:
			return pasarela.Errorf(CodeConflict, "Version %s is used by alias %s.", r.Qualifier, f.Aliases[users].Name)
		}
		f.Versions = slices.Delete(f.Versions, i, i+1)
		delete(f.Policies, r.Qualifier)
		return nil
	})
	return err
}
