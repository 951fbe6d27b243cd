package main_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// TestSchedulesOutliveKills kills the program ten times while schedules are made and deleted:
// after each start, schedules whose creation was acknowledged exist, those whose deletion was
// acknowledged do not, and none is incomplete.
func TestSchedulesOutliveKills(t *testing.T) {
	t.Parallel()
	const kills, writers = 10, 4
	dir, address := t.TempDir(), testkit.FreeAddress(t)
	environment := append(os.Environ(), "AWS_ACCESS_KEY_ID=A", "AWS_SECRET_ACCESS_KEY=s", "REPORTS_FOLDER_ACCOUNTS="+t.TempDir())
	l := scheduleLedger{url: "http://" + address + "/api/schedules", made: map[string]bool{}}
	for range kills {
		program := testkit.Start(t, environment, reportsProgram, "serve", "--data", dir, "--listen", address, "--endpoint", "http://127.0.0.1:1/prod")
		testkit.EventuallyNil(t, func() error { return l.verify(t) })
		var group sync.WaitGroup
		for range writers {
			group.Go(l.write)
		}
		testkit.Eventually(t, "schedules to be made and deleted", l.moved)
		time.Sleep(time.Duration(rand.IntN(150)) * time.Millisecond) // the moment of the kill is what is tested
		program.Kill()
		group.Wait()
	}
	t.Logf("%d schedules made, %d deleted", len(l.made), l.deleted)
}

// scheduleLedger is what the program acknowledged.
type scheduleLedger struct {
	url     string
	mu      sync.Mutex
	made    map[string]bool // by id: false when its deletion was acknowledged
	unknown []string        // ids whose deletion was not answered
	deleted int
	before  int // value of deleted at the last true result of moved
}

// moved says whether schedules were deleted, and therefore made, since it was
// last true.
func (l *scheduleLedger) moved() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.deleted == l.before {
		return false
	}
	l.before = l.deleted
	return true
}

// write makes schedules, and deletes two of three, until the program answers no more.
func (l *scheduleLedger) write() {
	const wish = `{"type":"ventas","parameters":{"year":"2024"},"when":"every monday at 7:00","timezone":"Europe/Madrid","deliver":[{"folder":"accounts"}]}`
	for i := 0; ; i++ {
		var schedule struct{ ID string }
		if status := call(http.MethodPost, l.url, wish, &schedule); status != http.StatusCreated {
			return
		}
		l.note(func() { l.made[schedule.ID] = true })
		if i%3 == 0 {
			continue
		}
		if status := call(http.MethodDelete, l.url+"/"+schedule.ID, "", nil); status != http.StatusOK {
			l.note(func() { l.unknown = append(l.unknown, schedule.ID) })
			return
		}
		l.note(func() { l.made[schedule.ID] = false; l.deleted++ })
	}
}

func (l *scheduleLedger) note(what func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	what()
}

// verify returns an error while the program does not answer.
func (l *scheduleLedger) verify(t *testing.T) error {
	var listed struct {
		Schedules []struct{ ID, Type, When, Timezone, Next string }
	}
	if status := call(http.MethodGet, l.url, "", &listed); status != http.StatusOK {
		return fmt.Errorf("the schedules are answered with %d", status)
	}
	there := map[string]bool{}
	for _, s := range listed.Schedules {
		there[s.ID] = true
		if s.Type != "ventas" || s.When == "" || s.Timezone != "Europe/Madrid" || s.Next == "" {
			t.Errorf("a schedule is there by half: %+v", s)
		}
	}
	for id, want := range l.made {
		if there[id] != want && !slices.Contains(l.unknown, id) {
			t.Errorf("schedule %s: there is %t; want %t", id, there[id], want)
		}
	}
	return nil
}

// call is the status of an answer, 0 for none.
func call(method, url, body string, into any) int {
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return 0
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	defer response.Body.Close()
	if into != nil && json.NewDecoder(response.Body).Decode(into) != nil {
		return 0
	}
	return response.StatusCode
}
