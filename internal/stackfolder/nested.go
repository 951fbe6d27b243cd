package stackfolder

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/engine/stacktemplate"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// maxDepth bounds the nesting of templates, as the server does: a template may name
// itself.
const maxDepth = 8

// nestedTemplates visits the templates of nested stacks that are local files, as
// `aws cloudformation package` does; paths are relative to folder.
func nestedTemplates(folder string, top map[string]any, visit func(name string, nested localCode) error) error {
	resources, _ := top["Resources"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(resources)) {
		resource, _ := resources[name].(map[string]any)
		properties, _ := resource["Properties"].(map[string]any)
		path, local := properties["TemplateURL"].(string)
		if resource["Type"] != "AWS::CloudFormation::Stack" || !local || strings.Contains(path, "://") {
			continue
		}
		err := visit(name, localCode{within(folder, path), func(bucket, key string) {
			properties["TemplateURL"] = "https://s3.amazonaws.com/" + bucket + "/" + key
		}})
		if err != nil {
			return err
		}
	}
	return nil
}

func parse(path string) (map[string]any, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return stacktemplate.Parse(string(text))
}

// placeTemplate adds a nested template, and what it names, to the stack. Its key is a
// hash of its content, so that a change of it changes the template above too.
func (s *Source) placeTemplate(stack *Stack, name string, nested localCode, depth int) error {
	if depth >= maxDepth {
		return language.Errorf("stack.too_deep", "name", name, "path", nested.path, "n", maxDepth)
	}
	top, err := parse(nested.path)
	if err != nil {
		return language.Errorf("stack.template", "file", nested.path, "error", err)
	}
	if err := s.placeAll(stack, filepath.Dir(nested.path), top, depth+1); err != nil {
		return err
	}
	text, err := json.Marshal(top)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	key := hex.EncodeToString(sum[:]) + ".template.json"
	stack.Objects[key] = text
	nested.set(Bucket, key)
	return nil
}
