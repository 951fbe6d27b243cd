// Package auditlog writes the audit log of the report service: one line in the
// log when a report begins, ends, is downloaded, cancelled, run again or deleted,
// and the numbers of it for Prometheus.
package auditlog

import (
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/jobs"
)

// A Log writes the audit log and counts. A nil Log records nothing.
type Log struct {
	log     *slog.Logger
	metrics *metrics
}

// New makes a log that logs at level info.
func New(log *slog.Logger, sources Sources) *Log {
	return &Log{log, newMetrics(sources)}
}

// Metrics serves the numbers in Prometheus' text format.
func (l *Log) Metrics() http.Handler { return l.metrics.handler }

// Began records that a run begins.
func (l *Log) Began(job jobs.Job) {
	if l == nil {
		return
	}
	l.metrics.waited.WithLabelValues(job.Type).Observe(job.Started.Sub(job.Created).Seconds())
	l.log.Info("report begins", append(who(job), "attempt", job.Attempt, "format", job.Format, "parameters", parameters(job))...)
}

// Ended records how a report ended.
func (l *Log) Ended(job jobs.Job) {
	if l == nil {
		return
	}
	var took time.Duration
	if !job.Started.IsZero() {
		took = job.Finished.Sub(job.Started)
	}
	l.metrics.ended.WithLabelValues(job.Type, string(job.State), job.Reason).Inc()
	if job.State == jobs.Ready { // a cancelled one has the rows that it had come to
		l.metrics.rows.WithLabelValues(job.Type).Add(float64(job.Rows))
	}
	if job.State == jobs.Ready {
		l.metrics.took.WithLabelValues(job.Type).Observe(took.Seconds())
	}
	attributes := append(who(job), "state", job.State, "attempt", job.Attempt, "seconds", took.Seconds(), "rows", job.Rows, "bytes", job.Bytes)
	if job.Reason != "" {
		attributes = append(attributes, "reason", job.Reason, "cause", job.Cause)
	}
	l.log.Info("report ended", attributes...)
}

// A Download is one answer to a download.
type Download struct {
	Remote string // address of who asked
	Status int
	Bytes  int64 // sent; what a bucket sends by a link of its own is not counted
	Took   time.Duration
}

// Downloaded records that a report was downloaded, or a part of it.
func (l *Log) Downloaded(job jobs.Job, download Download) {
	if l == nil {
		return
	}
	l.metrics.downloads.Inc()
	l.metrics.downloaded.Add(float64(download.Bytes))
	l.log.Info("report downloaded", append(who(job), "remote", download.Remote, "status", download.Status, "rows", job.Rows,
		"bytes", download.Bytes, "seconds", download.Took.Seconds())...)
}

// Asked records a call that cancels, replays or deletes a report.
func (l *Log) Asked(what string, job jobs.Job, by string) {
	if l == nil {
		return
	}
	l.log.Info("report "+what+" asked for", append(who(job), "by", by)...)
}

// Refused records that a request was refused, by the code of its answer.
func (l *Log) Refused(code string) {
	if l != nil {
		l.metrics.refused.WithLabelValues(code).Inc()
	}
}

// Sent records the outcome of a frame: delivered, gone, refused or failed.
func (l *Log) Sent(outcome string) {
	if l != nil {
		l.metrics.frames.WithLabelValues(outcome).Inc()
	}
}

// Delivered records an attempt to deliver a schedule's report: delivered, refused (for good)
// or failed.
func (l *Log) Delivered(target jobs.Target, outcome string) {
	if l != nil {
		l.metrics.deliveries.WithLabelValues(target.Kind(), outcome).Inc()
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
