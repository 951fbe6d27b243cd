package local_test

import (
	"crypto/tls"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/node/local"
)

func TestMayListen(t *testing.T) {
	for _, c := range []struct {
		host            string
		inside, outside bool // of a container
	}{
		{"127.0.0.1", true, true},
		{"127.0.0.2", true, true},
		{"::1", true, true},
		{"localhost", true, true},
		{"0.0.0.0", true, false},
		{"::", true, false},
		{"", true, false},
		{"10.0.0.5", false, false},
		{"example.com", false, false},
	} {
		if inside, outside := local.MayListen(c.host, true), local.MayListen(c.host, false); inside != c.inside || outside != c.outside {
			t.Errorf("%q: %v in a container, %v outside", c.host, inside, outside)
		}
	}
}

func TestDomain(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost.localstack.cloud": true, "a.execute-api.LOCALHOST.localstack.cloud:4566": true, "localhost.localstack.cloud.": true,
		"evil-localhost.localstack.cloud": false, "localstack.cloud": false, "localhost.localstack.cloud.evil.example": false,
	} {
		if got := local.IsDomain(host); got != want {
			t.Errorf("%s: %v", host, got)
		}
	}
}

// TestASilentConnectionHoldsNobodyUp: a connection without bytes is closed, and others are
// served meanwhile.
func TestASilentConnectionHoldsNobodyUp(t *testing.T) {
	under, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	config, _, err := local.Certificate(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	l := local.NewListener(under, config, 50*time.Millisecond)
	silent := dial(t, l.Addr())
	plain := dial(t, l.Addr())
	if _, err := plain.Write([]byte("GET")); err != nil {
		t.Fatal(err)
	}
	got, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer got.Close()
	said := make([]byte, 3)
	if n, err := got.Read(said); n == 0 || err != nil || said[0] != 'G' {
		t.Errorf("%q, %v", said, err)
	}
	if n, err := silent.Read(said); n != 0 || err == nil {
		t.Errorf("the silent connection: %d, %v", n, err)
	}
	secured := dial(t, l.Addr())
	if _, err := secured.Write([]byte{0x16}); err != nil {
		t.Fatal(err)
	}
	over, err := l.Accept()
	if _, ok := over.(*tls.Conn); !ok {
		t.Errorf("%T, %v", over, err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	l.Wait()
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}

func dial(t *testing.T, at net.Addr) net.Conn {
	t.Helper()
	nc, err := net.Dial("tcp", at.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = nc.Close() }) // whatever became of it
	return nc
}
