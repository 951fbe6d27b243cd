package pushserver

import (
	"bytes"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// responseWriter is the [http.ResponseWriter] of one call: it buffers the response, so
// that it is sent in one write. Responses of @connections are short.
type responseWriter struct {
	header http.Header
	status int // 0: not set yet
	body   bytes.Buffer
	wire   bytes.Buffer
}

func (w *responseWriter) reset() {
	if w.header == nil {
		w.header = make(http.Header, 8)
	}
	clear(w.header)
	w.status = 0
	w.body.Reset()
	w.wire.Reset()
}

// Header implements [http.ResponseWriter].
func (w *responseWriter) Header() http.Header { return w.header }

// WriteHeader implements [http.ResponseWriter]; the first status counts.
func (w *responseWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

// Write implements [http.ResponseWriter].
func (w *responseWriter) Write(data []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(data)
}

// SetReadDeadline is for [http.ResponseController]: the body has been read before the
// handler is called, so the deadline has no effect.
func (w *responseWriter) SetReadDeadline(time.Time) error { return nil }

// bytes is the response in wire form. Content-Length is the length of what was
// written, whatever the handler set. With last it says that the connection is
// closed.
func (w *responseWriter) bytes(now time.Time, last bool) []byte {
	w.WriteHeader(http.StatusOK)
	out := &w.wire
	out.WriteString("HTTP/1.1 ")
	out.Write(strconv.AppendInt(out.AvailableBuffer(), int64(w.status), 10))
	out.WriteByte(' ')
	out.WriteString(http.StatusText(w.status))
	out.WriteString("\r\nDate: ")
	out.WriteString(date(now))
	out.WriteString("\r\n")
	delete(w.header, "Content-Length")
	if last {
		out.WriteString("Connection: close\r\n")
	}
	_ = w.header.Write(out) // a buffer takes everything
	if w.status != http.StatusNoContent {
		out.WriteString("Content-Length: ")
		out.Write(strconv.AppendInt(out.AvailableBuffer(), int64(w.body.Len()), 10))
		out.WriteString("\r\n")
	}
	out.WriteString("\r\n")
	out.Write(w.body.Bytes())
	return out.Bytes()
}

// cachedDate is a second and its text.
type cachedDate struct {
	second int64
	text   string
}

var lastDate atomic.Pointer[cachedDate]

// date is the Date header, formatted once a second.
func date(now time.Time) string {
	if d := lastDate.Load(); d != nil && d.second == now.Unix() {
		return d.text
	}
	d := &cachedDate{now.Unix(), now.UTC().Format(http.TimeFormat)}
	lastDate.Store(d)
	return d.text
}
