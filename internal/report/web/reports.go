package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/blobstore"
	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/intake"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
)

const (
	usualPage = 50
	maxPage   = 500
)

// history lists reports: the operator sees everyone's, a client its own.
func (s *server) history(w http.ResponseWriter, r *http.Request) {
	who := s.identify(r)
	if who.role == anonymous {
		unknown(w, r)
		return
	}
	filter, err := readFilter(r.URL.Query())
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	if filter.Client = who.client; filter.Client != "" && filter.Caller != "" {
		fail(w, r, http.StatusForbidden, problem{Code: "forbidden", Field: "caller"}, language.Errorf("reports_api.caller_filter"))
		return
	}
	page, err := s.intake.History(filter)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	for i := range page.Reports {
		page.Reports[i] = shownTo(who, r, page.Reports[i])
	}
	writeJSON(w, http.StatusOK, page)
}

func readFilter(query url.Values) (intake.Filter, error) {
	filter := intake.Filter{
		Caller: query.Get("caller"), State: jobs.State(query.Get("state")), Type: query.Get("type"), Before: query.Get("before"), Limit: usualPage,
	}
	switch filter.State {
	case "", jobs.Queued, jobs.Running, jobs.Ready, jobs.Failed, jobs.Cancelled:
	default:
		return filter, definition.NewFieldError("state", language.Errorf("reports_api.state"))
	}
	if text := query.Get("limit"); text != "" {
		limit, err := strconv.Atoi(text)
		if err != nil || limit < 1 || limit > maxPage {
			return filter, definition.NewFieldError("limit", language.Errorf("reports_api.limit", "most", maxPage))
		}
		filter.Limit = limit
	}
	return filter, nil
}

func (s *server) status(w http.ResponseWriter, r *http.Request) {
	if job, who, ok := s.permittedJob(w, r); ok {
		s.writeStatus(w, r, job.ID, who)
	}
}

func (s *server) writeStatus(w http.ResponseWriter, r *http.Request, id string, who identity) {
	report, ok := s.intake.Status(id)
	if !ok {
		s.refuse(w, r, jobs.ErrUnknown)
		return
	}
	writeJSON(w, http.StatusOK, shownTo(who, r, report))
}

// shownTo is what the identity may see of a report.
func shownTo(who identity, r *http.Request, report intake.Report) intake.Report {
	if who.role == operator {
		return report.ForOperators(language.Accepted(r.Header.Get("Accept-Language")))
	}
	return report.ForClients()
}

func (s *server) cancel(w http.ResponseWriter, r *http.Request) {
	job, who, ok := s.permittedJob(w, r)
	if !ok {
		return
	}
	if _, err := s.intake.Queue.Cancel(r.Context(), job.ID); err != nil {
		s.refuse(w, r, err)
		return
	}
	s.auditLog.Asked("cancel", job, who.String())
	s.writeStatus(w, r, job.ID, who)
}

// remove forgets an ended report with its file.
func (s *server) remove(w http.ResponseWriter, r *http.Request) {
	job, who, ok := s.permittedJob(w, r)
	if !ok {
		return
	}
	report, err := s.intake.Remove(r.Context(), job.ID)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	s.auditLog.Asked("delete", job, who.String())
	report.Link = ""
	writeJSON(w, http.StatusOK, report.ForClients())
}

func (s *server) replay(w http.ResponseWriter, r *http.Request) {
	job, err := s.intake.Queue.Replay(r.Context(), r.PathValue("id"))
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	s.auditLog.Asked("replay", job, "operator")
	s.writeStatus(w, r, job.ID, identity{role: operator})
}

func (s *server) preview(w http.ResponseWriter, r *http.Request) {
	job, _, ok := s.permittedJob(w, r)
	if !ok {
		return
	}
	if job.State != jobs.Ready {
		fail(w, r, http.StatusNotFound, problem{Code: "not_found"}, language.Errorf("reports_api.no_preview"))
		return
	}
	content, err := s.intake.Store.Preview(r.Context(), job.ID)
	if errors.Is(err, blobstore.ErrMissing) {
		err = jobs.ErrUnknown
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(content) // the client has left
}

// newClient gives a browser a capability, or a fresh one for that which it shows.
func (s *server) newClient(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	access := s.intake.Grants.New(now)
	if who := s.identify(r); who.role == client {
		access = s.intake.Grants.Make(who.client, now)
	}
	writeJSON(w, http.StatusOK, map[string]string{"access": access})
}
