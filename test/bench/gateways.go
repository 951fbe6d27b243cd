//go:build linux

package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// measuredGateway is a gateway that can be measured.
type measuredGateway struct {
	name  string
	start func(ctx context.Context, s *site) error
}

// site is a gateway that runs, with the backend behind it.
type site struct {
	dir         string
	plan        plan
	backend     *process
	backendAddr string
	gateway     *process
	addr, path  string // of sockets
	push        string // host:port of @connections
	region      string
	access      string
	secret      string
	certificate string // PEM file, when it serves TLS
	operator    *operator
	program     string     // of the gateway
	nats        string     // URL, when it is a node of a cluster
	others      []*process // the cluster's other nodes
	sessions    bool       // clients name one
	cpus        string     // that the gateway is kept on, as taskset names them; "": all
	ended       []func()
}

func (s *site) end() {
	for i := len(s.ended) - 1; i >= 0; i-- {
		s.ended[i]()
	}
}

// cpu is the CPU time that the gateway and the other nodes of its cluster have
// used.
func (s *site) cpu() (time.Duration, error) {
	all, err := s.gateway.cpu()
	for _, other := range s.others {
		if err != nil {
			break
		}
		var more time.Duration
		more, err = other.cpu()
		all += more
	}
	return all, err
}

// build makes the programs that are measured: pasarela and the baseline, or only one.
func build(ctx context.Context, dir, only string) (all []measuredGateway, err error) {
	if only != "baseline" {
		program := filepath.Join(dir, "pasarela")
		if err := goBuild(ctx, program, "github.com/pasarela-ws/pasarela/cmd/pasarela"); err != nil {
			return nil, err
		}
		all = append(all, measuredGateway{"pasarela", func(ctx context.Context, s *site) error { return s.startPasarela(ctx, program) }})
	}
	if only == "pasarela" {
		return all, nil
	}
	return append(all, measuredGateway{"baseline", func(_ context.Context, s *site) error { return s.startBaseline() }}), nil
}

// goBuild builds a command of this module, in whatever folder of it this program runs.
func goBuild(ctx context.Context, program, pkg string) error {
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", program, pkg).CombinedOutput(); err != nil {
		return fmt.Errorf("go build %s (start it inside a checkout of pasarela): %w\n%s", pkg, err, out)
	}
	return nil
}

// open starts the backend and the gateway in front of it.
func (c measuredGateway) open(ctx context.Context, p plan, dir string) (*site, error) {
	dir, err := os.MkdirTemp(dir, c.name)
	if err != nil {
		return nil, err
	}
	s := &site{dir: dir, plan: p, region: "us-east-1", access: "AKIDEXAMPLE", secret: "secret"}
	if p.fanOut.apart {
		s.cpus = "0"
	}
	if s.backend, err = role(dir, "backend"); err != nil {
		return nil, err
	}
	s.ended = append(s.ended, s.backend.stop)
	line, err := s.backend.line(startLimit)
	if err == nil {
		_, err = fmt.Sscanf(line, "%q", &s.backendAddr)
	}
	if err == nil {
		err = c.start(ctx, s)
	}
	if err != nil {
		s.end()
		return nil, err
	}
	return s, nil
}

// startBaseline runs this program as the baseline.
func (s *site) startBaseline() (err error) {
	addr, err1 := freeAddress()
	api, err2 := freeAddress()
	if err1 != nil || err2 != nil {
		return fmt.Errorf("no free ports: %v %v", err1, err2)
	}
	for name, value := range map[string]string{"BENCH_ACCESS": s.access, "BENCH_SECRET": s.secret} {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	if s.gateway, err = role(s.dir, "baseline", "-addr", addr, "-api", api, "-backend", s.backendAddr); err != nil {
		return err
	}
	s.ended = append(s.ended, s.gateway.stop)
	s.addr, s.path, s.push = addr, "/", api
	for _, a := range []string{addr, api} {
		if err := reachable(a); err != nil {
			return fmt.Errorf("%w\n%s", err, s.gateway.complaints())
		}
	}
	return nil
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// reachable waits until the address accepts connections.
func reachable(addr string) (err error) {
	for end := time.Now().Add(startLimit); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		var nc net.Conn
		if nc, err = net.Dial("tcp", addr); err == nil {
			return nc.Close()
		}
	}
	return err
}
