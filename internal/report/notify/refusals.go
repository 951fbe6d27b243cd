package notify

import (
	"errors"
	"net/http"
	"net/url"
	"sync"

	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// refusals remember, by gateway, the error of the last frame that it refused with 401
// or 403.
type refusals struct {
	mu   sync.Mutex
	last map[string]error
}

// note records the outcome of a frame. An outcome that does not depend on
// permission, such as no answer, changes nothing.
func (r *refusals) note(endpoint string, err error) {
	parsed, parseErr := url.Parse(endpoint)
	if parseErr != nil {
		return
	}
	address := parsed.Scheme + "://" + parsed.Host
	var answered *smithyhttp.ResponseError
	refused := errors.As(err, &answered) && (answered.HTTPStatusCode() == http.StatusForbidden || answered.HTTPStatusCode() == http.StatusUnauthorized)
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case refused:
		r.last[address] = err
	case err == nil, errors.Is(err, ErrGone):
		delete(r.last, address)
	}
}

func (r *refusals) of(address string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last[address]
}
