package apis

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela"
)

// CreateUsagePlanKeyInput is the input of [UsagePlans.CreateUsagePlanKey].
type CreateUsagePlanKeyInput struct {
	UsagePlanInput
	KeyID   *string `json:"keyId"`
	KeyType *string `json:"keyType"`
}

// UsagePlanKeyInput names a key in a usage plan.
type UsagePlanKeyInput struct {
	UsagePlanInput
	KeyID string `json:"-" uri:"keyId"`
}

// GetUsagePlanKeysInput is the input of [UsagePlans.GetUsagePlanKeys].
type GetUsagePlanKeysInput struct {
	UsagePlanInput
	Name string `json:"-" query:"name"`
}

// UsagePlanKey is the view of a key in a usage plan.
type UsagePlanKey struct {
	ID    string `json:"id"`
	Type  string `json:"type"`
	Value string `json:"value,omitempty"`
	Name  string `json:"name,omitempty"`
}

const keyTypeAPIKey = "API_KEY"

// CreateUsagePlanKey adds an API key to a usage plan. A key may be in only one plan of
// each stage, since one plan must meter it.
func (s *UsagePlans) CreateUsagePlanKey(ctx context.Context, in CreateUsagePlanKeyInput) (UsagePlanKey, error) {
	var c check
	c.required("keyId", in.KeyID)
	c.required("keyType", in.KeyType)
	c.oneOf("keyType", in.KeyType, keyTypeAPIKey)
	if c.err != nil {
		return UsagePlanKey{}, c.err
	}
	k, err := s.key(ctx, *in.KeyID)
	if err != nil {
		return UsagePlanKey{}, err
	}
	others, err := s.plans.List(ctx, pasarela.PrefixUsagePlan)
	if err != nil {
		return UsagePlanKey{}, err
	}
	err = s.changePlan(ctx, in.UsagePlanID, func(p *pasarela.UsagePlan) error {
		if slices.Contains(p.KeyIDs, k.ID) {
			return conflict("%s is already in usage plan %s", k.ID, p.ID)
		}
		for _, other := range others {
			if other.Value.ID != p.ID && slices.Contains(other.Value.KeyIDs, k.ID) && shareStage(p, other.Value) {
				return conflict("%s cannot be added to usage plan %s because it is in usage plan %s of the same stage", k.ID, p.ID, other.Value.ID)
			}
		}
		p.KeyIDs = append(p.KeyIDs, k.ID)
		return nil
	})
	if err != nil {
		return UsagePlanKey{}, err
	}
	return UsagePlanKey{k.ID, keyTypeAPIKey, k.Value, k.Name}, nil
}

func shareStage(a, b *pasarela.UsagePlan) bool {
	for _, x := range a.APIStages {
		for _, y := range b.APIStages {
			if x.APIID == y.APIID && x.Stage == y.Stage {
				return true
			}
		}
	}
	return false
}

// GetUsagePlanKey returns one key of a usage plan.
func (s *UsagePlans) GetUsagePlanKey(ctx context.Context, in UsagePlanKeyInput) (UsagePlanKey, error) {
	p, err := s.plan(ctx, in.UsagePlanID)
	if err != nil {
		return UsagePlanKey{}, err
	}
	if !slices.Contains(p.KeyIDs, in.KeyID) {
		return UsagePlanKey{}, noKey()
	}
	k, err := s.key(ctx, in.KeyID)
	if err != nil {
		return UsagePlanKey{}, err
	}
	return UsagePlanKey{k.ID, keyTypeAPIKey, k.Value, k.Name}, nil
}

// GetUsagePlanKeys returns the keys of a usage plan in the order in which they
// came; a plan that is not there has none, as on AWS.
func (s *UsagePlans) GetUsagePlanKeys(ctx context.Context, in GetUsagePlanKeysInput) ([]UsagePlanKey, error) {
	p, err := s.plan(ctx, in.UsagePlanID)
	var known *pasarela.Error
	if errors.As(err, &known) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var views []UsagePlanKey
	for _, id := range p.KeyIDs {
		k, err := s.key(ctx, id)
		if errors.As(err, &known) {
			continue // deleted a moment ago
		}
		if err != nil {
			return nil, err
		}
		if strings.HasPrefix(k.Name, in.Name) {
			views = append(views, UsagePlanKey{k.ID, keyTypeAPIKey, k.Value, k.Name})
		}
	}
	return views, nil
}

// DeleteUsagePlanKey takes a key out of a usage plan; the key stays.
func (s *UsagePlans) DeleteUsagePlanKey(ctx context.Context, in UsagePlanKeyInput) error {
	return s.changePlan(ctx, in.UsagePlanID, func(p *pasarela.UsagePlan) error {
		i := slices.Index(p.KeyIDs, in.KeyID)
		if i < 0 {
			return noKey()
		}
		p.KeyIDs = slices.Delete(p.KeyIDs, i, i+1)
		return nil
	})
}
