package functions

import (
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// confine makes a command the leader of a process group that ends with the node, with the
// permissions of user unless that is nil.
func confine(command *exec.Cmd, user *account) {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if user != nil {
		command.SysProcAttr.Credential = &syscall.Credential{Uid: user.uid, Gid: user.gid, Groups: []uint32{user.gid}}
	}
}

// Limits of a process, those of Lambda's where it has some (aws-lambda §6).
const (
	maxFiles    = 1024
	maxFileSize = 10 << 30 // of /tmp
)

// limitResources bounds what a process may take of the machine; one that has ended meanwhile
// needs no bound.
func limitResources(pid int) {
	for _, limit := range []struct {
		resource int
		max      uint64
	}{{unix.RLIMIT_NOFILE, maxFiles}, {unix.RLIMIT_FSIZE, maxFileSize}, {unix.RLIMIT_CORE, 0}} {
		_ = unix.Prlimit(pid, limit.resource, &unix.Rlimit{Cur: limit.max, Max: limit.max}, nil)
	}
}
