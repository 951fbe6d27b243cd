// Package schema checks messages against the models of an API: JSON Schema
// draft-04 (aws-dataplane §7.1).
//
//	set := schema.NewSet(api.APIID, definition.Models)
//	model, err := set.Compile("Order")                    // at deployment
//	problems, valid := model.Validate(message, doc.Root()) // for every message
//
// The loader behind it knows the models of this one API and nothing else: a
// $ref to a file, to another host or to another API is an error when the model
// compiles. Compiled models are safe for concurrent use.
package schema

import (
	"errors"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// MaxModel bounds the text of a model in bytes (aws-controlplane: 32 KiB).
const MaxModel = 32 << 10

// Set is the models of one API, by name. It compiles them; it is not safe for
// concurrent use, what it compiles is.
type Set struct {
	base     string
	texts    map[string]string
	compiler *jsonschema.Compiler
}

// NewSet gathers the models of an API. They refer to each other as
// https://apigateway.amazonaws.com/restapis/{apiID}/models/{name}, and to their
// own parts as #/definitions/{name}.
func NewSet(apiID string, models []pasarela.Model) *Set {
	s := &Set{
		base:     "https://apigateway.amazonaws.com/restapis/" + apiID + "/models/",
		texts:    make(map[string]string, len(models)),
		compiler: jsonschema.NewCompiler(),
	}
	for _, m := range models {
		s.texts[m.Name] = m.Schema
	}
	s.compiler.DefaultDraft(jsonschema.Draft4)
	s.compiler.UseLoader(s)
	return s
}

// Load reads the model at a URL; it makes Set the compiler's only source.
func (s *Set) Load(url string) (any, error) {
	name, ours := strings.CutPrefix(url, s.base)
	if !ours {
		return nil, language.ModelForeign.Of(s.base + "{name}")
	}
	text, known := s.texts[name]
	if !known {
		return nil, language.ModelMissing.Of(strconv.Quote(name))
	}
	if len(text) > MaxModel {
		return nil, language.ModelLarge.Of(strconv.Quote(name), strconv.Itoa(MaxModel))
	}
	var d jsonvalue.Document
	if err := d.ReadStrict(text); err != nil {
		return nil, language.ModelInvalid.Because(err, strconv.Quote(name)).Wrap(err)
	}
	if d.Root().Kind() != jsonvalue.Object {
		return nil, language.ModelInvalid.Because(language.ModelObject.Of(), strconv.Quote(name))
	}
	return instance(d.Root())
}

// Compile compiles the model of that name and all it refers to. The error says
// which model is wrong and why.
func (s *Set) Compile(name string) (*Model, error) {
	compiled, err := s.compiler.Compile(s.base + name)
	if err != nil {
		return nil, language.ModelInvalid.Because(readable(err), strconv.Quote(name)).Wrap(err)
	}
	return &Model{name, compiled}, nil
}

// readable is the compiler's error in one line, without the URLs that it makes
// up of the API's id.
func readable(err error) error {
	var load *jsonschema.LoadURLError
	if errors.As(err, &load) {
		return language.ModelUnread.Because(load.Err, load.URL)
	}
	var wrong *jsonschema.SchemaValidationError
	if errors.As(err, &wrong) {
		var problems *jsonschema.ValidationError
		if errors.As(wrong.Err, &problems) {
			return language.ModelNoSchema.Of(list(places(problems)))
		}
	}
	return errors.New(strings.Join(strings.Fields(err.Error()), " "))
}

// Model is a compiled model.
type Model struct {
	name   string
	schema *jsonschema.Schema
}

// Name is the model's name.
func (m *Model) Name() string { return m.name }

// Validate checks a message. body is the message as [jsonvalue.Document.ReadStrict]
// reads it, missing when it is not JSON, which is never valid; an empty message counts
// as {} (aws-dataplane §7.1). problems is $context.error.validationErrorString: what is
// wrong in the words of the Java validator, in brackets, "" when nothing is.
func (m *Model) Validate(message string, body jsonvalue.Value) (problems string, valid bool) {
	var v any = map[string]any{}
	if message != "" {
		if !body.Exists() {
			return "[the body is not JSON]", false
		}
		var err error
		if v, err = instance(body); err != nil {
			return "[" + err.Error() + "]", false
		}
	}
	err := m.schema.Validate(v)
	if err == nil {
		return "", true
	}
	var wrong *jsonschema.ValidationError
	if !errors.As(err, &wrong) {
		return "[" + err.Error() + "]", false
	}
	return list(describe(wrong, v)), false
}

func list(problems []string) string { return "[" + strings.Join(problems, ", ") + "]" }
