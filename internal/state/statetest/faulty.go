package statetest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// Fault is what a [Faulty] bucket does with one call.
type Fault int

// Faults, as stores have them.
const (
	None         Fault = iota
	RequestLost        // the call is not made, and no answer comes
	ResponseLost       // the call is made, and no answer comes
	Delayed            // no answer comes, and the call is made when [Faulty.RunDelayed] is called
	Stale              // a read is answered with what was there before the last write of its key
)

// Faulty is a bucket with faults, as its plan says. What fails returns
// [pasarela.ErrUnavailable], as a real store does when it does not know.
type Faulty struct {
	pasarela.Bucket

	planning sync.Mutex // held while the plan is asked
	plan     Plan

	mu      sync.Mutex
	delayed []func()
	before  map[string]pasarela.Entry // by key, what its last write replaced
}

// Plan is asked about every call of a [Faulty] bucket: verb is "get", "put", "delete" or
// "list". It is asked about one call at a time, and must not call the bucket. A nil Plan has no
// faults.
type Plan func(verb, key string) Fault

// NewFaulty wraps a bucket.
func NewFaulty(bucket pasarela.Bucket, plan Plan) *Faulty {
	return &Faulty{Bucket: bucket, plan: plan, before: map[string]pasarela.Entry{}}
}

// SetPlan has another plan for the calls from now on, also while others use the bucket: a timer
// may wake them between any two lines of a test. The plan before is asked no more when it
// returns.
func (f *Faulty) SetPlan(plan Plan) {
	f.planning.Lock()
	defer f.planning.Unlock()
	f.plan = plan
}

// Once plans one fault, at the first call of that verb under a prefix.
func Once(verb, prefix string, fault Fault) Plan {
	done := false
	return func(v, key string) Fault {
		if done || v != verb || !strings.HasPrefix(key, prefix) {
			return None
		}
		done = true
		return fault
	}
}

// RunDelayed makes the calls that are delayed, in their order.
func (f *Faulty) RunDelayed() {
	f.mu.Lock()
	delayed := f.delayed
	f.delayed = nil
	f.mu.Unlock()
	for _, call := range delayed {
		call()
	}
}

func (f *Faulty) fault(verb, key string) Fault {
	f.planning.Lock()
	defer f.planning.Unlock()
	if f.plan == nil {
		return None
	}
	return f.plan(verb, key)
}

func noResponse(verb, key string) error {
	return fmt.Errorf("%s %s: %w: %w", verb, key, pasarela.ErrUnavailable, context.DeadlineExceeded)
}

// Get is [pasarela.Bucket].
func (f *Faulty) Get(ctx context.Context, key string) (pasarela.Entry, error) {
	switch f.fault("get", key) {
	case RequestLost, ResponseLost, Delayed:
		return pasarela.Entry{}, noResponse("get", key)
	case Stale:
		f.mu.Lock()
		old, ok := f.before[key]
		f.mu.Unlock()
		if ok && old.Revision == 0 {
			return pasarela.Entry{}, pasarela.ErrNotFound
		}
		if ok {
			return old, nil
		}
	}
	return f.Bucket.Get(ctx, key)
}

// Put is [pasarela.Bucket].
func (f *Faulty) Put(ctx context.Context, key string, value []byte, expected uint64) (uint64, error) {
	var revision atomic.Uint64 // a delayed write is made after the return
	err := f.write(ctx, "put", key, func(ctx context.Context) error {
		made, err := f.Bucket.Put(ctx, key, value, expected)
		revision.Store(made)
		return err
	})
	return revision.Load(), err
}

// Delete is [pasarela.Bucket].
func (f *Faulty) Delete(ctx context.Context, key string, expected uint64) error {
	return f.write(ctx, "delete", key, func(ctx context.Context) error { return f.Bucket.Delete(ctx, key, expected) })
}

// List is [pasarela.Bucket].
func (f *Faulty) List(ctx context.Context, prefix string) ([]pasarela.Entry, error) {
	if f.fault("list", prefix) != None {
		return nil, noResponse("list", prefix)
	}
	return f.Bucket.List(ctx, prefix)
}

func (f *Faulty) write(ctx context.Context, verb, key string, do func(context.Context) error) error {
	writeAndRemember := func(ctx context.Context) error {
		old, err := f.Bucket.Get(ctx, key)
		if err != nil {
			old = pasarela.Entry{}
		}
		if err := do(ctx); err != nil {
			return err
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		f.before[key] = old
		return nil
	}
	switch f.fault(verb, key) {
	case RequestLost:
		return noResponse(verb, key)
	case ResponseLost:
		_ = writeAndRemember(ctx)
		return noResponse(verb, key)
	case Delayed:
		f.mu.Lock()
		defer f.mu.Unlock()
		f.delayed = append(f.delayed, func() {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
			defer cancel()
			_ = writeAndRemember(ctx)
		})
		return noResponse(verb, key)
	}
	return writeAndRemember(ctx)
}
