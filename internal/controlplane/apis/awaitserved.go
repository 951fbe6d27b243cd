package apis

import (
	"context"
	"time"
)

// servedLimit bounds the wait of an operation for those who serve its change.
const servedLimit = 2 * time.Second

// awaitServed waits until a change is served. It is made already, so a slow
// follower is the operator's to know and no error of the operation.
func (o *Options) awaitServed(ctx context.Context, change Written) {
	if o.Followers == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, servedLimit)
	defer cancel()
	if err := o.Followers.Await(ctx, change); err != nil {
		o.Log.Warn("a change was acknowledged before all nodes served it", "key", change.Key, "revision", change.Revision, "error", err)
	}
}
