// Package pasarelacontainer starts a pasarela for tests in Go: a container of Testcontainers,
// or, where PASARELA_BIN names the program, the program. A test in Go needs neither: package
// pasarelatest serves in the test's own process.
package pasarelacontainer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"
)

const (
	port      = "4566/tcp"
	image     = "ghcr.io/pasarela-ws/pasarela:latest"
	waitLimit = 30 * time.Second
)

// A Server accepts every access key: test and test, for example.
type Server struct {
	// Endpoint is that of every service, such as http://127.0.0.1:40123.
	Endpoint string
	// Host is the name of this machine in URIs of integrations. What serves them listens at
	// 0.0.0.0, unless it is 127.0.0.1.
	Host string
	stop func(context.Context) error
}

// Stop ends the server and removes its data.
func (s *Server) Stop(ctx context.Context) error { return s.stop(ctx) }

// Socket is the URL of a stage for WebSocket clients.
func (s *Server) Socket(apiID, stage string) string {
	return "ws" + strings.TrimPrefix(s.Endpoint, "http") + "/" + apiID + "/" + stage
}

// Start runs the program that PASARELA_BIN names; without one it makes a container of
// PASARELA_IMAGE, or else of the newest release. It returns when the server is ready.
func Start(ctx context.Context, options ...testcontainers.ContainerCustomizer) (*Server, error) {
	if program := os.Getenv("PASARELA_BIN"); program != "" {
		return startProgram(ctx, program)
	}
	return startContainer(ctx, options)
}

func startContainer(ctx context.Context, options []testcontainers.ContainerCustomizer) (*Server, error) {
	// Podman before 4.7 has host.containers.internal only.
	host := cmp.Or(os.Getenv("PASARELA_HOST"), "host.docker.internal")
	settings := []testcontainers.ContainerCustomizer{
		testcontainers.WithEnv(map[string]string{"PASARELA_LOCAL": "1"}), testcontainers.WithExposedPorts(port),
		testcontainers.WithWaitStrategy(wait.ForLog("Ready.\n"), wait.ForExposedPort()),
	}
	if host == "host.docker.internal" {
		settings = append(settings, testcontainers.WithHostConfigModifier(func(c *container.HostConfig) {
			c.ExtraHosts = append(c.ExtraHosts, host+":host-gateway")
		}))
	}
	c, err := testcontainers.Run(ctx, cmp.Or(os.Getenv("PASARELA_IMAGE"), image), append(settings, options...)...)
	if err != nil {
		return nil, errors.Join(err, testcontainers.TerminateContainer(c))
	}
	endpoint, err := c.PortEndpoint(ctx, port, "http")
	if err != nil {
		return nil, errors.Join(err, testcontainers.TerminateContainer(c))
	}
	return &Server{endpoint, host, func(ctx context.Context) error { return c.Terminate(ctx) }}, nil
}

var serves = regexp.MustCompile(`serves (http\S+) `)

// output is what a program has printed; it is ready when a line says so.
type output struct {
	mu    sync.Mutex
	text  strings.Builder
	ready chan struct{}
}

func (o *output) Write(text []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	select {
	case <-o.ready:
		return io.Discard.Write(text)
	default:
	}
	o.text.Write(text)
	if strings.Contains("\n"+o.text.String(), "\nReady.\n") {
		close(o.ready)
	}
	return len(text), nil
}

func (o *output) all() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

func startProgram(ctx context.Context, program string) (*Server, error) {
	data, err := os.MkdirTemp("", "pasarela-")
	if err != nil {
		return nil, err
	}
	said := &output{ready: make(chan struct{})}
	command := exec.Command(program, "serve", "--local", "--data", data, "--listen", "127.0.0.1:0")
	command.Stdout, command.Stderr = said, said
	if err := command.Start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(data))
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	stop := func(ctx context.Context) error {
		err := command.Process.Signal(os.Interrupt)
		if errors.Is(err, os.ErrProcessDone) {
			err = nil
		}
		select {
		case <-ended:
		case <-ctx.Done():
			err = errors.Join(err, command.Process.Kill(), ctx.Err())
		}
		return errors.Join(err, os.RemoveAll(data))
	}
	ctx, cancel := context.WithTimeout(ctx, waitLimit)
	defer cancel()
	select {
	case <-said.ready:
		found := serves.FindStringSubmatch(said.all())
		if found != nil {
			return &Server{found[1], "127.0.0.1", stop}, nil
		}
		err = errors.New("it does not say where it serves")
	case err = <-ended:
		ended <- err
		err = fmt.Errorf("it ended: %w", err)
	case <-ctx.Done():
		err = ctx.Err()
	}
	stopping, cancel := context.WithTimeout(context.Background(), waitLimit)
	defer cancel()
	err = errors.Join(err, stop(stopping))
	return nil, fmt.Errorf("%s is not ready: %w\n%s", program, err, said.all())
}
