package backup

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/pasarela-ws/pasarela"
)

// maxFile bounds what is read.
const maxFile = 256 << 20

// encode writes a file as YAML in the order of its JSON members, with texts of
// several lines as blocks.
func encode(file File) ([]byte, error) {
	data := file.Data
	file.Data = nil
	text, err := json.Marshal(file)
	if err != nil {
		return nil, err
	}
	var node yaml.Node // JSON is YAML
	if err := yaml.Unmarshal(text, &node); err != nil {
		return nil, err
	}
	plain(&node)
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := errors.Join(encoder.Encode(&node), encoder.Close()); err != nil {
		return nil, err
	}
	appendData(&out, data)
	return out.Bytes(), nil
}

// plain removes the marks that the text was JSON.
func plain(node *yaml.Node) {
	node.Style = 0
	for _, part := range node.Content {
		plain(part)
	}
}

// decode reads a file, whose member identity has the form of that type. An unknown member
// is an error: it is a typing error, or the file of a newer version whose meaning would
// be lost.
func decode(text []byte, identity reflect.Type) (file File, err error) {
	if len(text) > maxFile {
		return file, pasarela.Errorf(pasarela.CodeBadRequest, "The file is longer than %d bytes.", maxFile)
	}
	text, data := cutData(text)
	var value any
	if err := yaml.Unmarshal(text, &value); err != nil {
		return file, notYAML(text, err)
	}
	var tree yaml.Node
	if err := yaml.Unmarshal(text, &tree); err != nil {
		return file, notYAML(text, err)
	}
	for _, document := range tree.Content { // one, or none
		if err := (form{identity}).check(document, fileType, ""); err != nil {
			return file, err
		}
	}
	body, err := json.Marshal(textKeys(value))
	if err != nil {
		return file, pasarela.Errorf(pasarela.CodeBadRequest, "The file holds what JSON cannot say: %s", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		return file, pasarela.Errorf(pasarela.CodeBadRequest, "The file does not have the form of an export: %s", err)
	}
	if data != nil {
		file.Data = data
	}
	return file, nil
}

// notYAML says where the YAML parser stopped; for tabs it says what is wrong, which the
// parser does not.
func notYAML(text []byte, err error) error {
	why := strings.TrimPrefix(err.Error(), "yaml: ")
	var line int
	if _, scanErr := fmt.Sscanf(why, "line %d:", &line); scanErr == nil {
		lines := bytes.Split(text, []byte("\n"))
		if line > 0 && line <= len(lines) && bytes.HasPrefix(bytes.TrimLeft(lines[line-1], " "), []byte("\t")) {
			why += " (a tab: YAML is indented by spaces)"
		}
	}
	return pasarela.Errorf(pasarela.CodeBadRequest, "The file is not YAML: %s.", why)
}

// textKeys makes every key of a map a text: YAML reads 201 as a number.
func textKeys(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, part := range v {
			v[key] = textKeys(part)
		}
	case map[any]any:
		out := make(map[string]any, len(v))
		for key, part := range v {
			out[fmt.Sprint(key)] = textKeys(part)
		}
		return out
	case []any:
		for i := range v {
			v[i] = textKeys(v[i])
		}
	}
	return value
}
