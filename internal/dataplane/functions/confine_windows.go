package functions

import (
	"io"
	"log/slog"
	"os"
	"os/exec"
	"syscall"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// account is a user of this machine.
type account struct{}

// accountOf refuses every name: processes have the node's own permissions here.
func accountOf(name string) (*account, error) {
	if name == "" {
		return nil, nil
	}
	return nil, language.Errorf("functions.not_root", "name", name)
}

func confine(*exec.Cmd, *account) {}

func (r *Runner) limitResources(int, int) {}

// hideNode does nothing: only Linux shows a process's environment in files.
func hideNode() error { return nil }

// killMarked ends nothing: only Linux shows the environment of a process.
func killMarked(string, string) {}

// lockFolder locks nothing: what dead nodes left stays in the temporary folder here.
func lockFolder(string) (io.Closer, error) { return io.NopCloser(nil), nil }

func removeLeftovers(*slog.Logger) {}

// killGroup ends a process.
func killGroup(command *exec.Cmd) {
	_ = command.Process.Kill() // it may have ended
}

// closedByPeer is always false: connections cannot be examined without waiting here.
func closedByPeer(syscall.Conn) bool { return false }

// readAvailable reads nothing: pipes cannot be read without waiting here.
func readAvailable(*os.File, []byte) int { return 0 }
