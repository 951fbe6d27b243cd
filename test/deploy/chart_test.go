// Package deploy_test checks the Helm chart and the compose files against the flags and
// settings of the programs.
package deploy_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"text/template"

	"github.com/nats-io/nats-server/v2/server"
	"go.yaml.in/yaml/v3"
)

const chart = "../../deploy/helm/pasarela"

type object = map[string]any

// functions are those of Helm that the chart uses.
var functions = template.FuncMap{
	"quote": func(value any) string { return fmt.Sprintf("%q", fmt.Sprint(value)) },
	"toYaml": func(value any) (string, error) {
		text, err := yaml.Marshal(value)
		return strings.TrimSuffix(string(text), "\n"), err
	},
	"indent": func(n int, text string) string {
		pad := strings.Repeat(" ", n)
		return pad + strings.ReplaceAll(text, "\n", "\n"+pad)
	},
	"add": func(a, b int) int { return a + b },
	"required": func(why string, value any) (any, error) {
		if value == nil || value == "" {
			return nil, errors.New(why)
		}
		return value, nil
	},
}

// render is the chart's objects by kind and name, with the values that are set.
func render(t *testing.T, set object) (map[string]object, error) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(chart, "values.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	values := object{}
	if err := yaml.Unmarshal(text, &values); err != nil {
		t.Fatal(err)
	}
	for name, value := range set {
		if _, known := values[name]; !known {
			t.Fatalf("values.yaml has no %s", name)
		}
		values[name] = value
	}
	files, err := filepath.Glob(filepath.Join(chart, "templates", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	objects := map[string]object{}
	for _, file := range files {
		page, err := template.New(filepath.Base(file)).Funcs(functions).Option("missingkey=error").ParseFiles(file)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := page.Execute(&out, object{"Values": values, "Release": object{"Name": "gate"}}); err != nil {
			return nil, err
		}
		for documents := yaml.NewDecoder(&out); ; {
			var found object
			err := documents.Decode(&found)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			objects[fmt.Sprint(found["kind"], "/", at(t, found, "metadata", "name"))] = found
		}
	}
	return objects, nil
}

// at is what lies at a path of an object.
func at(t *testing.T, from any, path ...any) any {
	t.Helper()
	for _, step := range path {
		switch step := step.(type) {
		case string:
			inside, ok := from.(object)
			if !ok || inside[step] == nil {
				t.Fatalf("there is nothing at %v", path)
			}
			from = inside[step]
		case int:
			list, ok := from.([]any)
			if !ok || len(list) <= step {
				t.Fatalf("there is nothing at %v", path)
			}
			from = list[step]
		}
	}
	return from
}

func TestTheChartRunsThreeNodesAndThreeServers(t *testing.T) {
	for name, set := range map[string]object{
		"plain":    {"publicEndpoint": "http://gate.example.com"},
		"TLS":      {"publicEndpoint": "https://gate.example.com", "tlsSecret": "gate-tls", "accountId": "123456789012", "extraArgs": []any{"--strict"}},
		"no extra": {"publicEndpoint": "http://gate.example.com", "exportEvery": "", "storageClass": "fast"},
	} {
		t.Run(name, func(t *testing.T) {
			objects, err := render(t, set)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{
				"Service/gate", "Service/gate-nodes", "Service/gate-nats", "StatefulSet/gate", "StatefulSet/gate-nats",
				"PodDisruptionBudget/gate", "PodDisruptionBudget/gate-nats", "NetworkPolicy/gate-nats", "ConfigMap/gate-nats",
			} {
				if objects[want] == nil {
					t.Fatalf("there is no %s", want)
				}
			}
			for _, set := range []string{"StatefulSet/gate", "StatefulSet/gate-nats"} {
				if got := at(t, objects[set], "spec", "replicas"); got != 3 {
					t.Errorf("%s has %v replicas", set, got)
				}
			}
			checkNode(t, at(t, objects["StatefulSet/gate"], "spec", "template", "spec"))
		})
	}
	if _, err := render(t, nil); err == nil || !strings.Contains(err.Error(), "publicEndpoint") {
		t.Errorf("without a public endpoint: %v", err)
	}
}

// checkNode checks that the pod of a node uses existing flags, and that its times
// are consistent.
func checkNode(t *testing.T, pod any) {
	t.Helper()
	settings, err := os.ReadFile("../../docs/settings.md")
	if err != nil {
		t.Fatal(err)
	}
	container := at(t, pod, "containers", 0)
	stopSeconds := 0
	args := at(t, container, "args").([]any)
	for _, arg := range args[1:] {
		flag, value, _ := strings.Cut(fmt.Sprint(arg), "=")
		if !strings.Contains(string(settings), "| `pasarela serve` | `"+flag+"`") {
			t.Errorf("pasarela serve has no %s", flag)
		}
		if flag == "--stop-patience" {
			_, _ = fmt.Sscanf(value, "%ds", &stopSeconds)
		}
	}
	if args[0] != "serve" {
		t.Errorf("the command is %v", args[0])
	}
	if grace := at(t, pod, "terminationGracePeriodSeconds").(int); stopSeconds == 0 || grace <= stopSeconds {
		t.Errorf("a pod is killed after %d seconds and its node may take %d to end", grace, stopSeconds)
	}
	if path := at(t, container, "readinessProbe", "httpGet", "path"); path != "/readyz" {
		t.Errorf("readiness asks %v", path)
	}
	if path := at(t, container, "livenessProbe", "httpGet", "path"); path != "/ping" {
		t.Errorf("liveness asks %v", path)
	}
	if strings.Contains(fmt.Sprint(args), "PASSWORD") {
		t.Error("the password is in the list of processes")
	}
}

// The NATS server accepts the configuration, and syncs what it acknowledges.
func TestTheServersConfiguration(t *testing.T) {
	objects, err := render(t, object{"publicEndpoint": "http://gate.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("NAME", "gate-nats-0")
	t.Setenv("PASSWORD", "0a1b2c")
	options := &server.Options{}
	text := at(t, objects["ConfigMap/gate-nats"], "data", "nats.conf").(string)
	if err := options.ProcessConfigString(text); err != nil {
		t.Fatal(err)
	}
	if !options.JetStream || !options.SyncAlways || options.MaxPayload < 33<<20 || options.Password != "0a1b2c" || options.ServerName != "gate-nats-0" || len(options.Routes) != 3 {
		t.Errorf("%+v", options)
	}
	names := map[string]bool{}
	for i := range 3 {
		names[fmt.Sprintf("gate-nats-%d.gate-nats:4222", i)] = true
	}
	for _, entry := range at(t, objects["StatefulSet/gate"], "spec", "template", "spec", "containers", 0, "env").([]any) {
		if at(t, entry, "name") != "PASARELA_NATS_URL" {
			continue
		}
		for _, found := range regexp.MustCompile(`@([^,]+)`).FindAllStringSubmatch(fmt.Sprint(at(t, entry, "value")), -1) {
			delete(names, found[1])
		}
	}
	if len(names) > 0 {
		t.Errorf("nodes are not told of %v", names)
	}
}
