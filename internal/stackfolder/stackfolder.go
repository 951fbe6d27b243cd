// Package stackfolder reads a stack from the files of a project: a template of
// CloudFormation or SAM, or what the CDK has written (cdk.out), and the folders with the
// code of its functions. It makes of them what other tools upload before a deployment: a
// template in which code is named by bucket and key, and the zip files with these keys.
package stackfolder

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/engine/stacktemplate"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// Source is a stack in files.
type Source struct {
	Template string // path
	Name     string // of the stack, made of the folder's name

	zips map[string]zipped // by folder or file: result of the last zipping
}

// templates are the names that are looked for in a folder.
var templates = []string{"template.yaml", "template.yml", "template.json"}

// Find finds the template at path: a file, a folder with a template in it, or a cdk.out.
func Find(path string) (*Source, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, language.Errorf("stack.no_path", "path", path, "error", err)
	}
	if !info.IsDir() {
		return &Source{Template: path, Name: nameOf(filepath.Dir(path)), zips: map[string]zipped{}}, nil
	}
	if _, err := os.Stat(filepath.Join(path, "manifest.json")); err == nil {
		return findCDK(path)
	}
	for _, name := range templates {
		file := filepath.Join(path, name)
		if _, err := os.Stat(file); err == nil {
			return &Source{Template: file, Name: nameOf(path), zips: map[string]zipped{}}, nil
		}
	}
	if _, err := os.Stat(filepath.Join(path, "cdk.out", "manifest.json")); err == nil {
		return findCDK(filepath.Join(path, "cdk.out"))
	}
	return nil, language.Errorf("stack.no_template", "path", path, "names", strings.Join(templates, ", ")+", cdk.out")
}

// findCDK finds the one stack of a cdk.out.
func findCDK(folder string) (*Source, error) {
	found, err := filepath.Glob(filepath.Join(folder, "*.template.json"))
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(path string) bool { return strings.HasSuffix(path, ".nested.template.json") })
	if len(found) != 1 {
		names := make([]string, len(found))
		for i := range found {
			names[i] = filepath.Base(found[i])
		}
		return nil, language.Errorf("stack.several", "path", folder, "names", strings.Join(names, ", "))
	}
	name := strings.TrimSuffix(filepath.Base(found[0]), ".template.json")
	return &Source{Template: found[0], Name: nameOf(name), zips: map[string]zipped{}}, nil
}

var notInName = regexp.MustCompile(`[^a-zA-Z0-9]+`)

// nameOf is a stack's name made of a folder's.
func nameOf(folder string) string {
	name := strings.Trim(notInName.ReplaceAllString(filepath.Base(folder), "-"), "-")
	if name == "" || name[0] >= '0' && name[0] <= '9' {
		name = "stack-" + name
	}
	return strings.TrimSuffix(name[:min(len(name), 64)], "-")
}

// Bucket is the S3 bucket that the template names for code.
const Bucket = "pasarela-dev"

// Stack is a stack that can be deployed.
type Stack struct {
	Template string            // JSON
	Objects  map[string][]byte // zip files and nested templates by their keys, in [Bucket] or where the CDK says
}

// Read reads the template and zips what it names.
func (s *Source) Read() (*Stack, error) {
	text, err := os.ReadFile(s.Template)
	if err != nil {
		return nil, err
	}
	top, err := stacktemplate.Parse(string(text))
	if err != nil {
		return nil, language.Errorf("stack.template", "file", s.Template, "error", err)
	}
	stack := &Stack{Objects: map[string][]byte{}}
	if err := s.placeAll(stack, filepath.Dir(s.Template), top, 1); err != nil {
		return nil, err
	}
	if err := s.assets(stack, top); err != nil {
		return nil, err
	}
	out, err := json.Marshal(top)
	stack.Template = string(out)
	return stack, err
}

// placeAll places the code and the nested templates that a template in folder names.
func (s *Source) placeAll(stack *Stack, folder string, top map[string]any, depth int) error {
	if err := codes(folder, top, func(name string, code localCode) error { return s.place(stack, name, code) }); err != nil {
		return err
	}
	return nestedTemplates(folder, top, func(name string, nested localCode) error {
		return s.placeTemplate(stack, name, nested, depth)
	})
}

// localCode is a property that names code on this machine.
type localCode struct {
	path string
	set  func(bucket, key string)
}

// codes visits the code of all functions that is in local files; paths are relative to
// folder.
func codes(folder string, top map[string]any, visit func(name string, code localCode) error) error {
	serverless := func(bucket, key string) any { return "s3://" + bucket + "/" + key }
	object := func(bucket, key string) any { return map[string]any{"S3Bucket": bucket, "S3Key": key} }
	local := func(name string, properties map[string]any, member string, form func(bucket, key string) any) error {
		path, ok := properties[member].(string)
		if !ok || strings.HasPrefix(path, "s3://") {
			return nil
		}
		return visit(name, localCode{within(folder, path), func(bucket, key string) { properties[member] = form(bucket, key) }})
	}
	globals, _ := top["Globals"].(map[string]any)
	functions, _ := globals["Function"].(map[string]any)
	if err := local("Globals.Function", functions, "CodeUri", serverless); err != nil {
		return err
	}
	resources, _ := top["Resources"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(resources)) { // in a fixed order, since the watched state is compared as a whole
		resource, _ := resources[name].(map[string]any)
		properties, _ := resource["Properties"].(map[string]any)
		var err error
		switch resource["Type"] {
		case "AWS::Serverless::Function":
			err = local(name, properties, "CodeUri", serverless)
		case "AWS::Lambda::Function":
			err = local(name, properties, "Code", object)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func within(folder, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(folder, path)
}

// place zips code and puts its bucket and key into the template.
func (s *Source) place(stack *Stack, name string, code localCode) error {
	data, key, err := s.zip(code.path)
	if errors.Is(err, fs.ErrNotExist) {
		return language.Errorf("stack.no_code", "name", name, "path", code.path)
	}
	if err != nil {
		return language.Errorf("stack.code", "name", name, "path", code.path, "error", err)
	}
	stack.Objects[key] = data
	code.set(Bucket, key)
	return nil
}

// assetManifest is the CDK's list of the files of a stack.
type assetManifest struct {
	Files map[string]struct {
		Source struct {
			Path      string `json:"path"`
			Packaging string `json:"packaging"`
		} `json:"source"`
		Destinations map[string]struct {
			ObjectKey string `json:"objectKey"`
		} `json:"destinations"`
	} `json:"files"`
}

// assets adds the files of a cdk.out to the stack, and removes the check of the CDK's
// bootstrap stack, since nothing is uploaded.
func (s *Source) assets(stack *Stack, top map[string]any) error {
	name, cdk := strings.CutSuffix(s.Template, ".template.json")
	if !cdk {
		return nil
	}
	text, err := os.ReadFile(name + ".assets.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var manifest assetManifest
	if err := json.Unmarshal(text, &manifest); err != nil {
		return language.Errorf("stack.template", "file", name+".assets.json", "error", err)
	}
	for _, file := range manifest.Files {
		path := filepath.Join(filepath.Dir(s.Template), file.Source.Path)
		var data []byte
		if file.Source.Packaging == "zip" {
			data, _, err = s.zip(path)
		} else { // the template itself, and those of nested stacks
			data, err = os.ReadFile(path)
		}
		if err != nil {
			return err
		}
		for _, destination := range file.Destinations {
			stack.Objects[destination.ObjectKey] = data
		}
	}
	if rules, ok := top["Rules"].(map[string]any); ok {
		delete(rules, "CheckBootstrapVersion")
	}
	if parameters, ok := top["Parameters"].(map[string]any); ok {
		delete(parameters, "BootstrapVersion")
	}
	return nil
}

// paths are all files and folders that the stack is made of.
func (s *Source) paths() []string {
	var paths []string
	add := func(_ string, code localCode) error {
		if !slices.Contains(paths, code.path) {
			paths = append(paths, code.path)
		}
		return nil
	}
	var visit func(path string, depth int)
	visit = func(path string, depth int) {
		_ = add("", localCode{path: path}) // visits only, here and below
		top, err := parse(path)
		if err != nil {
			return
		}
		folder := filepath.Dir(path)
		_ = codes(folder, top, add)
		_ = nestedTemplates(folder, top, func(_ string, nested localCode) error {
			if depth < maxDepth {
				visit(nested.path, depth+1)
			}
			return nil
		})
	}
	visit(s.Template, 1)
	return paths
}
