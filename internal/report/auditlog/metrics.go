package auditlog

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/pasarela-ws/pasarela/internal/report/jobs"
)

// Sources give the numbers that are read at each scrape.
type Sources struct {
	Counts func() map[jobs.State]int
	Oldest func(now time.Time) time.Duration // age of the oldest waiting report
	Stored func() int64                      // bytes
	// Failing is how many schedules have a last run that failed or was not delivered.
	Failing func(ctx context.Context) (int, error)
}

// metrics are the service's numbers. Their labels come from definitions and from
// our own code, so that there is a bounded number of series.
type metrics struct {
	handler    http.Handler
	ended      *prometheus.CounterVec
	rows       *prometheus.CounterVec
	took       *prometheus.HistogramVec
	waited     *prometheus.HistogramVec
	refused    *prometheus.CounterVec
	frames     *prometheus.CounterVec
	deliveries *prometheus.CounterVec
	downloads  prometheus.Counter
	downloaded prometheus.Counter
}

var seconds = []float64{.1, .5, 1, 5, 15, 60, 300, 900, 3600, 4 * 3600}

func newMetrics(sources Sources) *metrics {
	counters := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	histograms := func(name, help string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: seconds}, []string{"type"})
	}
	m := &metrics{
		ended:      counters("reports_ended_total", "Reports that ended, by state and by the reason of failed ones.", "type", "state", "reason"),
		rows:       counters("reports_rows_total", "Rows of the reports that were made.", "type"),
		took:       histograms("reports_run_seconds", "How long the run of a report that was made took."),
		waited:     histograms("reports_wait_seconds", "How long after it was asked for a run of a report began."),
		refused:    counters("reports_refused_total", "Requests for reports that were refused, by the code of the answer.", "code"),
		frames:     counters("reports_frames_total", "Frames posted to @connections: delivered, gone, refused or failed.", "outcome"),
		deliveries: counters("reports_deliveries_total", "Attempts to deliver reports of schedules, by the kind of target: delivered, refused (not tried again) or failed (tried again).", "target", "outcome"),
		downloads:  prometheus.NewCounter(prometheus.CounterOpts{Name: "reports_downloads_total", Help: "Downloads."}),
		downloaded: prometheus.NewCounter(prometheus.CounterOpts{Name: "reports_download_bytes_total", Help: "Bytes that downloads sent."}),
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(m.ended, m.rows, m.took, m.waited, m.refused, m.frames, m.deliveries, m.downloads, m.downloaded,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), read{sources})
	m.handler = promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
	return m
}

// read collects the numbers of Sources.
type read struct{ Sources }

var (
	jobsNow    = prometheus.NewDesc("reports_jobs", "Reports that are kept, by state.", []string{"state"}, nil)
	oldestNow  = prometheus.NewDesc("reports_oldest_waiting_seconds", "How long the report that waits longest has been waiting.", nil, nil)
	failingNow = prometheus.NewDesc("reports_schedules_failing", "Schedules whose last report failed or has not been delivered to everybody.", nil, nil)
	storedNow  = prometheus.NewDesc("reports_stored_bytes", "Bytes that drafts and kept reports take on this node.", nil, nil)
)

func (r read) Describe(descriptions chan<- *prometheus.Desc) {
	descriptions <- jobsNow
	descriptions <- oldestNow
	descriptions <- storedNow
	descriptions <- failingNow
}

func (r read) Collect(numbers chan<- prometheus.Metric) {
	counts := r.Counts()
	for _, state := range []jobs.State{jobs.Queued, jobs.Running, jobs.Ready, jobs.Failed, jobs.Cancelled} {
		numbers <- prometheus.MustNewConstMetric(jobsNow, prometheus.GaugeValue, float64(counts[state]), string(state))
	}
	numbers <- prometheus.MustNewConstMetric(oldestNow, prometheus.GaugeValue, r.Oldest(time.Now()).Seconds())
	numbers <- prometheus.MustNewConstMetric(storedNow, prometheus.GaugeValue, float64(r.Stored()))
	ctx, done := context.WithTimeout(context.Background(), failingTimeout)
	defer done()
	if failing, err := r.Failing(ctx); err == nil { // without it the number is not there, as with any store that does not answer
		numbers <- prometheus.MustNewConstMetric(failingNow, prometheus.GaugeValue, float64(failing))
	}
}

// failingTimeout keeps a scrape from waiting for a store that does not answer.
const failingTimeout = 2 * time.Second
