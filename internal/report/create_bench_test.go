package report_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
)

// BenchmarkCreate is how long POST /api/reports/create takes, while nothing else
// happens and while 50 reports are being made: the promise is 50 ms at the 99th
// percentile. Beside it stands a sync of the disk alone, which no answer can be
// quicker than. On a machine that others use the first tells what is theirs.
//
//	go test ./internal/report -run '^$' -bench Create -benchtime 300x
func BenchmarkCreate(b *testing.B) {
	for _, running := range []int{0, 50} {
		b.Run(fmt.Sprintf("running=%d", running), func(b *testing.B) {
			served := start(b, newGateway(b).URL, report.Options{DefinitionsDir: withLong(b), Workers: max(running, 1), MaxQueued: 100_000})
			for i := range max(running, 1) { // so that what is asked for below waits in the queue
				rows := 50_000_000
				if running == 0 {
					rows = 1
				}
				post(b, served, fmt.Sprintf(`{"connectionId":"busy-%d=","type":"long","rows":%d}`, i, rows))
			}
			if running > 0 {
				waitCount(b, served, jobs.Running, running)
			}
			var took, syncs []time.Duration
			for i := 0; b.Loop(); i++ {
				syncs = append(syncs, syncOnce(b))
				began := time.Now()
				if status, _ := post(b, served, fmt.Sprintf(`{"connectionId":"new-%d=","type":"existencias"}`, i)); status != http.StatusCreated {
					b.Fatalf("answered %d", status)
				}
				took = append(took, time.Since(began))
			}
			quantile(b, took, 0.5, "create-p50-ms")
			quantile(b, took, 0.99, "create-p99-ms")
			quantile(b, syncs, 0.5, "sync-p50-ms")
			quantile(b, syncs, 0.99, "sync-p99-ms")
		})
	}
}

func quantile(b *testing.B, took []time.Duration, share float64, name string) {
	slices.Sort(took)
	b.ReportMetric(float64(took[int(share*float64(len(took)-1))].Microseconds())/1000, name)
}

// syncOnce is how long the disk takes for one small write, without us.
func syncOnce(b *testing.B) time.Duration {
	b.Helper()
	file, err := os.Create(filepath.Join(b.TempDir(), "sync"))
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	began := time.Now()
	if _, err := file.Write(make([]byte, 512)); err != nil {
		b.Fatal(err)
	}
	if err := file.Sync(); err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}
