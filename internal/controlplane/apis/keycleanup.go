package apis

import (
	"context"
	"errors"
	"maps"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// clean removes what interrupted calls have left of API keys and usage plans that were not
// there for an hour: entries of plans, counts and claims. since has when each was first seen.
func (s *UsagePlans) clean(ctx context.Context, since map[string]time.Time) error {
	claims, err := s.claims.List(ctx, prefixClaim)
	if err != nil {
		return err
	}
	counts, err := s.Bucket.List(ctx, pasarela.PrefixKeyUsage)
	if err != nil {
		return err
	}
	plans, err := s.plans.List(ctx, pasarela.PrefixUsagePlan)
	if err != nil {
		return err
	}
	// The keys are read last: a key is created before a plan or a count names it.
	keys, err := s.keys.List(ctx, pasarela.PrefixAPIKey)
	if err != nil {
		return err
	}
	there, planned := map[string]bool{}, map[string]bool{}
	for _, doc := range keys {
		there[doc.Value.ID] = true
	}
	still, now := map[string]bool{}, time.Now()
	isOld := func(parts ...string) bool {
		mark := strings.Join(parts, " ")
		still[mark] = true
		if _, known := since[mark]; !known {
			since[mark] = now
		}
		return now.Sub(since[mark]) >= unnamedFor
	}
	for _, doc := range plans {
		planned[doc.Value.ID] = true
		for _, id := range doc.Value.KeyIDs {
			if !there[id] && isOld(doc.Key, id) {
				if err := s.unplan(ctx, id); err != nil {
					return err
				}
			}
		}
	}
	for _, count := range counts {
		planID, keyID, _ := strings.Cut(strings.TrimPrefix(count.Key, pasarela.PrefixKeyUsage), "/")
		if there[keyID] && planned[planID] || !isOld(count.Key) {
			continue
		}
		if err := s.Bucket.Delete(ctx, count.Key, count.Revision); err != nil && !errors.Is(err, pasarela.ErrNotFound) && !errors.Is(err, pasarela.ErrConflict) {
			return err
		}
	}
	for _, doc := range claims {
		if there[doc.Value.KeyID] || !isOld(doc.Key, doc.Value.KeyID) {
			continue
		}
		if err := s.unclaim(ctx, doc.Key, doc.Value.KeyID); err != nil {
			return err
		}
	}
	maps.DeleteFunc(since, func(mark string, _ time.Time) bool { return !still[mark] })
	return nil
}
