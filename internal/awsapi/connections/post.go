package connections

import (
	"net/http"
	"strconv"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// Headers of extensions: AWS knows none of them (A-GATEWAY-22, A-GATEWAY-53).
const (
	idempotencyKey     = "Idempotency-Key"
	idempotentReplayed = "Idempotent-Replayed"
	waitHeader         = "Pasarela-Wait"
	expiresHeader      = "Pasarela-Expires"
	outcomeHeader      = "Pasarela-Outcome"
)

// PushHeaders are the headers by which a caller says more of a post than AWS has members for. A
// strict gateway ignores them.
func PushHeaders() []string { return []string{idempotencyKey, waitHeader, expiresHeader} }

// maxExpires bounds Pasarela-Expires, in seconds.
const maxExpires = 24 * 3600

// post delivers the body. With an Idempotency-Key the connection gets it once, however
// often the caller repeats the call. A caller that asks to wait gets the outcome.
func (s *Service) post(w http.ResponseWriter, r *http.Request, c authenticated) error {
	apiID, connectionID := c.stage.APIID, c.connectionID
	var push gateway.Push
	if !s.Gateway.Strict() {
		var err error
		if push, err = pushOf(r.Header); err != nil {
			return err
		}
	}
	push.Body = c.body
	var began time.Time
	if s.Trace != nil {
		began = time.Now()
	}
	pushed, err := s.Gateway.Push(r.Context(), apiID, connectionID, push)
	if s.Trace != nil {
		s.Trace(r.Header, apiID, connectionID, began, err)
	}
	if err != nil {
		return err
	}
	header := w.Header()
	if pushed.Replayed {
		header[idempotentReplayed] = []string{"true"}
	} else if push.Wait != gateway.Accepted && pushed.Outcome != gateway.Accepted {
		header[outcomeHeader] = []string{pushed.Outcome.String()}
	}
	header["Content-Length"] = []string{"0"}
	w.WriteHeader(http.StatusOK)
	return nil
}

// pushOf reads what the sender wants to know of its push.
func pushOf(header http.Header) (push gateway.Push, err error) {
	keys, waits, expires := header[idempotencyKey], header[waitHeader], header[expiresHeader]
	if len(keys)+len(waits)+len(expires) == 0 {
		return push, nil
	}
	for name, values := range map[string][]string{idempotencyKey: keys, waitHeader: waits, expiresHeader: expires} {
		if len(values) > 1 {
			return push, gateway.Refuse(pasarela.CodeBadRequest, language.CallHeaderTwice, strconv.Itoa(len(values)), name)
		}
	}
	if len(keys) == 1 {
		if push.Key = keys[0]; push.Key == "" {
			return push, gateway.Refuse(pasarela.CodeBadRequest, language.CallPushKey, strconv.Itoa(gateway.MaxPushKey))
		}
	}
	if len(waits) == 1 {
		switch waits[0] {
		case gateway.Sent.String():
			push.Wait = gateway.Sent
		case gateway.Acknowledged.String():
			push.Wait = gateway.Acknowledged
		default:
			return push, gateway.Refuse(pasarela.CodeBadRequest, language.CallWait, waitHeader, strconv.Quote(waits[0]))
		}
	}
	if len(expires) == 1 {
		seconds, err := strconv.Atoi(expires[0])
		if err != nil || seconds < 1 || seconds > maxExpires {
			return push, gateway.Refuse(pasarela.CodeBadRequest, language.CallExpires, expiresHeader, strconv.Quote(expires[0]), strconv.Itoa(maxExpires))
		}
		push.Lifetime = time.Duration(seconds) * time.Second
	}
	return push, nil
}
