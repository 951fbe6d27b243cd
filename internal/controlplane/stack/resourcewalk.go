package stack

import (
	"context"
	"slices"
	"time"
)

// atOnce is how many resources of a stack are worked on at once.
const atOnce = 8

// resourceLimit bounds the work on one resource.
const resourceLimit = 5 * time.Minute

// walked is how a walk over resources has ended.
type walked struct {
	failed []string // ids whose work failed
	whole  bool     // everything was worked on
	left   error    // the store did not answer: the walk was broken off
}

// walk works on ids, each after those that it needs, several at once. A failure lets
// what is under way end and begins nothing more; with goOn all is worked on that needs
// nothing that failed. When the store does not answer, nothing more is begun.
func (r *run) walk(ctx context.Context, ids []string, needs map[string][]string, goOn bool, work func(ctx context.Context, id string) error) walked {
	type result struct {
		id  string
		err error
	}
	results := make(chan result)
	left := slices.Clone(ids)
	var under, failed []string
	var unanswered error
	for {
		for len(under) < atOnce && ctx.Err() == nil && unanswered == nil && (goOn || len(failed) == 0) && !r.cancelled() {
			i := slices.IndexFunc(left, func(id string) bool {
				return !slices.ContainsFunc(needs[id], func(need string) bool {
					return slices.Contains(left, need) || slices.Contains(under, need) || slices.Contains(failed, need)
				})
			})
			if i < 0 {
				break
			}
			id := left[i]
			left = slices.Delete(left, i, i+1)
			under = append(under, id)
			go func() { // ends with its work, which resourceLimit bounds; walk waits for it
				bounded, cancel := context.WithTimeout(ctx, resourceLimit)
				defer cancel()
				results <- result{id, work(bounded, id)}
			}()
		}
		if len(under) == 0 {
			return walked{failed, len(left) == 0 && len(failed) == 0, unanswered}
		}
		done := <-results
		under = slices.DeleteFunc(under, func(id string) bool { return id == done.id })
		switch {
		case isUnavailable(done.err):
			unanswered = done.err
		case done.err != nil:
			failed = append(failed, done.id)
		}
	}
}

// cancelled says whether the client has cancelled an update that is on its way forward.
func (r *run) cancelled() bool {
	op := r.op()
	return !r.addingUnrecorded && op != nil && op.Cancel && op.Kind != opDelete && op.Phase == phaseForward
}

// reverse turns needs around, for removing.
func reverse(needs map[string][]string) map[string][]string {
	turned := map[string][]string{}
	for id, list := range needs {
		for _, need := range list {
			turned[need] = append(turned[need], id)
		}
	}
	return turned
}
