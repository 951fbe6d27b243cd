package state_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state"
	"github.com/pasarela-ws/pasarela/internal/state/statetest"
	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/internal/testkit/natsserver"
)

// natsCluster runs three servers that hold every stream three times.
func natsCluster(t *testing.T) []*server.Server {
	t.Helper()
	ports := make([]int, 3)
	for i := range ports {
		ports[i] = int(netip.MustParseAddrPort(testkit.FreeAddress(t)).Port())
	}
	return natsserver.StartCluster(t, ports)
}

func TestReplicatedBucket(t *testing.T) {
	t.Parallel()
	servers := natsCluster(t)
	var made atomic.Int32
	statetest.Bucket(t, func(t *testing.T) pasarela.Bucket {
		prefixed := fmt.Sprintf("run%d/", made.Add(1))
		return below{join(t, servers[0].ClientURL(), prefixed[:len(prefixed)-1], nil).Bucket(), prefixed}
	})
}

// below keeps everything of a test under a prefix of its own, since a cluster
// takes seconds to start.
type below struct {
	pasarela.Bucket
	prefix string
}

func (b below) shorten(e pasarela.Entry) pasarela.Entry {
	e.Key = strings.TrimPrefix(e.Key, b.prefix)
	return e
}

func (b below) at(key string) string {
	if key == "" || key[0] == '/' {
		return key // to be refused
	}
	return b.prefix + key
}

func (b below) Get(ctx context.Context, key string) (pasarela.Entry, error) {
	e, err := b.Bucket.Get(ctx, b.at(key))
	return b.shorten(e), err
}

func (b below) Put(ctx context.Context, key string, value []byte, expected uint64) (uint64, error) {
	return b.Bucket.Put(ctx, b.at(key), value, expected)
}

func (b below) Delete(ctx context.Context, key string, expected uint64) error {
	return b.Bucket.Delete(ctx, b.at(key), expected)
}

func (b below) List(ctx context.Context, prefix string) ([]pasarela.Entry, error) {
	found, err := b.Bucket.List(ctx, b.prefix+prefix)
	for i := range found {
		found[i] = b.shorten(found[i])
	}
	return found, err
}

func (b below) Watch(ctx context.Context, prefix string, each func(pasarela.Entry)) error {
	return b.Bucket.Watch(ctx, b.prefix+prefix, func(e pasarela.Entry) { each(b.shorten(e)) })
}

// A write that one node acknowledged is read at once by every node: by key and
// in lists, on whatever server each of them is.
func TestEveryNodeReadsWhatWasAcknowledged(t *testing.T) {
	t.Parallel()
	servers := natsCluster(t)
	var nodes []*state.Store
	for i, s := range servers {
		nodes = append(nodes, join(t, s.ClientURL(), fmt.Sprint("n", i), nil))
	}
	revision := uint64(0)
	for round := range 60 {
		writer := nodes[round%3].Bucket()
		var err error
		if revision, err = writer.Put(t.Context(), "api/x", []byte(fmt.Sprint(round)), revision); err != nil {
			t.Fatal(err)
		}
		fresh := fmt.Sprint("new/", round)
		if _, err := writer.Put(t.Context(), fresh, []byte(fresh), 0); err != nil {
			t.Fatal(err)
		}
		for i, n := range nodes {
			if got, err := n.Bucket().Get(t.Context(), "api/x"); err != nil || got.Revision != revision {
				t.Fatalf("round %d, node %d: revision %d, %v; want %d", round, i, got.Revision, err, revision)
			}
			if _, err := n.Bucket().Get(t.Context(), fresh); err != nil {
				t.Fatalf("round %d, node %d: %v", round, i, err)
			}
			if got, err := n.Bucket().List(t.Context(), "new/"); err != nil || len(got) != round+1 {
				t.Fatalf("round %d, node %d: %d entries, %v", round, i, len(got), err)
			}
		}
	}
}

// A write that meets an election is made once, within its caller's time.
func TestWritesOutliveALeader(t *testing.T) {
	t.Parallel()
	servers := natsCluster(t)
	var urls []string
	for _, s := range servers {
		urls = append(urls, s.ClientURL())
	}
	node := join(t, strings.Join(urls, ","), "n1", nil)
	revision, err := node.Bucket().Put(t.Context(), "k", []byte("0"), 0)
	if err != nil {
		t.Fatal(err)
	}
	// The leader is found before any server is stopped: a leader that stops passes the
	// stream on, and a second server would then be stopped as its new leader.
	leader := slices.IndexFunc(servers, func(s *server.Server) bool { return s.JetStreamIsStreamLeader("$G", "KV_pasarela") })
	if leader < 0 {
		t.Fatal("no server leads the stream")
	}
	servers[leader].Shutdown()
	for i := range 20 {
		if revision, err = node.Bucket().Put(t.Context(), "k", []byte(fmt.Sprint(i)), revision); err != nil {
			t.Fatalf("write %d: %v", i, err)
		}
	}
	if got, err := node.Bucket().Get(t.Context(), "k"); err != nil || string(got.Value) != "19" {
		t.Errorf("%q, %v", got.Value, err)
	}
}

// Two nodes of one name would answer for each other's connections. A node that
// comes back on its own directory is known at once.
func TestANameBelongsToOneNode(t *testing.T) {
	t.Parallel()
	url, home := natsServer(t, "sync_interval: always"), t.TempDir()
	open := func(home string) (*state.Store, error) {
		return state.Open(t.Context(), state.Options{URL: url, Node: "n1", Home: home})
	}
	first, err := open(home)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := open(t.TempDir()); err == nil {
		second.Close()
		t.Error("two nodes have the same name")
	} else if !strings.Contains(err.Error(), `another node named "n1" lives`) || !strings.Contains(err.Error(), "--node-name") {
		t.Error(err)
	}
	if second, err := open(home); err == nil {
		second.Close()
		t.Error("two nodes have the same directory")
	} else if !strings.Contains(err.Error(), "another pasarela") {
		t.Error(err)
	}
	first.Close()
	began := time.Now()
	again, err := open(t.TempDir())
	if err != nil || time.Since(began) > 2*time.Second {
		t.Fatalf("after %s: %v", time.Since(began), err)
	}
	again.Close()
}

// A node that does not answer is not gone as long as its lease runs, and a node
// that ended is gone at once.
func TestGoneIsWhatHasEnded(t *testing.T) {
	url := natsServer(t, "sync_interval: always")
	here := join(t, url, "here", nil)
	there, err := state.Open(t.Context(), state.Options{URL: url, Node: "there"})
	if err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "the other node is seen", func() bool { return fmt.Sprint(here.Nodes()) == "[there]" })
	if _, err := here.Bus().Request(bounded(t), "there", "connections", nil); !errors.Is(err, pasarela.ErrUnavailable) {
		t.Errorf("a node that lives and does not answer: %v", err)
	}
	if _, err := here.Bus().Request(bounded(t), "never", "connections", nil); !errors.Is(err, pasarela.ErrNodeGone) {
		t.Errorf("a node that never was: %v", err)
	}
	there.Close()
	testkit.Eventually(t, "the other node has ended", func() bool {
		_, err := here.Bus().Request(bounded(t), "there", "connections", nil)
		return errors.Is(err, pasarela.ErrNodeGone)
	})
}

// A request whose caller has given up is never started: it may have waited in a
// queue until then.
func TestWhatCameLateIsNotServed(t *testing.T) {
	url := natsServer(t, "sync_interval: always")
	here, there := join(t, url, "here", nil), join(t, url, "there", nil)
	entered, release := make(chan struct{}), make(chan struct{})
	var served atomic.Int32
	stop, err := there.Bus().Handle("push", 1, func(_ context.Context, data []byte) []byte {
		if string(data) == "first" {
			close(entered)
			testkit.Hold(t, release)
		}
		served.Add(1)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	first := make(chan error, 1)
	go func() {
		_, err := here.Bus().Request(bounded(t), "there", "push", []byte("first"))
		first <- err
	}()
	<-entered
	for range 3 {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
		if _, err := here.Bus().Request(ctx, "there", "push", []byte("late")); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		cancel()
	}
	close(release)
	if err := <-first; err != nil {
		t.Fatal(err)
	}
	if _, err := here.Bus().Request(bounded(t), "there", "push", []byte("last")); err != nil {
		t.Fatal(err)
	}
	if got := served.Load(); got != 2 {
		t.Errorf("%d requests were served, two were answered", got)
	}
}

// The deadline that a node is sent is never later than the caller's, however long its clock
// took to be read: here the question is slow on its way, and the reply is not.
func TestADeadlineIsNeverLaterThanTheCallers(t *testing.T) {
	url := natsServer(t, "sync_interval: always")
	here := join(t, url, "here", nil)
	there, err := nats.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	defer there.Close()
	now := func() string { return strconv.FormatInt(time.Now().UnixMicro(), 10) }
	sent := make(chan string, 1)
	for subject, respond := range map[string]func(*nats.Msg) *nats.Msg{
		"clock": func(*nats.Msg) *nats.Msg {
			<-time.After(100 * time.Millisecond) // the way of the request
			return &nats.Msg{Header: nats.Header{"Pasarela-Clock-Us": {now()}}}
		},
		"push": func(m *nats.Msg) *nats.Msg {
			sent <- m.Header.Get("Pasarela-Deadline-Us")
			return &nats.Msg{Header: nats.Header{"Pasarela-Clock-Us": {now()}}}
		},
	} {
		if _, err := there.Subscribe("pasarela.node.there."+subject, func(m *nats.Msg) { _ = m.RespondMsg(respond(m)) }); err != nil {
			t.Fatal(err)
		}
	}
	if err := there.Flush(); err != nil {
		t.Fatal(err)
	}
	ctx := bounded(t)
	deadline, _ := ctx.Deadline()
	if _, err := here.Bus().Request(ctx, "there", "push", nil); err != nil {
		t.Fatal(err)
	}
	if micro, err := strconv.ParseInt(<-sent, 10, 64); err != nil || time.UnixMicro(micro).After(deadline) {
		t.Errorf("the deadline sent is %v, the caller's %v; %v", time.UnixMicro(micro), deadline, err)
	}
}

// A start waits for a cluster that is away, and says so.
func TestAStartWaitsForTheCluster(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	_ = listener.Close()
	var said bytes.Buffer
	waited := make(chan struct{})
	log := slog.New(slog.NewTextHandler(&signal{to: &said, seen: waited}, nil))
	opened := make(chan error, 1)
	go func() {
		store, err := state.Open(t.Context(), state.Options{URL: fmt.Sprintf("nats://127.0.0.1:%d", port), Node: "n1", Log: log})
		if err == nil {
			store.Close()
		}
		opened <- err
	}()
	<-waited
	natsserver.Start(t, natsserver.Options{Port: port})
	if err := <-opened; err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(said.String(), "NATS is not ready; waiting for it") {
		t.Errorf("said\n%s", said.String())
	}
}

// signal closes seen at the first line.
type signal struct {
	to   *bytes.Buffer
	seen chan struct{}
}

func (s *signal) Write(line []byte) (int, error) {
	if s.seen != nil {
		close(s.seen)
		s.seen = nil
	}
	return s.to.Write(line)
}

func bounded(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), testkit.WaitLimit)
	t.Cleanup(cancel)
	return ctx
}

// A start waits for a server that accepts connections and does not respond, as an
// overloaded one.
func TestAStartWaitsForAServerThatHangs(t *testing.T) {
	t.Parallel()
	hangs, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer hangs.Close()
	_, err = state.Open(t.Context(), state.Options{URL: "nats://" + hangs.Addr().String(), Node: "n", ConnectTimeout: time.Millisecond})
	if err == nil || !strings.Contains(err.Error(), "waited") {
		t.Errorf("it did not wait: %v", err)
	}
}
