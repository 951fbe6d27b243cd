//go:build linux

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"
	api "github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
)

// Bounds of waiting for the program.
const (
	startTimeout = 60 * time.Second
	callTimeout  = 30 * time.Second
	stopTimeout  = 60 * time.Second
)

// gateway is the pasarela under load: a process of its own.
type gateway struct {
	cmd    *exec.Cmd
	stderr string // file
	over   chan error

	addr   string // host:port
	config aws.Config
	apis   *api.Client
	apiID  string
	routes map[string]string // integration ids by route key
}

func build(ctx context.Context, program string, race bool) error {
	args := []string{"build", "-o", program}
	if race {
		args = append(args, "-race", "-gcflags=modernc.org/sqlite/lib=-race=false") // as make test does
	}
	if out, err := exec.CommandContext(ctx, "go", append(args, "github.com/pasarela-ws/pasarela/cmd/pasarela")...).CombinedOutput(); err != nil {
		return fmt.Errorf("go build cmd/pasarela (start it inside a checkout of pasarela): %w\n%s", err, out)
	}
	return nil
}

// startGateway starts a program that is killed when this one ends.
func startGateway(ctx context.Context, dir, program string) (*gateway, error) {
	data := filepath.Join(dir, "data")
	errs, err := os.Create(filepath.Join(dir, "stderr"))
	if err != nil {
		return nil, err
	}
	defer errs.Close()
	cmd := exec.Command(program, "serve", "--data", data, "--listen", "127.0.0.1:0", "--log-level", "warn", "--region", "us-east-1")
	cmd.Env = append(os.Environ(), "GORACE=halt_on_error=0 exitcode=66")
	cmd.Stderr = errs
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	g := &gateway{cmd: cmd, stderr: errs.Name(), over: make(chan error, 1), routes: map[string]string{}}
	said := make(chan string, 1)
	go func() { // ends with the process
		lines := bufio.NewReader(out)
		line, _ := lines.ReadString('\n')
		said <- line
		_, _ = io.Copy(io.Discard, lines)
		g.over <- cmd.Wait()
	}()
	if err := g.begin(ctx, said, program, data); err != nil {
		g.kill()
		return nil, err
	}
	return g, nil
}

func (g *gateway) begin(ctx context.Context, said <-chan string, program, data string) error {
	select {
	case line := <-said:
		found := regexp.MustCompile(`serves http://(\S+) `).FindStringSubmatch(line)
		if found == nil {
			return fmt.Errorf("pasarela serve said %q\n%s", line, g.complaints())
		}
		g.addr = found[1]
	case <-time.After(startTimeout):
		return fmt.Errorf("pasarela serve says nothing within %v\n%s", startTimeout, g.complaints())
	}
	who, err := credentials(ctx, program, data)
	if err != nil {
		return err
	}
	g.config = aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String("http://" + g.addr), RetryMaxAttempts: 1,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return who, nil }),
		HTTPClient:  &http.Client{Timeout: callTimeout, Transport: &http.Transport{MaxIdleConnsPerHost: 32, MaxConnsPerHost: 64}},
	}
	g.apis = api.NewFromConfig(g.config)
	return nil
}

// credentials are what "pasarela credentials" prints.
func credentials(ctx context.Context, program, data string) (who aws.Credentials, err error) {
	out, err := exec.CommandContext(ctx, program, "credentials", "--data", data).Output()
	if err != nil {
		return who, fmt.Errorf("pasarela credentials: %w", err)
	}
	for line := range strings.Lines(string(out)) {
		name, value, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		switch name {
		case "AWS_ACCESS_KEY_ID":
			who.AccessKeyID = value
		case "AWS_SECRET_ACCESS_KEY":
			who.SecretAccessKey = value
		}
	}
	return who, nil
}

// connections is the @connections API of the stage.
func (g *gateway) connections() *apigatewaymanagementapi.Client {
	config := g.config
	config.BaseEndpoint = aws.String("http://" + g.addr + g.path(stageName))
	return apigatewaymanagementapi.NewFromConfig(config)
}

func (g *gateway) path(stage string) string { return "/" + g.apiID + "/" + stage }

// complaints is the text that the program wrote to its standard error.
func (g *gateway) complaints() string {
	b, err := os.ReadFile(g.stderr)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// stop asks the program to end, and returns the error of its exit.
func (g *gateway) stop() error {
	if err := g.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case err := <-g.over:
		g.over <- err
		return err
	case <-time.After(stopTimeout):
		return fmt.Errorf("still running %v after SIGTERM", stopTimeout)
	}
}

// kill ends the program if it still runs.
func (g *gateway) kill() {
	_ = g.cmd.Process.Kill() // it may have ended already
	g.over <- <-g.over       // ended; put back for the next reader
}
