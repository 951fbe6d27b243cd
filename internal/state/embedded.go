package state

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/pasarela-ws/pasarela"
)

// The embedded server's configuration as text: options put together as a struct
// have kept embedded servers from electing a leader
// (https://github.com/nats-io/nats-server/issues/6890).
// "sync always" because the default, a sync every two minutes, loses
// acknowledged writes when a machine stops (Jepsen, NATS 2.12.1).
const embeddedConfig = `
max_payload: 40MB
max_pending: 128MB
jetstream {
	sync_interval: always
	max_memory_store: 64MB
	max_file_store: 1TB
}
`

const (
	storeFolder = "jetstream"
	stepTimeout = 10 * time.Second
)

func openEmbedded(ctx context.Context, options Options) (*Store, error) {
	if err := os.MkdirAll(options.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("state: make the data directory: %w", err)
	}
	unlock, err := lock(filepath.Join(options.Dir, "lock"))
	if err != nil {
		return nil, fmt.Errorf("state: data directory %s: %w", options.Dir, err)
	}
	health := newHealth()
	log := &serverLog{log: options.Log.With("component", "store"), failed: health.failed}
	store, err := startEmbedded(ctx, options, log, health)
	if err != nil {
		unlock()
		return nil, fmt.Errorf("state: data directory %s: %w%s", options.Dir, err, log.lastWarnings())
	}
	stop := store.stop
	store.stop = func() { stop(); unlock() }
	return store, nil
}

// checkFiles compares the store's files with what was acknowledged, which it returns. It comes
// before JetStream opens the files, since JetStream truncates a damaged one.
func checkFiles(options Options) (known map[string]noted, err error) {
	known, bad, err := readStoreLog(options.Dir)
	if err != nil {
		return nil, err
	}
	if bad >= 0 {
		options.Log.Warn("the notes of what was acknowledged end in a line that was cut off or is damaged; writes noted behind it are not checked",
			"file", storeLogFile, "dir", options.Dir, "byte", bad)
	}
	found, err := readBlocks(options.Dir)
	if err != nil {
		return nil, err
	}
	queues, err := readQueues(options.Dir)
	if err != nil {
		return nil, err
	}
	return known, found.check(options.Dir, known, queues)
}

// startEmbedded checks the files of the data directory, starts a server on them and opens
// the store in it. health is told when the server can no longer write; it is then started
// again as soon as there is room on the disk.
func startEmbedded(ctx context.Context, options Options, log *serverLog, health *health) (*Store, error) {
	if err := checkRepair(options.Dir); err != nil {
		return nil, err
	}
	before, err := readCheckpoint(options.Dir)
	if err != nil {
		return nil, err
	}
	known, err := checkFiles(options)
	if err != nil {
		return nil, err
	}
	running, err := startServer(ctx, options, log)
	if err != nil {
		return nil, err
	}
	servers := &provider{}
	servers.set(running)
	store, writes, err := openInProcess(ctx, servers, before, known, health, options)
	if err != nil {
		end(running)
		return nil, err
	}
	watching, cancel := context.WithCancel(context.Background())
	restarter := &serverRestarter{options: options, log: log, health: health, servers: servers, probe: store.Check}
	restarter.work.Go(func() { restarter.watch(watching) })
	store.stop = func() { end(servers.get()) }
	store.leave = func(ctx context.Context) {
		cancel()
		restarter.work.Wait()
		writes.close()
		_ = store.writeCheckpoint(ctx, options.Dir) // the checkpoint of the start still stands
	}
	if err := store.writeCheckpoint(ctx, options.Dir); err != nil {
		store.Close()
		return nil, err
	}
	if before.blank {
		options.Log.Warn("store.json was blank, as a power cut leaves it; every value of the store was read, and it is written again",
			"file", checkpointFile, "dir", options.Dir)
	}
	return store, nil
}

func end(running *server.Server) {
	if running != nil {
		running.Shutdown()
		running.WaitForShutdown()
	}
}

// startServer starts the server and waits until it has read its store: minutes for very
// large ones, with a log line from time to time.
func startServer(ctx context.Context, options Options, log *serverLog) (*server.Server, error) {
	config := &server.Options{}
	if err := config.ProcessConfigString(embeddedConfig); err != nil {
		return nil, err
	}
	config.ServerName = options.Node
	config.StoreDir = filepath.Join(options.Dir, storeFolder)
	config.DontListen = true
	config.NoSigs = true
	running, err := server.NewServer(config)
	if err != nil {
		return nil, err
	}
	running.SetLoggerV2(log, false, false, false)
	started := make(chan struct{})
	go func() { defer close(started); running.Start() }()
	began := time.Now()
	for {
		select {
		case <-started:
			if !running.JetStreamEnabled() {
				running.Shutdown()
				return nil, errors.New("the store could not be opened")
			}
			return running, nil
		case <-time.After(stepTimeout):
			options.Log.Info("the store is still being read", "dir", options.Dir, "for", time.Since(began).Round(time.Second))
		case <-ctx.Done():
			running.Shutdown()
			<-started
			return nil, fmt.Errorf("reading the store: %w", ctx.Err())
		}
	}
}

func openInProcess(ctx context.Context, servers *provider, before checkpoint, known map[string]noted, health *health, options Options) (*Store, *storeLog, error) {
	conn, err := nats.Connect("", nats.InProcessServer(servers), nats.Name(options.Node),
		nats.MaxReconnects(-1), nats.ReconnectWait(reconnectPause), nats.ReconnectJitter(0, 0), nats.ReconnectBufSize(-1))
	if err != nil {
		return nil, nil, fmt.Errorf("connect inside the process: %w", err)
	}
	store, writes, err := openChecked(ctx, conn, before, known, health, options)
	if err != nil {
		conn.Close()
		return nil, nil, err
	}
	return store, writes, nil
}

// openChecked compares the store with its log and checkpoint, and begins a new log.
func openChecked(ctx context.Context, conn *nats.Conn, before checkpoint, known map[string]noted, health *health, options Options) (*Store, *storeLog, error) {
	have, err := before.verify(ctx, conn, known)
	if err != nil {
		return nil, nil, err
	}
	store, err := newStore(ctx, conn, 1, health, options)
	if err != nil {
		return nil, nil, err
	}
	delete(have, startedKey+pasarela.EscapeKey(options.Node)) // written at every probe, and noted at none
	writes, err := startStoreLog(options.Dir, have, options.Log)
	if err != nil {
		return nil, nil, err
	}
	store.bucket.wrote = writes.note
	store.queue.alone = true
	return store, writes, nil
}
