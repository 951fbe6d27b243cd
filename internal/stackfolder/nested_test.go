package stackfolder_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/stackfolder"
)

// Nested templates are found by their paths, as `aws cloudformation package` finds them, and
// what they name begins in their folders. A change of one is a change of the stack.
func TestNestedTemplatesAreTakenAlong(t *testing.T) {
	folder := files(t, "app", map[string]string{
		"template.yaml":        "Resources: {Below: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./parts/chat.yaml}}, Away: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: 'https://b.s3.amazonaws.com/k'}}}",
		"parts/chat.yaml":      "Resources: {F: {Type: AWS::Lambda::Function, Properties: {Code: code}}, Deeper: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ../deeper.json}}}",
		"parts/code/index.js":  "1",
		"deeper.json":          `{"Resources": {}}`,
		"unrelated/index.json": "1",
	})
	source, err := stackfolder.Find(folder)
	if err != nil {
		t.Fatal(err)
	}
	before, state := read(t, source), source.State()
	nested := 0
	for key, data := range before.Objects {
		if strings.HasSuffix(key, ".template.json") {
			nested++
			if len(data) == 0 {
				t.Errorf("%s is empty", key)
			}
		}
	}
	if nested != 2 || len(before.Objects) != 3 || !strings.Contains(before.Template, "https://s3.amazonaws.com/"+stackfolder.Bucket+"/") || !strings.Contains(before.Template, "https://b.s3.amazonaws.com/k") {
		t.Errorf("%d nested templates, %d objects, %s", nested, len(before.Objects), before.Template)
	}
	if err := os.WriteFile(filepath.Join(folder, "deeper.json"), []byte(`{"Resources": {"X": {}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if after := read(t, source); source.State() == state || after.Template == before.Template {
		t.Error("a change of a nested template is none of the stack")
	}
	if err := os.WriteFile(filepath.Join(folder, "deeper.json"), []byte(`{"Resources": {"X": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "deeper.json"}}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := source.Read(); err == nil || !strings.Contains(err.Error(), "deeper than 8;") {
		t.Errorf("a template that names itself: %v", err)
	}
	_ = source.State() // which ends
}
