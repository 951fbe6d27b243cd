package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// The clock of a single process is stepped by a file that it reads: the programs are
// built with an overlay over package time, whose Now then adds the file's value. (The
// system's clock is shared by all processes.) Timers are not affected, as on a machine
// whose clock is set.
const clockVariable = "CHAOS_CLOCK" // names the file: seconds to add

// longestStep keeps clocks close enough for signatures, which may be five minutes old.
const longestStep = 2 * time.Minute

const (
	nowReads  = "\tsec, nsec, mono := runtimeNow()\n\tif mono == 0 {"
	nowAdds   = "\tsec, nsec, mono := runtimeNow()\n\tsec += clockStep.Load()\n\tif mono == 0 {"
	stepState = `package time

import "sync/atomic"

var clockStep atomic.Int64

// StepClock has Now add so many seconds.
func StepClock(seconds int64) { clockStep.Store(seconds) }
`
	stepReader = `package main

import (
	"os"
	"strconv"
	"strings"
	"time"
)

var _ = func() bool {
	go func() {
		for range time.Tick(20 * time.Millisecond) {
			text, _ := os.ReadFile(os.Getenv("` + clockVariable + `"))
			if seconds, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil {
				time.StepClock(seconds)
			}
		}
	}()
	return true
}()
`
)

// clockOverlay makes, in dir, the argument of go build that gives programs such clocks.
func clockOverlay(dir string) (string, error) {
	environment, err := exec.Command("go", "env", "GOROOT", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("go env: %w", err)
	}
	root, module, _ := strings.Cut(strings.TrimSpace(string(environment)), "\n")
	original := filepath.Join(root, "src", "time", "time.go")
	text, err := os.ReadFile(original)
	if err != nil {
		return "", err
	}
	changed := strings.Replace(string(text), nowReads, nowAdds, 1)
	if changed == string(text) {
		return "", errors.New("time.Now of this version of Go is not as expected, so clocks cannot be stepped")
	}
	replace := map[string]string{}
	module = filepath.Dir(module)
	for i, file := range []struct{ path, text string }{
		{original, changed},
		{filepath.Join(root, "src", "time", "clockstep.go"), stepState},
		{filepath.Join(module, "cmd", "pasarela", "clockstep.go"), stepReader},
		{filepath.Join(module, "test", "chaos", "clockstep.go"), stepReader},
	} {
		to := filepath.Join(dir, fmt.Sprint("overlay", i, ".go"))
		if err := os.WriteFile(to, []byte(file.text), 0o600); err != nil {
			return "", err
		}
		replace[file.path] = to
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "overlay.json")
	return "-overlay=" + path, os.WriteFile(path, overlay, 0o600)
}

// stepClock sets how far the clock of a process is off.
func (p *process) stepClock(by time.Duration) error {
	return os.WriteFile(p.clock, []byte(strconv.FormatInt(int64(by/time.Second), 10)), 0o600)
}
