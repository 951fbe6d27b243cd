package backup_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/internal/state/statetest"
)

// Whatever the store does with any one read or write while a file is applied with prune, what was
// acknowledged is there, and after an answer of 503 the file brings everything when it is
// applied again. Every fifth access is tried, unless PASARELA_EVERY_STEP is set.
func TestAFileIsAppliedWhateverTheStoreDoes(t *testing.T) {
	stride := 5
	if os.Getenv("PASARELA_EVERY_STEP") != "" {
		stride = 1
	}
	from, _ := full(t)
	text := must(from.Export(t.Context(), true))(t)
	other, _ := full(t) // with other identifiers, which are pruned
	there := must(other.APIs.Bucket.List(t.Context(), ""))(t)
	for _, fault := range []statetest.Fault{statetest.RequestLost, statetest.ResponseLost, statetest.Delayed} {
		for n, reached := int(fault), true; reached && !t.Failed(); n += stride {
			bucket := statetest.NewFaulty(memory.NewBucket(), nil)
			for _, entry := range there {
				must(bucket.Put(t.Context(), entry.Key, entry.Value, 0))(t)
			}
			to, who := openOn(t, bucket)
			count, at := 0, ""
			bucket.SetPlan(func(verb, key string) statetest.Fault {
				if count++; count != n {
					return statetest.None
				}
				at = verb + " " + key
				if fault != statetest.RequestLost && !strings.HasPrefix(verb, "put") && !strings.HasPrefix(verb, "delete") {
					return statetest.None
				}
				return fault
			})
			_, err := to.Apply(t.Context(), text, true)
			bucket.SetPlan(nil)
			reached = at != ""
			if err != nil {
				if !errors.Is(err, pasarela.ErrUnavailable) {
					t.Errorf("fault %d of access %d, %s: %v", fault, n, at, err)
				}
				bucket.RunDelayed()
				must(to.Apply(t.Context(), text, true))(t)
			}
			if diff := cmp.Diff(string(text), string(must(to.Export(t.Context(), true))(t))); diff != "" {
				t.Errorf("fault %d of access %d, %s (%v):\n%s", fault, n, at, err, diff)
			}
			if again := must(to.Plan(t.Context(), text, true))(t); !again.Empty() {
				t.Errorf("fault %d of access %d, %s: the next plan:\n%s", fault, n, at, again)
			}
			who.Close()
		}
	}
}
