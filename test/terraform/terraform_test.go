// Package terraform_test lets Terraform with the AWS provider live through a
// WebSocket stack: apply, an empty second plan, an update in place, an empty plan
// again, destroy. It needs terraform on PATH and the provider's binary in a
// filesystem mirror; nothing is downloaded.
package terraform_test

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/apigateway"
	"github.com/pasarela-ws/pasarela/internal/awsapi/apigatewayv2"
	"github.com/pasarela-ws/pasarela/internal/awsapi/iam"
	"github.com/pasarela-ws/pasarela/internal/awsapi/sts"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/internal/testkit/account"
)

// provider is the AWS provider's binary, found by its name below the usual places of
// filesystem mirrors, or in PASARELA_TF_PLUGINS.
func provider() string {
	roots := []string{os.Getenv("PASARELA_TF_PLUGINS"), "/opt/tf-plugins", "/usr/share/terraform/plugins", "/usr/local/share/terraform/plugins"}
	if home, err := os.UserHomeDir(); err == nil {
		roots = append(roots, filepath.Join(home, ".terraform.d/plugins"))
	}
	found := ""
	for _, root := range roots {
		if root == "" || found != "" {
			continue
		}
		_ = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() && strings.HasPrefix(entry.Name(), "terraform-provider-aws_v5") {
				found = path
				return fs.SkipAll
			}
			return nil
		})
	}
	return found
}

// roles passes roles by the caller's own policies.
type roles struct{ who *identity.Service }

func (r roles) PassRole(ctx context.Context, roleARN string) error {
	call, _ := wire.CallFrom(ctx)
	return r.who.PassRole(ctx, call.Principal, roleARN, pasarela.ServiceAPIGateway, call.Context)
}

// serve runs the control plane of one node in memory.
func serve(t *testing.T) (url string, root aws.Credentials) {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	a := account.Open(t, "us-east-1")
	who := a.Identity
	service := apis.New(apis.Options{
		Bucket: a.Bucket, RegionAccount: a.RegionAccount, Log: log, RolePasser: roles{who},
		RequireCloudWatchRole: true,
		Endpoint:              func(apiID string) string { return "wss://" + apiID + ".execute-api.us-east-1.amazonaws.com" },
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- service.Deployments.Run(ctx) }()
	guard := a.Guard()
	server := httptest.NewServer(&wire.Router{
		APIGatewayV2: apigatewayv2.New(service, guard, log), APIGateway: apigateway.New(service, guard, log),
		IAM: iam.New(who, guard, log), STS: sts.New(who, guard, log),
	})
	t.Cleanup(func() {
		server.Close()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return server.URL, a.Root
}

// terraform runs one command in its own folder.
type terraform struct {
	program, folder, endpoint string
	environment               []string
}

func (tf *terraform) run(t *testing.T, want int, arguments ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, tf.program, arguments...)
	cmd.Dir, cmd.Env = tf.folder, tf.environment
	start := time.Now()
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	code := 0
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	if code != want {
		t.Fatalf("terraform %s ended with %d, want %d\n%s", strings.Join(arguments, " "), code, want, out)
	}
	t.Logf("terraform %s: %s", strings.Join(arguments, " "), time.Since(start).Round(time.Millisecond))
	return string(out)
}

func TestStackLives(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT TESTED: Terraform takes minutes; run without -short")
	}
	program, err := exec.LookPath("terraform")
	if err != nil {
		testkit.MissingClient(t, "there is no terraform on PATH")
	}
	plugin := provider()
	if plugin == "" {
		testkit.MissingClient(t, "there is no terraform-provider-aws of version 5 in a filesystem mirror; name its folder in PASARELA_TF_PLUGINS")
	}
	url, key := serve(t)
	tf := &terraform{program: program, folder: t.TempDir(), endpoint: url}
	stack, err := os.ReadFile("stack.tf")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(tf.folder, "stack.tf"), stack, 0o600); err != nil {
		t.Fatal(err)
	}
	// The developer's own AWS settings are left out.
	for _, line := range os.Environ() {
		if name, _, _ := strings.Cut(line, "="); strings.HasPrefix(name, "AWS_") {
			line = name + "="
		}
		tf.environment = append(tf.environment, line)
	}
	tf.environment = append(tf.environment, "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1", "GOGC=1000", "GOMEMLIMIT=2GiB", "AWS_ACCESS_KEY_ID="+key.AccessKeyID,
		"AWS_SECRET_ACCESS_KEY="+key.SecretAccessKey, "TF_VAR_endpoint="+url)
	// One provider serves all commands; it needs neither init nor a lock file. Half of
	// the commands' time was garbage collection after reading the schema of all of
	// AWS.
	serving := testkit.Start(t, tf.environment, plugin, "-debug")
	tf.environment = append(tf.environment, "TF_REATTACH_PROVIDERS="+serving.WaitFor(t, `TF_REATTACH_PROVIDERS='(.*)'`))

	tf.run(t, 0, "apply", "-auto-approve", "-input=false", "-no-color")
	tf.run(t, 0, "plan", "-detailed-exitcode", "-input=false", "-no-color")
	tf.run(t, 0, "apply", "-auto-approve", "-input=false", "-no-color", "-var=round=2")
	tf.run(t, 0, "plan", "-detailed-exitcode", "-input=false", "-no-color", "-var=round=2")
	if out := tf.run(t, 0, "output", "-no-color"); !strings.Contains(out, ".execute-api.us-east-1.amazonaws.com/prod") || !strings.Contains(out, "arn:aws:execute-api:us-east-1:123456789012:") {
		t.Errorf("outputs:\n%s", out)
	}
	tf.run(t, 0, "destroy", "-auto-approve", "-input=false", "-no-color", "-var=round=2")
}
