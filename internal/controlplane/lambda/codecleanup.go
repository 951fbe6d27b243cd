package lambda

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/document"
	"github.com/pasarela-ws/pasarela/internal/state/functioncode"
)

// prefixCheck is that of the notes about code that no function may have.
const prefixCheck = "functioncodecheck/"

const (
	cleanEvery = time.Minute
	// unusedFor is how long no function must have had code before it is removed. By then an
	// unanswered write of a function has been made, or never will be.
	unusedFor = 10 * time.Minute
)

// codeCheck is the note that code may have no function. Call makes each note another.
type codeCheck struct {
	CodeSHA256 string `json:"codeSha256"`
	Call       string `json:"call"`
}

// note has [Service.Run] look later whether a function has code. It is written before the code
// is, and before a function gives code up: whatever is interrupted then, nothing stays.
func (s *Service) note(ctx context.Context, sums ...string) error {
	for _, sum := range sums {
		_, err := s.checks.Upsert(ctx, prefixCheck+pasarela.EscapeKey(sum), func(c *codeCheck) error {
			*c = codeCheck{sum, pasarela.NewUUID()}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Run removes code that no function has, until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	since := map[string]time.Time{}
	tick := time.NewTicker(cleanEvery)
	defer tick.Stop()
	for {
		if err := s.clean(ctx, since); err != nil && ctx.Err() == nil {
			s.options.Log.Warn("code that no function has could not be removed; it is tried again later", "error", err, "in", cleanEvery)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// clean looks at all notes. since has when each was first seen, by the note's key and Call.
func (s *Service) clean(ctx context.Context, since map[string]time.Time) error {
	notes, err := s.checks.List(ctx, prefixCheck)
	if err != nil {
		return err
	}
	still, now := map[string]time.Time{}, time.Now()
	for _, doc := range notes {
		mark := doc.Key + " " + doc.Value.Call
		first, known := since[mark]
		if !known {
			first = now
		}
		if still[mark] = first; now.Sub(first) < unusedFor {
			continue
		}
		if err := s.removeUnused(ctx, doc.Key, *doc.Value); err != nil {
			return err
		}
	}
	clear(since)
	maps.Copy(since, still)
	return nil
}

// errNoted says that code was noted again meanwhile.
var errNoted = errors.New("the code was noted again")

// removeUnused removes the code of a note if no function has it, then the note. The parts are
// read before the note and the functions are read again: who stores the same code meanwhile
// notes it first and writes all parts again, so that these are not removed.
func (s *Service) removeUnused(ctx context.Context, key string, noted codeCheck) error {
	used, err := s.used(ctx, noted.CodeSHA256)
	if err != nil {
		return err
	}
	if !used {
		parts, err := functioncode.Parts(ctx, s.options.Bucket, noted.CodeSHA256)
		if err != nil {
			return err
		}
		doc, err := s.checks.Get(ctx, key)
		if errors.Is(err, pasarela.ErrNotFound) || err == nil && *doc.Value != noted {
			return nil
		}
		if err != nil {
			return err
		}
		if used, err = s.used(ctx, noted.CodeSHA256); err != nil {
			return err
		}
		if !used {
			err = functioncode.Delete(ctx, s.options.Bucket, parts)
		}
		if err != nil {
			return err
		}
	}
	err = s.checks.Delete(ctx, key, func(c *codeCheck) error {
		if *c != noted {
			return errNoted
		}
		return nil
	})
	if errors.Is(err, errNoted) || errors.Is(err, pasarela.ErrNotFound) {
		return nil
	}
	return err
}

// used says whether a function has code.
func (s *Service) used(ctx context.Context, sum string) (bool, error) {
	all, err := s.functions.List(ctx, pasarela.PrefixFunction)
	return slices.ContainsFunc(all, func(d document.Document[pasarela.Function]) bool { return slices.Contains(CodeOf(d.Value), sum) }), err
}
