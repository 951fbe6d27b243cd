package backup

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/pasarela-ws/pasarela"
)

// form checks whether a YAML tree has the form of a Go type as encoding/json sees it. Its
// error names the first place that does not, and what belongs there.
type form struct {
	identity reflect.Type // of the member identity
}

var (
	fileType    = reflect.TypeFor[File]()
	rawType     = reflect.TypeFor[json.RawMessage]()
	ownEncoding = reflect.TypeFor[json.Unmarshaler]()
)

// check is nil where node may be of type t. Aliases are left to the decoder.
func (f form) check(node *yaml.Node, t reflect.Type, path string) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case node.Kind == yaml.AliasNode || node.ShortTag() == "!!null":
		return nil
	case t == rawType && path == "identity" && f.identity != nil:
		t = f.identity
	case t == rawType || reflect.PointerTo(t).Implements(ownEncoding) || t.Kind() == reflect.Interface:
		return nil
	}
	switch t.Kind() {
	case reflect.Struct:
		return f.checkStruct(node, t, path)
	case reflect.Map:
		return f.checkMap(node, t.Elem(), path)
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return scalar(node, path, "a text", "!!str", "!!binary")
		}
		return f.checkList(node, t.Elem(), path)
	case reflect.String:
		return scalar(node, path, "a text; what looks like a number, a date or true must stand in quotes", "!!str")
	case reflect.Bool:
		return scalar(node, path, "true or false", "!!bool")
	case reflect.Float32, reflect.Float64:
		return scalar(node, path, "a number", "!!float", "!!int")
	}
	return scalar(node, path, "a whole number", "!!int")
}

// checkMap checks a YAML map with members of type t under any names.
func (f form) checkMap(node *yaml.Node, t reflect.Type, path string) error {
	if node.Kind != yaml.MappingNode {
		return wrong(node, path, "members with names")
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if err := f.check(node.Content[i+1], t, join(path, node.Content[i].Value)); err != nil {
			return err
		}
	}
	return nil
}

// checkList checks a YAML list with elements of type t.
func (f form) checkList(node *yaml.Node, t reflect.Type, path string) error {
	if node.Kind != yaml.SequenceNode {
		return wrong(node, path, "a list, each of whose lines begins with a dash")
	}
	for i, part := range node.Content {
		if err := f.check(part, t, fmt.Sprintf("%s[%d]", path, i)); err != nil {
			return err
		}
	}
	return nil
}

// checkStruct checks the members of a YAML map against a type, so that a misspelt one is an
// error with its line.
func (f form) checkStruct(node *yaml.Node, t reflect.Type, path string) error {
	if node.Kind != yaml.MappingNode {
		return wrong(node, path, "members with names")
	}
	members, known := membersOf(t)
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if key.Value == "<<" { // YAML's merging
			continue
		}
		member, ok := members[strings.ToLower(key.Value)]
		if !ok {
			return at(key, "%s is not known here; known are %s", join(path, key.Value), strings.Join(known, ", "))
		}
		if err := f.check(value, member, join(path, key.Value)); err != nil {
			return err
		}
	}
	return nil
}

// membersOf are a struct's members by their JSON names in small letters, since the decoder
// takes any, those of embedded structs too; and the names as they are written.
func membersOf(t reflect.Type) (members map[string]reflect.Type, known []string) {
	members = map[string]reflect.Type{}
	for _, field := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if !field.IsExported() || name == "-" || field.Anonymous && name == "" {
			continue
		}
		if name == "" {
			name = field.Name
		}
		members[strings.ToLower(name)], known = field.Type, append(known, name)
	}
	return members, known
}

func scalar(node *yaml.Node, path, wanted string, tags ...string) error {
	if node.Kind == yaml.ScalarNode && slices.Contains(tags, node.ShortTag()) {
		return nil
	}
	return wrong(node, path, wanted)
}

func wrong(node *yaml.Node, path, wanted string) error {
	if path == "" {
		path = "the file"
	}
	return at(node, "%s must be %s, and is %s", path, wanted, kindOf(node))
}

// kindOf is what a node is, for people.
func kindOf(node *yaml.Node) string {
	switch node.Kind {
	case yaml.SequenceNode:
		return "a list"
	case yaml.MappingNode:
		return "a group of members"
	}
	text := []rune(node.Value)
	if len(text) > 40 {
		text = append(text[:40], '…')
	}
	return fmt.Sprintf("%q", string(text))
}

func at(node *yaml.Node, format string, args ...any) error {
	return pasarela.Errorf(pasarela.CodeBadRequest, "Line %d, column %d: %s.", node.Line, node.Column, fmt.Sprintf(format, args...))
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
