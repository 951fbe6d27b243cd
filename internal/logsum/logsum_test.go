package logsum_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pasarela-ws/pasarela/internal/logsum"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// lines are those that were logged since the last time.
func lines(t *testing.T, log *testkit.Log) []map[string]any { return parsed(t, log.Take()) }

func parsed(t *testing.T, text string) (all []map[string]any) {
	t.Helper()
	for text := range strings.Lines(text) {
		var one map[string]any
		if err := json.Unmarshal([]byte(text), &one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	return all
}

func newLogger() (*slog.Logger, *testkit.Log, *logsum.Handler) {
	w := new(testkit.Log)
	h := logsum.New(slog.NewJSONHandler(w, nil))
	return slog.New(h), w, h
}

// pass lets time go by, and what is due then happen.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// A fault that concerns ten thousand clients makes ten lines and one that sums up.
func TestAFloodIsSummedUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, w, _ := newLogger()
		began := time.Now()
		for i := range 10_000 {
			log.Warn("a client is told to come again", "api", "a1", "requestId", fmt.Sprint("r", i), "error", errors.New("NATS does not answer"))
			time.Sleep(time.Millisecond / 2)
		}
		if all := lines(t, w); len(all) != logsum.Burst || all[9]["requestId"] != "r9" {
			t.Errorf("%d lines: %v", len(all), all)
		}
		pass(logsum.Period)
		all := lines(t, w)
		if len(all) != 1 {
			t.Fatalf("%d lines: %v", len(all), all)
		}
		sum := all[0]
		if sum["level"] != "WARN" || sum["msg"] != "a client is told to come again" || sum["repeated"] != 9_990.0 ||
			sum["api"] != "a1" || sum["error"] != "NATS does not answer" ||
			fmt.Sprint(sum["requestId"]) != "[r10 r11 r12 r13 r14 r15 r16 r17 r18 r19]" {
			t.Errorf("%v", sum)
		}
		if since, err := time.Parse(time.RFC3339Nano, sum["since"].(string)); err != nil || !since.Equal(began.Add(5*time.Millisecond)) {
			t.Errorf("since %v, %v", sum["since"], err)
		}

		// The next period begins anew.
		pass(2 * logsum.Period)
		log.Warn("a client is told to come again")
		pass(2 * logsum.Period)
		if all := lines(t, w); len(all) != 1 || all[0]["repeated"] != nil {
			t.Errorf("%v", all)
		}
	})
}

// Messages are counted apart, also of loggers with attributes of their own; lines of lower
// levels, and those that must all be there, pass.
func TestWhatIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, w, h := newLogger()
		whole := logsum.Whole(log)
		for i := range logsum.Burst + 2 {
			log.Info("info")
			whole.Error("whole")
			log.Error("one", "connection", i)
			log.With("node", "a").WithGroup("g").Warn("two")
		}
		counts := map[string]int{}
		for _, one := range lines(t, w) {
			counts[one["msg"].(string)]++
		}
		if fmt.Sprint(counts) != "map[info:12 one:10 two:10 whole:12]" {
			t.Errorf("%v", counts)
		}
		h.Flush()
		h.Flush()
		sums := fmt.Sprint(lines(t, w))
		for _, want := range []string{"level:ERROR msg:one repeated:2", "connection:[10 11]", "level:WARN msg:two", "node:a"} {
			if !strings.Contains(sums, want) {
				t.Errorf("%s is not in %s", want, sums)
			}
		}
		pass(2 * logsum.Period)
		if all := lines(t, w); len(all) != 0 {
			t.Errorf("after the end: %v", all)
		}
	})
}

// Messages that are different each time are bounded together, and so is what is kept of them.
func TestManyMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, w, _ := newLogger()
		for i := range 1_000 {
			attrs := []any{"long", strings.Repeat("x", 10_000)}
			for a := range 40 {
				attrs = append(attrs, fmt.Sprint("attr", a), i)
			}
			log.Error(fmt.Sprint("message ", i), attrs...)
		}
		if all := lines(t, w); len(all) > 300 {
			t.Errorf("%d lines", len(all))
		}
		pass(2 * logsum.Period)
		text := w.Take()
		size, all := len(text), parsed(t, text)
		if len(all) != 1 || all[0]["repeated"] != 1_000.0-256-logsum.Burst || size > 16_000 {
			t.Errorf("%d bytes, %d lines, %v", size, len(all), all[0]["repeated"])
		}
	})
}

func TestALoggerWithoutBound(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	if logsum.Whole(log) != log {
		t.Error("another logger")
	}
}
