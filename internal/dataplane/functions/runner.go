package functions

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// folderPattern is the name of a runner's folder, in the temporary folder of the machine.
const folderPattern = "pasarela-functions-"

// Runner runs the functions of a store on this machine. Make one with [New].
type Runner struct {
	options   Options
	dir       string    // of unpacked code, removed with the runner
	lock      io.Closer // held while the folder is in use
	address   string    // host:port of the Runtime API
	directory directory
	unpacking sync.Map // CodeSHA256 -> chan struct{} with room for one
	large     chan struct{}
	pythons   sync.Map // runtime -> program
	user      *account // nil: processes have the node's own permissions

	server  *http.Server
	starts  chan func() // run by the one thread that starts processes
	starter sync.WaitGroup
	work    sync.WaitGroup // all other goroutines
	ctx     context.Context
	cancel  context.CancelFunc

	queued atomic.Int64 // events waiting or being tried

	mu        sync.Mutex
	closed    bool
	pools     map[poolKey]*pool
	count     int                 // processes
	running   map[string]int      // invocations under way, by function
	processes map[string]*process // by token
}

// New starts a runner, which follows the store when it returns. ctx bounds the start;
// Close must be called.
func New(ctx context.Context, o Options) (*Runner, error) {
	r := &Runner{
		options: o.complete(), directory: directory{byName: map[string]*function{}, seen: make(chan struct{})},
		large: make(chan struct{}, 1), starts: make(chan func()), pools: map[poolKey]*pool{}, running: map[string]int{}, processes: map[string]*process{},
	}
	var err error
	if r.user, err = accountOf(o.User); err != nil {
		return nil, err
	}
	if r.user == nil {
		if err = hideNode(); err != nil {
			return nil, fmt.Errorf("hide the server's environment from functions: %w", err)
		}
		if os.Geteuid() == 0 {
			r.options.Log.Warn("functions run as root and can read all of this server: name another user with --functions-user")
		}
	}
	removeLeftovers(r.options.Log)
	if err = r.makeFolder(); err != nil {
		return nil, fmt.Errorf("a folder for the code of functions: %w", err)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err == nil {
		err = errors.Join(os.Chmod(r.dir, 0o711), r.writeBootstraps()) // functions read their code as another user
	}
	if err != nil {
		return nil, errors.Join(err, r.removeFolder())
	}
	r.address = listener.Addr().String()
	r.ctx, r.cancel = context.WithCancel(context.WithoutCancel(ctx))
	r.server = &http.Server{
		Handler: runtimeAPI{r}, ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return r.ctx },
		ConnContext: withConnection, ErrorLog: slog.NewLogLogger(r.options.Log.Handler(), slog.LevelDebug),
	}
	r.work.Go(func() { _ = r.server.Serve(listener) }) // ends with ErrServerClosed
	r.starter.Go(r.startProcesses)
	ready := make(chan struct{})
	r.work.Go(func() { r.follow(r.ctx, sync.OnceFunc(func() { close(ready) })) })
	r.work.Go(r.endIdle)
	select {
	case <-ready:
		return r, nil
	case <-ctx.Done():
		return nil, errors.Join(fmt.Errorf("reading the functions: %w", ctx.Err()), r.Close(context.WithoutCancel(ctx)))
	}
}

// Close refuses invocations, waits for those under way as long as ctx allows, and ends all
// processes.
func (r *Runner) Close(ctx context.Context) error {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.drain(ctx)
	r.cancel()
	r.mu.Lock()
	for _, p := range r.processes {
		p.kill()
	}
	r.mu.Unlock()
	err := r.server.Close()
	r.work.Wait()
	close(r.starts)
	r.starter.Wait()
	return errors.Join(err, r.removeFolder())
}

// makeFolder makes the runner's folder and locks it.
func (r *Runner) makeFolder() (err error) {
	if r.dir, err = os.MkdirTemp("", folderPattern); err != nil {
		return err
	}
	if r.lock, err = lockFolder(r.dir); err != nil {
		return errors.Join(err, os.RemoveAll(r.dir))
	}
	return nil
}

// removeFolder removes the runner's folder, then releases its lock.
func (r *Runner) removeFolder() error { return errors.Join(os.RemoveAll(r.dir), r.lock.Close()) }

// startProcesses is the thread that starts all processes: Linux kills them with it.
func (r *Runner) startProcesses() {
	runtime.LockOSThread() // never unlocked: the thread ends with this goroutine
	for start := range r.starts {
		start()
	}
}

// drainPause is how often a stopping runner checks whether all invocations have ended.
const drainPause = 10 * time.Millisecond

func (r *Runner) drain(ctx context.Context) {
	for {
		r.mu.Lock()
		under := len(r.running)
		r.mu.Unlock()
		if under == 0 {
			return
		}
		select {
		case <-time.After(drainPause):
		case <-ctx.Done():
			r.options.Log.Warn("invocations of functions are cut", "functions", under)
			return
		}
	}
}

// endIdle ends processes that have been idle for a long time.
func (r *Runner) endIdle() {
	tick := time.NewTicker(max(r.options.Idle/10, 10*time.Millisecond))
	defer tick.Stop()
	for {
		select {
		case <-r.ctx.Done():
			return
		case <-tick.C:
			r.endIdleSince(time.Now().Add(-r.options.Idle))
		}
	}
}

func (r *Runner) endIdleSince(limit time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, pool := range r.pools {
		for len(pool.idle) > 0 && pool.idle[0].idleSince.Before(limit) { // the oldest is the first
			pool.idle[0].kill()
			pool.idle = pool.idle[1:]
		}
	}
}
