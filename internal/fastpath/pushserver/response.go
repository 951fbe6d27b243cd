package pushserver

import (
	"bytes"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// answer is the [http.ResponseWriter] of one call: it gathers the answer, so that
// it goes out in one write. Handlers of the lane answer with little.
type responseWriter struct {
	header http.Header
	status int // 0: nothing said yet
	body   bytes.Buffer
	wire   bytes.Buffer
}

func (a *responseWriter) reset() {
	if a.header == nil {
		a.header = make(http.Header, 8)
	}
	clear(a.header)
	a.status = 0
	a.body.Reset()
	a.wire.Reset()
}

// Header implements [http.ResponseWriter].
func (a *responseWriter) Header() http.Header { return a.header }

// WriteHeader implements [http.ResponseWriter]; the first status counts.
func (a *responseWriter) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

// Write implements [http.ResponseWriter].
func (a *responseWriter) Write(data []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(data)
}

// bytes is the answer as it goes over the wire. The length is what was written,
// whatever the handler said. After the last answer the connection is closed.
func (a *responseWriter) bytes(now time.Time, last bool) []byte {
	a.WriteHeader(http.StatusOK)
	w := &a.wire
	w.WriteString("HTTP/1.1 ")
	w.Write(strconv.AppendInt(w.AvailableBuffer(), int64(a.status), 10))
	w.WriteByte(' ')
	w.WriteString(http.StatusText(a.status))
	w.WriteString("\r\nDate: ")
	w.WriteString(date(now))
	w.WriteString("\r\n")
	delete(a.header, "Content-Length")
	if last {
		w.WriteString("Connection: close\r\n")
	}
	_ = a.header.Write(w) // a buffer takes everything
	if a.status != http.StatusNoContent {
		w.WriteString("Content-Length: ")
		w.Write(strconv.AppendInt(w.AvailableBuffer(), int64(a.body.Len()), 10))
		w.WriteString("\r\n")
	}
	w.WriteString("\r\n")
	w.Write(a.body.Bytes())
	return w.Bytes()
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
