package web

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/pasarela-ws/pasarela/internal/language"
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

// preferLanguage has a request answered in a language, by its code, if the service speaks it.
func preferLanguage(r *http.Request, code string) {
	if _, ok := language.Parse(code); ok {
		r.Header.Set("Accept-Language", code)
	}
}

// preferNamedLanguage has a request answered in the language that its body names for the
// report: a mapping template makes the body of what a client says, and no header of it.
func preferNamedLanguage(r *http.Request, members map[string]json.RawMessage) {
	var named, within string
	var parameters map[string]json.RawMessage
	_ = json.Unmarshal(members["parameters"], &parameters) // left nil if malformed: the check of the parameters reports that
	_ = json.Unmarshal(parameters["language"], &within)
	_ = json.Unmarshal(members["language"], &named)
	preferLanguage(r, cmp.Or(named, within))
}

// fail refuses a request; why is said in the language that the request prefers.
func fail(w http.ResponseWriter, r *http.Request, status int, what problem, why error) {
	what.Message = language.Accepted(r.Header.Get("Accept-Language")).Of(why)
	writeJSON(w, status, what)
}

// refuse writes the response for an error of intake or the queue. The cause of an
// internal error goes to the log only.
func (s *server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var field *definition.FieldError
	var full *jobs.FullError
	switch {
	case errors.As(err, &field):
		s.auditLog.Refused("invalid_request")
		fail(w, r, http.StatusBadRequest, problem{Code: "invalid_request", Field: field.Field}, field)
	case errors.Is(err, intake.ErrNotAllowed):
		s.auditLog.Refused("forbidden")
		fail(w, r, http.StatusForbidden, problem{Code: "forbidden", Field: "type"}, err)
	case errors.As(err, &full):
		w.Header().Set("Retry-After", strconv.Itoa(int(full.RetryAfter.Seconds())))
		code := "queue_full"
		if full.Caller {
			code = "caller_limit"
		}
		s.auditLog.Refused(code)
		fail(w, r, http.StatusTooManyRequests, problem{Code: code}, full)
	case errors.Is(err, blobstore.ErrFull):
		s.auditLog.Refused("storage_full")
		s.log.Error("no room for another report", "cause", err)
		w.Header().Set("Retry-After", "60")
		fail(w, r, http.StatusServiceUnavailable, problem{Code: "storage_full"}, language.Errorf("reports_api.storage_full"))
	case errors.Is(err, jobs.ErrReused):
		fail(w, r, http.StatusConflict, problem{Code: "conflict", Field: "Idempotency-Key"}, err)
	case errors.Is(err, schedules.ErrUnknown):
		fail(w, r, http.StatusNotFound, problem{Code: "no_schedule"}, err)
	case errors.Is(err, schedules.ErrFull):
		fail(w, r, http.StatusConflict, problem{Code: "too_many_schedules"}, err)
	case errors.Is(err, jobs.ErrUnknown):
		fail(w, r, http.StatusNotFound, problem{Code: "not_found"}, err)
	case errors.Is(err, jobs.ErrFinal), errors.Is(err, jobs.ErrNotFailed), errors.Is(err, jobs.ErrNotEnded):
		fail(w, r, http.StatusConflict, problem{Code: "conflict"}, err)
	default:
		s.log.Error("a request failed", "method", r.Method, "path", r.URL.Path, "cause", err)
		fail(w, r, http.StatusInternalServerError, problem{Code: "internal"}, language.Errorf("reports_api.internal"))
	}
}
