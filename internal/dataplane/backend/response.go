package backend

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// Bounds of an answer besides its body's.
const (
	maxHead    = 16 << 10 // bytes of status line and headers, and of trailers
	maxLine    = 4 << 10  // bytes of a line that begins a chunk
	maxInterim = 8        // 1xx responses before the one that counts
	firstRead  = 4 << 10
)

// response is a backend's answer as it arrives and when it is complete.
type response struct {
	in      []byte // head and body as they came
	status  int
	headers []field
	body    []byte // lies in in
	excess  bool   // bytes came behind it that belong to no answer
}

// Status is the answer's status.
func (a *response) Status() int { return a.status }

// ResponseBody is the answer's body.
func (a *response) ResponseBody() []byte { return a.body }

// ResponseHeader is the last value of a header of the answer; names compare
// without case.
func (a *response) ResponseHeader(name string) string {
	for i := len(a.headers) - 1; i >= 0; i-- {
		if f := a.headers[i]; strings.EqualFold(string(a.in[f.name:f.nameEnd]), name) {
			return string(a.in[f.value:f.valueEnd])
		}
	}
	return ""
}

// EachResponseHeader visits the answer's headers.
func (a *response) EachResponseHeader(visit func(name, value []byte)) {
	for _, f := range a.headers {
		visit(a.in[f.name:f.nameEnd], a.in[f.value:f.valueEnd])
	}
}

// malformed is an answer that is no HTTP.
func malformed(why language.Message) error { return language.BackendMalformed.Because(why) }

// read reads the answer, of which in holds the beginning; method is the request's
// and most the largest body. It says whether the connection can serve another call.
func (a *response) read(from io.Reader, method string, most int) (reusable bool, err error) {
	for range maxInterim {
		end, err := a.head(from)
		if err != nil {
			return false, err
		}
		f, err := a.parse(end)
		if err != nil {
			return false, err
		}
		if a.status >= 200 || a.status == http.StatusSwitchingProtocols {
			return a.rest(from, f, method, end, most)
		}
		a.in = append(a.in[:0], a.in[end:]...)
	}
	return false, malformed(language.MalformedInterim.Of())
}

// head reads until the head is there and returns where it ends.
func (a *response) head(from io.Reader) (end int, err error) {
	for looked := 0; ; {
		if end = headEnd(a.in, looked); end > 0 && end <= maxHead {
			return end, nil
		}
		if end > 0 || len(a.in) > maxHead {
			return 0, malformed(language.MalformedHeaders.Of(strconv.Itoa(maxHead)))
		}
		looked = max(0, len(a.in)-2)
		if err := a.more(from); err != nil {
			return 0, err
		}
	}
}

// headEnd is where the first empty line from at on ends; 0: there is none.
func headEnd(b []byte, at int) int {
	for {
		next := bytes.IndexByte(b[at:], '\n')
		if next < 0 {
			return 0
		}
		at += next + 1
		switch {
		case bytes.HasPrefix(b[at:], []byte("\n")):
			return at + 1
		case bytes.HasPrefix(b[at:], []byte("\r\n")):
			return at + 2
		}
	}
}

// errClosed is a backend that closed the connection before its response was complete.
var errClosed = language.BackendClosed.Of().Wrap()

// more reads once.
func (a *response) more(from io.Reader) error {
	err := a.some(from)
	if err == io.EOF {
		return errClosed
	}
	return err
}

// some is more, for a body that may end with the connection.
func (a *response) some(from io.Reader) error {
	if len(a.in) == cap(a.in) {
		a.in = append(make([]byte, 0, max(firstRead, 2*cap(a.in))), a.in...)
	}
	n, err := from.Read(a.in[len(a.in):cap(a.in)])
	a.in = a.in[:len(a.in)+n]
	if n > 0 {
		return nil // the next read returns an error again
	}
	return err
}

// rest reads the body, which begins at start (RFC 9112 §6.3).
func (a *response) rest(from io.Reader, f frame, method string, start, most int) (reusable bool, err error) {
	end := start
	switch {
	case method == http.MethodHead || a.status < 200 || a.status == http.StatusNoContent || a.status == http.StatusNotModified:
		// These responses have no body, whatever the head says (RFC 9112 §6.3). A backend
		// that announces one may still send it, later than now.
		f.kept = f.kept && !f.coded && f.length <= 0
	case f.chunked:
		var body int
		var clean bool
		if body, end, clean, err = a.chunks(from, start, most); err != nil {
			return false, err
		}
		a.body, a.excess = a.in[start:body], end < len(a.in)
		return f.kept && clean && !a.excess, nil
	case f.length > int64(most):
		return false, ErrTooLarge
	case f.length >= 0:
		end += int(f.length)
		for len(a.in) < end {
			if err := a.more(from); err != nil {
				return false, err
			}
		}
	default:
		f.kept = false
		if err := a.untilClosed(from, start, most); err != nil {
			return false, err
		}
		end = len(a.in)
	}
	a.body, a.excess = a.in[start:end], end < len(a.in)
	return f.kept && !a.excess && a.status >= 200, nil
}

func (a *response) untilClosed(from io.Reader, start, most int) error {
	for {
		err := a.some(from)
		switch {
		case len(a.in)-start > most:
			return ErrTooLarge
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}
