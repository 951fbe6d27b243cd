package local

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// DefaultInitFolder is where LocalStack looks.
const DefaultInitFolder = "/etc/localstack/init/ready.d"

const (
	scriptTimeout = 5 * time.Minute
	scriptWait    = 2 * time.Second // for child processes of a script that was ended
	maxOutput     = 64 << 10        // bytes of a script's output that are logged
)

// States of a script, as LocalStack calls them.
const (
	stateUnknown    = "UNKNOWN" // it has not begun
	stateRunning    = "RUNNING"
	stateSuccessful = "SUCCESSFUL"
	stateError      = "ERROR"
)

// Script is what became of one script.
type Script struct {
	Stage string `json:"stage"` // READY
	Name  string `json:"name"`
	State string `json:"state"`
}

// Init runs the scripts of a folder, in the order of their names (A-NODE-24).
type Init struct {
	Folder   string
	Endpoint string // for AWS_ENDPOINT_URL
	Region   string
	Log      *slog.Logger

	mu        sync.Mutex
	scripts   []Script
	completed bool
}

// Run runs all scripts. One that fails is logged and does not keep the next from running;
// a folder that is not there has none.
func (i *Init) Run(ctx context.Context) {
	defer i.done()
	entries, err := os.ReadDir(i.Folder)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			i.Log.Error("the folder of --local-init cannot be read", "folder", i.Folder, "error", err)
		}
		return
	}
	commands := map[string][]string{}
	for _, entry := range entries {
		command := i.command(entry)
		if command == nil {
			continue
		}
		commands[entry.Name()] = command
		i.add(entry.Name())
	}
	if len(commands) == 0 {
		return
	}
	folder, err := os.MkdirTemp("", "pasarela-init-")
	if err != nil {
		i.Log.Error("the scripts of --local-init have no folder to work in, and are not run", "error", err)
		return
	}
	defer i.remove(folder)
	_, scripts := i.State()
	for at, script := range scripts {
		i.set(at, stateRunning)
		i.set(at, i.run(ctx, folder, script.Name, commands[script.Name]))
	}
}

func (i *Init) remove(folder string) {
	if err := os.RemoveAll(folder); err != nil {
		i.Log.Warn("the folder in which scripts of --local-init worked stays", "folder", folder, "error", err)
	}
}

// command is how a file is run: by the interpreter of its ending, or itself where it may be
// executed; nil for files that are no scripts.
func (i *Init) command(entry os.DirEntry) []string {
	path := filepath.Join(i.Folder, entry.Name())
	info, err := os.Stat(path) // volumes of Kubernetes hold links
	if err != nil || !info.Mode().IsRegular() || strings.HasPrefix(entry.Name(), ".") {
		return nil
	}
	switch {
	case info.Mode().Perm()&0o111 != 0:
		return []string{path}
	case strings.HasSuffix(path, ".sh"):
		return []string{"sh", path}
	case strings.HasSuffix(path, ".py"):
		return []string{"python3", path}
	}
	i.Log.Warn("a file of --local-init is neither executable nor named .sh or .py, and is not run", "file", path)
	return nil
}

// run runs a script in a folder that all scripts of a start share: their own may be read-only,
// as volumes of containers often are.
func (i *Init) run(ctx context.Context, folder, name string, command []string) (state string) {
	ctx, cancel := context.WithTimeout(ctx, scriptTimeout)
	defer cancel()
	var output tail
	process := exec.CommandContext(ctx, command[0], command[1:]...)
	process.Dir, process.Env, process.WaitDelay = folder, i.environment(), scriptWait
	process.Stdout, process.Stderr = &output, &output
	start := time.Now()
	err := process.Run()
	said := strings.ToValidUTF8(string(output), "?")
	if err != nil {
		i.Log.Error("a script of --local-init failed", "script", name, "error", err, "duration", time.Since(start), "output", said)
		return stateError
	}
	i.Log.Info("a script of --local-init has run", "script", name, "duration", time.Since(start), "output", said)
	return stateSuccessful
}

// environment leads AWS clients here. What leads them to an account of AWS's is left out.
func (i *Init) environment() []string {
	kept := slices.DeleteFunc(os.Environ(), func(line string) bool {
		name, _, _ := strings.Cut(line, "=")
		return strings.HasPrefix(name, "AWS_ENDPOINT_URL") || name == "AWS_PROFILE" || name == "AWS_SESSION_TOKEN"
	})
	return append(kept, "AWS_ENDPOINT_URL="+i.Endpoint, "AWS_ACCESS_KEY_ID="+AnyKey, "AWS_SECRET_ACCESS_KEY="+AnyKey,
		"AWS_DEFAULT_REGION="+i.Region, "AWS_REGION="+i.Region)
}

// tail keeps the last [maxOutput] bytes of what is written.
type tail []byte

// Write implements [io.Writer].
func (t *tail) Write(p []byte) (int, error) {
	*t = append(*t, p...)
	*t = slices.Delete(*t, 0, max(0, len(*t)-maxOutput))
	return len(p), nil
}

func (i *Init) add(name string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.scripts = append(i.scripts, Script{"READY", name, stateUnknown})
}

func (i *Init) set(at int, state string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.scripts[at].State = state
}

func (i *Init) done() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.completed = true
}

// State is what /_localstack/init tells.
func (i *Init) State() (completed bool, scripts []Script) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.completed, append([]Script{}, i.scripts...)
}
