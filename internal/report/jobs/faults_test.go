package jobs_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/pasarela-ws/pasarela/internal/report/jobs"
)

// unanswered is a bucket that leaves its n-th write without an answer.
type unanswered struct {
	jetstream.KeyValue
	n      int64
	made   bool // the write is made all the same
	writes atomic.Int64
}

func (u *unanswered) write(do func() (uint64, error)) (uint64, error) {
	if u.writes.Add(1) != u.n {
		return do()
	}
	if u.made {
		_, _ = do()
	}
	return 0, context.DeadlineExceeded
}

func (u *unanswered) Create(ctx context.Context, key string, value []byte, options ...jetstream.KVCreateOpt) (uint64, error) {
	return u.write(func() (uint64, error) { return u.KeyValue.Create(ctx, key, value, options...) })
}

func (u *unanswered) Update(ctx context.Context, key string, value []byte, revision uint64) (uint64, error) {
	return u.write(func() (uint64, error) { return u.KeyValue.Update(ctx, key, value, revision) })
}

// TestAReportIsMadeWhateverTheStoreDoes: whichever write of a job is not answered, made or not,
// the report is made once, without a restart, and its end is told.
func TestAReportIsMadeWhateverTheStoreDoes(t *testing.T) {
	for n := range int64(4) { // accepted, claimed, ended, notified
		for _, made := range []bool{false, true} {
			t.Run(fmt.Sprintf("write %d, made %t", n+1, made), func(t *testing.T) {
				t.Parallel()
				q := open(t, jobs.Options{Workers: 1})
				bucket := &unanswered{n: n + 1, made: made}
				q.WrapStore(func(real jetstream.KeyValue) jetstream.KeyValue {
					bucket.KeyValue = real
					return bucket
				})
				c, ends := &workers{}, atomic.Int64{}
				work := c.work()
				work.Ended = func(jobs.Job) { ends.Add(1) }
				if err := q.Start(t.Context(), work); err != nil {
					t.Fatal(err)
				}
				defer stop(t, q)
				if _, _, _, err := q.Submit(t.Context(), jobs.Job{ID: "one", Type: "x", ConnectionID: "one="}); err != nil {
					submit(t, q, "one", "")
				}
				until(t, q, "one", jobs.Ready)
				reports, _ := c.seen()
				if diff := cmp.Diff([]string{"one"}, reports); diff != "" || ends.Load() != 1 {
					t.Errorf("%d ends, %s", ends.Load(), diff)
				}
				if bucket.writes.Load() < bucket.n {
					t.Errorf("there were %d writes", bucket.writes.Load())
				}
			})
		}
	}
}

// TestWhatFollowsEveryKillIsNoWarning: the embedded server words like a loss what it mends by itself.
func TestWhatFollowsEveryKillIsNoWarning(t *testing.T) {
	t.Parallel()
	for text, level := range map[string]string{
		"Filestore [KV_reports] Stream state outdated, last block has additional entries, will rebuild":                           "level=INFO",
		"Filestore [report-schedules] Message scheduling state is outdated; attempting to recover using linear scan (seq 1 to 2)": "level=INFO",
		"Filestore [KV_reports] Stream state checksum did not match":                                                              "level=WARN",
	} {
		var out bytes.Buffer
		jobs.LogWarning(slog.New(slog.NewTextHandler(&out, nil)), text)
		if !strings.Contains(out.String(), level) || !strings.Contains(out.String(), text) {
			t.Errorf("%s: %s", text, out.String())
		}
	}
}
