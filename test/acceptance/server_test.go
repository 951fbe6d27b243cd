package acceptance

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// server is a pasarela that runs.
type server struct {
	dir      string
	endpoint string
	env      map[string]string // what "pasarela credentials" exports
	process  *testkit.Program
}

// serve starts "pasarela serve" on a free port, or on the one given.
func serve(t testing.TB, dir, listen string, flags ...string) *server {
	t.Helper()
	args := append([]string{"serve", "--data", dir, "--listen", listen, "--log-level", "warn"}, flags...)
	s := &server{dir: dir, process: testkit.Start(t, nil, pasarelaProgram, args...)}
	s.endpoint = s.process.WaitFor(t, `serves (http\S+) `)
	s.env = testkit.Credentials(t, pasarelaProgram, dir)
	return s
}

// pasarela runs a command of the program against the server.
func (s *server) pasarela(t testing.TB, args ...string) string {
	t.Helper()
	out, err := exec.Command(pasarelaProgram, append(args, "--data", s.dir)...).CombinedOutput()
	if err != nil {
		t.Fatalf("pasarela %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}
