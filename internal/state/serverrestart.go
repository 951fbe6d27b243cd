package state

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"
)

const (
	reconnectPause = 20 * time.Millisecond
	restartEvery   = 2 * time.Second
	minFree        = 1 << 20 // bytes that must be free on the disk before the store is restarted
)

// serverRestarter restarts the embedded server after its disk failed: after one failed
// write the server refuses all writes, also when there is room again.
type serverRestarter struct {
	options Options
	log     *serverLog
	health  *health
	servers *provider
	probe   func(context.Context) error // writes something

	work sync.WaitGroup
}

// watch restarts the server whenever its disk has failed, until ctx ends.
func (m *serverRestarter) watch(ctx context.Context) {
	for ctx.Err() == nil {
		broken := m.health.now()
		select {
		case <-ctx.Done():
			return
		case <-broken.Done():
		}
		if m.wait(ctx) && m.hasRoom() {
			m.restart(ctx)
		}
	}
}

// wait waits for [restartEvery]; false when ctx ends before.
func (m *serverRestarter) wait(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(restartEvery):
		return true
	}
}

// hasRoom says whether the disk takes a file of minFree bytes.
func (m *serverRestarter) hasRoom() bool {
	file, err := os.CreateTemp(m.options.Dir, "room-*")
	if err != nil {
		return false
	}
	_, err = file.Write(make([]byte, minFree))
	err = errors.Join(err, file.Sync(), file.Close(), os.Remove(file.Name()))
	return err == nil
}

// restart ends the server and starts another on the same folder. Client connections
// reconnect to it by themselves, with their subscriptions.
func (m *serverRestarter) restart(ctx context.Context) {
	m.log.log.Info("there is room on the disk again; restarting the store", "dir", filepath.Join(m.options.Dir, storeFolder))
	running := m.servers.get()
	m.servers.set(nil)
	end(running)
	running, err := startServer(ctx, m.options, m.log)
	if err != nil {
		m.log.log.Error("the store could not be restarted; trying again", "error", err)
		return
	}
	m.servers.set(running)
	m.health.recover()
	if err := m.probe(ctx); err != nil {
		m.log.log.Error("the restarted store takes no write", "error", err)
		return
	}
	m.log.log.Info("the store takes writes again")
}
