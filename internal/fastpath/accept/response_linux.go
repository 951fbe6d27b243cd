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

// Bounds of a refusal: for the response to be sent, and for the client to close after it.
// Closing at once with input unread would reset the connection, and the client might never
// read the response.
const (
	responseTimeout = 5 * time.Second
	lingerTimeout   = 500 * time.Millisecond
)

// responseWriter is the [http.ResponseWriter] of a handshake. Either the handler hijacks
// the connection, or what was written is sent as a whole and the connection ends.
type responseWriter struct {
	conn     *socket.Descriptor
	client   clientContext // of the request
	header   http.Header
	status   int
	body     []byte
	hijacked bool
}

// Header implements [http.ResponseWriter].
func (w *responseWriter) Header() http.Header {
	if w.header == nil {
		w.header = make(http.Header)
	}
	return w.header
}

// WriteHeader implements [http.ResponseWriter]; the first status counts.
func (w *responseWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

// Write implements [http.ResponseWriter].
func (w *responseWriter) Write(p []byte) (int, error) {
	if w.hijacked {
		return 0, http.ErrHijacked
	}
	w.WriteHeader(http.StatusOK)
	w.body = append(w.body, p...)
	return len(p), nil
}

// Hijack implements [http.Hijacker].
func (w *responseWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if w.hijacked {
		return nil, nil, http.ErrHijacked
	}
	w.hijacked = true
	w.client.release()
	return w.conn, nil, nil
}

// finish sends what was written, unless the connection was hijacked.
func (w *responseWriter) finish() {
	if w.hijacked {
		return
	}
	nc, err := connFromDescriptor(w.conn.Release())
	if err != nil {
		return // the descriptor is closed: no response can be sent
	}
	defer nc.Close()
	_ = nc.SetDeadline(time.Now().Add(responseTimeout))
	if err := w.response().Write(nc); err != nil || nc.CloseWrite() != nil {
		return
	}
	_ = nc.SetDeadline(time.Now().Add(lingerTimeout))
	_, _ = io.Copy(io.Discard, io.LimitReader(nc, 64<<10))
}

// response is the answer with the header fields that net/http's server adds.
func (w *responseWriter) response() *http.Response {
	w.WriteHeader(http.StatusOK)
	h := w.Header()
	if h.Get("Date") == "" {
		h.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	}
	if len(w.body) > 0 && h.Get("Content-Type") == "" {
		h.Set("Content-Type", http.DetectContentType(w.body))
	}
	return &http.Response{
		StatusCode: w.status, ProtoMajor: 1, ProtoMinor: 1, Close: true, Header: h,
		Body: io.NopCloser(bytes.NewReader(w.body)), ContentLength: int64(len(w.body)),
	}
}
