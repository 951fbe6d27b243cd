package accept

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
)

// Bounds of refusing: for the answer to leave, and for the client to hang up after
// it. Closing at once might destroy what it has not read yet.
const (
	responseTimeout = 5 * time.Second
	lingerTimeout   = 500 * time.Millisecond
)

// responseWriter is the ResponseWriter of a handshake. Either somebody hijacks the
// connection, or what was written goes out as a whole and the connection ends.
type responseWriter struct {
	conn     *socket.Descriptor
	header   http.Header
	status   int
	body     []byte
	hijacked bool
}

// Header implements [http.ResponseWriter].
func (a *responseWriter) Header() http.Header {
	if a.header == nil {
		a.header = make(http.Header)
	}
	return a.header
}

// WriteHeader implements [http.ResponseWriter]; the first status counts.
func (a *responseWriter) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

// Write implements [http.ResponseWriter].
func (a *responseWriter) Write(p []byte) (int, error) {
	if a.hijacked {
		return 0, http.ErrHijacked
	}
	a.WriteHeader(http.StatusOK)
	a.body = append(a.body, p...)
	return len(p), nil
}

// Hijack implements [http.Hijacker].
func (a *responseWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if a.hijacked {
		return nil, nil, http.ErrHijacked
	}
	a.hijacked = true
	return a.conn, nil, nil
}

// finish sends what was written, unless the connection was hijacked.
func (a *responseWriter) finish() {
	if a.hijacked {
		return
	}
	nc, err := connFromDescriptor(a.conn.Release())
	if err != nil {
		return // the descriptor is closed: there is nobody to tell
	}
	defer nc.Close()
	_ = nc.SetDeadline(time.Now().Add(responseTimeout))
	if err := a.response().Write(nc); err != nil || nc.CloseWrite() != nil {
		return
	}
	_ = nc.SetDeadline(time.Now().Add(lingerTimeout))
	_, _ = io.Copy(io.Discard, io.LimitReader(nc, 64<<10))
}

// response is the answer with what net/http adds of its own.
func (a *responseWriter) response() *http.Response {
	a.WriteHeader(http.StatusOK)
	h := a.Header()
	if h.Get("Date") == "" {
		h.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	}
	if len(a.body) > 0 && h.Get("Content-Type") == "" {
		h.Set("Content-Type", http.DetectContentType(a.body))
	}
	return &http.Response{
		StatusCode: a.status, ProtoMajor: 1, ProtoMinor: 1, Close: true, Header: h,
		Body: io.NopCloser(bytes.NewReader(a.body)), ContentLength: int64(len(a.body)),
	}
}
