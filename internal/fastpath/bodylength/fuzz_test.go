package bodylength_test

import (
	"bufio"
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"testing"
	"testing/iotest"

	"github.com/pasarela-ws/pasarela/internal/fastpath/bodylength"
)

// stream is a connection that has sent its bytes.
type stream struct {
	net.Conn
	io.Reader
}

func (s stream) Read(p []byte) (int, error) { return s.Reader.Read(p) }

type one struct {
	net.Listener
	nc net.Conn
}

func (o one) Accept() (net.Conn, error) { return o.nc, nil }

func watched(t *testing.T, in io.Reader) io.Reader {
	t.Helper()
	nc, err := bodylength.Listener(one{nc: stream{Reader: in}}, slog.New(slog.DiscardHandler)).Accept()
	if err != nil {
		t.Fatal(err)
	}
	return nc
}

var field = regexp.MustCompile(`(?im)^(content-length|transfer-encoding)[ \t]*:`)

// FuzzConn: net/http reads the same bytes through a Conn, up to the first head that gives
// its length twice, and never meets that one.
func FuzzConn(f *testing.F) {
	for _, seed := range []string{
		good + good,
		good + "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"POST / HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n1\nx\n0\n\n" + good,
		"\r\n\r\n" + good + "\r\n" + good,
		"GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: h\r\nContent-Length: \r\n\r\n" + good,
	} {
		f.Add([]byte(seed), false)
		f.Add([]byte(seed), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, single bool) {
		var in io.Reader = bytes.NewReader(data)
		if single {
			in = iotest.OneByteReader(in)
		}
		passed, err := io.ReadAll(watched(t, in))
		if err != nil {
			t.Fatal(err)
		}
		refused := false
		if kept, cut := bytes.CutSuffix(passed, []byte("two lengths\r\n\r\n")); cut && !bytes.Equal(passed, data) {
			passed, refused = kept, true
		}
		if !bytes.HasPrefix(data, passed) || !refused && len(passed) < len(data) {
			t.Fatalf("%q became %q", data, passed)
		}
		under := bytes.NewReader(passed)
		at := bufio.NewReader(under)
		begin := 0
		for {
			r, err := http.ReadRequest(at)
			if err != nil {
				break
			}
			end := len(passed) - under.Len() - at.Buffered()
			_, whole := io.Copy(io.Discard, r.Body)
			if fields := field.FindAll(passed[begin:end], -1); len(fields) > 1 {
				t.Fatalf("net/http met %q", passed[begin:end])
			}
			if whole != nil || len(r.TransferEncoding) > 0 {
				break // the last of its connection
			}
			begin = len(passed) - under.Len() - at.Buffered()
		}
	})
}
