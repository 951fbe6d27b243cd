// Package journal writes the audit log of the report service: one line in the
// log when a report begins, ends, is downloaded, cancelled, run again or deleted,
// and the numbers of it for Prometheus.
package journal

import (
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/jobs"
)

// A Journal writes the audit log and counts. A nil Journal records nothing.
type Journal struct {
	log     *slog.Logger
	metrics *metrics
}

// New makes a journal that logs at level info.
func New(log *slog.Logger, sources Sources) *Journal {
	return &Journal{log, newMetrics(sources)}
}

// Metrics serves the numbers in Prometheus' text format.
func (j *Journal) Metrics() http.Handler { return j.metrics.handler }

// Began records that a run begins.
func (j *Journal) Began(job jobs.Job) {
	if j == nil {
		return
	}
	j.metrics.waited.WithLabelValues(job.Type).Observe(job.Started.Sub(job.Created).Seconds())
	j.log.Info("report begins", append(who(job), "attempt", job.Attempt, "format", job.Format, "parameters", parameters(job))...)
}

// Ended records how a report ended.
func (j *Journal) Ended(job jobs.Job) {
	if j == nil {
		return
	}
	var took time.Duration
	if !job.Started.IsZero() {
		took = job.Finished.Sub(job.Started)
	}
	j.metrics.ended.WithLabelValues(job.Type, string(job.State), job.Reason).Inc()
	j.metrics.rows.WithLabelValues(job.Type).Add(float64(job.Rows))
	if job.State == jobs.Ready {
		j.metrics.took.WithLabelValues(job.Type).Observe(took.Seconds())
	}
	attributes := append(who(job), "state", job.State, "attempt", job.Attempt, "seconds", took.Seconds(), "rows", job.Rows, "bytes", job.Bytes)
	if job.Reason != "" {
		attributes = append(attributes, "reason", job.Reason, "cause", job.Cause)
	}
	j.log.Info("report ended", attributes...)
}

// A Download is one answer to a download.
type Download struct {
	Remote string // address of who asked
	Status int
	Bytes  int64 // sent; what a bucket sends by a link of its own is not counted
	Took   time.Duration
}

// Downloaded records that a report was downloaded, or a part of it.
func (j *Journal) Downloaded(job jobs.Job, download Download) {
	if j == nil {
		return
	}
	j.metrics.downloads.Inc()
	j.metrics.downloaded.Add(float64(download.Bytes))
	j.log.Info("report downloaded", append(who(job), "remote", download.Remote, "status", download.Status, "rows", job.Rows,
		"bytes", download.Bytes, "seconds", download.Took.Seconds())...)
}

// Asked records a call that cancels, replays or deletes a report.
func (j *Journal) Asked(what string, job jobs.Job, by string) {
	if j == nil {
		return
	}
	j.log.Info("report "+what+" asked for", append(who(job), "by", by)...)
}

// Refused records that a request was refused, by the code of its answer.
func (j *Journal) Refused(code string) {
	if j != nil {
		j.metrics.refused.WithLabelValues(code).Inc()
	}
}

// Sent records what became of a frame: delivered, gone, refused or failed.
func (j *Journal) Sent(outcome string) {
	if j != nil {
		j.metrics.frames.WithLabelValues(outcome).Inc()
	}
}

func who(job jobs.Job) []any {
	return []any{"report", job.ID, "type", job.Type, "caller", job.Caller, "client", job.Client, "connection", job.ConnectionID}
}

// parameters lists what was asked for, in the order of the names.
func parameters(job jobs.Job) slog.Value {
	var attributes []slog.Attr
	for _, name := range slices.Sorted(maps.Keys(job.Parameters)) {
		attributes = append(attributes, slog.String(name, job.Parameters[name]))
	}
	return slog.GroupValue(attributes...)
}
