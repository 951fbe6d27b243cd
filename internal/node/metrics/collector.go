package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
)

// collector turns counters into metrics. What is shown depends on which stages
// exist, so it describes nothing beforehand.
type collector struct{ Sources }

// Describe implements [prometheus.Collector].
func (c *collector) Describe(chan<- *prometheus.Desc) {}

func name(text, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("pasarela_"+text, help, labels, nil)
}

// Metrics of the node, of stages and of routes. Those of stages and routes bear
// AWS's names (aws-dataplane §10.6).
var (
	info        = name("info", "1, with the version of the program.", "version")
	storeUp     = name("store_up", "1 while the store answers, 0 while it does not.")
	open        = name("connections_open", "Connections now, those still at $connect included.")
	opened      = name("connections_opened_total", "Connections that were established.")
	closed      = name("connections_closed_total", "Connections that ended, by cause.", "cause")
	refused     = name("handshakes_refused_total", "Handshakes that did not become a connection, by cause.", "cause")
	failures    = name("failures_total", "Executions that failed and calls and handshakes that were refused, by the id of the cause that explain names.", "cause")
	inFlight    = name("messages_in_flight", "Messages that are being worked on.")
	messages    = name("messages_total", "WebSocket messages, by direction.", "direction")
	volume      = name("socket_bytes_total", "Bytes of WebSocket frames, by direction.", "direction")
	away        = name("connections_away", "Resumable connections whose client is away and may come back.")
	resumed     = name("connections_resumed_total", "Sockets that went on with a connection.")
	movedIn     = name("connections_moved_total", "Connections that came from another node with their clients.")
	mailboxes   = name("mailbox_bytes", "Bytes of messages for resumable connections that their clients have not confirmed, with 128 for each.")
	pushes      = name("push_outcomes_total", "Messages for clients, by what became of them.", "outcome")
	slowReaders = name("pushes_refused_total", "Pushes refused because the client reads too slowly.")
	undelivered = name("messages_undelivered_total", "Messages accepted for clients and not sent before their connections ended.")
	pending     = name("disconnects_pending", "$disconnects that wait, run or pause before another attempt.")
	asyncQueued = name("async_queued_total", "Calls of integrations that were put into the queue (pasarela:async).")
	asyncDead   = name("async_dead_letters_total", "Calls from the queue that were given up.")
	asyncWaits  = name("async_waiting", "Calls that wait in the queue of all nodes, at the last look, at most 5 seconds ago.")
	disconnects = name("disconnects_total", "$disconnects, by outcome: delivered (or without a route), lost; attempts beyond the first; and those recovered from a node that was lost.", "outcome")
	hosts       = name("backend_hosts", "Backend hosts that are known.")
	conns       = name("backend_connections_open", "Connections to backends.")
	waiting     = name("backend_calls_waiting", "Calls that wait for a connection to their backend.")
	failed      = name("backend_calls_failed_total", "Calls that were not made: the queue was full, or brought no connection in time.", "cause")
	stale       = name("backend_connections_stale_total", "Kept connections that were replaced when they were to be used.")
	ioUring     = name("io_uring", "1 where a message for many connections is sent by one system call for 64 of them (io_uring), 0 where by one for each.")
	logDropped  = name("log_dropped_bytes_total", "Bytes of stages' logs that found no room.")
	bodies      = name("request_bodies_refused_total", "Signed requests that were refused because large bodies of others took all the memory that there is for them.")

	stageOpen  = name("stage_connections_open", "Connections of the stage on this node.", "api", "stage")
	stageReady = name("stage_serving", "1 while the newest deployment is being served, 0 while it cannot.", "api", "stage")

	perRoute = [...]struct {
		desc  *prometheus.Desc
		value func(*execution.Counters) int64
	}{
		{counter("connect_count", "ConnectCount"), func(c *execution.Counters) int64 { return c.ConnectCount.Load() }},
		{counter("message_count", "MessageCount"), func(c *execution.Counters) int64 { return c.MessageCount.Load() }},
		{counter("integration_error", "IntegrationError"), func(c *execution.Counters) int64 { return c.IntegrationError.Load() }},
		{counter("client_error", "ClientError"), func(c *execution.Counters) int64 { return c.ClientError.Load() }},
		{counter("execution_error", "ExecutionError"), func(c *execution.Counters) int64 { return c.ExecutionError.Load() }},
		{counter("failed", "Executions that are in any of AWS's counts of errors, each once"), func(c *execution.Counters) int64 { return c.Failed.Load() }},
		{counter("throttled", "Executions that a throttle or quota refused"), func(c *execution.Counters) int64 { return c.Throttled.Load() }},
		{counter("pushes", "Messages posted through @connections"), func(c *execution.Counters) int64 { return c.Pushes.Load() }},
	}
	latency = name("integration_latency_seconds", "IntegrationLatency: how long backends took.", "api", "stage", "route")
)

// counter is a metric of a stage; of a route with detailed metrics it has the
// route's key, else an empty one.
func counter(text, help string) *prometheus.Desc {
	return name(text+"_total", help+", of the stage (route \"\") and of routes with detailed metrics.", "api", "stage", "route")
}

// Collect implements [prometheus.Collector].
func (c *collector) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	count := func(d *prometheus.Desc, v int64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), labels...)
	}
	gauge(info, 1, c.Version)
	gauge(storeUp, boolValue(c.StoreUp()))
	stats := c.Gateway.Stats()
	gauge(open, float64(stats.Open))
	gauge(inFlight, float64(stats.Sockets.InFlight))
	count(opened, stats.Sockets.Opened)
	count(messages, stats.Sockets.MessagesIn, "in")
	count(messages, stats.Sockets.MessagesOut, "out")
	count(volume, stats.Sockets.BytesIn, "in")
	count(volume, stats.Sockets.BytesOut, "out")
	gauge(ioUring, boolValue(stats.Sockets.IOUring))
	count(slowReaders, stats.Sockets.Refused)
	count(logDropped, c.LogDropped())
	count(bodies, c.BodiesRefused())
	count(undelivered, stats.Sockets.Undelivered)
	gauge(away, float64(stats.Away))
	count(resumed, stats.Resumed)
	count(movedIn, stats.Moved)
	gauge(mailboxes, float64(stats.MailboxBytes))
	for outcome, n := range stats.Outcomes {
		count(pushes, n, gateway.Outcome(outcome).String())
	}
	gauge(pending, float64(stats.DisconnectsQueued))
	gauge(asyncWaits, float64(stats.AsyncWaiting))
	count(asyncQueued, stats.AsyncQueued)
	count(asyncDead, stats.AsyncDead)
	count(disconnects, stats.DisconnectsDone, "delivered")
	count(disconnects, stats.DisconnectsRetried, "retried")
	count(disconnects, stats.DisconnectsLost, "lost")
	count(disconnects, stats.DisconnectsRecovered, "recovered")
	backends := c.Backends()
	gauge(hosts, float64(backends.Hosts))
	gauge(conns, float64(backends.Open))
	gauge(waiting, float64(backends.Waiting))
	count(failed, backends.Refused, "queue_full")
	count(failed, backends.Expired, "no_connection_in_time")
	count(stale, backends.Stale)
	for why, n := range stats.Refused {
		count(refused, n, why.String())
	}
	for cause, n := range stats.Causes {
		count(failures, n, string(cause))
	}
	for cause := socket.CauseNone + 1; cause < socket.Causes; cause++ {
		count(closed, stats.Sockets.Closed[cause], cause.String())
	}
	c.Directory.Stages(func(s *stage.Stage) {
		gauge(stageOpen, float64(c.Gateway.OpenOn(s)), s.APIID, s.Name)
		gauge(stageReady, serving(s), s.APIID, s.Name)
		counters(out, s, "", &s.Counters)
		s.RouteCounters(func(key string, c *execution.Counters) { counters(out, s, key, c) })
	})
}

func serving(s *stage.Stage) float64 { return boolValue(s.Deployed() != nil && s.Problem().IsZero()) }

func boolValue(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

func counters(out chan<- prometheus.Metric, s *stage.Stage, route string, c *execution.Counters) {
	for _, m := range perRoute {
		out <- prometheus.MustNewConstMetric(m.desc, prometheus.CounterValue, float64(m.value(c)), s.APIID, s.Name, route)
	}
	buckets, total := map[float64]uint64{}, uint64(0)
	for i, bound := range execution.LatencyBounds {
		total += uint64(c.Buckets[i].Load())
		buckets[bound.Seconds()] = total
	}
	total += uint64(c.Buckets[len(execution.LatencyBounds)].Load())
	out <- prometheus.MustNewConstHistogram(latency, total, float64(c.Sum.Load())/1e9, buckets, s.APIID, s.Name, route)
}
