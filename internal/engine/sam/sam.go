// Package sam expands the transform AWS::Serverless-2016-10-31: a template of the
// Serverless Application Model becomes one of plain CloudFormation resources, as AWS's
// own transform makes it. It is a pure function over the values of templates: nil, bool,
// string, json.Number, []any and map[string]any.
//
// Functions and WebSocket APIs are expanded, with Globals, policy templates and custom
// domains; every other AWS::Serverless type, and every property that needs a resource
// type which stacks do not have here, is refused by its name.
package sam

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Transform is the name that a template asks for expansion with.
const Transform = "AWS::Serverless-2016-10-31"

// Types that are expanded.
const (
	functionType  = "AWS::Serverless::Function"
	webSocketType = "AWS::Serverless::WebSocketApi"
	prefix        = "AWS::Serverless::"
)

// Expand returns the template with its serverless resources expanded, without Globals and
// Transform. Types that ignored names, when it is not nil, stay as they are: the stack skips
// them. It does not change its argument. The error names every resource that cannot
// be expanded, in AWS's words.
func Expand(template map[string]any, ignored func(typeName string) bool) (map[string]any, error) {
	out := maps.Clone(template)
	delete(out, "Globals")
	delete(out, "Transform")
	given, _ := template["Resources"].(map[string]any)
	x := &expansion{resources: map[string]any{}, ignored: ignored}
	defaults, err := readGlobals(template["Globals"])
	if err != nil {
		return nil, err
	}
	for _, id := range slices.Sorted(maps.Keys(given)) {
		x.resource(id, given[id], defaults)
	}
	if len(x.faults) > 0 {
		return nil, invalid(x.faults)
	}
	out["Resources"] = x.resources
	return out, nil
}

// invalid are the faults of a template, in order; a resource may have several.
type invalid []string

// Error has AWS's words.
func (i invalid) Error() string {
	return fmt.Sprintf("Invalid Serverless Application Specification document. Number of errors found: %d. %s", len(i), strings.Join(i, " "))
}

// expansion is the state of one Expand.
type expansion struct {
	resources map[string]any
	faults    []string
	ignored   func(typeName string) bool
}

func (x *expansion) fail(id, format string, args ...any) {
	x.faults = append(x.faults, "Resource with id ["+id+"] is invalid. "+fmt.Sprintf(format, args...))
}

// add puts a resource into the template; nil properties are left out.
func (x *expansion) add(id, kind string, properties map[string]any, attributes map[string]any) map[string]any {
	for name, value := range properties {
		if value == nil {
			delete(properties, name)
		}
	}
	resource := map[string]any{"Type": kind, "Properties": properties}
	maps.Copy(resource, attributes)
	x.resources[id] = resource
	return resource
}

// resource expands one resource, or copies it unchanged.
func (x *expansion) resource(id string, value any, defaults map[string]map[string]any) {
	object, _ := value.(map[string]any)
	kind, _ := object["Type"].(string)
	if !strings.HasPrefix(kind, prefix) || x.ignored != nil && x.ignored(kind) {
		x.resources[id] = value
		return
	}
	own, ok := object["Properties"].(map[string]any)
	if !ok && object["Properties"] != nil {
		x.fail(id, "Properties must be a map.")
		return
	}
	properties, _ := merge(defaults[kind], own).(map[string]any)
	if properties == nil {
		properties = map[string]any{}
	}
	s := source{x: x, id: id, given: properties, attributes: pick(object, "DependsOn", "Condition", "Metadata", "DeletionPolicy", "UpdateReplacePolicy")}
	switch kind {
	case functionType:
		s.function()
	case webSocketType:
		s.webSocketAPI()
	case tableType:
		s.simpleTable()
	default:
		x.fail(id, "%s is not expanded here: only %s, %s and %s are. Write its CloudFormation resources in its place, or let --ignore-types skip it.", kind, functionType, webSocketType, tableType)
	}
}

// source is one serverless resource.
type source struct {
	x          *expansion
	id         string
	given      map[string]any
	attributes map[string]any // of the resource itself
}

func (s *source) fail(format string, args ...any) { s.x.fail(s.id, format, args...) }

// derived are the attributes that resources made of this one have too.
func (s *source) derived() map[string]any {
	return pick(s.attributes, "Condition", "DeletionPolicy", "UpdateReplacePolicy")
}

func (s *source) text(name string) string {
	text, _ := s.given[name].(string)
	return text
}

// object reads a property that must be a map; a function of the template is left as it is.
func (s *source) object(name string) (map[string]any, bool) {
	value, there := s.given[name]
	if !there || value == nil {
		return nil, true
	}
	object, ok := value.(map[string]any)
	if !ok {
		s.fail("Property '%s' should be a map.", name)
	}
	return object, ok
}

// known refuses properties that are not among those named.
func (s *source) known(names ...string) bool {
	fine := true
	for _, name := range slices.Sorted(maps.Keys(s.given)) {
		if !slices.Contains(names, name) {
			s.fail("property %s not defined for resource of this type, or not expanded here", name)
			fine = false
		}
	}
	return fine
}

func pick(from map[string]any, names ...string) map[string]any {
	picked := map[string]any{}
	for _, name := range names {
		if value, there := from[name]; there {
			picked[name] = value
		}
	}
	return picked
}

// isFunction says whether a value is a function of the template: {"Ref": ...}, {"Fn::...": ...}.
func isFunction(value any) bool {
	object, ok := value.(map[string]any)
	if !ok || len(object) != 1 {
		return false
	}
	for name := range object {
		return name == "Ref" || strings.HasPrefix(name, "Fn::")
	}
	return false
}

func ref(id string) map[string]any { return map[string]any{"Ref": id} }

func attribute(id, name string) map[string]any {
	return map[string]any{"Fn::GetAtt": []any{id, name}}
}

func sub(text string, values map[string]any) map[string]any {
	if values == nil {
		return map[string]any{"Fn::Sub": text}
	}
	return map[string]any{"Fn::Sub": []any{text, values}}
}
