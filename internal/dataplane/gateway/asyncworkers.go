package gateway

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// asyncLook is how often a node looks for partitions that it does not work on yet: those
// of a stage whose tags were changed, or of an earlier run.
const asyncLook = 5 * time.Second

// asyncWorkers work on the partitions of the stages, a goroutine each.
type asyncWorkers struct {
	wake   chan struct{}
	cancel context.CancelFunc
	done   sync.WaitGroup
}

// startAsync begins to work on the queue.
func (g *Gateway) startAsync() {
	ctx, cancel := context.WithCancel(context.Background())
	g.asyncWork = asyncWorkers{wake: make(chan struct{}, 1), cancel: cancel}
	if g.options.Queue == nil || g.options.Strict {
		return
	}
	g.asyncWork.done.Go(func() { g.lookForPartitions(ctx) })
}

// stopAsync stops the work: another node or the next run makes the calls that are not
// done.
func (g *Gateway) stopAsync() {
	g.asyncWork.cancel()
	g.asyncWork.done.Wait()
}

// wakeAsync makes the node look at once.
func (g *Gateway) wakeAsync() {
	select {
	case g.asyncWork.wake <- struct{}{}:
	default: // a look is pending already
	}
}

func (g *Gateway) lookForPartitions(ctx context.Context) {
	running := map[string]context.CancelFunc{}
	tick := time.NewTicker(asyncLook)
	defer tick.Stop()
	for {
		g.workOnPartitions(ctx, running)
		select {
		case <-ctx.Done():
			return
		case <-g.asyncWork.wake:
		case <-tick.C:
		}
	}
}

// workOnPartitions starts workers for the partitions of existing stages, and stops those
// of removed stages.
func (g *Gateway) workOnPartitions(ctx context.Context, running map[string]context.CancelFunc) {
	known := map[string]bool{} // prefixes of stages
	wanted := map[string]bool{}
	g.options.Directory.Stages(func(s *stage.Stage) {
		prefix := partitionPrefix(s.APIID, s.Name)
		known[prefix] = true
		if d := s.Deployed(); d != nil && d.Settings.Async {
			for i := range d.Settings.AsyncCalls {
				wanted[prefix+strconv.Itoa(i)] = true
			}
		}
	})
	waiting, err := g.options.Queue.Partitions(ctx)
	if err != nil && ctx.Err() == nil {
		g.options.Log.Warn("the queue of asynchronous calls cannot be read for now; trying again", "error", err)
	}
	depth := int64(0)
	for partition, n := range waiting {
		depth += int64(n)
		if apiID, name, ok := stageOfPartition(partition); ok && known[apiID+"."+name+"."] {
			wanted[partition] = true
		}
	}
	g.asyncDepth.Store(depth)
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
		g.asyncWork.done.Go(func() {
			g.options.Queue.Work(working, partition, func(ctx context.Context, task []byte) pasarela.TaskEnd {
				return g.runQueuedSafely(ctx, partition, task)
			})
		})
	}
}

// runQueuedSafely makes a dead letter of a call that panics, so that the others go on.
func (g *Gateway) runQueuedSafely(ctx context.Context, partition string, task []byte) (end pasarela.TaskEnd) {
	defer func() {
		if failure := recover(); failure != nil {
			g.options.Log.Error("a call from the queue panicked", "partition", partition, "error", failure)
			end = dead(language.DeadPanic.Of())
		}
	}()
	if end = g.runQueued(ctx, task); end.Dead != "" {
		g.deadLetters.Add(1)
	}
	return end
}
