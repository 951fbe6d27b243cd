package lambda

import (
	"context"
	"errors"
	"slices"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/functioncode"
)

// Backup reads all functions, and writes them back.
type Backup struct{ service *Service }

// Backup is what files of everything are made by.
func (s *Service) Backup() Backup { return Backup{s} }

// Read returns all functions, by name.
func (b Backup) Read(ctx context.Context) ([]pasarela.Function, error) {
	docs, err := b.service.functions.List(ctx, pasarela.PrefixFunction)
	all := make([]pasarela.Function, len(docs))
	for i := range docs {
		all[i] = *docs[i].Value
	}
	return all, err
}

// Code returns the zip file with that CodeSHA256, or [pasarela.ErrNotFound].
func (b Backup) Code(ctx context.Context, sha256 string) ([]byte, error) {
	code, err := functioncode.Get(ctx, b.service.options.Bucket, sha256)
	if err != nil {
		return nil, err
	}
	return code.Bytes(), nil
}

// CodeOf are the CodeSHA256 of all versions of a function, each once, sorted.
func CodeOf(f *pasarela.Function) []string {
	sums := []string{f.Latest.CodeSHA256}
	for i := range f.Versions {
		sums = append(sums, f.Versions[i].CodeSHA256)
	}
	slices.Sort(sums)
	return slices.Compact(sums)
}

// Prepare checks functions as the operations would. code are the zip files of the file by
// their CodeSHA256; those that it has not must be in the store.
func (b Backup) Prepare(ctx context.Context, all []pasarela.Function, code map[string][]byte) error {
	seen := map[string]bool{}
	for i := range all {
		f := &all[i]
		r, err := b.service.Refer(f.Name, "")
		if err != nil || r.Name != f.Name || seen[f.Name] {
			return pasarela.Errorf(pasarela.CodeBadRequest, "functions: entry %d has no name of its own: %q", i, f.Name)
		}
		seen[f.Name] = true
		for _, v := range append(slices.Clone(f.Versions), f.Latest) {
			if err := check(&v); err != nil {
				return &pasarela.Error{Code: pasarela.CodeBadRequest, Message: "functions[" + f.Name + "]: " + pasarela.MessageOf(err), Cause: err}
			}
		}
		if err := b.checkCode(ctx, f, code); err != nil {
			return err
		}
	}
	return nil
}

// checkCode refuses a function whose code is nowhere.
func (b Backup) checkCode(ctx context.Context, f *pasarela.Function, code map[string][]byte) error {
	for _, sum := range CodeOf(f) {
		if data, there := code[sum]; there {
			if err := checkZip(data); err != nil {
				return &pasarela.Error{Code: pasarela.CodeBadRequest, Message: "functions[" + f.Name + "]: " + pasarela.MessageOf(err), Cause: err}
			}
			continue
		}
		if _, err := b.service.options.Bucket.Get(ctx, pasarela.FunctionCodeKey(sum)); errors.Is(err, pasarela.ErrNotFound) {
			return pasarela.Errorf(pasarela.CodeBadRequest, "functions[%s]: the file does not have its code, and neither does this server (CodeSha256 %s). "+
				"Export with --secrets, which writes the code too; where the file lists it as omitted, take the function out of the file and deploy it again.", f.Name, sum)
		} else if err != nil {
			return err
		}
	}
	return nil
}

// Restore writes functions over what there is, the code of each before it. With prune,
// functions that are not among them are removed. They went through [Backup.Prepare].
func (b Backup) Restore(ctx context.Context, all []pasarela.Function, code map[string][]byte, prune bool) error {
	s := b.service
	kept := map[string]bool{}
	before, err := s.functions.List(ctx, pasarela.PrefixFunction)
	if err != nil {
		return err
	}
	for _, doc := range before {
		if err := s.note(ctx, CodeOf(doc.Value)...); err != nil {
			return err
		}
	}
	for i := range all {
		key := pasarela.FunctionKey(all[i].Name)
		kept[key] = true
		for _, sum := range CodeOf(&all[i]) {
			if err := s.note(ctx, sum); err != nil {
				return err
			}
			if data, there := code[sum]; there {
				if err := functioncode.Put(ctx, s.options.Bucket, sum, data); err != nil {
					return err
				}
			}
		}
		if _, err := s.functions.Upsert(ctx, key, func(f *pasarela.Function) error { *f = all[i]; return nil }); err != nil {
			return err
		}
	}
	if !prune {
		return nil
	}
	for _, doc := range before {
		if kept[doc.Key] {
			continue
		}
		if err := s.functions.Delete(ctx, doc.Key, nil); err != nil && !errors.Is(err, pasarela.ErrNotFound) {
			return err
		}
	}
	return nil
}
