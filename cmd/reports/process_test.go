package main_test

import (
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// reportsProgram is the program under test, built once.
var reportsProgram string

func TestMain(m *testing.M) {
	os.Exit(testkit.WithPrograms(m, "../..", map[string]*string{"./cmd/reports": &reportsProgram}))
}

// A process is the program that a test starts and kills.
type process struct {
	t       *testing.T
	address string
	args    []string
	signs   aws.Credentials // its calls to @connections
	program *testkit.Program
}

// start starts the program and waits until it says that it listens.
func (p *process) start() {
	p.t.Helper()
	env := []string{"AWS_ACCESS_KEY_ID=" + p.signs.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + p.signs.SecretAccessKey}
	p.program = testkit.Start(p.t, env, reportsProgram, append([]string{"serve", "--listen", p.address}, p.args...)...)
	p.program.WaitFor(p.t, `reports: (http\S+)`)
}

// stop ends the program as an operator does.
func (p *process) stop() {
	p.t.Helper()
	p.program.Terminate(p.t)
}
