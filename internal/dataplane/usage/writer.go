package usage

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/throttle"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// Times of the counts of API keys (A-THROTTLE-5).
const (
	writeEvery   = time.Second      // what a crash may forget
	writeTimeout = 10 * time.Second // for one round of writing, also the last
)

// Writer adds what this node counted to what the store has of all nodes, once a
// second and a last time when it is stopped. It is safe for concurrent use.
type Writer struct {
	plans *Plans
	usage *document.Store[pasarela.KeyUsage]
	log   *slog.Logger

	stop context.CancelFunc
	work sync.WaitGroup
}

// NewWriter starts to write the counts of plans. Stop must be called.
func NewWriter(plans *Plans, bucket pasarela.Bucket, log *slog.Logger) *Writer {
	ctx, stop := context.WithCancel(context.Background())
	w := &Writer{plans: plans, usage: document.NewStore[pasarela.KeyUsage](bucket), log: log, stop: stop}
	w.work.Go(func() { w.run(ctx) })
	return w
}

// Stop writes a last time and ends, within [writeTimeout].
func (w *Writer) Stop() {
	w.stop()
	w.work.Wait()
}

// run writes every [writeEvery]. Counts that cannot be written are kept and tried again;
// the log gets one line for an outage.
func (w *Writer) run(ctx context.Context) {
	tick := time.NewTicker(writeEvery)
	defer tick.Stop()
	for failing, last := false, false; !last; {
		select {
		case <-tick.C:
		case <-ctx.Done():
			last = true
		}
		err := w.saveAll(context.WithoutCancel(ctx))
		if err != nil && !failing {
			w.log.ErrorContext(ctx, "the usage of API keys cannot be written; quotas count it on this node only", "error", err)
		}
		failing = err != nil
	}
}

// saveAll writes what all keys used on this node.
func (w *Writer) saveAll(ctx context.Context) (failed error) {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	for _, of := range w.plans.unsaved() {
		failed = errors.Join(failed, w.save(ctx, of))
		if ctx.Err() != nil {
			break
		}
	}
	return failed
}

// save writes now what the key used on this node, so that it can be read in the store.
func (w *Writer) save(ctx context.Context, of throttle.PlanKey) error {
	p := w.plans
	p.mu.Lock()
	found := p.counts[of]
	p.mu.Unlock()
	if found == nil {
		return nil
	}
	select {
	case found.writing <- struct{}{}:
		defer func() { <-found.writing }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if found.unanswered.requests != 0 {
		if err := w.add(ctx, of, found, found.unanswered); err != nil {
			return err
		}
	}
	p.mu.Lock()
	requests, at := found.unsaved(time.Now())
	next := batch{pasarela.NewShortID(), requests, at, found.period}
	p.mu.Unlock()
	if requests == 0 {
		return nil
	}
	return w.add(ctx, of, found, next)
}

// batch is what one write adds. Its id is written with it, so that it is added once, however
// often it is tried.
type batch struct {
	id       string
	requests int
	at       time.Time
	period   throttle.Period
}

// keptBatches is how many ids of additions a count has, of all nodes: a node tries again after
// [writeEvery].
const keptBatches = 32

// add adds a batch to the store's count, unless that has been done. found.writing is full.
func (w *Writer) add(ctx context.Context, of throttle.PlanKey, found *count, b batch) error {
	found.unanswered = b
	written, err := w.usage.Upsert(ctx, pasarela.KeyUsageKey(of.PlanID, of.KeyID), func(usage *pasarela.KeyUsage) error {
		if slices.Contains(usage.Batches, b.id) {
			return nil
		}
		throttle.Record(usage, b.at, b.requests)
		usage.Batches = append(usage.Batches, b.id)
		usage.Batches = usage.Batches[max(0, len(usage.Batches)-keptBatches):]
		return nil
	})
	if err != nil {
		return err
	}
	found.unanswered = batch{}
	w.plans.mu.Lock()
	defer w.plans.mu.Unlock()
	found.adopt(*written.Value, written.Revision, time.Now()) // unless the watch has delivered it first
	if found.quota != nil && found.period == b.period {
		found.quota.Add(b.period, -b.requests) // they are in the store's total now
	}
	return nil
}
