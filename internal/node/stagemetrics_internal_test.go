package node

import (
	"reflect"
	"sync/atomic"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/node/minutecounts"
)

// Every counter of a stage is shown, and each under its own name.
func TestEveryCounterHasItsName(t *testing.T) {
	var counters execution.Counters
	value, fields := reflect.ValueOf(&counters).Elem(), 0
	for i := range value.NumField() {
		if counter, ok := value.Field(i).Addr().Interface().(*atomic.Int64); ok {
			fields++
			counter.Store(int64(fields))
		}
	}
	shown := countersOf(&counters)
	if len(shown) != fields {
		t.Errorf("%d counters are shown of %d", len(shown), fields)
	}
	for i, n := 0, 0; i < value.NumField(); i++ {
		if _, ok := value.Field(i).Addr().Interface().(*atomic.Int64); ok {
			if n++; shown[value.Type().Field(i).Name] != float64(n) {
				t.Errorf("%s is shown as %v, not %d", value.Type().Field(i).Name, shown[value.Type().Field(i).Name], n)
			}
		}
	}
}

// The minute under way has what was counted since the last reading of the same stage.
func TestTheMinuteUnderWayBeginsAtTheLastReading(t *testing.T) {
	served := new(stage.Stage)
	served.Counters.ClientError.Store(7)
	counted := minutecounts.Series{Identity: served}
	counted.Counted[3] = 5
	for name, test := range map[string]struct {
		series minutecounts.Series
		want   int64
	}{
		"the same stage":                     {counted, 2},
		"an earlier stage of that name":      {minutecounts.Series{Identity: new(stage.Stage), Counted: counted.Counted}, 7},
		"a stage that has not been read yet": {minutecounts.Series{}, 7},
	} {
		if got := sinceReading(served, test.series); got["ClientError"] != test.want || len(got) != len(counterNames) {
			t.Errorf("%s: %v, want %d", name, got, test.want)
		}
	}
}
