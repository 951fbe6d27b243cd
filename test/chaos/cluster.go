package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

const size = 3 // NATS servers, and nodes

// cluster is three NATS servers and three nodes, each a process of its own. Every node
// reaches every server by a relay of its own.
type cluster struct {
	dir   string
	nats  [size]*process
	links [size][size]*relay // by node and server
	nodes [size]*process
	urls  [size]string // where clients reach the nodes
	env   map[string]string
}

// newCluster builds the programs, and starts everything.
func newCluster(ctx context.Context, program, dir string, log io.Writer, needs need) (*cluster, error) {
	c := &cluster{dir: dir}
	program, server, err := c.build(ctx, program, needs)
	if err != nil {
		return nil, err
	}
	if needs&disks != 0 {
		for i := range size {
			if err := errors.Join(mountDisk(c.data(i)), mountDisk(c.store(i))); err != nil {
				return nil, err
			}
		}
	}
	if err := c.startNATS(server, log); err != nil {
		return c, err
	}
	for i := range size {
		var servers []string
		for _, link := range c.links[i] {
			servers = append(servers, "nats://"+link.address())
		}
		listen, err := free()
		if err != nil {
			return c, err
		}
		c.urls[i] = "http://" + listen
		c.nodes[i] = &process{
			name: fmt.Sprint("node", i), program: program, log: log, ready: regexp.MustCompile(`serves http`),
			clock: filepath.Join(dir, fmt.Sprint("node", i, ".clock")),
			args: []string{
				"serve", "--data", c.data(i), "--listen", listen, "--nats-url", strings.Join(servers, ","),
				"--node-name", fmt.Sprint("node", i), "--account-id", "123456789012", "--region", "us-east-1",
			},
		}
		if err := c.nodes[i].start(); err != nil {
			return c, err
		}
	}
	return c, c.credentials(ctx, program)
}

// credentials reads the administrator's keys from the first node.
func (c *cluster) credentials(ctx context.Context, program string) error {
	out, err := exec.CommandContext(ctx, program, "credentials", "--data", c.data(0)).Output()
	if err != nil {
		return fmt.Errorf("pasarela credentials: %w", err)
	}
	c.env = map[string]string{}
	for _, found := range regexp.MustCompile(`(?m)^export (\w+)='?([^'\n]*)'?$`).FindAllStringSubmatch(string(out), -1) {
		c.env[found[1]] = found[2]
	}
	return nil
}

// build builds the node's program unless it is built, and says which one is the NATS server: this one, unless
// it must be built in the same way.
func (c *cluster) build(ctx context.Context, built string, needs need) (node, server string, err error) {
	node = filepath.Join(c.dir, "pasarela")
	if server, err = os.Executable(); err != nil {
		return "", "", err
	}
	if built != "" && needs&clocks == 0 {
		return built, server, nil
	}
	how := []string{"build"}
	if needs&clocks != 0 {
		overlay, err := clockOverlay(c.dir)
		if err != nil {
			return "", "", err
		}
		how, server = append(how, overlay), filepath.Join(c.dir, "chaos")
		if err := goRun(ctx, append(how, "-o", server, "github.com/pasarela-ws/pasarela/test/chaos")); err != nil {
			return "", "", err
		}
	}
	return node, server, goRun(ctx, append(how, "-o", node, "github.com/pasarela-ws/pasarela/cmd/pasarela"))
}

func goRun(ctx context.Context, args []string) error {
	if out, err := exec.CommandContext(ctx, "go", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("go %s: %w\n%s", args[0], err, out)
	}
	return nil
}

// data is a node's directory, store that of a NATS server.
func (c *cluster) data(node int) string { return filepath.Join(c.dir, fmt.Sprint("node", node)) }

func (c *cluster) store(server int) string { return filepath.Join(c.dir, fmt.Sprint("nats", server)) }

func (c *cluster) startNATS(program string, log io.Writer) (err error) {
	clients, routes := make([]string, size), make([]string, size)
	for i := range size {
		if clients[i], err = free(); err != nil {
			return err
		}
		if routes[i], err = free(); err != nil {
			return err
		}
	}
	for i := range size {
		name := fmt.Sprint("nats", i)
		config := filepath.Join(c.dir, name+".conf")
		text := natsConfig(name, c.store(i), clients[i], routes[i], routes)
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			return err
		}
		c.nats[i] = &process{
			name: name, program: program, args: []string{natsArgument, config}, log: log, ready: regexp.MustCompile("serves"),
			clock: filepath.Join(c.dir, name+".clock"),
		}
		if err := c.nats[i].start(); err != nil {
			return err
		}
		for node := range size {
			if c.links[node][i], err = newRelay(clients[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// isolate cuts a node off from all NATS servers, or reconnects it.
func (c *cluster) isolate(node int, cut bool) {
	for _, link := range c.links[node] {
		link.sever(cut)
	}
}

// close ends every process.
func (c *cluster) close() {
	for i := range size {
		for _, p := range []*process{c.nodes[i], c.nats[i]} {
			if p != nil {
				p.thaw()
				p.kill()
			}
		}
		for _, link := range c.links[i] {
			if link != nil {
				link.close()
			}
		}
	}
}

// free is an address that nothing listens on.
func free() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}
