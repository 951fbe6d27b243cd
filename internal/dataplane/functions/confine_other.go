//go:build unix && !linux

package functions

import (
	"os/exec"
	"syscall"
)

// confine makes a command the leader of a process group, with the permissions of user
// unless that is nil. This system does not kill a process with its parent: the runner
// does, unless it is killed itself.
func confine(command *exec.Cmd, user *account) {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if user != nil {
		command.SysProcAttr.Credential = &syscall.Credential{Uid: user.uid, Gid: user.gid, Groups: []uint32{user.gid}}
	}
}

// limitResources does nothing: only Linux limits a process from outside.
func (r *Runner) limitResources(int, int) {}

// hideNode does nothing: only Linux shows a process's environment in files.
func hideNode() error { return nil }

// killMarked ends nothing: only Linux shows the environment of a process.
func killMarked(string, string) {}
