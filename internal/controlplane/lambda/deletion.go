package lambda

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/pasarela-ws/pasarela"
)

// DeleteFunction removes a function, or one version of it.
func (s *Service) DeleteFunction(ctx context.Context, in FunctionInput) error {
	r, err := s.Refer(in.FunctionName, in.Qualifier)
	if err != nil {
		return err
	}
	s.code.Lock()
	defer s.code.Unlock()
	if r.Qualifier != "" {
		return s.deleteVersion(ctx, r)
	}
	removed, err := s.functions.Remove(ctx, pasarela.FunctionKey(r.Name), func(*pasarela.Function) error { return nil })
	if errors.Is(err, pasarela.ErrNotFound) {
		return s.missing(r)
	}
	if err != nil {
		return err
	}
	sums := map[string]bool{removed.Value.Latest.CodeSHA256: true}
	for _, v := range removed.Value.Versions {
		sums[v.CodeSHA256] = true
	}
	if err := s.await(ctx, removed.Revision); err != nil {
		return err
	}
	return s.forget(ctx, slices.Collect(maps.Keys(sums))...)
}

// deleteVersion deletes one published version, which no alias may use, and its code if nothing
// else has it.
func (s *Service) deleteVersion(ctx context.Context, r Reference) error {
	var sum string
	_, err := s.change(ctx, r, func(f *pasarela.Function) error {
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
		sum = f.Versions[i].CodeSHA256
		f.Versions = slices.Delete(f.Versions, i, i+1)
		delete(f.Policies, r.Qualifier)
		return nil
	})
	if err != nil {
		return err
	}
	return s.forget(ctx, sum)
}
