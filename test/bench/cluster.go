//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela/test/natsprocess"
)

// clusterSize is how many nodes and how many NATS servers there are with -cluster.
const clusterSize = 3

// measureCluster measures one node of three on three NATS servers. Pushes go through a
// second node; CPU is that of all nodes.
func measureCluster(ctx context.Context, p plan, c measuredGateway, dir string) (*figures, error) {
	if p.profile != "" {
		p.profile += "-cluster"
	}
	joined := measuredGateway{c.name, func(ctx context.Context, s *site) error {
		if err := s.startNATS(); err != nil {
			return err
		}
		if err := c.start(ctx, s); err != nil {
			return err
		}
		return s.startOthers()
	}}
	s, err := joined.open(ctx, p, dir)
	if err != nil {
		return nil, err
	}
	defer s.end()
	r := &round{site: s, ctx: ctx}
	for _, step := range []func() error{r.warmUp, r.fill, r.rest, r.talk, r.news, r.paced} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return &r.figures, nil
}

// startNATS starts three servers that sync every write, as docs/operations.md asks for.
func (s *site) startNATS() error {
	var clients, routes [clusterSize]string
	for i := range clusterSize {
		var err1, err2 error
		clients[i], err1 = freeAddress()
		routes[i], err2 = freeAddress()
		if err1 != nil || err2 != nil {
			return fmt.Errorf("no free ports: %v %v", err1, err2)
		}
	}
	for i := range clusterSize {
		config := filepath.Join(s.dir, fmt.Sprint("nats", i, ".conf"))
		text := fmt.Sprintf("server_name: n%d\nlisten: %q\nmax_payload: 40MB\nmax_pending: 128MB\njetstream { store_dir: %q, sync_interval: always }\ncluster { name: bench, listen: %q, routes: [%s] }\n",
			i, clients[i], filepath.Join(s.dir, fmt.Sprint("nats", i)), routes[i], `"nats://`+strings.Join(routes[:], `", "nats://`)+`"`)
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			return err
		}
		started, err := role(s.dir, "nats", config)
		if err != nil {
			return err
		}
		s.ended = append(s.ended, started.stop)
		if _, err := started.line(startLimit); err != nil {
			return err
		}
	}
	s.nats = "nats://" + strings.Join(clients[:], ",nats://")
	return nil
}

// startOthers starts the other nodes, and sends pushes to the first of them.
func (s *site) startOthers() error {
	for i := 1; i < clusterSize; i++ {
		other, err := start(s.dir, s.program, "serve", "--data", fmt.Sprint(s.dir, "/data", i), "--listen", "127.0.0.1:0", "--log-level", "warn",
			"--nats-url", s.nats, "--node-name", fmt.Sprint("node", i))
		if err != nil {
			return err
		}
		s.ended = append(s.ended, other.stop)
		line, err := other.line(startLimit)
		if err != nil {
			return err
		}
		found := regexp.MustCompile(`serves http://(\S+) `).FindStringSubmatch(line)
		if found == nil {
			return fmt.Errorf("pasarela serve said %q", line)
		}
		go func() { _, _ = other.out.WriteTo(discard{}) }() // ends with the process
		if s.others = append(s.others, other); i == 1 {
			s.push = found[1]
		}
	}
	time.Sleep(settling) // what is deployed is compiled there too
	return nil
}

// runNATS runs a NATS server until it is stopped.
func runNATS(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("one configuration, not %q", args)
	}
	return natsprocess.Run(args[0])
}
