package ssm

import (
	"context"
	"errors"
	"strings"

	"github.com/pasarela-ws/pasarela"
)

// Contents is a parameter with its versions.
type Contents parameter

// Backup reads all parameters, and writes them back.
type Backup struct{ service *Service }

// Backup is the parameters' part of an export.
func (s *Service) Backup() Backup { return Backup{s} }

// Read returns all parameters, by name. Without secrets, those of type SecureString lack
// their values.
func (b Backup) Read(ctx context.Context, secrets bool) ([]Contents, error) {
	docs, err := b.service.parameters.List(ctx, prefix)
	all := make([]Contents, len(docs))
	for i := range docs {
		all[i] = Contents(*docs[i].Value)
		if secrets || all[i].Type != typeSecure {
			continue
		}
		for n := range all[i].Versions { // the value read is the caller's own
			all[i].Versions[n].Value, all[i].Versions[n].Opaque = "", ""
		}
	}
	return all, err
}

// Prepare checks parameters, and fills in the values of SecureStrings that they leave out
// and the store has.
func (b Backup) Prepare(ctx context.Context, all []Contents) error {
	seen := map[string]bool{}
	for i := range all {
		p := &all[i]
		if err := checkName(p.Name); err != nil || seen[p.Name] {
			return pasarela.Errorf(pasarela.CodeBadRequest, "parameters: entry %d has no name of its own: %q", i, p.Name)
		}
		seen[p.Name] = true
		if p.Type != typeString && p.Type != typeList && p.Type != typeSecure || len(p.Versions) == 0 || len(p.Versions) > maxVersions {
			return pasarela.Errorf(pasarela.CodeBadRequest, "parameters[%s]: it must be a String, StringList or SecureString with 1 to %d versions.", p.Name, maxVersions)
		}
		if err := b.fill(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// fill puts in what a file without secrets leaves out of a parameter.
func (b Backup) fill(ctx context.Context, p *Contents) error {
	var stored parameter
	found, err := b.service.parameters.Get(ctx, key(p.Name))
	if err == nil {
		stored = *found.Value
	} else if !errors.Is(err, pasarela.ErrNotFound) {
		return err
	}
	for i := range p.Versions {
		v := &p.Versions[i]
		if i > 0 && v.Number <= p.Versions[i-1].Number || v.Number < 1 {
			return pasarela.Errorf(pasarela.CodeBadRequest, "parameters[%s]: the numbers of its versions do not ascend: %d.", p.Name, v.Number)
		}
		for _, is := range stored.Versions {
			if v.Value == "" && p.Type == typeSecure && stored.Type == typeSecure && is.Number == v.Number && is.At.Equal(v.At) {
				v.Value, v.Opaque = is.Value, is.Opaque
			}
		}
		if v.Value == "" {
			return pasarela.Errorf(pasarela.CodeBadRequest, "parameters[%s]: version %d has no value, and this server has none for it. Export with --secrets, which writes the values of SecureStrings too.", p.Name, v.Number)
		}
		if v.Opaque == "" && p.Type == typeSecure {
			v.Opaque = opaque()
		}
	}
	return nil
}

// Restore writes parameters over what there is. With prune, those that are not among them
// are removed. They went through [Backup.Prepare].
func (b Backup) Restore(ctx context.Context, all []Contents, prune bool) error {
	kept := map[string]bool{}
	for i := range all {
		kept[key(all[i].Name)] = true
		if _, err := b.service.parameters.Upsert(ctx, key(all[i].Name), func(p *parameter) error { *p = parameter(all[i]); return nil }); err != nil {
			return err
		}
	}
	if !prune {
		return nil
	}
	docs, err := b.service.parameters.List(ctx, prefix)
	for _, doc := range docs {
		if kept[doc.Key] {
			continue
		}
		if err := b.service.parameters.Delete(ctx, doc.Key, nil); err != nil && !errors.Is(err, pasarela.ErrNotFound) {
			return err
		}
	}
	return err
}

// IsSecret says whether the member of a parameter with that path is a secret.
func IsSecret(member string) bool {
	return strings.HasSuffix(member, ".value") || strings.HasSuffix(member, ".opaque")
}
