package backend

import (
	"bytes"
	"io"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// chunks reads a chunked body (RFC 9112 §7.1), which begins at start, and moves its
// chunks together: the body ends at body, what belongs to it at end. clean says
// whether only header lines followed the last chunk.
func (a *response) chunks(from io.Reader, start, most int) (body, end int, clean bool, err error) {
	body, at := start, start
	for {
		line, err := a.chunkLine(from, body, &at)
		if err != nil {
			return 0, 0, false, err
		}
		size, ok := chunkSize(line)
		switch {
		case !ok:
			return 0, 0, false, malformed(language.MalformedChunk.Of(quoted(line)))
		case size > most-(body-start):
			return 0, 0, false, ErrTooLarge
		case size == 0:
			end, clean, err = a.trailers(from, body, at)
			return body, end, clean, err
		}
		if body, err = a.chunk(from, body, &at, size); err != nil {
			return 0, 0, false, err
		}
	}
}

// chunk moves size bytes from at on to body, and steps over the line end behind them.
func (a *response) chunk(from io.Reader, body int, at *int, size int) (end int, err error) {
	for {
		n := min(size, len(a.in)-*at)
		copy(a.in[body:], a.in[*at:*at+n])
		body, *at, size = body+n, *at+n, size-n
		if size == 0 {
			break
		}
		if err := a.readMore(from, body, at); err != nil {
			return 0, err
		}
	}
	line, err := a.chunkLine(from, body, at)
	if err == nil && len(line) > 0 {
		err = malformed(language.MalformedChunkEnd.Of())
	}
	return body, err
}

// trailers steps over what may follow the last chunk; clean says whether it is all
// header lines.
func (a *response) trailers(from io.Reader, body, at int) (end int, clean bool, err error) {
	clean = true
	for read := 0; read <= maxHead; {
		line, err := a.chunkLine(from, body, &at)
		if err != nil || len(line) == 0 {
			return at, clean, err
		}
		_, ok := parseField(line, 0)
		clean = clean && ok
		read += len(line)
	}
	return 0, false, malformed(language.MalformedTrailers.Of())
}

// chunkLine is the line that begins at at, which moves behind it.
func (a *response) chunkLine(from io.Reader, body int, at *int) ([]byte, error) {
	for looked := 0; ; {
		if i := bytes.IndexByte(a.in[*at+looked:], '\n'); i >= 0 {
			line, next := lineFrom(a.in, *at)
			*at = next
			return line, nil
		}
		if looked = len(a.in) - *at; looked > maxLine {
			return nil, malformed(language.MalformedChunkLine.Of())
		}
		if err := a.readMore(from, body, at); err != nil {
			return nil, err
		}
	}
}

// readMore closes the gap between the body so far and at, then reads once.
func (a *response) readMore(from io.Reader, body int, at *int) error {
	a.in = append(a.in[:body], a.in[*at:]...)
	*at = body
	return a.more(from)
}

// chunkSize reads the hexadecimal number that begins a chunk; extensions are
// ignored.
func chunkSize(line []byte) (size int, ok bool) {
	digits, _, _ := bytes.Cut(line, []byte(";"))
	digits = bytes.TrimRight(digits, " \t")
	if len(digits) == 0 || len(digits) > 8 {
		return 0, false
	}
	for _, c := range digits {
		switch {
		case c >= '0' && c <= '9':
			size = size<<4 | int(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			size = size<<4 | int(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return size, true
}
