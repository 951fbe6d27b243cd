package apis

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/pasarela-ws/pasarela"
)

// CreateAPIKeyInput is the input of [UsagePlans.CreateAPIKey].
type CreateAPIKeyInput struct {
	Name        *string           `json:"name"`
	Description *string           `json:"description"`
	Enabled     *bool             `json:"enabled"`
	Value       *string           `json:"value"`
	CustomerID  *string           `json:"customerId"`
	Tags        map[string]string `json:"tags"`
}

// APIKeyInput names an API key.
type APIKeyInput struct {
	ID string `json:"-" uri:"api_Key"`
}

// GetAPIKeyInput is the input of [UsagePlans.GetAPIKey].
type GetAPIKeyInput struct {
	APIKeyInput
	IncludeValue bool `json:"-" query:"includeValue"`
}

// GetAPIKeysInput is the input of [UsagePlans.GetAPIKeys].
type GetAPIKeysInput struct {
	Name          string `json:"-" query:"name"` // prefix, case counts
	CustomerID    string `json:"-" query:"customerId"`
	IncludeValues bool   `json:"-" query:"includeValues"`
}

// UpdateAPIKeyInput is the input of [UsagePlans.UpdateAPIKey].
type UpdateAPIKeyInput struct {
	APIKeyInput
	PatchInput
}

// APIKey is the view of an API key.
type APIKey struct {
	ID              string            `json:"id"`
	Value           string            `json:"value,omitempty"`
	Name            string            `json:"name,omitempty"`
	CustomerID      string            `json:"customerId,omitempty"`
	Description     string            `json:"description,omitempty"`
	Enabled         bool              `json:"enabled"`
	CreatedDate     Epoch             `json:"createdDate"`
	LastUpdatedDate Epoch             `json:"lastUpdatedDate"`
	StageKeys       []string          `json:"stageKeys"`
	Tags            map[string]string `json:"tags"`
}

func viewKey(k pasarela.APIKey, value bool) APIKey {
	view := APIKey{
		ID: k.ID, Name: k.Name, CustomerID: k.CustomerID, Description: k.Description, Enabled: k.Enabled,
		CreatedDate: Epoch(k.CreatedDate), LastUpdatedDate: Epoch(k.LastUpdatedDate), StageKeys: orNone(k.StageKeys), Tags: orEmpty(k.Tags),
	}
	if value {
		view.Value = k.Value
	}
	return view
}

func noKey() error {
	return pasarela.Errorf(pasarela.CodeNotFound, "Invalid API Key identifier specified")
}

// CreateAPIKey makes an API key; the answer shows its value. A key is disabled
// unless Enabled is true (AWS's default is false).
func (s *UsagePlans) CreateAPIKey(ctx context.Context, in CreateAPIKeyInput) (APIKey, error) {
	var c check
	if in.check(&c); c.err != nil {
		return APIKey{}, c.err
	}
	at := s.now()
	k := pasarela.APIKey{Tags: in.Tags, CreatedDate: at, LastUpdatedDate: at}
	set(&k.Name, in.Name)
	set(&k.Description, in.Description)
	set(&k.Enabled, in.Enabled)
	set(&k.CustomerID, in.CustomerID)
	set(&k.Value, in.Value)
	if k.Value == "" {
		k.Value = newKeyValue()
	}
	if err := s.putKey(ctx, &k); err != nil {
		return APIKey{}, err
	}
	return viewKey(k, true), nil
}

// newKeyValue is 40 letters and digits, as on AWS.
func newKeyValue() string {
	return pasarela.NewAPIID() + pasarela.NewAPIID() + pasarela.NewAPIID() + pasarela.NewAPIID()
}

// check checks the members; the sentences are AWS's.
func (in *CreateAPIKeyInput) check(c *check) {
	c.tags(in.Tags)
	c.ownTags(in.Tags, "an API key")
	if in.Name != nil && utf8.RuneCountInString(*in.Name) > 1024 {
		c.fail("Invalid API Key name, can be at most 1024 characters.")
	}
	if in.Description != nil && utf8.RuneCountInString(*in.Description) > 1024 {
		c.fail("Invalid API Key description specified.")
	}
	if in.Value == nil || *in.Value == "" { // Terraform sends ""
		return
	}
	switch n := len(*in.Value); {
	case n < 20:
		c.fail("API Key value should be at least 20 characters")
	case n > 128:
		c.fail("API Key value exceeds maximum size of 128 characters")
	}
}

// claim says which key holds a value, so that two keys never hold the same.
type claim struct {
	KeyID string `json:"keyId"`
}

const prefixClaim = "apikeyvalue/"

func claimKey(value string) string {
	sum := sha256.Sum256([]byte(value))
	return prefixClaim + hex.EncodeToString(sum[:])
}

// putKey claims the value, then creates the key. A claim without a key was left by an
// interrupted call: the next one takes its id too, so that of a creation that is still to
// come and its own only one succeeds, whatever a read says.
func (s *UsagePlans) putKey(ctx context.Context, k *pasarela.APIKey) error {
	generated := pasarela.APIIDs(ctx)()
	claimIt := func(c *claim) error {
		k.ID = generated
		if c.KeyID != "" && c.KeyID != generated {
			switch _, err := s.keys.Get(ctx, pasarela.PrefixAPIKey+c.KeyID); {
			case err == nil:
				return conflict("API Key already exists")
			case !errors.Is(err, pasarela.ErrNotFound):
				return err
			}
			if pasarela.CreationToken(ctx) == "" { // else the id is derived
				k.ID = c.KeyID
			}
		}
		c.KeyID = k.ID
		return nil
	}
	if _, err := s.claims.Upsert(ctx, claimKey(k.Value), claimIt); err != nil {
		return err
	}
	if _, err := s.keys.Create(ctx, pasarela.PrefixAPIKey+k.ID, k); err != nil {
		if errors.Is(err, pasarela.ErrConflict) {
			return conflict("API Key already exists")
		}
		return err
	}
	holder, err := s.claims.Upsert(ctx, claimKey(k.Value), func(c *claim) error {
		if c.KeyID == "" { // removed with the key that had the value before
			c.KeyID = k.ID
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case holder.Value.KeyID != k.ID:
		return errors.Join(conflict("API Key already exists"), s.keys.Delete(ctx, pasarela.PrefixAPIKey+k.ID, nil))
	case k.ID != generated: // it may have been that of a key whose removal was cut short
		return s.forgetKey(ctx, k.ID)
	}
	return nil
}

// GetAPIKey returns one API key, its value only when asked.
func (s *UsagePlans) GetAPIKey(ctx context.Context, in GetAPIKeyInput) (APIKey, error) {
	k, err := s.key(ctx, in.ID)
	if err != nil {
		return APIKey{}, err
	}
	return viewKey(*k, in.IncludeValue), nil
}

func (s *UsagePlans) key(ctx context.Context, id string) (*pasarela.APIKey, error) {
	if !isID(id) {
		return nil, noKey()
	}
	doc, err := s.keys.Get(ctx, pasarela.PrefixAPIKey+id)
	if errors.Is(err, pasarela.ErrNotFound) {
		return nil, noKey()
	}
	return doc.Value, err
}

// GetAPIKeys returns the keys that fit, newest first.
func (s *UsagePlans) GetAPIKeys(ctx context.Context, in GetAPIKeysInput) ([]APIKey, error) {
	docs, err := s.keys.List(ctx, pasarela.PrefixAPIKey)
	if err != nil {
		return nil, err
	}
	views := make([]APIKey, 0, len(docs))
	sort.SliceStable(docs, func(i, j int) bool { return docs[i].Value.CreatedDate.After(docs[j].Value.CreatedDate) })
	for _, doc := range docs {
		if k := doc.Value; strings.HasPrefix(k.Name, in.Name) && (in.CustomerID == "" || k.CustomerID == in.CustomerID) {
			views = append(views, viewKey(*k, in.IncludeValues))
		}
	}
	return views, nil
}

// UpdateAPIKey changes name, description, customer id or whether the key is enabled.
func (s *UsagePlans) UpdateAPIKey(ctx context.Context, in UpdateAPIKeyInput) (APIKey, error) {
	if !isID(in.ID) {
		return APIKey{}, noKey()
	}
	doc, err := s.keys.Update(ctx, pasarela.PrefixAPIKey+in.ID, func(k *pasarela.APIKey) error {
		k.LastUpdatedDate = s.now()
		return in.each(func(p PatchOperation) error { return patchKey(k, p) })
	})
	if errors.Is(err, pasarela.ErrNotFound) {
		return APIKey{}, noKey()
	}
	if err != nil {
		return APIKey{}, err
	}
	return viewKey(*doc.Value, false), nil
}

func patchKey(k *pasarela.APIKey, p PatchOperation) error {
	value := p.unlessRemoved()
	switch p.Path {
	case "/name":
		k.Name = value
	case "/description":
		k.Description = value
	case "/customerId":
		k.CustomerID = value
	case "/enabled":
		k.Enabled = strings.EqualFold(value, "true")
	default:
		return badPath(p, "/description", "/enabled", "/name", "/customerId")
	}
	return nil
}

// DeleteAPIKey removes an API key, also from its usage plans.
func (s *UsagePlans) DeleteAPIKey(ctx context.Context, in APIKeyInput) error {
	k, err := s.key(ctx, in.ID)
	if err != nil {
		return err
	}
	err = s.keys.Delete(ctx, pasarela.PrefixAPIKey+in.ID, nil)
	if errors.Is(err, pasarela.ErrNotFound) {
		return noKey()
	}
	if err != nil {
		return err
	}
	if err := s.forgetKey(ctx, in.ID); err != nil {
		return err
	}
	return s.unclaim(ctx, claimKey(k.Value), in.ID)
}

// forgetKey removes what usage plans have of a deleted key.
func (s *UsagePlans) forgetKey(ctx context.Context, keyID string) error {
	if err := s.unplan(ctx, keyID); err != nil {
		return err
	}
	return s.forgetUsage(ctx, func(_, id string) bool { return id == keyID })
}

// unclaim removes the claim of a deleted key, unless another key has the value by now.
func (s *UsagePlans) unclaim(ctx context.Context, claimKey, keyID string) error {
	errTaken := errors.New("another key has the value")
	err := s.claims.Delete(ctx, claimKey, func(c *claim) error {
		if c.KeyID != keyID {
			return errTaken
		}
		return nil
	})
	if errors.Is(err, errTaken) || errors.Is(err, pasarela.ErrNotFound) {
		return nil
	}
	return err
}

// unplan removes a deleted key from all usage plans.
func (s *UsagePlans) unplan(ctx context.Context, keyID string) error {
	docs, err := s.plans.List(ctx, pasarela.PrefixUsagePlan)
	if err != nil {
		return err
	}
	for _, doc := range docs {
		if !slices.Contains(doc.Value.KeyIDs, keyID) {
			continue
		}
		_, err := s.plans.Update(ctx, doc.Key, func(p *pasarela.UsagePlan) error {
			p.KeyIDs = slices.DeleteFunc(p.KeyIDs, func(id string) bool { return id == keyID })
			return nil
		})
		if err != nil && !errors.Is(err, pasarela.ErrNotFound) {
			return err
		}
	}
	return nil
}
