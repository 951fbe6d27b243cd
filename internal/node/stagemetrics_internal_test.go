package node

import (
	"reflect"
	"sync/atomic"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
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
