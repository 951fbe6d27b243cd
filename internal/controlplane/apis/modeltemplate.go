package apis

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
)

// ModelTemplate is the answer of [Service.GetModelTemplate].
type ModelTemplate struct {
	Value string `json:"value"`
}

// GetModelTemplate derives a mapping template from a model's schema: a skeleton
// that reads every property from the input, for a person to go on from. AWS's own
// skeleton is not documented (A-APIS-13).
func (s *Service) GetModelTemplate(ctx context.Context, in ModelInput) (ModelTemplate, error) {
	m, err := s.GetModel(ctx, in)
	if err != nil {
		return ModelTemplate{}, err
	}
	var schema skeleton
	if err := json.Unmarshal([]byte(m.Schema), &schema); err != nil {
		schema = skeleton{} // a schema without properties, such as true
	}
	var b strings.Builder
	b.WriteString("#set($inputRoot = $input.path('$'))\n")
	schema.write(&b, "$inputRoot", "", 0)
	return ModelTemplate{b.String()}, nil
}

// skeleton is as much of a JSON Schema as a template can follow.
type skeleton struct {
	Type       any                 `json:"type"`
	Properties map[string]skeleton `json:"properties"`
	Items      *skeleton           `json:"items"`
}

// maxDepth bounds the nesting; deeper parts are copied as JSON.
const maxDepth = 16

func (s skeleton) write(b *strings.Builder, from, indent string, depth int) {
	switch {
	case len(s.Properties) > 0 && depth < maxDepth:
		s.writeObject(b, from, indent, depth)
	case s.Type == "array" && s.Items != nil && depth < maxDepth:
		element := fmt.Sprintf("$elem%d", depth)
		fmt.Fprintf(b, "[#foreach(%s in %s)\n%s  ", element, from, indent)
		s.Items.write(b, element, indent+"  ", depth+1)
		fmt.Fprintf(b, "#if($foreach.hasNext),#end\n%s#end]", indent)
	case s.Type == "integer" || s.Type == "number" || s.Type == "boolean":
		b.WriteString(from)
	case s.Type == "object":
		b.WriteString("{}")
	default:
		b.WriteString(`"` + from + `"`)
	}
}

func (s skeleton) writeObject(b *strings.Builder, from, indent string, depth int) {
	names := make([]string, 0, len(s.Properties))
	for name := range s.Properties {
		names = append(names, name)
	}
	sort.Strings(names)
	b.WriteString("{\n")
	for i, name := range names {
		key, _ := json.Marshal(name) // a string always encodes
		fmt.Fprintf(b, "%s  %s : ", indent, key)
		s.Properties[name].write(b, from+"."+name, indent+"  ", depth+1)
		if i < len(names)-1 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
	b.WriteString(indent + "}")
}
