package report_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/report"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/report/source"
)

// TestAPasswordThatIsBeingChangedIsWorthAnotherAttempt, and one that nothing can change is not.
func TestAPasswordThatIsBeingChangedIsWorthAnotherAttempt(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err    error
		reason string
		retry  bool
	}{
		{source.ErrPassword, "login_refused", true},
		{source.ErrUnavailable, "source_unavailable", true},
		{source.ErrLogin, "login_refused", false},
		{source.ErrQuery, "query_failed", false},
	} {
		failed, ok := errors.AsType[*jobs.Failure](report.FailureOf(fmt.Errorf("source shop: %w", test.err)))
		if !ok || failed.Reason != test.reason || failed.Retry != test.retry {
			t.Errorf("%v: %+v", test.err, failed)
		}
	}
}
