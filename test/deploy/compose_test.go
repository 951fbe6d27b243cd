package deploy_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

const composeFiles = "../../deploy/compose"

var pasarelaProgram, reportsProgram string

func TestMain(m *testing.M) {
	os.Exit(testkit.WithPrograms(m, "../..", map[string]*string{"./cmd/pasarela": &pasarelaProgram, "./cmd/reports": &reportsProgram}))
}

// A service of a compose file, as compose-go reads it.
type service struct {
	Image       string
	Command     []string
	Environment map[string]any
	Volumes     []struct{ Type, Source, Target string }
}

// composed loads a compose file by Compose's own library. The program that it comes with
// knows no variables, so the one that must be set is put into a copy.
func composed(t *testing.T, name string) map[string]service {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(filepath.Join(composeFiles, name))); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "compose.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	filled := strings.NewReplacer("${NATS_PASSWORD:?generate one}", "0a1b2c", "${NATS_PASSWORD}", "0a1b2c").Replace(string(text))
	if err := os.WriteFile(path, []byte(filled), 0o600); err != nil {
		t.Fatal(err)
	}
	loader := filepath.Join(t.TempDir(), "compose")
	build := exec.CommandContext(t.Context(), "go", "build", "-modfile=../../tools/go.mod", "-o", loader, "github.com/compose-spec/compose-go/v2/cmd")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	command := exec.CommandContext(t.Context(), loader, "-format", "json", path)
	command.Dir = folder
	var stderr strings.Builder
	command.Stderr = &stderr
	said, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", name, err, said, stderr.String())
	}
	var file struct{ Services map[string]service }
	if err := json.Unmarshal(said, &file); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, said)
	}
	for in, one := range file.Services {
		for _, v := range one.Volumes {
			if _, err := os.Stat(v.Source); v.Type == "bind" && err != nil {
				t.Errorf("%s: %s mounts what is not there: %v", name, in, err)
			}
			if program, _, _ := strings.Cut(filepath.Base(one.Image), ":"); v.Target == "/"+program {
				t.Errorf("%s: %s mounts over its program, %s", name, in, v.Target)
			}
		}
	}
	return file.Services
}

// TestTheComposeFiles: Compose's library takes each, and the commands and variables of the
// images' programs are there.
func TestTheComposeFiles(t *testing.T) {
	settings, err := os.ReadFile("../../docs/settings.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, images := range map[string]map[string]int{
		"guide": {"pasarela": 1, "reports": 1, "postgres": 1, "aws-cli": 1}, "cluster": {"pasarela": 3, "nats": 3, "haproxy": 1}, "ci": {"pasarela": 1},
	} {
		found := map[string]int{}
		for in, one := range composed(t, name) {
			image := regexp.MustCompile(`([^/]+):[^:]+$`).FindStringSubmatch(one.Image)[1]
			found[image]++
			if image != "pasarela" && image != "reports" {
				continue
			}
			for _, argument := range one.Command {
				flag, _, _ := strings.Cut(argument, "=")
				if strings.HasPrefix(flag, "-") && !strings.Contains(string(settings), "| `"+image+" serve` | `"+flag+"`") {
					t.Errorf("%s: %s: %s serve has no %s", name, in, image, flag)
				}
			}
			for variable := range one.Environment {
				if strings.HasPrefix(variable, "PASARELA_") && !strings.Contains(string(settings), "`"+variable+"`") {
					t.Errorf("%s: %s: there is no %s", name, in, variable)
				}
			}
		}
		if fmt.Sprint(found) != fmt.Sprint(images) {
			t.Errorf("%s has %v, want %v", name, found, images)
		}
	}
	if said, err := exec.CommandContext(t.Context(), reportsProgram, "check", filepath.Join(composeFiles, "guide", "reports")).CombinedOutput(); err != nil {
		t.Errorf("the guide's reports: %v\n%s", err, said)
	}
}

// TestTheGuideOfCompose runs what the guide's services run: the gateway with its command,
// the AWS CLI with its template, twice, and a client, for which the backend is called.
func TestTheGuideOfCompose(t *testing.T) {
	cli, err := exec.LookPath("aws")
	if err != nil {
		testkit.MissingClient(t, "the AWS CLI")
	}
	services := composed(t, "guide")
	var command []string
	for _, argument := range services["gateway"].Command {
		switch flag, _, _ := strings.Cut(argument, "="); flag {
		case "--listen":
			argument = flag + "=127.0.0.1:0"
		case "--data":
			argument = flag + "=" + t.TempDir()
		case "--public-endpoint":
			continue // the port is another here
		}
		command = append(command, argument)
	}
	endpoint := testkit.Start(t, nil, pasarelaProgram, command...).WaitFor(t, `serves (http\S+) `)
	backend := testkit.NewBackend(t)
	backend.Respond(testkit.Response{Status: 201})
	template, err := os.ReadFile(filepath.Join(composeFiles, "guide", "api.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	local := filepath.Join(t.TempDir(), "api.yaml")
	pointed := strings.Replace(string(template), "http://reports:8080", backend.URL, 1)
	if err := os.WriteFile(local, []byte(pointed), 0o600); err != nil || pointed == string(template) {
		t.Fatalf("the template does not lead to the service: %v", err)
	}
	setup := services["setup"]
	for range 2 {
		run := exec.CommandContext(t.Context(), cli, setup.Command...)
		for i, argument := range run.Args {
			run.Args[i] = strings.Replace(argument, "/api.yaml", local, 1)
		}
		run.Env = append(os.Environ(), "AWS_ENDPOINT_URL="+endpoint)
		for name, value := range setup.Environment {
			if name != "AWS_ENDPOINT_URL" {
				run.Env = append(run.Env, fmt.Sprintf("%s=%v", name, value))
			}
		}
		if said, err := run.CombinedOutput(); err != nil {
			t.Fatalf("the setup: %v\n%s", err, said)
		}
	}
	testkit.Dial(t, "ws"+strings.TrimPrefix(endpoint, "http")+"/guide/prod?reportType=ventas")
	if body := backend.Next(t).Body; !strings.Contains(string(body), `"type": "ventas"`) {
		t.Errorf("the backend got %s", body)
	}
	if want := "http://gateway:4566/guide/prod"; !strings.Contains(strings.Join(services["reports"].Command, " "), "--endpoint="+want) {
		t.Errorf("the reports do not push to %s", want)
	}
}

// TestTheClustersConfigurations: the NATS server accepts its configuration, and HAProxy the
// one of the proxy before the nodes.
func TestTheClustersConfigurations(t *testing.T) {
	t.Setenv("NAME", "nats-1")
	t.Setenv("PASSWORD", "0a1b2c")
	options := &server.Options{}
	if err := options.ProcessConfigFile(filepath.Join(composeFiles, "cluster", "nats.conf")); err != nil {
		t.Fatal(err)
	}
	if !options.JetStream || !options.SyncAlways || options.MaxPayload < 33<<20 || options.Password != "0a1b2c" || options.ServerName != "nats-1" || len(options.Routes) != 3 {
		t.Errorf("%+v", options)
	}
	haproxy, err := exec.LookPath("haproxy")
	if err != nil {
		t.Skip("NOT CHECKED: HAProxy is missing; apt-get install haproxy")
	}
	if said, err := exec.CommandContext(t.Context(), haproxy, "-c", "-f", filepath.Join(composeFiles, "cluster", "haproxy.cfg")).CombinedOutput(); err != nil {
		t.Errorf("HAProxy: %v\n%s", err, said)
	}
}
