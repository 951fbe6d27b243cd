package stackfolder_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/stackfolder"
)

// files writes files below a folder of the test's own, which is called name.
func files(t *testing.T, name string, contents map[string]string) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), name)
	for path, text := range contents {
		path = filepath.Join(folder, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

const chat = `
Transform: AWS::Serverless-2016-10-31
Resources:
  A: {Type: AWS::Serverless::Function, Properties: {CodeUri: src/, Handler: a.handler}}
  B: {Type: AWS::Lambda::Function, Properties: {Code: src, Handler: !Sub '${A}'}}
  C: {Type: AWS::Serverless::Function, Properties: {CodeUri: s3://elsewhere/c.zip}}
`

func read(t *testing.T, source *stackfolder.Source) *stackfolder.Stack {
	t.Helper()
	stack, err := source.Read()
	if err != nil {
		t.Fatal(err)
	}
	return stack
}

func TestCodeIsZippedAndNamed(t *testing.T) {
	folder := files(t, "my chat 2", map[string]string{"template.yaml": chat, "src/a.js": "1", "src/lib/b.js": "2", "src/.git/x": "3"})
	source, err := stackfolder.Find(folder)
	if err != nil || source.Name != "my-chat-2" {
		t.Fatalf("%+v, %v", source, err)
	}
	stack := read(t, source)
	if len(stack.Objects) != 1 {
		t.Fatalf("%d zip files of one folder", len(stack.Objects))
	}
	for key, data := range stack.Objects {
		archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, file := range archive.File {
			names = append(names, file.Name)
		}
		if got := strings.Join(names, " "); got != "a.js lib/b.js" {
			t.Errorf("the zip file holds %s", got)
		}
		for _, want := range []string{`"s3://` + stackfolder.Bucket + "/" + key + `"`, `{"S3Bucket":"` + stackfolder.Bucket + `","S3Key":"` + key + `"}`, `"s3://elsewhere/c.zip"`, `{"Fn::Sub":"${A}"}`} {
			if !strings.Contains(stack.Template, want) {
				t.Errorf("the template has no %s: %s", want, stack.Template)
			}
		}
	}
}

func TestOnlyChangesChangeAStack(t *testing.T) {
	folder := files(t, "chat", map[string]string{"template.yaml": chat, "src/a.js": "1"})
	source, err := stackfolder.Find(filepath.Join(folder, "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	before, state := read(t, source), source.State()
	later := time.Now().Add(time.Hour)
	code := filepath.Join(folder, "src", "a.js")
	if err := os.Chtimes(code, later, later); err != nil {
		t.Fatal(err)
	}
	if source.State() == state {
		t.Error("a file that was written again is not seen")
	}
	if again := read(t, source); again.Template != before.Template {
		t.Error("the same content gives another template")
	}
	state = source.State()
	if err := os.WriteFile(code, []byte("22"), 0o600); err != nil {
		t.Fatal(err)
	}
	if after := read(t, source); after.Template == before.Template || source.State() == state {
		t.Error("a change of the code is no change of the stack")
	}
}

func TestACDKOutIsRead(t *testing.T) {
	folder := files(t, "app", map[string]string{
		"cdk.out/manifest.json":                  "{}",
		"cdk.out/Chat.template.json":             `{"Parameters":{"BootstrapVersion":{}},"Rules":{"CheckBootstrapVersion":{}},"Resources":{"F":{"Type":"AWS::Lambda::Function","Properties":{"Code":{"S3Bucket":{"Fn::Sub":"b"},"S3Key":"k.zip"}}}}}`,
		"cdk.out/Chat.assets.json":               `{"files":{"x":{"source":{"path":"asset.x","packaging":"zip"},"destinations":{"d":{"objectKey":"k.zip"}}},"y":{"source":{"path":"Chat.template.json","packaging":"file"}},"z":{"source":{"path":"ChatBelow.nested.template.json","packaging":"file"},"destinations":{"d":{"objectKey":"n.json"}}}}}`,
		"cdk.out/ChatBelow.nested.template.json": "{}",
		"cdk.out/asset.x/index.js":               "1",
		"cdk.out/asset.x/sub/other.js":           "2",
	})
	source, err := stackfolder.Find(folder)
	if err != nil || source.Name != "Chat" {
		t.Fatalf("%+v, %v", source, err)
	}
	stack := read(t, source)
	if len(stack.Objects["k.zip"]) == 0 || string(stack.Objects["n.json"]) != "{}" {
		t.Errorf("the asset is not there: %d objects", len(stack.Objects))
	}
	var top map[string]any
	if err := json.Unmarshal([]byte(stack.Template), &top); err != nil || strings.Contains(stack.Template, "Bootstrap") {
		t.Errorf("the check of the bootstrap is still there: %s, %v", stack.Template, err)
	}
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		path  string
		says  string
	}{
		"nothing":     {map[string]string{"x": ""}, "", "holds no template"},
		"no path":     {map[string]string{"x": ""}, "nowhere.yaml", "cannot be read"},
		"no code":     {map[string]string{"template.yaml": chat}, "", "is not there"},
		"no template": {map[string]string{"template.yml": "Resources: [}"}, "", "template.yml"},
		"two stacks":  {map[string]string{"cdk.out/manifest.json": "{}", "cdk.out/A.template.json": "{}", "cdk.out/B.template.json": "{}"}, "", "A.template.json, B.template.json"},
	} {
		source, err := stackfolder.Find(filepath.Join(files(t, "x", c.files), c.path))
		if err == nil {
			_, err = source.Read()
		}
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Files that stay as they are have one state, however many folders of code there are: dev
// deploys again when it differs.
func TestUntouchedFilesHaveOneState(t *testing.T) {
	contents, template := map[string]string{}, "Resources:\n"
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		contents[name+"/index.js"] = name
		template += "  F" + name + ": {Type: AWS::Lambda::Function, Properties: {Code: " + name + "/}}\n"
	}
	contents["template.yaml"] = template
	source, err := stackfolder.Find(files(t, "chat", contents))
	if err != nil {
		t.Fatal(err)
	}
	first := source.State()
	for range 50 {
		if source.State() != first {
			t.Fatal("nothing was touched, and the state is another")
		}
	}
}
