//go:build linux

package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"runtime/pprof"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// peer is the process of the clients.
type peer struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

func newPeer(addr string, secured bool) (*peer, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, "clients", "-addr", addr, "-tls="+strconv.FormatBool(secured))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &peer{cmd, in, bufio.NewScanner(out)}, cmd.Start()
}

func (p *peer) do(format string, args ...any) error {
	if _, err := fmt.Fprintf(p.in, format+"\n", args...); err != nil {
		return err
	}
	if !p.out.Scan() {
		return fmt.Errorf("the clients died at %q", format)
	}
	return nil
}

func (p *peer) end() error {
	_ = p.in.Close()
	return p.cmd.Wait()
}

// Fields that all measurements share.
type setting struct {
	tls      bool
	heap     string
	cpu      string
	from, to int
	conns, n int
	s        *server
	p        *peer
	closed   chan struct{}
}

func prepare(name string, args []string) (*setting, error) {
	fs := flag.NewFlagSet(name, flag.ExitOnError)
	m := &setting{closed: make(chan struct{}, 1<<16)}
	fs.BoolVar(&m.tls, "tls", false, "TLS")
	fs.IntVar(&m.from, "from", 10000, "connections of the first fill")
	fs.IntVar(&m.to, "to", 18000, "connections of the second fill, or that close")
	fs.IntVar(&m.conns, "conns", 64, "connections that echo")
	fs.IntVar(&m.n, "n", 200000, "round trips")
	fs.StringVar(&m.cpu, "cpu", "", "file for a CPU profile of the round trips")
	fs.StringVar(&m.heap, "heap", "", "file for a heap profile of the idle connections")
	_ = fs.Parse(args) // exits on error
	var err error
	if m.s, err = listen("127.0.0.1:0", m.tls, false, m.closed); err != nil {
		return nil, err
	}
	m.p, err = newPeer(m.s.l.Addr().String(), m.tls)
	return m, err
}

func runIdle(args []string) error {
	m, err := prepare("idle", args)
	if err != nil {
		return err
	}
	base := settle(false)
	var rss, collected [2]int
	for i, n := range []int{m.from, m.to} {
		if err := m.p.do("open %d", n); err != nil {
			return err
		}
		rss[i], collected[i] = settle(false), settle(true)
		fmt.Printf("%d idle, tls=%v: %d B/connection as it stands, %d after a collection; base %d KiB\n",
			n, m.tls, (rss[i]-base)/n, (collected[i]-base)/n, base>>10)
	}
	cpu := processCPU()
	time.Sleep(5 * time.Second)
	fmt.Printf("slope %d -> %d: %d B/connection after a collection; idle CPU %.4f s/s\n", m.from, m.to,
		(collected[1]-collected[0])/(m.to-m.from), (processCPU()-cpu).Seconds()/5)
	if err := writeHeap(m.heap); err != nil {
		return err
	}
	return m.p.end()
}

func writeHeap(name string) error {
	if name == "" {
		return nil
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := pprof.WriteHeapProfile(f); err != nil {
		return err
	}
	return f.Close()
}

func runClose(args []string) error {
	m, err := prepare("close", args)
	if err != nil {
		return err
	}
	if err := m.p.do("open %d", m.to); err != nil {
		return err
	}
	before := settle(true)
	cpu, start := processCPU(), time.Now()
	if err := m.p.do("close"); err != nil {
		return err
	}
	for range m.to {
		<-m.closed
	}
	took, spent := time.Since(start), processCPU()-cpu
	fmt.Printf("%d closed in %v, server CPU %v; RSS %d KiB before, %d after a collection\n",
		m.to, took.Round(time.Millisecond), spent.Round(time.Millisecond), before>>10, settle(true)>>10)
	return m.p.end()
}

func runRoundTrip(args []string) error {
	m, err := prepare("roundtrip", args)
	if err != nil {
		return err
	}
	if err := m.p.do("open %d", m.conns); err != nil {
		return err
	}
	if m.cpu != "" {
		f, err := os.Create(m.cpu)
		if err != nil {
			return err
		}
		defer func() { pprof.StopCPUProfile(); _ = f.Close() }()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
	}
	for i := range 2 { // the first is to warm up
		cpu, start := processCPU(), time.Now()
		if err := m.p.do("echo %d %d", m.conns, m.n); err != nil {
			return err
		}
		if i == 1 {
			fmt.Printf("%d echoes on %d connections, tls=%v: %.1f us server CPU each, %.0f/s\n", m.n, m.conns, m.tls,
				float64((processCPU()-cpu).Microseconds())/float64(m.n), float64(m.n)/time.Since(start).Seconds())
		}
	}
	return m.p.end()
}

// settle waits until nothing moves and returns the resident bytes.
func settle(collect bool) int {
	time.Sleep(time.Second)
	if collect {
		debug.FreeOSMemory()
	}
	b, _ := os.ReadFile("/proc/self/smaps_rollup")
	for l := range strings.Lines(string(b)) {
		if r, ok := strings.CutPrefix(l, "Rss:"); ok {
			n, _ := strconv.Atoi(strings.Fields(r)[0])
			return n << 10
		}
	}
	return 0
}

func processCPU() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
