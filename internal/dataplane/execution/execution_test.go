package execution_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/language"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func TestIDs(t *testing.T) {
	ids := execution.NewIDs(0x1234)
	seen := map[string]bool{}
	for range 10_000 {
		for _, id := range []string{ids.Connection(noon), ids.Request(noon), ids.Message(noon)} {
			if seen[id] {
				t.Fatalf("%s twice", id)
			}
			seen[id] = true
			if node, ok := execution.NodeOfConnection(id); !ok || node != 0x1234 || len(id) != execution.IDLength {
				t.Fatalf("%s names node %x, %v", id, node, ok)
			}
		}
	}
}

// The first four bytes advance 40 times a second, as AWS's do (aws-dataplane §1.7).
func TestIDsCountTimeAsAWSDoes(t *testing.T) {
	ids := execution.NewIDs(0)
	first := ids.Connection(noon)
	if second := ids.Connection(noon.Add(24 * time.Millisecond)); second[:5] != first[:5] {
		t.Errorf("%s and %s are 24 ms apart", first, second)
	}
	if later := ids.Connection(noon.Add(time.Minute)); later <= first {
		t.Errorf("%s is not after %s", later, first)
	}
}

func TestIDsThatAreNone(t *testing.T) {
	for _, id := range []string{"", "=", "R1kmxc2VNjMCFIA", "R1kmxc2VNjMCFIA==", "R1kmxc2VNjMCF+A=", "R1kmxc2VNjMCFI==", "R1kmxc2VNjMCFIB=", "R1kmxc2VNjMCF A=", strings.Repeat("A", 4000)} {
		if _, ok := execution.NodeOfConnection(id); ok {
			t.Errorf("%q is taken for an id", id)
		}
	}
	for _, id := range []string{"R1kmxc2VNjMCFIA=", "L0SM9cOFvHcCIhw=", "eHrdFcnvvHcCE-w=", "HXT_RfBnPHcCIIg="} { // AWS's own
		if _, ok := execution.NodeOfConnection(id); !ok {
			t.Errorf("%q is not taken for an id", id)
		}
	}
}

func FuzzNodeOfConnection(f *testing.F) {
	f.Add("R1kmxc2VNjMCFIA=")
	f.Add("")
	f.Fuzz(func(t *testing.T, id string) {
		if _, ok := execution.NodeOfConnection(id); ok && (len(id) != execution.IDLength || strings.ContainsAny(id, "/+%&\"\r\n ")) {
			t.Errorf("%q is taken for an id", id)
		}
	})
}

func TestErrorFrames(t *testing.T) {
	for _, test := range []struct {
		err  *execution.GatewayError
		want string
	}{
		{execution.RouteNotFound("x", language.Message{}), `{"message": "Forbidden", "connectionId":"C=", "requestId":"R="}`},
		{execution.Misconfigured("x", language.Message{}), `{"message": "Internal server error", "connectionId":"C=", "requestId":"R="}`},
		{execution.TimedOut(language.Message{}), `{"message": "Endpoint request timed out", "connectionId":"C=", "requestId":"R="}`},
		{execution.InvalidBody("x", language.Message{}), `{"message": "Invalid request body", "connectionId":"C=", "requestId":"R="}`},
		{execution.TooManyRequests(language.Message{}), `{"message": "Too Many Requests", "connectionId":"C=", "requestId":"R="}`},
		{&execution.GatewayError{}, `{"message": null, "connectionId":"C=", "requestId":"R="}`},
	} {
		if got := string(test.err.AppendFrame(nil, "C=", "R=")); got != test.want {
			t.Errorf("%s\nwant %s", got, test.want)
		}
	}
}

func FuzzAppendQuoted(f *testing.F) {
	f.Add("a\"\\\n\x00é\xff\u2028")
	f.Fuzz(func(t *testing.T, text string) {
		var got string
		if err := json.Unmarshal(execution.AppendQuoted(nil, text), &got); err != nil || got != strings.ToValidUTF8(text, "\ufffd") {
			t.Errorf("%q became %q: %v", text, got, err)
		}
	})
}

func record(connectionID, requestID string, err *execution.GatewayError) *execution.Record {
	r := &execution.Record{}
	r.Begin(noon)
	r.EventType, r.ConnectionID, r.RequestID, r.APIID, r.Stage, r.RouteKey = event.Message, connectionID, requestID, "api1", "prod", "join"
	r.Note(execution.StepRoute, "join")
	r.Note(execution.StepMessage, "a secret\nmessage")
	r.Note(execution.StepRequestURI, "http://b/")
	r.Note(execution.StepSending, "")
	r.Touch(noon.Add(18 * time.Millisecond))
	r.NoteReceived(201, 18*time.Millisecond)
	if err != nil {
		r.Fail(err)
	}
	return r
}

func TestExecutionLog(t *testing.T) {
	got := string(record("C", "R=", execution.Misconfigured("No match", language.Message{})).AppendLog(nil, false))
	want := `2026-11-24T12:00:00.000Z (R=) Extended Request Id: R=
2026-11-24T12:00:00.000Z (R=) Starting execution for request: R=
2026-11-24T12:00:00.000Z (R=) WebSocket Request Route: [join]
2026-11-24T12:00:00.000Z (R=) WebSocket API [api1] received message from client [Connection Id: C]. Message: []
2026-11-24T12:00:00.000Z (R=) Endpoint request URI: http://b/
2026-11-24T12:00:00.000Z (R=) Sending request to http://b/
2026-11-24T12:00:00.018Z (R=) Received response. Status: 201, Integration latency: 18 ms
2026-11-24T12:00:00.018Z (R=) Execution failed due to configuration error: No match
`
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	traced := string(record("C", "R=", nil).AppendLog(nil, true))
	if !strings.Contains(traced, "Message: [a secret message]") {
		t.Errorf("data trace:\n%s", traced)
	}
}

func TestLongLinesAreCut(t *testing.T) {
	r := record("C", "R=", nil)
	r.Note(execution.StepFailure, strings.Repeat("x", 5000))
	lines := strings.Split(strings.TrimSpace(string(r.AppendLog(nil, true))), "\n")
	last := lines[len(lines)-1]
	if _, text, _ := strings.Cut(last, " "); len(text) != 1024 || !strings.HasSuffix(text, "[TRUNCATED]") {
		t.Errorf("%d bytes: …%s", len(text), text[max(0, len(text)-20):])
	}
}

// Clients choose messages, user agents, close reasons, keys and paths: whatever they
// send stays on one line and has no control characters (A-LOG-3).
func TestNobodyForgesLines(t *testing.T) {
	const nasty = "x\r\n2026-11-24T12:00:00.000Z (R2=) forged\x1b[31m\x07\u009b\u0085\x7f\u202e\u200b\u2028\v\f\x00\xff\r"
	r := record("C", "R=", nil)
	r.RouteKey = nasty
	for step := execution.Step(1); step <= execution.StepNote; step++ {
		r.Note(step, nasty)
	}
	r.Fail(execution.Misconfigured(nasty, language.Verbatim.Of(nasty)))
	log := string(r.AppendLog(nil, true))
	for line := range strings.Lines(log) {
		if !strings.HasPrefix(line, "2026-11-24T12:00:00") || !strings.Contains(line, " (R=) ") {
			t.Errorf("a forged line: %q", line)
		}
		invisible(t, strings.TrimSuffix(line, "\n"))
	}
	history := execution.NewHistory(1 << 20)
	history.Add(r)
	entries := history.Find("C")
	for _, line := range strings.Split(execution.Explain(entries, false, language.English), "\n") {
		invisible(t, line)
	}
	if cause := execution.Line(entries[0].Cause(), language.English); strings.Contains(cause, "\n") {
		t.Errorf("the cause has lines: %q", cause)
	}
}

func invisible(t *testing.T, line string) {
	t.Helper()
	for _, r := range line {
		if r == '\n' || unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) || r == utf8.RuneError {
			t.Errorf("%U in %q", r, line)
		}
	}
}

func TestTheFirstLineOfAnExplanationIsTheCause(t *testing.T) {
	history := execution.NewHistory(1 << 20)
	history.Add(record("C", "R1", nil))
	history.Add(record("C", "R2", execution.Misconfigured("No match", language.Verbatim.Of("create an integration response"))))
	history.Add(record("D", "R3", nil))
	ended := record("E", "R4", nil)
	ended.EventType, ended.RouteKey = event.Disconnect, "$disconnect"
	history.Add(ended)
	told := record("F", "R5", nil)
	told.EventType, told.RouteKey = event.Disconnect, "$disconnect"
	told.NoteMessage(execution.StepEnded, language.EndedByClient.Of("1000: bye"))
	history.Add(told)
	told.ConnectionID = "G"
	history.Add(told)
	late := record("G", "R6", execution.Refused(execution.Default4XX, 410, pasarela.CodeGone, "Gone", "", language.PushEnded.Because(language.EndedByClient.Of("1000: bye"), "then")))
	history.Add(late)
	for range 3 {
		history.Add(record("H", "R7", nil))
	}
	for id, want := range map[string]struct {
		entries int
		first   string
	}{
		"C":  {2, "create an integration response"},
		"R1": {1, "Every execution went well: 1 in memory, the last was MESSAGE join at 2026-11-24 12:00:00 UTC."},
		"R2": {1, "create an integration response"},
		"D":  {1, "Every execution went well: 1 in memory, the last was MESSAGE join at 2026-11-24 12:00:00 UTC."},
		"G":  {2, "Its newest failure, MESSAGE join at 2026-11-24 12:00:00 UTC: The connection ended at then, before the call: the client closed it (1000: bye). A backend should forget an id after a 410"},
		"H":  {3, "Every execution went well: 1 in memory, the last was MESSAGE join at 2026-11-24 12:00:00 UTC."},
		"E":  {1, "The connection has ended. Every execution went well: 1 in memory, the last was DISCONNECT $disconnect at 2026-11-24 12:00:00 UTC."},
		"F":  {1, "The connection ended at 2026-11-24 12:00:00 UTC: the client closed it (1000: bye). Every execution went well: 1 in memory, the last was DISCONNECT $disconnect at 2026-11-24 12:00:00 UTC."},
	} {
		entries := history.Find(id)
		if len(entries) != want.entries {
			t.Fatalf("%s: %d entries", id, len(entries))
		}
		text := execution.Explain(entries, false, language.English)
		if !strings.Contains(text, "Sending request to http://b/\n") {
			t.Errorf("%s: where the request went is missing:\n%s", id, text)
		}
		if first, _, _ := strings.Cut(text, "\n"); first != want.first {
			t.Errorf("%s: first line %q", id, first)
		}
	}
	if entries := history.Find("nobody"); entries != nil {
		t.Errorf("%d entries of nobody", len(entries))
	}
}

// The outcome of an attempt to connect is that of its handshake and of the newest call of its
// integration from the queue.
func TestOutcomeOfAnAttemptToConnect(t *testing.T) {
	well := execution.Entry{EventType: event.Connect}
	queued := execution.Entry{EventType: event.Connect, Notes: []execution.LoggedStep{{Step: execution.StepNote, Words: language.StepQueued.Of()}}}
	failed := execution.Entry{EventType: event.Connect, ResponseType: execution.IntegrationFailure, Failure: language.DeadAnswered.Of("500")}
	for name, c := range map[string]struct {
		entries []execution.Entry
		says    string
		failed  bool
	}{
		"well":                     {[]execution.Entry{well}, "Connected", false},
		"refused":                  {[]execution.Entry{failed}, "the backend answered 500", true},
		"in the queue":             {[]execution.Entry{queued}, "Connected; the call of the integration waits in the queue (pasarela:async)", false},
		"failed from the queue":    {[]execution.Entry{queued, failed}, "Connected; the call of the integration from the queue (pasarela:async) failed: the backend answered 500", true},
		"well from the queue":      {[]execution.Entry{queued, well}, "Connected", false},
		"well after it had failed": {[]execution.Entry{queued, failed, well}, "Connected", false},
	} {
		if says, failed := execution.Attempt(c.entries); says.Error() != c.says || failed != c.failed {
			t.Errorf("%s: %q %v", name, says, failed)
		}
	}
}

// What clients and backends say to each other is kept where data trace is on, and in
// no step, cause or field otherwise (A-LOG-4).
func TestDataIsKeptUnderDataTraceOnly(t *testing.T) {
	const secret = "4111111111111111"
	for _, data := range []bool{false, true} {
		history := execution.NewHistory(1 << 20)
		r := record("C", "R1", nil)
		for _, step := range []execution.Step{
			execution.StepMessage, execution.StepAuthorizerBody, execution.StepRequestHeaders, execution.StepRequestBody,
			execution.StepResponseHeaders, execution.StepResponseBody, execution.StepReply,
		} {
			r.Note(step, `{"card":"`+secret+`"}`)
		}
		r.Note(execution.StepRequestURI, "https://b/pay?card="+secret)
		r.Note(execution.StepAuthorizerCall, "https://a/?card="+secret)
		r.Fail(execution.Unreachable(language.IntegrationNoResponse.Because(errors.New("refused"), "i1", "https://b/pay?card="+secret)))
		r.Data = data
		history.Add(r)
		text := execution.Explain(history.Find("C"), false, language.English)
		if strings.Contains(text, secret) != data {
			t.Errorf("data %v:\n%s", data, text)
		}
		if !data && (!strings.Contains(text, "Message: [(not kept: dataTraceEnabled is off)]") || !strings.Contains(text, "Endpoint request URI: https://b/pay?...\n") || !strings.Contains(text, "no answer from https://b/pay?...: refused")) {
			t.Errorf("what was left out is not told:\n%s", text)
		}
		if log := string(r.AppendLog(nil, true)); !strings.Contains(log, secret) {
			t.Errorf("the log, which has its own setting, lost it:\n%s", log)
		}
	}
}

func TestHistorySaysWhenItForgets(t *testing.T) {
	history := execution.NewHistory(1)
	if _, forgot := history.Forgot(); forgot {
		t.Error("it forgot nothing")
	}
	for range 5000 {
		history.Add(record("C", "R", nil))
	}
	if oldest, forgot := history.Forgot(); !forgot || !oldest.Equal(noon) {
		t.Errorf("%v %v", oldest, forgot)
	}
}

func TestHistoryIsBoundedAndKeepsTheNewest(t *testing.T) {
	history := execution.NewHistory(1 << 20)
	const many = 30_000
	for i := range many {
		history.Add(record("C", fmt.Sprint("R", i), nil))
	}
	entries := history.Find("C")
	if len(entries) < 300 || len(entries) > many/10 {
		t.Errorf("%d entries in an eighth of a mebibyte", len(entries))
	}
	for i, e := range entries {
		if want := fmt.Sprint("R", many-len(entries)+i); e.RequestID != want {
			t.Fatalf("entry %d is %s, want %s", i, e.RequestID, want)
		}
	}
	if recent := history.Recent(3, func(e *execution.Entry) bool { return e.Stage == "prod" }); len(recent) != 3 {
		t.Errorf("%d recent ones", len(recent))
	}
}

func TestHistoryIsSafeForConcurrentUse(t *testing.T) {
	history := execution.NewHistory(1 << 20)
	var all sync.WaitGroup
	for g := range 4 {
		all.Go(func() {
			for i := range 500 {
				history.Add(record(fmt.Sprint("C", g), fmt.Sprint("R", i), nil))
				if i%50 == 0 {
					history.Find(fmt.Sprint("C", i%4))
				}
			}
		})
	}
	all.Wait()
	if n := len(history.Find("C1")); n == 0 {
		t.Error("nothing is remembered")
	}
}

type slowWriter struct {
	gate chan struct{}
	mu   sync.Mutex
	text strings.Builder
	err  error
}

func (w *slowWriter) Write(b []byte) (int, error) {
	<-w.gate
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text.Write(b)
	return len(b), w.err
}

func TestASinkNeverWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &slowWriter{gate: make(chan struct{})}
		sink := execution.NewSink(w, 10, time.Second)
		sink.Write([]byte("12345\n"))
		time.Sleep(2 * time.Second) // the writer hangs with the first line
		sink.Write([]byte("678901234\n"))
		sink.Write([]byte("too much\n"))
		if n := sink.Dropped.Load(); n != 9 {
			t.Errorf("%d bytes dropped", n)
		}
		close(w.gate)
		sink.Close()
		if got := w.text.String(); got != "12345\n678901234\n" {
			t.Errorf("written %q", got)
		}
	})
}

// TestASilentSinkHasNoGoroutine: a node keeps a log open for every stage that it
// has had, so idle ones must cost little.
func TestASilentSinkHasNoGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		sink := execution.NewSink(&out, 100, time.Second)
		for range 3 {
			before := runtime.NumGoroutine()
			sink.Write([]byte("line\n"))
			time.Sleep(10 * time.Second)
			synctest.Wait()
			if now := runtime.NumGoroutine(); now > before {
				t.Errorf("%d goroutines more", now-before)
			}
		}
		sink.Close()
		sink.Write([]byte("late\n"))
		if out.String() != "line\nline\nline\n" || sink.Dropped.Load() != 5 {
			t.Errorf("%q, %d dropped", out.String(), sink.Dropped.Load())
		}
	})
}

func TestASinkCountsWhatCannotBeWritten(t *testing.T) {
	w := &slowWriter{gate: make(chan struct{}), err: errors.New("disk full")}
	close(w.gate)
	sink := execution.NewSink(w, 100, time.Millisecond)
	sink.Write([]byte("line\n"))
	sink.Close()
	if n := sink.Dropped.Load(); n != 5 {
		t.Errorf("%d bytes dropped", n)
	}
}

// A backend's 4xx and 5xx are errors of one kind or two, as on AWS, and one failure.
func TestABackendsErrorIsOneFailure(t *testing.T) {
	for _, c := range []struct {
		status                                 int
		proxied                                bool
		integration, execution, client, failed int64
	}{
		{200, false, 0, 0, 0, 0},
		{302, true, 0, 0, 0, 0},
		{404, false, 1, 0, 0, 1},
		{404, true, 1, 0, 1, 1},
		{500, false, 1, 0, 0, 1},
		{503, true, 1, 1, 0, 1},
	} {
		var n execution.Counters
		n.Answered(c.status, c.proxied)
		if n.IntegrationError.Load() != c.integration || n.ExecutionError.Load() != c.execution || n.ClientError.Load() != c.client || n.Failed.Load() != c.failed {
			t.Errorf("%d, proxied %v: %d %d %d %d", c.status, c.proxied, n.IntegrationError.Load(), n.ExecutionError.Load(), n.ClientError.Load(), n.Failed.Load())
		}
	}
}

func TestCounters(t *testing.T) {
	var c execution.Counters
	for _, err := range []*execution.GatewayError{execution.TimedOut(language.Message{}), execution.Unreachable(language.Message{}), execution.Failed("", language.Message{}), execution.Misconfigured("", language.Message{}), execution.RouteNotFound("", language.Message{}), execution.TooManyRequests(language.Message{})} {
		c.Failure(err, 0)
	}
	if c.IntegrationError.Load() != 3 || c.ExecutionError.Load() != 1 || c.ClientError.Load() != 2 || c.Throttled.Load() != 1 {
		t.Errorf("%d %d %d %d", c.IntegrationError.Load(), c.ExecutionError.Load(), c.ClientError.Load(), c.Throttled.Load())
	}
	c.Failure(execution.Misconfigured("", language.Message{}), 500) // the backend failed, and its response is not mapped
	c.Failure(execution.Misconfigured("", language.Message{}), 201)
	if c.IntegrationError.Load() != 4 || c.ExecutionError.Load() != 2 {
		t.Errorf("%d %d once backends had responded", c.IntegrationError.Load(), c.ExecutionError.Load())
	}
	if c.Failed.Load() != 8 {
		t.Errorf("of 8 failures %d are counted", c.Failed.Load())
	}
	c.Observe(time.Millisecond)
	c.Observe(time.Minute)
	if c.Buckets[0].Load() != 1 || c.Buckets[len(execution.LatencyBounds)].Load() != 1 {
		t.Error("latencies are in the wrong buckets")
	}
}

func FuzzLambdaEvent(f *testing.F) {
	f.Add("body", "name", "value", true)
	f.Fuzz(func(t *testing.T, body, name, value string, authorizer bool) {
		e := event.Event{EventType: event.Connect, AuthorizerLatency: 3, ConnectionID: name, Params: event.Params{
			Header: []event.Pair{{Name: name, Value: value}, {Name: name, Value: body}}, Querystring: []event.Pair{{Name: value, Value: name}},
		}, Authorizer: []event.Pair{{Name: name, Value: value}}, StageVariables: []event.Pair{{Name: name, Value: value}}}
		l := execution.LambdaEvent{Event: &e, Body: body, HasBody: true}
		if authorizer {
			l.MethodARN = value + "x"
		}
		if text := l.Append(nil); !json.Valid(text) {
			t.Errorf("not JSON: %s", text)
		}
	})
}

func BenchmarkRecord(b *testing.B) {
	history, r := execution.NewHistory(8<<20), &execution.Record{}
	b.ReportAllocs()
	for b.Loop() {
		r.Begin(noon)
		r.EventType, r.ConnectionID, r.RequestID = event.Message, "R1kmxc2VNjMCFIA=", "R1koeHsUtjMFbRw="
		r.Note(execution.StepRoute, "join")
		r.Note(execution.StepRequestURI, "http://127.0.0.1:8080/message")
		r.Note(execution.StepRequestBody, `{"connectionId":"R1kmxc2VNjMCFIA=","body":{"action":"join"}}`)
		r.NoteReceived(200, time.Millisecond)
		r.Note(execution.StepResponseBody, `{"ok":true}`)
		history.Add(r)
	}
}

// The phases of an execution's steps come in the order of what a gateway does, and only
// the time between sending and receiving is the backend's.
func TestTimeHasAPhase(t *testing.T) {
	for _, c := range []struct {
		phase string
		steps []execution.Step
	}{
		{"gateway", []execution.Step{execution.StepRoute, execution.StepConnecting, execution.StepMessage, execution.StepModel, execution.StepFailure, execution.StepNote}},
		{"authorizer", []execution.Step{execution.StepAuthorizer, execution.StepAuthorizerCall, execution.StepStatement}},
		{"request", []execution.Step{execution.StepTemplate, execution.StepRequestURI, execution.StepRequestBody}},
		{"backend", []execution.Step{execution.StepSending}},
		{"response", []execution.Step{execution.StepReceived, execution.StepResponseBody, execution.StepSelection}},
		{"client", []execution.Step{execution.StepReply, execution.StepConnected, execution.StepPush, execution.StepRefused}},
	} {
		for _, step := range c.steps {
			if got := step.Phase(); got != c.phase {
				t.Errorf("step %d: %s, want %s", step, got, c.phase)
			}
		}
	}
}
