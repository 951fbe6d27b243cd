package replay_test

import (
	"errors"
	"io"
	"net"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/fastpath/replay"
)

// pair is a TCP connection, of which the client has said something and no more.
func pair(t *testing.T, said string) (server, client net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err = net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	server, err = l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = server.Close(), client.Close() })
	if _, err := io.WriteString(client, said); err != nil {
		t.Fatal(err)
	}
	if err := client.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	return server, client
}

func TestEverythingIsReadInOrder(t *testing.T) {
	for name, unread := range map[string][]string{
		"nothing": nil, "nothing twice": {"", ""}, "once": {"abc"}, "twice": {"def", "abc"}, "thrice": {"ghi", "", "abcdef"},
	} {
		under, _ := pair(t, "tail")
		nc, want := under, "tail"
		for _, piece := range unread { // what was read last is unread first
			nc, want = replay.Wrap(nc, []byte(piece)), piece+want
		}
		if inner, _ := replay.Unwrap(nc); inner != under {
			t.Errorf("%s: it stands on %T", name, inner)
		}
		got := ""
		for piece := make([]byte, 2); ; {
			n, err := nc.Read(piece)
			if got += string(piece[:n]); err != nil {
				break
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// TestUnreadIsNotOverwritten: two pieces are joined beside the buffer they lie in.
func TestUnreadIsNotOverwritten(t *testing.T) {
	under, _ := pair(t, "")
	buf := []byte("abcdef")
	nc := replay.Wrap(replay.Wrap(under, []byte("xyz")), buf[:3])
	if _, unread := replay.Unwrap(nc); string(unread) != "abcxyz" || string(buf) != "abcdef" {
		t.Errorf("%q, and the buffer has %q", unread, buf)
	}
}

func TestTheConnectionItself(t *testing.T) {
	under, client := pair(t, "")
	nc := replay.Wrap(under, []byte("abc")).(*replay.Conn)
	if nc.NetConn() != net.Conn(nc) {
		t.Error("what is unread would be lost")
	}
	if _, err := io.ReadFull(nc, make([]byte, 3)); err != nil || nc.NetConn() != under {
		t.Errorf("%T, %v", nc.NetConn(), err)
	}
	if err := nc.CloseWrite(); err != nil {
		t.Error(err)
	}
	if n, err := client.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("%d bytes, %v", n, err)
	}
	one, _ := net.Pipe()
	defer one.Close()
	if err := replay.Wrap(one, []byte("a")).(*replay.Conn).CloseWrite(); !errors.Is(err, errors.ErrUnsupported) {
		t.Error(err)
	}
}

func TestGivingAndAccepting(t *testing.T) {
	l := replay.New(&net.UnixAddr{Net: "test", Name: "here"})
	if l.Addr().String() != "here" {
		t.Error(l.Addr())
	}
	first, _ := pair(t, "")
	given := make(chan struct{})
	go func() { l.Deliver(first); close(given) }()
	if nc, err := l.Accept(); err != nil || nc != first {
		t.Error(nc, err)
	}
	<-given
	for range 2 {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
	<-l.Done()
	if nc, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Error(nc, err)
	}
	late, _ := pair(t, "")
	l.Deliver(late)
	if _, err := late.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("it is still open: %v", err)
	}
}
