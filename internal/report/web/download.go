package web

import (
	"errors"
	"net/http"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/auditlog"
	"github.com/pasarela-ws/pasarela/internal/report/blobstore"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
)

// download serves a report to anyone with its link.
func (s *server) download(w http.ResponseWriter, r *http.Request) {
	id, name := r.PathValue("id"), r.PathValue("name")
	switch err := s.intake.Links.Check(id, name, r.URL.Query(), time.Now()); {
	case errors.Is(err, blobstore.ErrForged):
		s.failPage(w, r, http.StatusForbidden, problem{Code: "forbidden", Field: "signature"}, language.Errorf("reports_api.link_incomplete"))
		return
	case errors.Is(err, blobstore.ErrExpired):
		s.failPage(w, r, http.StatusGone, problem{Code: "expired", Field: "expires"}, language.Errorf("reports_api.link_expired"))
		return
	}
	gone := func() {
		s.failPage(w, r, http.StatusGone, problem{Code: "expired"}, language.Errorf("reports_api.not_kept"))
	}
	job, ok := s.intake.Queue.Get(id)
	if !ok || job.State != jobs.Ready {
		gone()
		return
	}
	counted, began := &countingWriter{ResponseWriter: w}, time.Now()
	err := s.intake.Store.Serve(counted, r, id, job.Format, blobstore.Attachment{Name: job.FileName, ContentType: blobstore.ContentType(job.Format)})
	switch {
	case errors.Is(err, blobstore.ErrMissing):
		gone()
	case err != nil:
		s.refuse(w, r, err)
	case r.Method == http.MethodGet:
		s.auditLog.Downloaded(job, auditlog.Download{Remote: r.RemoteAddr, Status: counted.status, Bytes: counted.bytes, Took: time.Since(began)})
	}
}

// A countingWriter counts what a download sends.
type countingWriter struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (c *countingWriter) WriteHeader(status int) {
	c.status = status
	c.ResponseWriter.WriteHeader(status)
}

func (c *countingWriter) Write(p []byte) (int, error) {
	if c.status == 0 {
		c.status = http.StatusOK
	}
	n, err := c.ResponseWriter.Write(p)
	c.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (c *countingWriter) Unwrap() http.ResponseWriter { return c.ResponseWriter }
