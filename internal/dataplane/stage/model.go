package stage

import (
	"fmt"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/integration"
	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
	"github.com/pasarela-ws/pasarela/internal/engine/schema"
	"github.com/pasarela-ws/pasarela/internal/engine/selection"
)

// modelSet are the models that a route may ask for, by name.
type modelSet map[string]*schema.Model

// model compiles what a route validates messages by: only models that its
// requestModels name, so that an unused broken model does no harm.
func (c *compiler) model(r *Route, def *pasarela.Route) error {
	var err error
	if r.models, err = selection.NewModels(def.ModelSelectionExpression, def.RequestModels); err != nil || r.models == nil {
		return err
	}
	set := schema.NewSet(c.definition.API.APIID, c.definition.Models)
	r.schemas = make(modelSet, len(def.RequestModels))
	for key, name := range def.RequestModels {
		if r.schemas[name], err = set.Compile(name); err != nil {
			return fmt.Errorf("%s: model %s: %w", key, name, err)
		}
	}
	return nil
}

// check is what a model finds wrong with a message, "" when nothing. An empty
// message is checked as {} (aws-dataplane §7.1).
func (r *Route) check(name string, x *integration.Invocation) string {
	text := x.Payload.Text()
	root := x.Message()
	if text == "" {
		text, root = "{}", emptyObject()
	}
	problems, valid := r.schemas[name].Validate(text, root)
	if valid {
		return ""
	}
	return problems
}

// emptyObject is what an empty message counts as.
func emptyObject() jsonvalue.Value {
	var doc jsonvalue.Document
	_ = doc.ReadStrict("{}") // an empty object reads
	return doc.Root()
}
