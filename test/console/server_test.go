package console

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// server is "pasarela serve", empty.
type server struct {
	endpoint, accessKeyID, secretAccessKey, data string
}

func serve(t *testing.T, flags ...string) server {
	t.Helper()
	dir := t.TempDir()
	running := testkit.Start(t, nil, pasarelaProgram, append([]string{"serve", "--data", dir, "--listen", "127.0.0.1:0", "--log-level", "debug"}, flags...)...)
	s := server{endpoint: running.WaitFor(t, `serves (http\S+) `), data: dir}
	keys := testkit.Credentials(t, pasarelaProgram, dir)
	s.accessKeyID, s.secretAccessKey = keys["AWS_ACCESS_KEY_ID"], keys["AWS_SECRET_ACCESS_KEY"]
	t.Cleanup(func() {
		if strings.Contains(running.Output(), s.secretAccessKey) {
			t.Error("the server's log has the secret access key")
		}
	})
	return s
}

// startReports starts the report backend on address with the keys that the
// console showed: lines of "export NAME=value".
func startReports(t *testing.T, address, connectionsEndpoint, exports string) {
	t.Helper()
	env := regexp.MustCompile(`AWS_\w+=\S+`).FindAllString(exports, -1)
	if len(env) != 2 {
		t.Fatalf("the console shows no access key: %q", exports)
	}
	reports := testkit.Start(t, env, reportsProgram, "serve", "--listen", address, "--data", t.TempDir(), "--endpoint", connectionsEndpoint)
	reports.WaitFor(t, `reports: (http\S+)`)
}

// created is what the guide's server returns.
var created = testkit.Response{Status: http.StatusCreated}

// newBackend stands for the guide's server.
func newBackend(t *testing.T) *testkit.Backend {
	backend := testkit.NewBackend(t)
	backend.Respond(created)
	return backend
}

// served waits until a stage accepts clients: a deployment is served a moment after
// it was acknowledged.
func served(t *testing.T, server server, path string) {
	t.Helper()
	testkit.EventuallyNil(t, func() error {
		response, err := http.Get(server.endpoint + "/" + path)
		if err != nil {
			return err
		}
		_ = response.Body.Close()
		if response.StatusCode == http.StatusForbidden {
			return errors.New(path + " is not served")
		}
		return nil
	})
}
