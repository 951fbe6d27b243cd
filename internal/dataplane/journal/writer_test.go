package journal_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/journal"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
)

// holder is what a gateway does with a writer: it holds connections.
type holder struct {
	*journal.Writer
	journal *memory.Journal
	taken   []string // that were kept at the last takeover
	unsure  bool

	mu   sync.Mutex
	open map[string]journal.Record
	next error // of writes to the journal after a takeover
}

func hold(t *testing.T) *holder {
	t.Helper()
	return holdIn(t, false)
}

func holdIn(t *testing.T, kept bool) *holder {
	t.Helper()
	h := &holder{journal: &memory.Journal{}, open: map[string]journal.Record{}}
	h.Writer = journal.New(journal.Options{
		Journal: h.journal, Copy: kept, Log: slog.New(slog.DiscardHandler),
		Live: func(each func(*journal.Record)) {
			h.mu.Lock()
			defer h.mu.Unlock()
			for _, r := range h.open {
				each(&r)
			}
		},
		Taken: func(_ context.Context, left journal.Unwritten) (pasarela.Journal, error) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.taken, h.unsure = []string{}, left.Unsure
			for id := range h.open {
				if left.Has(id) {
					h.taken = append(h.taken, id)
				} else {
					delete(h.open, id) // the other run has it
				}
			}
			slices.Sort(h.taken)
			h.journal = &memory.Journal{}
			h.journal.Fail(h.next)
			return h.journal, nil
		},
	})
	return h
}

func (h *holder) connect(r journal.Record) {
	h.mu.Lock()
	h.open[r.ConnectionID] = r
	h.mu.Unlock()
	h.Opened(&r)
}

func (h *holder) leave(id string) {
	h.mu.Lock()
	delete(h.open, id)
	h.mu.Unlock()
	h.Closed(id)
}

func (h *holder) close(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = h.Close(ctx)
}

// onDisk is what the next run would read.
func (h *holder) onDisk(t *testing.T) []string {
	t.Helper()
	var data [][]byte
	_ = h.journal.Read(t.Context(), func(b []byte) { data = append(data, b) })
	ids, losses := read(t, data...)
	if losses != nil {
		t.Error(losses)
	}
	return ids
}

// What is noted within 15 ms becomes one batch, and is written after them.
func TestEntriesAreWrittenInBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hold(t)
		defer h.close(t)
		for n := range 3 {
			h.connect(plain(n))
		}
		h.leave("c0001")
		if got := h.journal.Batches(); got != 0 {
			t.Errorf("%d batches at once", got)
		}
		time.Sleep(16 * time.Millisecond)
		synctest.Wait()
		if got := h.journal.Batches(); got != 1 {
			t.Errorf("%d batches", got)
		}
		if got := h.onDisk(t); !slices.Equal(got, []string{"c0000", "c0002"}) {
			t.Errorf("%v", got)
		}
	})
}

// A journal of which more than half is closed is rewritten with the open
// connections.
func TestAJournalOfTheClosedIsWrittenAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hold(t)
		defer h.close(t)
		for n := range 20_000 {
			h.connect(plain(n))
			if n%1000 != 0 {
				h.leave(fmt.Sprintf("c%04d", n))
			}
			if n%5000 == 0 {
				time.Sleep(time.Second)
			}
		}
		time.Sleep(time.Second)
		if got := h.journal.Batches(); got > 2 {
			t.Errorf("%d batches", got)
		}
		if got := len(h.onDisk(t)); got != 20 || h.Owed() != 20 {
			t.Errorf("%d on disk, %d owed", got, h.Owed())
		}
	})
}

// While the journal cannot be written entries wait in bounded memory; when it can,
// everything is there.
func TestAnOutageLosesNothing(t *testing.T) {
	for _, test := range []struct{ connections, name int }{{10, 10}, {9000, 4000}} { // the second overflows what may wait
		synctest.Test(t, func(t *testing.T) {
			h := hold(t)
			defer h.close(t)
			h.connect(plain(1))
			time.Sleep(time.Second)
			h.journal.Fail(errors.New("no space"))
			for n := range test.connections {
				r := plain(n + 2)
				r.Identity.UserAgent = fmt.Sprintf("%0*d", test.name, n)
				h.connect(r)
			}
			h.leave("c0001")
			time.Sleep(3 * time.Second)
			if h.Steady() {
				t.Error("steady while nothing can be written")
			}
			h.journal.Fail(nil)
			time.Sleep(3 * time.Second)
			if !h.Steady() {
				t.Error("not steady again")
			}
			if got := len(h.onDisk(t)); got != test.connections {
				t.Errorf("%d on disk, want %d", got, test.connections)
			}
		})
	}
}

// A copy that cannot be written is removed, since what is closed meanwhile would look
// open in it, and is rewritten with the open connections.
func TestACopyIsNeverOutOfDate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := holdIn(t, true)
		defer h.close(t)
		h.connect(plain(1))
		h.connect(plain(2))
		time.Sleep(time.Second)
		if got := h.onDisk(t); !slices.Equal(got, []string{"c0001", "c0002"}) {
			t.Errorf("before: %v", got)
		}
		h.journal.Fail(errors.New("no space"))
		h.leave("c0001")
		h.connect(plain(3))
		time.Sleep(3 * time.Second)
		if got := h.onDisk(t); len(got) != 0 {
			t.Errorf("while it cannot be written: %v", got)
		}
		h.journal.Fail(nil)
		time.Sleep(3 * time.Second)
		if got := h.onDisk(t); !slices.Equal(got, []string{"c0002", "c0003"}) {
			t.Errorf("after: %v", got)
		}
	})
}

// A writer whose journal was taken over says which connections the other does not know
// of, leaves the journal as it is, and continues with a new one.
func TestATakenJournalIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hold(t)
		defer h.close(t)
		h.connect(plain(1))
		time.Sleep(time.Second)
		before := h.journal
		before.Take()
		h.connect(plain(2))
		h.connect(plain(3))
		h.leave("c0003")
		time.Sleep(time.Second)
		synctest.Wait()
		if !slices.Equal(h.taken, []string{"c0002"}) || !h.Steady() {
			t.Errorf("unwritten %v", h.taken)
		}
		if before.Batches() != 1 || before == h.journal {
			t.Errorf("%d batches", before.Batches())
		}
		h.connect(plain(4))
		time.Sleep(time.Second)
		synctest.Wait()
		if got := h.onDisk(t); !slices.Equal(got, []string{"c0002", "c0004"}) {
			t.Errorf("%v", got)
		}
		// A writer that has nothing to note finds out when it is asked to look.
		h.journal.Take()
		h.Probe()
		time.Sleep(time.Second)
		synctest.Wait()
		if len(h.taken) != 0 {
			t.Errorf("unwritten %v", h.taken)
		}
	})
}

// A takeover that a rewrite finds out leaves to the other run what its journal has, and
// keeps what no journal has had, however old it is.
func TestATakeoverMeetsARewrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hold(t)
		defer h.close(t)
		connect := func(n int) {
			r := plain(n)
			r.ConnectedAt = time.Now().UnixMilli()
			h.connect(r)
		}
		connect(1)
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		h.journal.Take()
		h.next = errors.New("away")
		connect(2)
		h.Renew()
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if !slices.Equal(h.taken, []string{"c0002"}) {
			t.Errorf("unwritten %v", h.taken)
		}
		h.next = nil
		h.journal.Take() // and nothing was written to it
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if !slices.Equal(h.taken, []string{"c0002"}) {
			t.Errorf("unwritten after the second takeover: %v", h.taken)
		}
		if got := h.onDisk(t); !slices.Equal(got, []string{"c0002"}) {
			t.Errorf("%v", got)
		}
	})
}

// A writer that ends when no $disconnect is owed removes its journal; else it leaves it.
func TestCloseLeavesWhatIsOwed(t *testing.T) {
	for _, left := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			h := hold(t)
			h.connect(plain(1))
			if !left {
				h.leave("c0001")
			}
			if err := h.Close(t.Context()); err != nil {
				t.Error(err)
			}
			if h.journal.Removed() == left || left && !slices.Equal(h.onDisk(t), []string{"c0001"}) {
				t.Errorf("left %v: removed %v", left, h.journal.Removed())
			}
		})
	}
}

func BenchmarkOpenedAndClosed(b *testing.B) {
	w := journal.New(journal.Options{Journal: &memory.Journal{}, Live: func(func(*journal.Record)) {}, Log: slog.New(slog.DiscardHandler)})
	defer func() { _ = w.Close(b.Context()) }()
	r := full
	b.ReportAllocs()
	for b.Loop() {
		w.Opened(&r)
		w.Closed(r.ConnectionID)
	}
}

// TestAfterWriteWaitsForAWrite: AfterWrite calls its function after a later write has succeeded, also when
// nothing was to be noted.
func TestAfterWriteWaitsForAWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hold(t)
		defer h.close(t)
		h.connect(plain(1))
		time.Sleep(time.Second)
		h.journal.Fail(errors.New("away"))
		var called atomic.Int32
		for range 3 {
			h.AfterWrite(func() { called.Add(1) })
		}
		time.Sleep(5 * time.Second)
		if called.Load() != 0 {
			t.Error("called before anything was written")
		}
		h.journal.Fail(nil)
		time.Sleep(2 * time.Second)
		if called.Load() != 3 {
			t.Errorf("called %d times", called.Load())
		}
		if got := h.onDisk(t); !slices.Equal(got, []string{"c0001"}) {
			t.Errorf("%v", got)
		}
	})
}

// Behind reports entries that wait to be written, and none when all are
// written.
func TestBehindTellsOfWhatWaits(t *testing.T) {
	const longer = 250 * time.Millisecond
	for _, overflows := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			h := hold(t)
			defer h.close(t)
			h.connect(plain(1))
			time.Sleep(time.Second)
			h.journal.Fail(errors.New("away"))
			time.Sleep(time.Second)
			if h.Behind(longer) {
				t.Error("behind, though nothing waits")
			}
			h.leave("c0001")
			if h.Behind(longer) {
				t.Error("behind at once")
			}
			time.Sleep(longer + time.Millisecond)
			if overflows {
				for n := range 9000 {
					r := plain(n + 2)
					r.Identity.UserAgent = fmt.Sprintf("%0*d", 4000, n)
					h.connect(r)
				}
			}
			if !h.Behind(longer) {
				t.Error("not behind")
			}
			h.journal.Fail(nil)
			time.Sleep(2 * time.Second)
			if h.Behind(longer) {
				t.Error("behind, though all is written")
			}
		})
	}
}

// A connection that came from another node is written like any other, though it takes
// more than one entry.
func TestAConnectionThatMovedIsWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hold(t)
		defer h.close(t)
		r := plain(1)
		r.Move, r.Confirmed = 1, 5
		h.connect(r)
		time.Sleep(time.Second)
		if got := h.onDisk(t); !slices.Equal(got, []string{"c0001"}) {
			t.Errorf("on disk %v", got)
		}
	})
}

// A change of a connection that the journal has does not make it one that the journal never
// had, and neither does a rewrite that fails: after a takeover it is the other run's.
func TestATakeoverTakesWhatWasWritten(t *testing.T) {
	for name, change := range map[string]func(h *holder){
		"its tags changed":       func(h *holder) { r := plain(1); r.Tags = []string{"a"}; h.Changed(&r) },
		"a rewrite failed":       func(h *holder) { h.journal.Fail(errors.New("away")); h.Renew() },
		"it was noted once more": func(h *holder) { r := plain(1); h.Received(&r) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := hold(t)
				defer h.close(t)
				r := plain(1)
				r.ConnectedAt = time.Now().UnixMilli()
				h.connect(r)
				time.Sleep(time.Second)
				before := h.journal
				change(h)
				h.connect(plain(2))
				if name == "a rewrite failed" {
					time.Sleep(time.Second)
				}
				before.Take()
				time.Sleep(2 * time.Second)
				synctest.Wait()
				if !slices.Equal(h.taken, []string{"c0002"}) || h.unsure != (name == "a rewrite failed") {
					t.Errorf("kept %v, unsure %v", h.taken, h.unsure)
				}
			})
		})
	}
}

// What is known of connections that ended or left stays in the journal when it is rewritten.
func TestThePastStaysInTheJournal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &memory.Journal{}
		w := journal.New(journal.Options{
			Journal: j, Live: func(func(*journal.Record)) {}, Log: slog.New(slog.DiscardHandler),
			Past: func(each func(string, uint64)) { each("ended", journal.Ended); each("moved", 7) },
		})
		w.Past("noted", 3)
		for _, rewrite := range []bool{false, true} {
			if rewrite {
				w.Renew()
			}
			time.Sleep(time.Second)
			var owed journal.Owed
			_ = j.Read(t.Context(), func(b []byte) { owed.Add(b, func(l journal.Loss) { t.Error(l) }) })
			got := map[string]uint64{}
			owed.Past(func(id string, move uint64) { got[id] = move })
			want := map[string]uint64{"noted": 3}
			if rewrite {
				want = map[string]uint64{"ended": journal.Ended, "moved": 7}
			}
			if !maps.Equal(got, want) {
				t.Errorf("%v, want %v", got, want)
			}
		}
		if err := w.Close(t.Context()); err != nil || j.Removed() {
			t.Errorf("%v, removed %t", err, j.Removed())
		}
	})
}

// What is noted while another run has just taken the journal over is in no journal until the
// next one is written, and Flush says so.
func TestFlushWaitsForTheNextJournal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, next, begin := &memory.Journal{}, &memory.Journal{}, make(chan struct{})
		noted := plain(1)
		w := journal.New(journal.Options{
			Journal: j, Log: slog.New(slog.DiscardHandler), Live: func(each func(*journal.Record)) { each(&noted) },
			Taken: func(context.Context, journal.Unwritten) (pasarela.Journal, error) {
				<-begin
				return next, nil
			},
		})
		j.Take()
		w.Probe()
		time.Sleep(time.Second)
		w.Received(&noted)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := w.Flush(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("while there is no journal: %v", err)
		}
		close(begin)
		if err := w.Flush(t.Context()); err != nil {
			t.Error(err)
		}
		var owed journal.Owed
		_ = next.Read(t.Context(), func(b []byte) { owed.Add(b, func(l journal.Loss) { t.Error(l) }) })
		if got := owed.Records(); len(got) != 1 {
			t.Errorf("in the next journal: %+v", got)
		}
		if err := w.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
