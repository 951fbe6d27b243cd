package lambda

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strconv"

	"github.com/pasarela-ws/pasarela"
)

// publish freezes $LATEST under the next number; when nothing has changed since the last
// version that is the answer, as on AWS.
func (s *Service) publish(ctx context.Context, f *pasarela.Function, description string) *pasarela.FunctionVersion {
	if last := len(f.Versions) - 1; last >= 0 && same(f.Versions[last], f.Latest) {
		return &f.Versions[last]
	}
	f.LastVersion++
	v := f.Latest
	v.Version, v.RevisionID = strconv.Itoa(f.LastVersion), pasarela.RevisionIDFor(ctx)
	v.Environment = maps.Clone(v.Environment)
	if description != "" {
		v.Description = description
	}
	f.Versions = append(f.Versions, v)
	return &f.Versions[len(f.Versions)-1]
}

// same says whether a version runs as another does.
func same(a, b pasarela.FunctionVersion) bool {
	return a.CodeSHA256 == b.CodeSHA256 && a.Runtime == b.Runtime && a.Handler == b.Handler && a.RoleARN == b.RoleARN &&
		a.Timeout == b.Timeout && a.MemorySize == b.MemorySize && maps.Equal(a.Environment, b.Environment) && slices.Equal(a.Architectures, b.Architectures)
}

// PublishVersion makes a version of $LATEST.
func (s *Service) PublishVersion(ctx context.Context, in PublishInput) (Configuration, error) {
	r, err := s.Refer(in.FunctionName, "")
	if err != nil {
		return Configuration{}, err
	}
	var version string
	f, err := s.change(ctx, r, func(f *pasarela.Function) error {
		if in.CodeSHA256 != "" && in.CodeSHA256 != f.Latest.CodeSHA256 {
			return invalid("CodeSHA256 (%s) is different from current CodeSHA256 in $LATEST (%s). Please try again with the CodeSHA256 in $LATEST.", in.CodeSHA256, f.Latest.CodeSHA256)
		}
		if err := matches(in.RevisionID, f.Latest.RevisionID); err != nil {
			return err
		}
		version = s.publish(ctx, f, in.Description).Version
		return nil
	})
	if err != nil {
		return Configuration{}, err
	}
	v, _ := f.Find(version)
	return s.configuration(f, v, version), nil
}

// ListVersionsByFunction reads $LATEST and the published versions.
func (s *Service) ListVersionsByFunction(ctx context.Context, in WholeFunctionInput) ([]Configuration, error) {
	f, _, _, err := s.version(ctx, FunctionInput{FunctionName: in.FunctionName})
	if err != nil {
		return nil, err
	}
	list := []Configuration{s.configuration(f, &f.Latest, pasarela.LatestVersion)}
	for i := range f.Versions {
		list = append(list, s.configuration(f, &f.Versions[i], f.Versions[i].Version))
	}
	return list, nil
}

var aliasForm = regexp.MustCompile(`^[a-zA-Z0-9-_]{1,128}$`)

// CreateAlias names a version.
func (s *Service) CreateAlias(ctx context.Context, in CreateAliasInput) (Alias, error) {
	r, err := s.Refer(in.FunctionName, "")
	if err != nil {
		return Alias{}, err
	}
	if _, err := strconv.Atoi(in.Name); err == nil || !aliasForm.MatchString(in.Name) {
		return Alias{}, invalid("1 validation error detected: Value '%s' at 'name' failed to satisfy constraint: Member must have up to 128 letters, digits, - and _, and not be a number", in.Name)
	}
	alias := pasarela.FunctionAlias{Name: in.Name, Version: in.FunctionVersion, Description: in.Description, RevisionID: pasarela.RevisionIDFor(ctx)}
	f, err := s.change(ctx, r, func(f *pasarela.Function) error {
		if slices.ContainsFunc(f.Aliases, func(a pasarela.FunctionAlias) bool { return a.Name == in.Name }) {
			return pasarela.Errorf(CodeConflict, "Alias already exists: %s", s.options.RegionAccount.FunctionARN(f.Name, in.Name))
		}
		f.Aliases = append(f.Aliases, alias)
		return s.hasVersion(f, in.FunctionVersion)
	})
	if err != nil {
		return Alias{}, err
	}
	return s.alias(f, alias), nil
}

func (s *Service) hasVersion(f *pasarela.Function, version string) error {
	if version == pasarela.LatestVersion || slices.ContainsFunc(f.Versions, func(v pasarela.FunctionVersion) bool { return v.Version == version }) {
		return nil
	}
	return s.missing(Reference{f.Name, version})
}

func (s *Service) alias(f *pasarela.Function, a pasarela.FunctionAlias) Alias {
	return Alias{s.options.RegionAccount.FunctionARN(f.Name, a.Name), a.Name, a.Version, a.Description, a.RevisionID}
}

// aliasOf finds an alias in a function.
func (s *Service) aliasOf(f *pasarela.Function, name string) (*pasarela.FunctionAlias, error) {
	for i := range f.Aliases {
		if f.Aliases[i].Name == name {
			return &f.Aliases[i], nil
		}
	}
	return nil, pasarela.Errorf(CodeNotFound, "Cannot find alias arn: %s", s.options.RegionAccount.FunctionARN(f.Name, name))
}

// GetAlias reads an alias.
func (s *Service) GetAlias(ctx context.Context, in AliasInput) (Alias, error) {
	r, err := s.Refer(in.FunctionName, "")
	if err != nil {
		return Alias{}, err
	}
	f, err := s.get(ctx, r)
	if err != nil {
		return Alias{}, err
	}
	a, err := s.aliasOf(f, in.Name)
	if err != nil {
		return Alias{}, err
	}
	return s.alias(f, *a), nil
}

// ListAliases reads the aliases of a function.
func (s *Service) ListAliases(ctx context.Context, in ListAliasesInput) ([]Alias, error) {
	r, err := s.Refer(in.FunctionName, "")
	if err != nil {
		return nil, err
	}
	f, err := s.get(ctx, r)
	if err != nil {
		return nil, err
	}
	list := []Alias{}
	for _, a := range f.Aliases {
		if in.FunctionVersion == "" || a.Version == in.FunctionVersion {
			list = append(list, s.alias(f, a))
		}
	}
	return list, nil
}

// ListAliasesInput is the input of ListAliases.
type ListAliasesInput struct {
	FunctionName    string `uri:"FunctionName"`
	FunctionVersion string `query:"FunctionVersion"`
}

// Named is the function that the call is about.
func (in ListAliasesInput) Named() (functionName, qualifier string) { return in.FunctionName, "" }

// NameOf names an alias in a list.
func NameOf(a Alias) string { return a.Name }

// UpdateAlias points an alias to another version.
func (s *Service) UpdateAlias(ctx context.Context, in UpdateAliasInput) (Alias, error) {
	r, err := s.Refer(in.FunctionName, "")
	if err != nil {
		return Alias{}, err
	}
	var changed pasarela.FunctionAlias
	f, err := s.change(ctx, r, func(f *pasarela.Function) error {
		a, err := s.aliasOf(f, in.Name)
		if err != nil {
			return err
		}
		if err := matches(in.RevisionID, a.RevisionID); err != nil {
			return err
		}
		if in.FunctionVersion != nil {
			a.Version = *in.FunctionVersion
		}
		if in.Description != nil {
			a.Description = *in.Description
		}
		a.RevisionID = pasarela.NewUUID()
		changed = *a
		return s.hasVersion(f, a.Version)
	})
	if err != nil {
		return Alias{}, err
	}
	return s.alias(f, changed), nil
}

// DeleteAlias removes an alias; one that is not there is no error, as on AWS.
func (s *Service) DeleteAlias(ctx context.Context, in AliasInput) error {
	r, err := s.Refer(in.FunctionName, "")
	if err != nil {
		return err
	}
	_, err = s.change(ctx, r, func(f *pasarela.Function) error {
		f.Aliases = slices.DeleteFunc(f.Aliases, func(a pasarela.FunctionAlias) bool { return a.Name == in.Name })
		delete(f.Policies, in.Name)
		return nil
	})
	return err
}
