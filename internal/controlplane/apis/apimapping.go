package apis

import (
	"context"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela"
)

// APIMappingFields are the members of an API mapping that a caller may set.
type APIMappingFields struct {
	APIID         *string `json:"apiId"`
	APIMappingKey *string `json:"apiMappingKey"`
	Stage         *string `json:"stage"`
}

// CreateAPIMappingInput is the input of [DomainNames.CreateAPIMapping].
type CreateAPIMappingInput struct {
	DomainNameInput
	APIMappingFields
}

// APIMappingInput names an API mapping.
type APIMappingInput struct {
	DomainNameInput
	APIMappingID string `json:"-" uri:"apiMappingId"`
}

// UpdateAPIMappingInput is the input of [DomainNames.UpdateAPIMapping].
type UpdateAPIMappingInput struct {
	APIMappingInput
	APIMappingFields
}

func mappingID(m *pasarela.APIMapping) string { return m.APIMappingID }

// CreateAPIMapping serves a stage under a path of a custom domain.
func (s *DomainNames) CreateAPIMapping(ctx context.Context, in CreateAPIMappingInput) (view pasarela.APIMapping, err error) {
	var c check
	c.required("apiId", in.APIID)
	c.required("stage", in.Stage)
	if in.check(&c); c.err != nil {
		return view, c.err
	}
	err = s.changeDomain(ctx, in.DomainName, func(d *pasarela.DomainName) error {
		d.Mappings = append(d.Mappings, pasarela.APIMapping{APIMappingID: fresh(d.Mappings, pasarela.ShortIDs(ctx), mappingID)})
		view, err = s.applyMapping(ctx, d, len(d.Mappings)-1, &in.APIMappingFields)
		return err
	})
	return view, err
}

// GetAPIMapping returns one API mapping.
func (s *DomainNames) GetAPIMapping(ctx context.Context, in APIMappingInput) (pasarela.APIMapping, error) {
	all, err := s.GetAPIMappings(ctx, in.DomainNameInput)
	if err != nil {
		return pasarela.APIMapping{}, err
	}
	if i := find(all, in.APIMappingID, mappingID); i >= 0 {
		return all[i], nil
	}
	return pasarela.APIMapping{}, unknown("API mapping", in.APIMappingID)
}

// GetAPIMappings returns all API mappings of a custom domain.
func (s *DomainNames) GetAPIMappings(ctx context.Context, in DomainNameInput) ([]pasarela.APIMapping, error) {
	d, err := s.domain(ctx, in.DomainName)
	if err != nil {
		return nil, err
	}
	return d.Mappings, nil
}

// UpdateAPIMapping changes the members given.
func (s *DomainNames) UpdateAPIMapping(ctx context.Context, in UpdateAPIMappingInput) (view pasarela.APIMapping, err error) {
	var c check
	if in.check(&c); c.err != nil {
		return view, c.err
	}
	err = s.changeDomain(ctx, in.DomainName, func(d *pasarela.DomainName) error {
		i := find(d.Mappings, in.APIMappingID, mappingID)
		if i < 0 {
			return unknown("API mapping", in.APIMappingID)
		}
		view, err = s.applyMapping(ctx, d, i, &in.APIMappingFields)
		return err
	})
	return view, err
}

// DeleteAPIMapping removes an API mapping.
func (s *DomainNames) DeleteAPIMapping(ctx context.Context, in APIMappingInput) error {
	return s.changeDomain(ctx, in.DomainName, func(d *pasarela.DomainName) error {
		i := find(d.Mappings, in.APIMappingID, mappingID)
		if i < 0 {
			return unknown("API mapping", in.APIMappingID)
		}
		d.Mappings = slices.Delete(d.Mappings, i, i+1)
		return nil
	})
}

// check checks the members given; the sentences about the key are AWS's.
func (in *APIMappingFields) check(c *check) {
	c.notEmptied("apiId", in.APIID)
	c.notEmptied("stage", in.Stage)
	c.atMost("apiMappingKey", in.APIMappingKey, 300)
	if in.APIMappingKey == nil {
		return
	}
	key := *in.APIMappingKey
	switch {
	case strings.HasPrefix(key, "/") || strings.Contains(key, "//"):
		c.fail("API mapping key should not start with a '/' or have consecutive '/'s.")
	case strings.HasSuffix(key, "/"):
		c.fail("API mapping key should not end with a '/'.")
	}
	for _, r := range key {
		if !strings.ContainsRune("$-_.+!*'()/", r) && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') {
			c.fail("Invalid member 'apiMappingKey': %q may hold letters, digits and $-_.+!*'()/ only.", key)
			return
		}
	}
}

// applyMapping changes mapping i of a domain name; its stage must exist and its key must be
// the only one of the domain.
func (s *DomainNames) applyMapping(ctx context.Context, d *pasarela.DomainName, i int, in *APIMappingFields) (pasarela.APIMapping, error) {
	m := d.Mappings[i]
	set(&m.APIID, in.APIID)
	set(&m.APIMappingKey, in.APIMappingKey)
	set(&m.Stage, in.Stage)
	doc, err := s.apis.read(ctx, m.APIID)
	if err != nil {
		return m, err
	}
	if doc.Stage(m.Stage) == nil {
		return m, noStage()
	}
	for n := range d.Mappings {
		if n != i && d.Mappings[n].APIMappingKey == m.APIMappingKey {
			return m, conflict("ApiMapping key already exists for this domain name")
		}
	}
	d.Mappings[i] = m
	return m, nil
}
