package proxyheader_test

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/fastpath/proxyheader"
)

// sent is a connection that has sent its bytes, so many at a time.
type sent struct {
	net.Conn
	data []byte
	most int
}

func (s *sent) Read(p []byte) (int, error) {
	if len(s.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p, s.data[:min(len(s.data), s.most)])
	s.data = s.data[n:]
	return n, nil
}

func (*sent) SetReadDeadline(time.Time) error { return nil }

func (*sent) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.MustParseAddrPort("10.0.0.1:1"))
}

func TestWhatIsReadOfAHeader(t *testing.T) {
	const rest = "GET / HTTP/1.1\r\n\r\n"
	for data, want := range map[string]string{
		"PROXY TCP4 203.0.113.9 192.0.2.1 4711 443\r\n":               "203.0.113.9:4711",
		"PROXY TCP6 2001:db8::7 2001:db8::1 4711 443\r\n":             "[2001:db8::7]:4711",
		"PROXY TCP6 ::ffff:203.0.113.9 ::ffff:192.0.2.1 4711 443\r\n": "203.0.113.9:4711",
		"PROXY UNKNOWN\r\n":                      "10.0.0.1:1",
		"\r\n\r\n\x00\r\nQUIT\n\x20\x00\x00\x00": "10.0.0.1:1",
		"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c\x01\x02\x03\x04\x7f\x00\x00\x01\x00\x05\x01\xbb": "1.2.3.4:5",
	} {
		for _, most := range []int{1, 7, 1 << 16} {
			c := proxyheader.Wrap(&sent{data: []byte(data + rest), most: most}, slog.New(slog.DiscardHandler))
			if got := c.RemoteAddr().String(); got != want {
				t.Errorf("%q, %d at a time: from %s, want %s", data, most, got, want)
			}
			if left, err := io.ReadAll(c); err != nil || string(left) != rest {
				t.Errorf("%q: left is %q, %v", data, left, err)
			}
		}
	}
}

// A mistake of a trusted proxy is logged once, with its address; a health check
// that only connects is not a mistake.
func TestAConnectionWithoutHeaderIsNamed(t *testing.T) {
	for data, said := range map[string]bool{"GET / HTTP/1.1\r\n\r\n": true, "PROXY TCP4 1.2.3.4": true, "": false} {
		var log bytes.Buffer
		c := proxyheader.Wrap(&sent{data: []byte(data), most: 99}, slog.New(slog.NewTextHandler(&log, nil)))
		if _, err := c.Read(make([]byte, 9)); err == nil {
			t.Errorf("%q was read", data)
		}
		if got := strings.Contains(log.String(), "from=10.0.0.1:1"); got != said {
			t.Errorf("%q: the log is %q", data, log.String())
		}
	}
}

// FuzzParse: what is found at once is found byte by byte, too.
func FuzzParse(f *testing.F) {
	f.Add([]byte("PROXY TCP4 203.0.113.9 192.0.2.1 4711 443\r\nGET"))
	f.Add([]byte("PROXY UNKNOWN\r\n"))
	f.Add([]byte("\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c\x01\x02\x03\x04\x7f\x00\x00\x01\x00\x05\x01\xbbx"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) == 0 {
			return // the client sent nothing
		}
		client, size, failed := proxyheader.Parse(data)
		ok := failed == nil
		c := proxyheader.Wrap(&sent{data: bytes.Clone(data), most: 3}, slog.New(slog.DiscardHandler))
		from := c.RemoteAddr().String()
		left, err := io.ReadAll(c)
		if ok != (err == nil) {
			t.Fatalf("at once %v, in pieces %v", ok, err)
		}
		if !ok {
			return
		}
		if client.IsValid() && from != client.String() || !bytes.Equal(left, data[size:]) {
			t.Errorf("at once %s and %q, in pieces %s and %q", client, data[size:], from, left)
		}
	})
}
