package web

import "net/http"

// A Check is one thing that reports need, and what is wrong with it.
type Check struct {
	Name   string `json:"name"`             // "storage", "gateway", "source erp"
	OK     bool   `json:"ok"`               //
	Reason string `json:"reason,omitempty"` // unreachable, login_refused, timed_out, refused, full or failed
	Cause  string `json:"cause,omitempty"`  // for the operator
}

// readiness responds with 200 when everything that reports need can be reached, else 503.
// Everybody may see which check failed and of which kind the cause is, which holds no secret;
// only the operator sees the cause.
func (s *server) readiness(w http.ResponseWriter, r *http.Request) {
	checks := s.ready(r.Context())
	status, word, causes := http.StatusOK, "ready", s.identify(r).role == operator
	for i := range checks {
		if !checks[i].OK {
			status, word = http.StatusServiceUnavailable, "unavailable"
		}
		if !causes {
			checks[i].Cause = ""
		}
	}
	writeJSON(w, status, map[string]any{"status": word, "checks": checks})
}

func (s *server) showMetrics(w http.ResponseWriter, r *http.Request) { s.metrics.ServeHTTP(w, r) }
