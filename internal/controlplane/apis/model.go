package apis

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/schema"
)

// ModelFields are the members of a model that a caller may set.
type ModelFields struct {
	Name        *string `json:"name"`
	ContentType *string `json:"contentType"`
	Description *string `json:"description"`
	Schema      *string `json:"schema"`
}

// CreateModelInput is the input of [Service.CreateModel].
type CreateModelInput struct {
	APIID string `json:"-" uri:"apiId"`
	ModelFields
}

// ModelInput names a model.
type ModelInput struct {
	APIID   string `json:"-" uri:"apiId"`
	ModelID string `json:"-" uri:"modelId"`
}

// UpdateModelInput is the input of [Service.UpdateModel].
type UpdateModelInput struct {
	ModelInput
	ModelFields
}

func modelID(m *pasarela.Model) string { return m.ModelID }

func modelName(m *pasarela.Model) string { return m.Name }

func model(d *pasarela.Definition, id string) (*pasarela.Model, error) {
	if i := find(d.Models, id, modelID); i >= 0 {
		return &d.Models[i], nil
	}
	return nil, unknown("Model", id)
}

// CreateModel adds a JSON Schema under a name.
func (s *Service) CreateModel(ctx context.Context, in CreateModelInput) (view pasarela.Model, err error) {
	var c check
	c.required("name", in.Name)
	c.required("schema", in.Schema)
	if in.check(&c); c.err != nil {
		return view, c.err
	}
	err = s.editDefinition(ctx, in.APIID, func(d *pasarela.Definition) error {
		d.Models = append(d.Models, pasarela.Model{
			ModelID:     fresh(d.Models, pasarela.ShortIDs(ctx), modelID),
			ContentType: "application/json",
		})
		view, err = s.applyModel(d, &d.Models[len(d.Models)-1], &in.ModelFields)
		return err
	})
	return view, err
}

// GetModel returns one model.
func (s *Service) GetModel(ctx context.Context, in ModelInput) (pasarela.Model, error) {
	doc, err := s.read(ctx, in.APIID)
	if err != nil {
		return pasarela.Model{}, err
	}
	m, err := model(&doc.Definition, in.ModelID)
	if err != nil {
		return pasarela.Model{}, err
	}
	return *m, nil
}

// GetModels returns all models in the order in which they were made.
func (s *Service) GetModels(ctx context.Context, in APIInput) ([]pasarela.Model, error) {
	doc, err := s.read(ctx, in.APIID)
	if err != nil {
		return nil, err
	}
	return doc.Models, nil
}

// UpdateModel changes the members given. Routes that refer to the model by its
// name follow it to a new one (A-APIS-5).
func (s *Service) UpdateModel(ctx context.Context, in UpdateModelInput) (view pasarela.Model, err error) {
	var c check
	if in.check(&c); c.err != nil {
		return view, c.err
	}
	err = s.editDefinition(ctx, in.APIID, func(d *pasarela.Definition) error {
		m, err := model(d, in.ModelID)
		if err != nil {
			return err
		}
		old := m.Name
		if view, err = s.applyModel(d, m, &in.ModelFields); err == nil {
			renameModel(d, old, m.Name)
		}
		return err
	})
	return view, err
}

// DeleteModel removes a model that no route refers to.
func (s *Service) DeleteModel(ctx context.Context, in ModelInput) error {
	return s.editDefinition(ctx, in.APIID, func(d *pasarela.Definition) error {
		i := find(d.Models, in.ModelID, modelID)
		if i < 0 {
			return unknown("Model", in.ModelID)
		}
		if user := userOfModel(d, d.Models[i].Name); user != "" {
			return conflict("Cannot delete model '%s', is referenced in route: %s", d.Models[i].Name, user)
		}
		d.Models = slices.Delete(d.Models, i, i+1)
		return nil
	})
}

func renameModel(d *pasarela.Definition, old, name string) {
	follow := func(models map[string]string) {
		for key, used := range models {
			if used == old {
				models[key] = name
			}
		}
	}
	for i := range d.Routes {
		follow(d.Routes[i].RequestModels)
		for n := range d.Routes[i].Responses {
			follow(d.Routes[i].Responses[n].ResponseModels)
		}
	}
}

// userOfModel is the key of a route that validates with the model of that name.
func userOfModel(d *pasarela.Definition, name string) string {
	for i := range d.Routes {
		for _, used := range d.Routes[i].RequestModels {
			if used == name {
				return d.Routes[i].RouteKey
			}
		}
	}
	return ""
}

func (in *ModelFields) check(c *check) {
	c.notEmptied("name", in.Name)
	c.notEmptied("schema", in.Schema)
	c.atMost("name", in.Name, 128)
	c.atMost("contentType", in.ContentType, 256)
	c.atMost("description", in.Description, 1024)
	c.atMost("schema", in.Schema, schema.MaxModel)
	if in.Name != nil && !alphanumeric(*in.Name) {
		c.fail("Invalid member 'name': %q must be letters and digits only.", *in.Name)
	}
	if in.Schema != nil && !json.Valid([]byte(*in.Schema)) {
		var value any
		c.fail("Invalid model schema specified: %v", json.Unmarshal([]byte(*in.Schema), &value))
	}
}

func alphanumeric(text string) bool {
	for _, r := range []byte(text) {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') {
			return false
		}
	}
	return true
}

func (s *Service) applyModel(d *pasarela.Definition, m *pasarela.Model, in *ModelFields) (pasarela.Model, error) {
	if in.Name != nil && *in.Name != m.Name && find(d.Models, *in.Name, modelName) >= 0 {
		return *m, conflict("Model with name %s already exists for this API", *in.Name)
	}
	set(&m.Name, in.Name)
	set(&m.ContentType, in.ContentType)
	set(&m.Description, in.Description)
	set(&m.Schema, in.Schema)
	if in.Schema == nil {
		return *m, nil
	}
	for _, f := range s.Checker.Check(pasarela.Definition{API: d.API, Models: d.Models}) {
		if f.ID == m.ModelID {
			return *m, bad("Invalid model schema specified: %s", f.Message)
		}
	}
	return *m, nil
}
