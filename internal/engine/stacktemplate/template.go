package stacktemplate

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Template is a template whose sections have been read; functions stand in it as they
// were written.
type Template struct {
	Description string
	Metadata    any
	Parameters  map[string]Parameter
	Mappings    map[string]any
	Conditions  map[string]any
	Rules       map[string]any
	Resources   map[string]Resource
	Outputs     map[string]Output
}

// Resource is one resource of a template.
type Resource struct {
	Type                string
	Properties          map[string]any
	DependsOn           []string
	Condition           string
	DeletionPolicy      string // Delete, Retain, RetainExceptOnCreate or Snapshot; "" is Delete
	UpdateReplacePolicy string
	CreationPolicy      any
	UpdatePolicy        any
	Metadata            any
}

// Output is one output of a template.
type Output struct {
	Value       any
	Description string
	Condition   string
	ExportName  any // nil when it is not exported
}

// Bounds of AWS's on a template's sections.
const (
	MaxResources  = 500
	maxParameters = 200
	maxOutputs    = 200
	maxMappings   = 200
)

var alphanumeric = regexp.MustCompile(`^[A-Za-z0-9]+$`)

// Read makes a template of what [Parse] answered, after its transforms.
func Read(top map[string]any) (*Template, error) {
	var unknown []string
	for name := range top {
		if !slices.Contains([]string{"AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Mappings", "Conditions", "Rules", "Resources", "Outputs", "Transform", "Globals"}, name) {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return nil, sentence("Template format error: Invalid template property or properties [%s]", strings.Join(unknown, ", "))
	}
	if version, given := top["AWSTemplateFormatVersion"]; given && version != "2010-09-09" {
		return nil, sentence("Template format error: unsupported value for AWSTemplateFormatVersion.")
	}
	t := &Template{Metadata: top["Metadata"]}
	if description, given := top["Description"]; given {
		var ok bool
		if t.Description, ok = description.(string); !ok {
			return nil, sentence("Template format error: Description must be a string.")
		}
	}
	r := reader{top}
	for _, step := range []func() error{
		func() (err error) { t.Mappings, err = r.section("Mappings", maxMappings); return err },
		func() (err error) { t.Conditions, err = r.section("Conditions", MaxResources); return err },
		func() (err error) { t.Rules, err = r.section("Rules", maxParameters); return err },
		func() (err error) { t.Parameters, err = r.parameters(); return err },
		func() (err error) { t.Resources, err = r.resources(); return err },
		func() (err error) { t.Outputs, err = r.outputs(); return err },
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return t, t.check()
}

// Transforms are the names in the section Transform.
func Transforms(top map[string]any) []string {
	switch v := top["Transform"].(type) {
	case string:
		return []string{v}
	case []any:
		var names []string
		for _, item := range v {
			switch each := item.(type) {
			case string:
				names = append(names, each)
			case map[string]any:
				names = append(names, fmt.Sprint(each["Name"]))
			}
		}
		return names
	case map[string]any:
		return []string{fmt.Sprint(v["Name"])}
	}
	return nil
}

type reader struct{ top map[string]any }

// section is a section of the template with its names checked; nil when it is not there.
func (r reader) section(name string, limit int) (map[string]any, error) {
	v, given := r.top[name]
	if !given || v == nil {
		return nil, nil
	}
	section, ok := v.(map[string]any)
	if !ok {
		return nil, sentence("Template format error: %s must be an object.", name)
	}
	if len(section) > limit {
		return nil, sentence("Template format error: Number of %s, %d, is greater than maximum allowed, %d", strings.ToLower(name), len(section), limit)
	}
	for key, item := range section {
		if !alphanumeric.MatchString(key) {
			return nil, sentence("Template format error: %s name %s is non alphanumeric.", strings.TrimSuffix(name, "s"), key)
		}
		if item == nil {
			return nil, sentence("Template format error: [/%s/%s] 'null' values are not allowed in templates", name, key)
		}
	}
	return section, nil
}

// resources reads the section Resources, in sorted order, so that of several faults the same
// one is always reported.
func (r reader) resources() (map[string]Resource, error) {
	section, err := r.section("Resources", MaxResources)
	if err != nil {
		return nil, err
	}
	if len(section) == 0 {
		return nil, sentence("Template format error: At least one Resources member must be defined.")
	}
	resources := make(map[string]Resource, len(section))
	for _, name := range slices.Sorted(maps.Keys(section)) {
		object, ok := section[name].(map[string]any)
		if !ok {
			return nil, sentence("Template format error: [/Resources/%s] resource definition is malformed", name)
		}
		resource, err := readResource(name, object)
		if err != nil {
			return nil, err
		}
		resources[name] = resource
	}
	return resources, nil
}

// isPolicy says whether both DeletionPolicy and UpdateReplacePolicy know the word.
func isPolicy(word string) bool { return word == "Delete" || word == "Retain" || word == "Snapshot" }

// readResource reads one entry of Resources. Members are read in sorted order, so that of
// several faults the same one is always reported.
func readResource(name string, object map[string]any) (res Resource, err error) {
	at := "/Resources/" + name
	kind, ok := object["Type"].(string)
	if !ok {
		return res, sentence("Template format error: [%s] Every Resources object must contain a Type member.", at)
	}
	res.Type = kind
	for _, key := range slices.Sorted(maps.Keys(object)) {
		v := object[key]
		switch key {
		case "Type":
		case "Properties":
			if res.Properties, ok = v.(map[string]any); !ok && v != nil {
				return res, sentence("Template format error: [%s/Properties] must be an object.", at)
			}
			if path := nullIn(v, at+"/Properties"); path != "" {
				return res, sentence("Template format error: [%s] 'null' values are not allowed in templates", path)
			}
		case "DependsOn":
			if res.DependsOn, err = names(at+"/DependsOn", v); err != nil {
				return res, err
			}
		case "Condition":
			if res.Condition, ok = v.(string); !ok {
				return res, sentence("Template format error: [%s/Condition] must be the name of a condition.", at)
			}
		case "DeletionPolicy":
			if res.DeletionPolicy, ok = v.(string); !ok || res.DeletionPolicy != "RetainExceptOnCreate" && !isPolicy(res.DeletionPolicy) {
				return res, sentence("Template format error: Unrecognized %s %v for resource %s", key, v, name)
			}
		case "UpdateReplacePolicy":
			if res.UpdateReplacePolicy, ok = v.(string); !ok || !isPolicy(res.UpdateReplacePolicy) {
				return res, sentence("Template format error: Unrecognized %s %v for resource %s", key, v, name)
			}
		case "CreationPolicy":
			res.CreationPolicy = v
		case "UpdatePolicy":
			res.UpdatePolicy = v
		case "Metadata":
			res.Metadata = v
		default:
			return res, sentence("Invalid template resource property '%s' of %s", key, name)
		}
	}
	return res, nil
}

// nullIn is the path of the first null in a value.
func nullIn(v any, path string) string {
	switch v := v.(type) {
	case nil:
		return path
	case []any:
		for i, item := range v {
			if found := nullIn(item, fmt.Sprintf("%s/%d", path, i)); found != "" {
				return found
			}
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if found := nullIn(v[key], path+"/"+key); found != "" {
				return found
			}
		}
	}
	return ""
}

func names(at string, v any) ([]string, error) {
	if name, ok := v.(string); ok {
		return []string{name}, nil
	}
	list, ok := v.([]any)
	out := make([]string, len(list))
	for i, item := range list {
		if out[i], ok = item.(string); !ok {
			break
		}
	}
	if !ok && (v == nil || len(list) > 0 || list == nil) {
		return nil, sentence("Template format error: [%s] must be a string or a list of strings.", at)
	}
	return out, nil
}

// outputs reads the section Outputs, in sorted order, so that of several faults the same one
// is always reported.
func (r reader) outputs() (map[string]Output, error) {
	section, err := r.section("Outputs", maxOutputs)
	if err != nil {
		return nil, err
	}
	outputs := make(map[string]Output, len(section))
	for _, name := range slices.Sorted(maps.Keys(section)) {
		object, _ := section[name].(map[string]any)
		value, given := object["Value"]
		if !given {
			return nil, sentence("Template format error: Every Outputs member must contain a Value object")
		}
		if value == nil {
			return nil, sentence("Template format error: [/Outputs/%s/Value] 'null' values are not allowed in templates", name)
		}
		output := Output{Value: value}
		output.Description, _ = object["Description"].(string)
		output.Condition, _ = object["Condition"].(string)
		if export, given := object["Export"]; given {
			members, _ := export.(map[string]any)
			if output.ExportName = members["Name"]; output.ExportName == nil {
				return nil, sentence("Template format error: Output %s is malformed. The Name field of every Export member must be specified.", name)
			}
		}
		outputs[name] = output
	}
	return outputs, nil
}
