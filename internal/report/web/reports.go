package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/desk"
	"github.com/pasarela-ws/pasarela/internal/report/files"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
)

const (
	usualPage = 50
	maxPage   = 500
)

// history lists reports. Where there is a token, only its holder sees everyone's;
// anyone sees those of a caller whose name they know.
func (s *server) history(w http.ResponseWriter, r *http.Request) {
	filter, err := readFilter(r.URL.Query())
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	operator := s.operator(r)
	if filter.Caller == "" && s.token != "" && !operator {
		s.trusted(nil)(w, r)
		return
	}
	page, more := s.desk.History(filter)
	if !operator {
		for i := range page {
			page[i] = page[i].ForClients()
		}
	}
	answer(w, http.StatusOK, map[string]any{"reports": page, "more": more})
}

func readFilter(query url.Values) (desk.Filter, error) {
	filter := desk.Filter{
		Caller: query.Get("caller"), State: jobs.State(query.Get("state")), Type: query.Get("type"), Before: query.Get("before"), Limit: usualPage,
	}
	switch filter.State {
	case "", jobs.Queued, jobs.Running, jobs.Ready, jobs.Failed, jobs.Cancelled:
	default:
		return filter, &definition.FieldError{Field: "state", Reason: "must be queued, running, ready, failed or cancelled"}
	}
	if text := query.Get("limit"); text != "" {
		limit, err := strconv.Atoi(text)
		if err != nil || limit < 1 || limit > maxPage {
			return filter, &definition.FieldError{Field: "limit", Reason: fmt.Sprintf("must be a whole number from 1 to %d", maxPage)}
		}
		filter.Limit = limit
	}
	return filter, nil
}

func (s *server) status(w http.ResponseWriter, r *http.Request) {
	report, ok := s.desk.Status(r.PathValue("id"))
	if !ok {
		s.refuse(w, r, jobs.ErrUnknown)
		return
	}
	if !s.operator(r) {
		report = report.ForClients()
	}
	answer(w, http.StatusOK, report)
}

// cancel needs no token: who knows a report's id was given it.
func (s *server) cancel(w http.ResponseWriter, r *http.Request) {
	s.act(w, r, func(id string) (jobs.Job, error) { return s.desk.Queue.Cancel(r.Context(), id) })
}

func (s *server) replay(w http.ResponseWriter, r *http.Request) {
	s.act(w, r, func(id string) (jobs.Job, error) { return s.desk.Queue.Replay(r.Context(), id) })
}

func (s *server) act(w http.ResponseWriter, r *http.Request, do func(id string) (jobs.Job, error)) {
	id := r.PathValue("id")
	if _, err := do(id); err != nil {
		s.refuse(w, r, err)
		return
	}
	s.status(w, r)
}

func (s *server) preview(w http.ResponseWriter, r *http.Request) {
	job, ok := s.desk.Queue.Get(r.PathValue("id"))
	if !ok || job.State != jobs.Ready {
		fail(w, http.StatusNotFound, problem{Code: "not_found", Message: "there is no preview: the report is not ready"})
		return
	}
	content, err := s.desk.Store.Preview(r.Context(), job.ID)
	if errors.Is(err, files.ErrMissing) {
		err = jobs.ErrUnknown
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Write(content) //nolint:errcheck // the client has left
}

// download serves a report to who holds its link.
func (s *server) download(w http.ResponseWriter, r *http.Request) {
	id, name := r.PathValue("id"), r.PathValue("name")
	switch err := s.desk.Links.Check(id, name, r.URL.Query(), time.Now()); {
	case errors.Is(err, files.ErrForged):
		fail(w, http.StatusForbidden, problem{Code: "forbidden", Field: "signature", Message: "this link is not complete; copy all of it"})
		return
	case errors.Is(err, files.ErrExpired):
		fail(w, http.StatusGone, problem{Code: "expired", Field: "expires", Message: "this link has expired; ask for the report again"})
		return
	}
	job, ok := s.desk.Queue.Get(id)
	if !ok || job.State != jobs.Ready {
		fail(w, http.StatusGone, problem{Code: "expired", Message: "this report is no longer kept; ask for it again"})
		return
	}
	err := s.desk.Store.Serve(w, r, id, job.Format, files.Attachment{Name: job.FileName, ContentType: files.ContentType(job.Format)})
	if errors.Is(err, files.ErrMissing) {
		fail(w, http.StatusGone, problem{Code: "expired", Message: "this report is no longer kept; ask for it again"})
	} else if err != nil {
		s.refuse(w, r, err)
	}
}
