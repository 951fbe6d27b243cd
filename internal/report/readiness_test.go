package report_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/report"
	"github.com/pasarela-ws/pasarela/internal/report/source"
)

// TestTheLogSaysWhenADatabaseGoesAndComes: once each, with the kind of the cause, also where
// nobody asks whether the service is ready.
func TestTheLogSaysWhenADatabaseGoesAndComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answers := []error{
			nil, fmt.Errorf("shop: %w", source.ErrUnavailable), fmt.Errorf("shop: %w", source.ErrUnavailable), fmt.Errorf("shop: %w", source.ErrPassword),
			fmt.Errorf("shop: %w", source.ErrLogin), context.DeadlineExceeded, nil, nil,
		}
		ctx, stop := context.WithCancel(t.Context())
		var out bytes.Buffer
		log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey || a.Key == "cause" {
				return slog.Attr{}
			}
			return a
		}}))
		asked := 0
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			report.WatchReadiness(ctx, log, "source shop", func(context.Context) error {
				asked++
				return answers[asked-1]
			})
		}()
		time.Sleep(time.Duration(len(answers)-1)*time.Minute + time.Second)
		stop()
		<-ended
		const gone, back = `level=WARN msg="what reports need cannot be reached" check="source shop" reason=`, `level=INFO msg="what reports need can be reached again" check="source shop"`
		if diff := cmp.Diff(gone+"unreachable\n"+gone+"login_refused\n"+gone+"timed_out\n"+back+"\n", out.String()); diff != "" || asked != len(answers) {
			t.Errorf("asked %d times; -want +got:\n%s", asked, diff)
		}
	})
}
