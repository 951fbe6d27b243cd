package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
)

const dialTimeout = 10 * time.Second

// clients keep connections open over all nodes: one that is closed comes again
// elsewhere, and now and then one leaves by itself.
type clients struct {
	c      *cluster
	ledger *ledger
	path   string        // of the stage
	stay   time.Duration // the mean time until a client leaves by itself; 0: never
	work   sync.WaitGroup
}

// run keeps count clients until ctx ends; then all leave.
func (k *clients) run(ctx context.Context, count int, random *rand.Rand) {
	for n := range count {
		own := rand.New(rand.NewPCG(random.Uint64(), uint64(n)))
		k.work.Go(func() {
			for round := 0; ctx.Err() == nil; round++ {
				k.live(ctx, fmt.Sprintf("%d-%d", n, round), own)
			}
		})
	}
}

// live is one connection from its dialling to its end.
func (k *clients) live(ctx context.Context, name string, random *rand.Rand) {
	node := random.IntN(size)
	url := "ws" + strings.TrimPrefix(k.c.urls[node], "http") + k.path + "?client=" + name
	dialling, cancel := context.WithTimeout(ctx, dialTimeout)
	conn, response, err := websocket.Dial(dialling, url, nil)
	cancel()
	if response != nil && response.Body != nil {
		_ = response.Body.Close()
	}
	if err != nil {
		wait(ctx, time.Duration(100+random.IntN(400))*time.Millisecond)
		return
	}
	k.ledger.opened(name, node)
	until, leave := context.WithCancel(ctx)
	defer leave()
	if k.stay > 0 {
		timer := time.AfterFunc(time.Duration(float64(k.stay)*random.ExpFloat64()), leave)
		defer timer.Stop()
	}
	for err == nil {
		var data []byte
		if _, data, err = conn.Read(until); err == nil { // ends with until, and closes the connection without a close frame
			k.ledger.received(string(data))
		}
	}
	k.ledger.ended(name, int(websocket.CloseStatus(err)))
	_ = conn.CloseNow()
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
