package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/pasarela-ws/pasarela/internal/report/blobstore"
	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/intake"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/report/schedules"
)

// A problem is the body of every refusal.
type problem struct {
	Code    string `json:"code"`
	Field   string `json:"field,omitempty"` // field of the request that is wrong
	Message string `json:"message"`
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false) // users copy links out of responses
	_ = encoder.Encode(body)     // the client has left
}

func fail(w http.ResponseWriter, status int, what problem) { writeJSON(w, status, what) }

// refuse writes the response for an error of intake or the queue. The cause of an
// internal error goes to the log only.
func (s *server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var field *definition.FieldError
	var full *jobs.FullError
	switch {
	case errors.As(err, &field):
		s.auditLog.Refused("invalid_request")
		fail(w, http.StatusBadRequest, problem{"invalid_request", field.Field, field.Error()})
	case errors.Is(err, intake.ErrNotAllowed):
		s.auditLog.Refused("forbidden")
		fail(w, http.StatusForbidden, problem{Code: "forbidden", Field: "type", Message: err.Error()})
	case errors.As(err, &full):
		w.Header().Set("Retry-After", strconv.Itoa(int(full.RetryAfter.Seconds())))
		code := "queue_full"
		if full.Caller {
			code = "caller_limit"
		}
		s.auditLog.Refused(code)
		fail(w, http.StatusTooManyRequests, problem{Code: code, Message: full.Error()})
	case errors.Is(err, blobstore.ErrFull):
		s.auditLog.Refused("storage_full")
		s.log.Error("no room for another report", "cause", err)
		w.Header().Set("Retry-After", "60")
		fail(w, http.StatusServiceUnavailable, problem{Code: "storage_full", Message: "there is no room to store another report; the operator's log says which limit is reached"})
	case errors.Is(err, jobs.ErrReused):
		fail(w, http.StatusConflict, problem{"conflict", "Idempotency-Key", "Idempotency-Key: was used for another request; use a new one"})
	case errors.Is(err, schedules.ErrUnknown):
		fail(w, http.StatusNotFound, problem{Code: "no_schedule", Message: "there is no such schedule"})
	case errors.Is(err, schedules.ErrFull):
		fail(w, http.StatusConflict, problem{Code: "too_many_schedules", Message: fmt.Sprintf("there are as many schedules as there may be: %d, %d of one client; delete one first", schedules.Most, schedules.MostPerClient)})
	case errors.Is(err, jobs.ErrUnknown):
		fail(w, http.StatusNotFound, problem{Code: "not_found", Message: "there is no such report; it may have expired"})
	case errors.Is(err, jobs.ErrFinal), errors.Is(err, jobs.ErrNotFailed), errors.Is(err, jobs.ErrNotEnded):
		fail(w, http.StatusConflict, problem{Code: "conflict", Message: err.Error()})
	default:
		s.log.Error("a request failed", "method", r.Method, "path", r.URL.Path, "cause", err)
		fail(w, http.StatusInternalServerError, problem{Code: "internal", Message: "the service has a problem; its log says which"})
	}
}
