package gateway

import (
	"context"
	"strconv"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// asyncLook is how often a node looks for partitions that it does not work on yet: those
// of a stage whose tags were changed, or of an earlier run.
const asyncLook = 5 * time.Second

// start begins to work on the queue.
func (a *AsyncCalls) start() {
	var ctx context.Context
	ctx, a.cancel = context.WithCancel(context.Background())
	if a.queue != nil && !a.g.options.Strict {
		a.done.Go(func() { a.lookForPartitions(ctx) })
	}
}

// stop stops the work: another node or the next run makes the calls that are not
// done.
func (a *AsyncCalls) stop() {
	a.cancel()
	a.done.Wait()
}

// look makes the node look for partitions at once.
func (a *AsyncCalls) look() {
	select {
	case a.wake <- struct{}{}:
	default: // a look is pending already
	}
}

func (a *AsyncCalls) lookForPartitions(ctx context.Context) {
	running := map[string]context.CancelFunc{}
	tick := time.NewTicker(asyncLook)
	defer tick.Stop()
	for {
		a.workOnPartitions(ctx, running)
		select {
		case <-ctx.Done():
			return
		case <-a.wake:
		case <-tick.C:
		}
	}
}

// workOnPartitions starts workers for the partitions of existing stages, and stops those
// of removed stages.
func (a *AsyncCalls) workOnPartitions(ctx context.Context, running map[string]context.CancelFunc) {
	known := map[string]bool{} // prefixes of stages
	wanted := map[string]bool{}
	a.g.options.Directory.Stages(func(s *stage.Stage) {
		prefix := partitionPrefix(s.APIID, s.Name)
		known[prefix] = true
		if d := s.Deployed(); d != nil && d.Settings.Async {
			for i := range d.Settings.AsyncCalls {
				wanted[prefix+strconv.Itoa(i)] = true
			}
		}
	})
	waiting, err := a.queue.Partitions(ctx)
	if err != nil && ctx.Err() == nil {
		a.g.options.Log.Warn("the queue of asynchronous calls cannot be read for now; trying again", "error", err)
	}
	depth := int64(0)
	for partition, n := range waiting {
		depth += int64(n)
		if apiID, name, ok := stageOfPartition(partition); ok && known[apiID+"."+name+"."] {
			wanted[partition] = true
		}
	}
	a.waiting.Store(depth)
	for partition, cancel := range running {
		if apiID, name, _ := stageOfPartition(partition); !known[apiID+"."+name+"."] {
			cancel()
			delete(running, partition)
		}
	}
	for partition := range wanted {
		if running[partition] != nil || ctx.Err() != nil {
			continue
		}
		working, cancel := context.WithCancel(ctx)
		running[partition] = cancel
		a.done.Go(func() {
			a.queue.Work(working, partition, func(ctx context.Context, task []byte) pasarela.TaskEnd {
				return a.runSafely(ctx, partition, task)
			})
		})
	}
}

// runSafely makes a dead letter of a call that panics, so that the others go on.
func (a *AsyncCalls) runSafely(ctx context.Context, partition string, task []byte) (end pasarela.TaskEnd) {
	defer func() {
		if failure := recover(); failure != nil {
			a.g.options.Log.Error("a call from the queue panicked", "partition", partition, "error", failure)
			end = dead(language.DeadPanic.Of())
		}
	}()
	if end = a.run(ctx, task); end.Dead != "" {
		a.deadLetters.Add(1)
	}
	return end
}
