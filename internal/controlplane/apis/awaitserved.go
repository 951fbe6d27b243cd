package apis

import (
	"context"
	"time"
)

// servedLimit bounds how long an operation waits until its change is served.
const servedLimit = 2 * time.Second

// awaitServed waits until a change is served. The change is already written, so a slow
// node is logged and is no error of the operation.
func (o *Options) awaitServed(ctx context.Context, change Change) {
	if o.ServingNodes == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, servedLimit)
	defer cancel()
	if err := o.ServingNodes.Await(ctx, change); err != nil {
		o.Log.Warn("a change was acknowledged before all nodes served it", "key", change.Key, "revision", change.Revision, "error", err)
	}
}
