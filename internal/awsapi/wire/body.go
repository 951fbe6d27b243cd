package wire

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// MaxBody bounds the body of a control-plane request: 10 MB, API Gateway's own
// limit on payloads.
const MaxBody = 10 << 20

// smallBody is a length that a client may claim before memory is taken for it, and
// up to which bodies need no budget.
const smallBody = 16 << 10

// maxDiscarded is the length of a refused body that is still read to its end, in bytes: 250
// MiB of a function's code in base64, and more.
const maxDiscarded = 512 << 20

// Body is the body of one request. Release it when the request is answered.
type Body struct {
	Bytes []byte

	share  int64
	bodies *Bodies
}

// Release gives the share of the budget back.
func (b *Body) Release() {
	if b.share > 0 {
		b.bodies.give(b.share)
		b.share = 0
	}
}

// Read reads at most limit bytes of r's body. Call it for requests that [Guard.Admit]
// let in only: it takes memory for them, as their bytes arrive. keyID is the access key
// that r names, which is no proof that its holder sent r. Errors: a body that is too long,
// that breaks off, that comes too slowly, or for which there is no memory.
func (b *Bodies) Read(w http.ResponseWriter, r *http.Request, keyID string, limit int64) (Body, error) {
	if r.Body == nil || r.ContentLength == 0 {
		return Body{}, nil
	}
	if r.ContentLength > limit {
		b.begin(w, r, keyID).discard(r)
		return Body{}, tooLarge(limit)
	}
	if r.ContentLength > 0 && r.ContentLength <= smallBody {
		content, err := readSmall(w, r)
		return Body{Bytes: content}, err
	}
	u := b.begin(w, r, keyID)
	content, err := u.read(r, limit)
	share, kept := b.end(u)
	switch {
	case err == nil && kept:
		return Body{Bytes: content, share: share, bodies: b}, nil
	case !kept: // its memory was given to another: that is why reading failed, if it did
		err = noMemory()
	}
	b.give(share)
	return Body{}, err
}

// readSmall reads a body of a length that is known and needs no budget.
func readSmall(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	conn := http.NewResponseController(w)
	_ = conn.SetReadDeadline(time.Now().Add(rateGrace + smallBody*time.Second/leastRate)) // what is in memory already has none
	body := make([]byte, r.ContentLength)
	n, err := io.ReadFull(r.Body, body)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, tooSlow(int64(n), err)
	case err != nil:
		return nil, cutShort(err)
	}
	_ = conn.SetReadDeadline(time.Time{}) // as above
	return body, nil
}

// read reads the body into a buffer that grows with what has arrived.
func (u *upload) read(r *http.Request, limit int64) ([]byte, error) {
	most := r.ContentLength
	if most < 0 {
		most = limit + 1 // one more than is taken, to see that there is more
	}
	body := make([]byte, 0, min(most, smallBody))
	for int64(len(body)) < most {
		if len(body) == cap(body) {
			size := min(2*int64(cap(body)), most)
			if err := u.grow(r.Context(), size); err != nil {
				return nil, err
			}
			body = append(make([]byte, 0, size), body...)
		}
		if err := u.expectMore(); err != nil {
			return nil, err
		}
		n, err := r.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		u.got.Add(int64(n))
		switch {
		case err == io.EOF && (r.ContentLength < 0 || int64(len(body)) == most):
			most = int64(len(body))
		case err == io.EOF:
			return nil, cutShort(io.ErrUnexpectedEOF)
		case errors.Is(err, os.ErrDeadlineExceeded):
			return nil, tooSlow(int64(len(body)), err)
		case err != nil:
			return nil, cutShort(err)
		}
	}
	if int64(len(body)) > limit {
		return nil, tooLarge(limit)
	}
	u.expectNothing()
	return body, nil
}

// discard reads a body that is refused for its length and keeps nothing of it. A client that
// is still sending when its connection is closed sees only that, and not why; one that waits
// to be asked for the body (Expect) needs none of this.
func (u *upload) discard(r *http.Request) {
	if r.ContentLength > maxDiscarded || r.Header.Get("Expect") != "" {
		return
	}
	part := make([]byte, smallBody)
	for u.expectMore() == nil {
		n, err := r.Body.Read(part)
		u.got.Add(int64(n))
		if err != nil {
			break // its end, or too slow, or broken off: it is refused all the same
		}
	}
	u.expectNothing()
}

func cutShort(err error) error {
	return &pasarela.Error{Code: pasarela.CodeBadRequest, Message: "The request body could not be read to its end.", Cause: err}
}

func tooLarge(limit int64) error {
	return pasarela.Errorf(pasarela.CodePayloadTooLarge, "The request body is too large: it is longer than %d bytes.", limit)
}

func tooSlow(got int64, cause error) error {
	e := pasarela.Errorf(CodeRequestTimeout, "The request body arrived too slowly: %d bytes of it came, and at least %d bytes a second are wanted, and all of it within %s.", got, leastRate, longestUpload)
	e.Cause = cause
	return e
}

func noMemory() error {
	return pasarela.Errorf(pasarela.CodeServiceUnavailable, "Other requests with large bodies are under way. Try again in a moment.")
}
