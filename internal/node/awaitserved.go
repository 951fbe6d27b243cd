package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/state"
)

const (
	servedSubject = "served" // nodes ask each other whether a change is served
	servedAskers  = 64       // waits for others under way at the same time
)

// serving is [apis.ServingNodes]: this node and all others that live.
type serving struct {
	watcher *stage.Watcher
	store   *state.Store
	node    string
}

// Await is [apis.ServingNodes].
func (s serving) Await(ctx context.Context, change apis.Change) error {
	what := stage.Change{Key: change.Key, Revision: change.Revision, Removed: change.Removed}
	question, err := json.Marshal(what)
	if err != nil {
		return err
	}
	nodes := s.store.Nodes()
	slow := make([]error, len(nodes)+1)
	var asked sync.WaitGroup
	for i, node := range nodes {
		asked.Go(func() {
			response, err := s.store.Bus().Request(ctx, node, servedSubject, question)
			if err == nil && len(response) > 0 {
				err = errors.New(string(response))
			}
			if err != nil && !errors.Is(err, pasarela.ErrNodeGone) {
				slow[i] = fmt.Errorf("node %s: %w", node, err)
			}
		})
	}
	if err := s.watcher.Await(ctx, what); err != nil {
		slow[len(nodes)] = fmt.Errorf("node %s: %w", s.node, err)
	}
	asked.Wait()
	return errors.Join(slow...)
}

// handle serves other nodes' question whether this node serves a change: an empty answer
// once it does, else the reason.
func (s serving) handle(ctx context.Context, question []byte) []byte {
	var what stage.Change
	if err := json.Unmarshal(question, &what); err != nil {
		return []byte(err.Error())
	}
	if err := s.watcher.Await(ctx, what); err != nil {
		return []byte(err.Error())
	}
	return nil
}
