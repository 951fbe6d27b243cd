// Package devstack reads a stack as it lies in the files of a project: a template of
// CloudFormation or SAM, or what the CDK has written (cdk.out), and the folders with the
// code of its functions. It makes of them what is deployed elsewhere by uploads: a
// template whose code has places, and the zip files for these places.
package devstack

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

	zips map[string]zipped // by folder or file, as they were zipped last
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

// Bucket is where the template says that code lies.
const Bucket = "pasarela-dev"

// Stack is a stack that can be deployed.
type Stack struct {
	Template string            // JSON
	Objects  map[string][]byte // zip files by their keys in [Bucket]
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
	if err := s.codes(top, func(name string, code localCode) error {
		return s.place(stack, name, code)
	}); err != nil {
		return nil, err
	}
	if err := s.assets(stack, top); err != nil {
		return nil, err
	}
	out, err := json.Marshal(top)
	stack.Template = string(out)
	return stack, err
}

// localCode is a property that names code on this machine.
type localCode struct {
	path string
	set  func(bucket, key string)
}

// codes visits the code of all functions that lies on this machine.
func (s *Source) codes(top map[string]any, visit func(name string, code localCode) error) error {
	serverless := func(bucket, key string) any { return "s3://" + bucket + "/" + key }
	object := func(bucket, key string) any { return map[string]any{"S3Bucket": bucket, "S3Key": key} }
	local := func(name string, properties map[string]any, member string, form func(bucket, key string) any) error {
		path, ok := properties[member].(string)
		if !ok || strings.HasPrefix(path, "s3://") {
			return nil
		}
		return visit(name, localCode{path, func(bucket, key string) { properties[member] = form(bucket, key) }})
	}
	globals, _ := top["Globals"].(map[string]any)
	functions, _ := globals["Function"].(map[string]any)
	if err := local("Globals.Function", functions, "CodeUri", serverless); err != nil {
		return err
	}
	resources, _ := top["Resources"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(resources)) { // always in one order: what is watched is compared as a whole
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

// place zips code and says in the template where it lies.
func (s *Source) place(stack *Stack, name string, code localCode) error {
	path := code.path
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(s.Template), path)
	}
	data, key, err := s.zip(path)
	if errors.Is(err, fs.ErrNotExist) {
		return language.Errorf("stack.no_code", "name", name, "path", path)
	}
	if err != nil {
		return language.Errorf("stack.code", "name", name, "path", path, "error", err)
	}
	stack.Objects[key] = data
	code.set(Bucket, key)
	return nil
}

// assetManifest is what the CDK says of the files of a stack.
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

// assets takes the files of a cdk.out along, and the check of the bootstrap out: nothing is
// uploaded.
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
		if file.Source.Packaging != "zip" {
			continue // the template itself
		}
		data, _, err := s.zip(filepath.Join(filepath.Dir(s.Template), file.Source.Path))
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
	paths := []string{s.Template}
	text, err := os.ReadFile(s.Template)
	if err != nil {
		return paths
	}
	top, err := stacktemplate.Parse(string(text))
	if err != nil {
		return paths
	}
	_ = s.codes(top, func(_ string, code localCode) error { // visits only
		path := code.path
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(s.Template), path)
		}
		if !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
		return nil
	})
	return paths
}
