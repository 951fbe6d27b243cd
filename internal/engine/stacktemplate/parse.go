package stacktemplate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Bounds of a template.
const (
	// MaxLength is the length of a template in bytes: AWS's bound for one in S3.
	MaxLength = 1 << 20
	// maxDepth is how deep values nest; templates of the CDK reach about 20.
	maxDepth = 100
	// maxValues counts all values, those of aliases each time they are used.
	maxValues = 200_000
	// maxTexts bounds the texts of a template together, in bytes, those of aliases each
	// time they are used: a template may be written out, as JSON for instance.
	maxTexts = 4 * MaxLength
)

// Parse reads a template, YAML or JSON, whose top is an object.
func Parse(text string) (map[string]any, error) {
	if len(text) > MaxLength {
		return nil, sentence("Template format error: the template has %d bytes, at most %d are allowed.", len(text), MaxLength)
	}
	var value any
	var err error
	if strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), "{") {
		value, err = parseJSON(text)
	} else {
		value, err = parseYAML(text)
	}
	if err != nil {
		return nil, err
	}
	top, ok := value.(map[string]any)
	if !ok {
		return nil, sentence("Template format error: unsupported structure.")
	}
	return top, nil
}

func badYAML(line int, format string, args ...any) error {
	return sentence("Template format error: YAML not well-formed. (line %d: %s)", line, fmt.Sprintf(format, args...))
}

func parseYAML(text string) (any, error) {
	var root yaml.Node
	decoder := yaml.NewDecoder(strings.NewReader(text))
	if err := decoder.Decode(&root); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		return nil, sentence("Template format error: YAML not well-formed. (%s)", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if len(root.Content) == 0 {
		return nil, nil
	}
	r := yamlReader{open: map[*yaml.Node]bool{}}
	return r.value(root.Content[0], 0)
}

type yamlReader struct {
	values int
	texts  int                 // bytes
	open   map[*yaml.Node]bool // aliases that are being followed
}

// value reads one YAML value with its tag. What an alias names is counted each time it is
// used, so that a few lines cannot become gigabytes.
func (r *yamlReader) value(n *yaml.Node, depth int) (any, error) {
	r.values++
	r.texts += len(n.Value)
	switch {
	case depth > maxDepth:
		return nil, badYAML(n.Line, "values nest deeper than %d", maxDepth)
	case r.values > maxValues:
		return nil, badYAML(n.Line, "more than %d values, aliases counted each time", maxValues)
	case r.texts > maxTexts:
		return nil, badYAML(n.Line, "texts of more than %d bytes, aliases counted each time", maxTexts)
	}
	if n.Kind == yaml.AliasNode {
		if r.open[n.Alias] {
			return nil, badYAML(n.Line, "the alias *%s contains itself", n.Value)
		}
		r.open[n.Alias] = true
		defer delete(r.open, n.Alias)
		return r.value(n.Alias, depth+1)
	}
	v, err := r.plain(n, depth)
	if err != nil || !strings.HasPrefix(n.Tag, "!") || strings.HasPrefix(n.Tag, "!!") {
		return v, err
	}
	return shortForm(n, v)
}

func (r *yamlReader) plain(n *yaml.Node, depth int) (any, error) {
	switch n.Kind {
	case yaml.ScalarNode:
		return scalar(n), nil
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, item := range n.Content {
			var err error
			if list[i], err = r.value(item, depth+1); err != nil {
				return nil, err
			}
		}
		return list, nil
	case yaml.MappingNode:
		return r.mapping(n, depth)
	}
	return nil, badYAML(n.Line, "nothing that a template has")
}

// mapping reads an object with its merge keys; a member of the object itself precedes one that
// is merged into it.
func (r *yamlReader) mapping(n *yaml.Node, depth int) (any, error) {
	object := make(map[string]any, len(n.Content)/2)
	var merged []map[string]any
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		value, err := r.value(n.Content[i+1], depth+1)
		if err != nil {
			return nil, err
		}
		if key.Tag == "!!merge" {
			parts, ok := mergeable(value)
			if !ok {
				return nil, badYAML(key.Line, "<< needs a map or a list of maps")
			}
			merged = append(merged, parts...)
			continue
		}
		for key.Kind == yaml.AliasNode {
			key = key.Alias
		}
		if r.texts += len(key.Value); r.texts > maxTexts {
			return nil, badYAML(key.Line, "texts of more than %d bytes, aliases counted each time", maxTexts)
		}
		if key.Kind != yaml.ScalarNode {
			return nil, badYAML(key.Line, "a key is no text")
		}
		if _, twice := object[key.Value]; twice {
			return nil, badYAML(key.Line, "the key %q is there twice", key.Value)
		}
		object[key.Value] = value
	}
	for _, part := range merged {
		for key, value := range part {
			if _, own := object[key]; !own {
				object[key] = value
			}
		}
	}
	return object, nil
}

func mergeable(v any) ([]map[string]any, bool) {
	if object, ok := v.(map[string]any); ok {
		return []map[string]any{object}, true
	}
	list, ok := v.([]any)
	var parts []map[string]any
	for _, item := range list {
		object, isMap := item.(map[string]any)
		if !isMap {
			return nil, false
		}
		parts = append(parts, object)
	}
	return parts, ok
}

// scalar keeps the literal of what is not a truth value or null: 1.10 is a number
// whose text is 1.10, and 012, 0x1f and 2010-09-09 are texts.
func scalar(n *yaml.Node) any {
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		return n.Value
	}
	switch n.ShortTag() {
	case "!!null":
		return nil
	case "!!bool":
		return strings.EqualFold(n.Value, "true")
	case "!!int", "!!float":
		if json.Valid([]byte(n.Value)) {
			return json.Number(n.Value)
		}
	}
	return n.Value
}

// shortForm is the function that a tag such as !Ref stands for.
func shortForm(n *yaml.Node, v any) (any, error) {
	name := strings.TrimPrefix(n.Tag, "!")
	switch name {
	case "Ref", "Condition":
		return map[string]any{name: v}, nil
	case "GetAtt":
		if text, ok := v.(string); ok {
			resource, attribute, dotted := strings.Cut(text, ".")
			if !dotted {
				return nil, badYAML(n.Line, "!GetAtt %s names no attribute", text)
			}
			v = []any{resource, attribute}
		}
	}
	if !isFunction("Fn::" + name) {
		return nil, badYAML(n.Line, "the tag %s is no function of templates", n.Tag)
	}
	return map[string]any{"Fn::" + name: v}, nil
}

func parseJSON(text string) (any, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	r := jsonReader{decoder: decoder, text: text}
	v, err := r.value(0)
	if err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, r.bad("something follows the object")
	}
	return v, nil
}

type jsonReader struct {
	decoder *json.Decoder
	text    string
	values  int
}

// bad is CloudFormation's sentence with the place at which reading stopped.
func (r *jsonReader) bad(why string) error {
	read := []byte(r.text[:min(int(r.decoder.InputOffset()), len(r.text))])
	line := bytes.Count(read, []byte("\n")) + 1
	column := len(read) - bytes.LastIndexByte(read, '\n')
	return sentence("Template format error: JSON not well-formed. (line %d, column %d): %s", line, column, why)
}

func (r *jsonReader) token() (json.Token, error) {
	token, err := r.decoder.Token()
	if err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, r.bad("it ends in the middle")
		}
		return nil, r.bad(err.Error())
	}
	return token, nil
}

// value reads one JSON value, maxDepth deep at most; all values of the template together are
// maxValues at most.
func (r *jsonReader) value(depth int) (any, error) {
	r.values++
	if depth > maxDepth || r.values > maxValues {
		return nil, r.bad(fmt.Sprintf("more than %d values, or nested deeper than %d", maxValues, maxDepth))
	}
	token, err := r.token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		return r.object(depth)
	case json.Delim('['):
		list := []any{}
		for r.decoder.More() {
			item, err := r.value(depth + 1)
			if err != nil {
				return nil, err
			}
			list = append(list, item)
		}
		_, err := r.token()
		return list, err
	}
	return token, nil
}

func (r *jsonReader) object(depth int) (any, error) {
	object := map[string]any{}
	for r.decoder.More() {
		token, err := r.token()
		if err != nil {
			return nil, err
		}
		key, _ := token.(string)
		if _, twice := object[key]; twice {
			return nil, r.bad(fmt.Sprintf("the key %q is there twice", key))
		}
		if object[key], err = r.value(depth + 1); err != nil {
			return nil, err
		}
	}
	_, err := r.token()
	return object, err
}
