package functions_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/functions"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// lateRunner is a runner with a function whose process does other work after its answer, for
// the time that until says or until there is a file of that name.
func lateRunner(t *testing.T, limit time.Duration, until string) *fixture {
	t.Helper()
	f := start(t, func(o *functions.Options) { o.AnsweredLimit = limit })
	f.put(pasarela.Function{Name: "f", Latest: pasarela.FunctionVersion{Handler: "late:" + until, Timeout: 120}}, self(t))
	return f
}

// A call that follows an answer at once goes to the process that answered, though that has
// not asked for another event yet (A-FUNCTIONS-3).
func TestACallAfterAnAnswerStartsNoProcess(t *testing.T) {
	f := lateRunner(t, time.Hour, "50ms")
	first := f.ask(order{}).PID
	for range 3 {
		if pid := f.ask(order{}).PID; pid != first {
			t.Errorf("process %d answered after %d", pid, first)
		}
	}
}

// A process that does not ask for another event in time is not waited for.
func TestACallDoesNotWaitForOtherWork(t *testing.T) {
	f := lateRunner(t, time.Millisecond, filepath.Join(t.TempDir(), "never"))
	if first, second := f.ask(order{}).PID, f.ask(order{}).PID; first == second || second == 0 {
		t.Errorf("processes %d and %d", first, second)
	}
}

// A process that is about to ask for an event stands for one call: the other of two has a
// process started.
func TestAProcessThatAnsweredStandsForOneCall(t *testing.T) {
	file := filepath.Join(t.TempDir(), "go on")
	f := lateRunner(t, time.Hour, file)
	first := f.ask(order{}).PID
	pids := make(chan int, 2)
	for range 2 {
		go func() {
			var a output
			result, err := f.Invoke(t.Context(), functions.Call{Name: "f"})
			if err == nil {
				err = json.Unmarshal(result.Payload, &a)
			}
			if err != nil {
				t.Errorf("%s, %v", result.Payload, err)
			}
			pids <- a.PID
		}()
	}
	if pid := testkit.Receive(t, pids, "the call that has a process started"); pid == first {
		t.Errorf("process %d answered before it asked for an event", pid)
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	testkit.Receive(t, pids, "the call that waits for a process")
}
