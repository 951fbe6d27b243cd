package functions

import (
	"context"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/policy"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// function is a function as it was read last. It is never changed.
type function struct {
	*pasarela.Function
	policies map[string]*policy.Document // by qualifier; nil for one that does not compile
}

// directory has the functions of the store in memory.
type directory struct {
	mu       sync.RWMutex
	byName   map[string]*function
	revision uint64
	seen     chan struct{} // closed and replaced when revision has grown
}

// find is the function of that name, nil when there is none.
func (d *directory) find(name string) *function {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.byName[name]
}

// watchPause is the pause before a watch that ended is started again.
const watchPause = time.Second

// follow keeps the directory up to date until ctx ends; ready is called when it has read
// all present functions.
func (r *Runner) follow(ctx context.Context, ready func()) {
	store := document.NewStore[pasarela.Function](r.options.Bucket)
	for {
		err := store.Watch(ctx, pasarela.PrefixFunction, func(change document.Change[pasarela.Function]) {
			if change.Synced() {
				r.forgetOthers(change.Present)
				ready()
				return
			}
			if change.Err != nil {
				r.options.Log.ErrorContext(ctx, "cannot read a function; it stays as it was", "key", change.Key, "error", change.Err)
				return
			}
			r.keep(change.Key, change.Revision, change.Value)
		})
		if ctx.Err() != nil {
			return
		}
		r.options.Log.ErrorContext(ctx, "watching functions ended; it is started again", "error", err)
		select {
		case <-time.After(watchPause):
		case <-ctx.Done():
			return
		}
	}
}

// forgetOthers removes the functions that were deleted while there was no watch.
func (r *Runner) forgetOthers(present map[string]bool) {
	r.directory.mu.RLock()
	var gone []string
	for name := range r.directory.byName {
		if key := pasarela.FunctionKey(name); !present[key] {
			gone = append(gone, key)
		}
	}
	r.directory.mu.RUnlock()
	for _, key := range gone {
		r.keep(key, 0, nil)
	}
}

// keep takes what the store has at a key now; nil when it is gone.
func (r *Runner) keep(key string, revision uint64, value *pasarela.Function) {
	d := &r.directory
	d.mu.Lock()
	if value == nil {
		for name := range d.byName {
			if pasarela.FunctionKey(name) == key {
				delete(d.byName, name)
			}
		}
	} else {
		d.byName[value.Name] = &function{value, r.compilePolicies(value)}
	}
	if revision > d.revision {
		d.revision = revision
		close(d.seen)
		d.seen = make(chan struct{})
	}
	d.mu.Unlock()
	r.retireOld()
}

func (r *Runner) compilePolicies(f *pasarela.Function) map[string]*policy.Document {
	compiled := map[string]*policy.Document{}
	for qualifier, p := range f.Policies {
		document, err := policy.Parse(p.Document(), policy.Resource)
		if err != nil {
			r.options.Log.Error("a function's policy does not compile and allows nothing", "function", f.Name, "error", err)
			continue
		}
		compiled[qualifier] = document
	}
	return compiled
}

// Await waits until a write of a function with that revision has reached this directory.
func (r *Runner) Await(ctx context.Context, revision uint64) error {
	for {
		r.directory.mu.RLock()
		reached, seen := r.directory.revision >= revision, r.directory.seen
		r.directory.mu.RUnlock()
		if reached {
			return nil
		}
		select {
		case <-seen:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Has says whether a function of that name runs here.
func (r *Runner) Has(name string) bool { return r.directory.find(name) != nil }

// MayInvoke says whether the function's resource policy lets an AWS service invoke it on
// behalf of a resource (aws-lambda §5). A statement that denies wins.
func (r *Runner) MayInvoke(name, qualifier, service, sourceARN string) bool {
	f := r.directory.find(name)
	if f == nil {
		return false
	}
	document := f.policies[qualifier]
	if document == nil {
		return false
	}
	place := r.options.RegionAccount
	keys := func(key string) ([]string, bool) {
		switch key {
		case "aws:sourcearn":
			return []string{sourceARN}, true
		case "aws:sourceaccount":
			return []string{place.AccountID}, true
		case "aws:principalservicename":
			return []string{service}, true
		case "aws:principalisawsservice":
			return []string{"true"}, true
		}
		return nil, false
	}
	decision, _ := document.Evaluate(&policy.Request{
		Action: "lambda:InvokeFunction", Resource: place.FunctionARN(name, qualifier), Keys: keys, Caller: &policy.Caller{Service: service},
	})
	return decision == policy.Allowed
}
