package gateway_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/engine/throttle"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

func withTags(s *setup) {
	if s.stage.Tags == nil {
		s.stage.Tags = map[string]string{}
	}
	s.stage.Tags["pasarela:connectionTags"] = "true"
}

func TestTagsComeFromTheIntegration(t *testing.T) {
	sys := start(t, api(route{key: "$connect", integration: toProxy("/hello")}), withTags)
	sys.backend.Respond(testkit.Response{Body: "{}", Header: map[string]string{"pasarela-tags": "dept:sales, user:42,dept:sales"}})
	c := sys.connect("")
	id := sys.only()
	found, _, err := sys.gateway.Tagged(t.Context(), apiID, stageName, "user:42", "", 10)
	if err != nil || len(found) != 1 || found[0].ConnectionID != id || strings.Join(found[0].Tags, " ") != "dept:sales user:42" {
		t.Errorf("%+v, %v", found, err)
	}
	if live := slices.Collect(sys.gateway.Connections(apiID, stageName)); len(live) != 1 || strings.Join(live[0].Tags, " ") != "dept:sales user:42" {
		t.Errorf("the list of connections: %+v", live)
	}
	all, err := sys.gateway.FanOut(t.Context(), apiID, stageName, "dept:sales", gateway.Push{Body: []byte("hello\xff")})
	if err != nil || all.Sent != 1 {
		t.Errorf("%+v, %v", all, err)
	}
	if got := c.Read(); got != "hello\ufffd" {
		t.Errorf("got %q", got)
	}
	if all, err := sys.gateway.FanOut(t.Context(), apiID, "test", "dept:sales", gateway.Push{}); err != nil || all.Sent != 0 {
		t.Errorf("another stage: %+v, %v", all, err)
	}
	sys.backend.Respond(testkit.Response{Body: "{}", Header: map[string]string{"pasarela-tags": "a b"}})
	sys.refuse("", 500)
	if open := sys.gateway.Stats().Open; open != 1 {
		t.Errorf("%d open", open)
	}
}

// tagged connects so many clients, whose connections then have the tag a. There are no others.
func (sys *system) tagged(n int) (clients []*testkit.Client) {
	sys.t.Helper()
	for range n {
		clients = append(clients, sys.connect(""))
	}
	testkit.Eventually(sys.t, "the connections", func() bool { return len(slices.Collect(sys.gateway.Connections(apiID, stageName))) == n })
	for live := range sys.gateway.Connections(apiID, stageName) {
		if err := sys.gateway.Tag(sys.t.Context(), apiID, live.ConnectionID, []string{"a"}); err != nil {
			sys.t.Fatal(err)
		}
	}
	return clients
}

// One message for many and single posts, in turn: each client reads them in this order, with
// io_uring, where this system has it, and without.
func TestMessagesForManyAndForOneKeepTheirOrder(t *testing.T) {
	const clients, messages = 150, 5 // more than one batch on each of two processors
	for _, off := range []bool{false, true} {
		t.Run(fmt.Sprintf("NoIOUring=%v", off), func(t *testing.T) {
			sys := start(t, threeRoutes(), withTags, func(s *setup) { s.gateway.Sockets.NoIOUring = off })
			if used := sys.gateway.Stats().Sockets.IOUring; off && used {
				t.Error("io_uring is used where it is switched off")
			}
			sys.backend.Respond(testkit.Response{Body: "{}"})
			all := sys.tagged(clients)
			for i := range messages {
				sent, err := sys.gateway.FanOut(t.Context(), apiID, stageName, "a", gateway.Push{Body: fmt.Append(nil, "all ", i)})
				if err != nil || sent.Sent != clients {
					t.Fatalf("%+v, %v", sent, err)
				}
				for live := range sys.gateway.Connections(apiID, stageName) {
					if err := post(t.Context(), sys.gateway, apiID, live.ConnectionID, fmt.Append(nil, "one ", i)); err != nil {
						t.Fatal(err)
					}
				}
			}
			for _, c := range all {
				for i := range messages {
					reads(t, c, fmt.Sprint("all ", i), fmt.Sprint("one ", i))
				}
			}
		})
	}
}

// Tags are kept over resumes, and a client that is away gets the message from
// its mailbox when it returns.
func TestManyConnectionsMayBeAway(t *testing.T) {
	sys := start(t, threeRoutes(), resumable(60, "mailboxMessages", "1"), withTags)
	sys.backend.Respond(testkit.Response{Body: "{}"})
	c := sys.connect(session)
	id := sys.only()
	if err := sys.gateway.Tag(t.Context(), apiID, id, []string{"a"}); err != nil {
		t.Fatal(err)
	}
	sys.cut(c)
	for i, want := range []gateway.FanOut{{Queued: 1}, {Refused: 1, RefusedIDs: []string{id}}} {
		all, err := sys.gateway.FanOut(t.Context(), apiID, stageName, "a", gateway.Push{Body: fmt.Append(nil, "message ", i)})
		if err != nil || fmt.Sprint(all) != fmt.Sprint(want) {
			t.Errorf("%+v, want %+v, %v", all, want, err)
		}
	}
	c = sys.again()
	reads(t, c, "message 0")
	_ = c.Conn.Close(1000, "")
	testkit.Eventually(t, "the end", func() bool { return sys.gateway.Stats().Open == 0 })
	if found, _, _ := sys.gateway.Tagged(t.Context(), apiID, stageName, "a", "", 10); len(found) != 0 {
		t.Errorf("after the end: %+v", found)
	}
}

// A connection whose node stops while its client is away lives on in the next run: it is
// refused for now, as a post to it is, and neither counts as gone.
func TestWhatTheNextRunHasIsNotGone(t *testing.T) {
	sys := start(t, threeRoutes(), resumable(60), withTags, withJournal(&memory.Journal{}))
	sys.backend.Respond(testkit.Response{Body: "{}"})
	c := sys.connect(session)
	id := sys.only()
	if err := sys.gateway.Tag(t.Context(), apiID, id, []string{"a"}); err != nil {
		t.Fatal(err)
	}
	sys.cut(c)
	if err := sys.gateway.Drain(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	all, err := sys.gateway.FanOut(t.Context(), apiID, stageName, "a", gateway.Push{Body: []byte("x")})
	if want := (gateway.FanOut{Refused: 1, RefusedIDs: []string{id}}); err != nil || all.Gone != 0 || all.Refused != want.Refused || !slices.Equal(all.RefusedIDs, want.RefusedIDs) {
		t.Errorf("%+v, want %+v, %v", all, want, err)
	}
	if err := post(t.Context(), sys.gateway, apiID, id, []byte("x")); pasarela.CodeOf(err) != pasarela.CodeServiceUnavailable {
		t.Errorf("a post: %v", err)
	}
	if counted := sys.gateway.Stats().Outcomes; counted[gateway.Unavailable] != 2 || counted[gateway.Gone] != 0 || counted[gateway.TooSlow] != 0 {
		t.Errorf("%d unavailable, %d gone, %d too slow, want 2, 0, 0", counted[gateway.Unavailable], counted[gateway.Gone], counted[gateway.TooSlow])
	}
}

// refusingBus answers every request as a node that does not know it.
type refusingBus struct{ pasarela.Bus }

func (refusingBus) Request(context.Context, string, string, []byte) ([]byte, error) {
	return []byte(`{"error":"BadRequestException","message":"unknown verb"}`), nil
}

// A node of another version that refuses the call has connections that got nothing.
func TestANodeThatRefusesACallForManyIsNamed(t *testing.T) {
	sys := start(t, api(), withTags, func(s *setup) {
		s.network, s.node, s.gateway.Node = memory.NewNetwork(), "1", 1
		s.gateway.OtherNodes = func() []string { return []string{"3", "2"} }
		s.wrap = func(bus pasarela.Bus) pasarela.Bus { return refusingBus{bus} }
	})
	all, err := sys.gateway.FanOut(t.Context(), apiID, stageName, "a", gateway.Push{Body: []byte("x")})
	if err != nil || !slices.Equal(all.Missing, []string{"2", "3"}) {
		t.Errorf("%+v, %v", all, err)
	}
	_, missing, err := sys.gateway.Tagged(t.Context(), apiID, stageName, "a", "", 10)
	if err != nil || !slices.Equal(missing, []string{"2", "3"}) {
		t.Errorf("the list: missing %v, %v", missing, err)
	}
}

func TestManyConnectionsOnAllNodes(t *testing.T) {
	network := memory.NewNetwork()
	others := func(names ...string) func() []string { return func() []string { return names } }
	one := start(t, api(), withTags, func(s *setup) {
		s.network, s.node, s.gateway.Node, s.gateway.OtherNodes = network, "1", 1, others("2", "3")
	})
	two := start(t, api(), withTags, func(s *setup) { s.network, s.node, s.gateway.Node = network, "2", 2 })
	c1, c2 := one.connect(""), two.connect("")
	for _, sys := range []*system{one, two} {
		if err := one.gateway.Tag(t.Context(), apiID, sys.only(), []string{"a"}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := one.gateway.FanOut(t.Context(), apiID, stageName, "a", gateway.Push{Body: []byte("to all")})
	if err != nil || all.Sent != 2 || len(all.Missing) > 1 { // there is no node 3
		t.Errorf("%+v, %v", all, err)
	}
	reads(t, c1, "to all")
	reads(t, c2, "to all")
	found, _, err := one.gateway.Tagged(t.Context(), apiID, stageName, "a", "", 10)
	if err != nil || len(found) != 2 || found[0].ConnectionID > found[1].ConnectionID {
		t.Errorf("%+v, %v", found, err)
	}
	if found, _, _ = one.gateway.Tagged(t.Context(), apiID, stageName, "a", found[0].ConnectionID, 10); len(found) != 1 {
		t.Errorf("the next page: %+v", found)
	}
}

// countedBus counts the requests that a node sends.
type countedBus struct {
	pasarela.Bus
	sent *atomic.Int64
}

func (b countedBus) Request(ctx context.Context, node, subject string, data []byte) ([]byte, error) {
	b.sent.Add(1)
	return b.Bus.Request(ctx, node, subject, data)
}

// However many connections a node has, a message for all of them is one request to it.
func TestAMessageForManyIsOneRequestANode(t *testing.T) {
	network, names := memory.NewNetwork(), []string{"1", "2", "3"}
	var sent atomic.Int64
	var nodes []*system
	for i, name := range names {
		nodes = append(nodes, start(t, api(), withTags, func(s *setup) {
			s.network, s.node, s.gateway.Node = network, name, uint16(i+1)
			s.gateway.OtherNodes = func() []string {
				return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == name })
			}
			s.wrap = func(bus pasarela.Bus) pasarela.Bus { return countedBus{bus, &sent} }
		}))
	}
	const each = 5
	var clients []*testkit.Client
	for _, sys := range nodes {
		clients = append(clients, sys.tagged(each)...)
	}
	sent.Store(0)
	all, err := nodes[0].gateway.FanOut(t.Context(), apiID, stageName, "a", gateway.Push{Body: []byte("to all")})
	if err != nil || all.Sent != len(names)*each || len(all.Missing) > 0 {
		t.Errorf("%+v, %v", all, err)
	}
	if n := sent.Load(); n != int64(len(names)-1) {
		t.Errorf("%d requests for %d connections on %d nodes", n, len(names)*each, len(names))
	}
	for _, c := range clients {
		reads(t, c, "to all")
	}
}

// fanOutClients is how many connections BenchmarkFanOut posts to.
const fanOutClients = 1000

// BenchmarkFanOut posts one message of 100 bytes to 1000 connections over loopback TCP,
// and beside it writes the same frame to 1000 sockets with no gateway at all. Both
// report their CPU time for one delivery: go test -run - -bench FanOut -benchtime 100x
func BenchmarkFanOut(b *testing.B) {
	b.Run("gateway", func(b *testing.B) {
		sys := start(b, pasarela.Definition{}, withTags, func(s *setup) {
			s.gateway.NewConnections = throttle.Limit{Rate: 1e6, Burst: 1e6}
		})
		for range fanOutClients {
			nc, err := net.Dial("tcp", sys.server.Listener.Addr().String())
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { _ = nc.Close() })
			_, _ = fmt.Fprintf(nc, "GET /%s/%s HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", apiID, stageName)
		}
		testkit.Eventually(b, "the connections", func() bool { return len(slices.Collect(sys.gateway.Connections("", ""))) == fanOutClients })
		for live := range sys.gateway.Connections("", "") {
			if err := sys.gateway.Tag(context.Background(), apiID, live.ConnectionID, []string{"all"}); err != nil {
				b.Fatal(err)
			}
		}
		body := []byte(strings.Repeat("x", 100))
		perDelivery(b, func() {
			all, err := sys.gateway.FanOut(context.Background(), apiID, stageName, "all", gateway.Push{Body: body})
			if err != nil || all.Sent != fanOutClients {
				b.Fatalf("%+v, %v", all, err)
			}
		})
	})
	b.Run("bare writes", func(b *testing.B) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = l.Close() })
		var sockets []*os.File
		for range fanOutClients {
			client, err := net.Dial("tcp", l.Addr().String())
			if err != nil {
				b.Fatal(err)
			}
			accepted, err := l.Accept()
			if err != nil {
				b.Fatal(err)
			}
			file, err := accepted.(*net.TCPConn).File()
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { _, _, _ = client.Close(), accepted.Close(), file.Close() })
			sockets = append(sockets, file)
		}
		frame := append([]byte{0x81, 100}, strings.Repeat("x", 100)...)
		perDelivery(b, func() {
			for _, socket := range sockets {
				if _, err := syscall.Write(int(socket.Fd()), frame); err != nil {
					b.Fatal(err)
				}
			}
		})
	})
}

// perDelivery runs deliver, which delivers fanOutClients messages, and reports the
// process's CPU time for one.
func perDelivery(b *testing.B, deliver func()) {
	used := func() time.Duration {
		var u syscall.Rusage
		_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	before := used()
	b.ResetTimer()
	for range b.N {
		deliver()
	}
	b.StopTimer()
	b.ReportMetric(float64((used()-before).Nanoseconds())/float64(b.N*fanOutClients), "cpu-ns/delivery")
}
