package wire

import (
	"errors"
	"io"
	"net/http"

	pasarela "github.com/pasarela-ws/pasarela"
)

// MaxBody bounds the body of a control-plane request: 10 MB, API Gateway's own
// limit on payloads.
const MaxBody = 10 << 20

// smallBody is a length that a client may claim before memory is taken for it.
const smallBody = 16 << 10

// ReadBody reads at most limit bytes of r's body, which signatures cover and so
// must be read before anything else is decided.
func ReadBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	if r.Body == nil || r.ContentLength == 0 {
		return nil, nil
	}
	if r.ContentLength > limit {
		return nil, tooLarge(limit)
	}
	if r.ContentLength > 0 && r.ContentLength <= smallBody {
		body := make([]byte, r.ContentLength)
		if _, err := io.ReadFull(r.Body, body); err != nil {
			return nil, cutShort(err)
		}
		return body, nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		return nil, tooLarge(limit)
	case err != nil:
		return nil, cutShort(err)
	}
	return body, nil
}

func cutShort(err error) error {
	return &pasarela.Error{Code: pasarela.CodeBadRequest, Message: "The request body could not be read to its end.", Cause: err}
}

func tooLarge(limit int64) error {
	return pasarela.Errorf(pasarela.CodePayloadTooLarge, "The request body is longer than %d bytes.", limit)
}
