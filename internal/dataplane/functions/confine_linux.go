package functions

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

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

	// An interpreter reserves much address space before it runs anything, stacks of many
	// threads included, more than functions use on Lambda: the bound protects the machine
	// and does not measure the function.
	memoryFactor = 2
	memoryBase   = 1 << 30

	threadsPerProcess = 128 // of a function, on average; a process of Node.js has about 11
)

// limitResources bounds what a process of a function with so many MB may use of the
// machine; a process that has ended meanwhile is no error. Linux counts processes by
// user, so their number is bounded only where functions have a user of their own.
func (r *Runner) limitResources(pid, memory int) {
	type bound struct {
		resource int
		max      uint64
	}
	bounds := []bound{
		{unix.RLIMIT_NOFILE, maxFiles},
		{unix.RLIMIT_FSIZE, maxFileSize},
		{unix.RLIMIT_CORE, 0},
		{unix.RLIMIT_DATA, uint64(max(memory, 0))<<20*memoryFactor + memoryBase},
	}
	if r.user != nil {
		bounds = append(bounds, bound{unix.RLIMIT_NPROC, uint64(r.options.MaxProcesses) * threadsPerProcess}) // it is above 0
	}
	for _, limit := range bounds {
		_ = unix.Prlimit(pid, limit.resource, &unix.Rlimit{Cur: limit.max, Max: limit.max}, nil)
	}
}

// hideNode keeps processes of the node's own user from reading its environment and memory
// in /proc, for as long as the node runs. It does not keep root from it.
func hideNode() error { return unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0) }

// killMarked kills every process that has this variable in its environment: processes
// that a function started inherit it, in whatever process group or session they are. It
// looks again as long as it finds some, since they may have started others meanwhile.
func killMarked(name, value string) {
	for range maxPasses {
		if !killMarkedOnce([]byte(name + "=" + value)) {
			return
		}
		time.Sleep(passPause)
	}
}

// Bounds of killMarked, which takes as many passes only where processes start others faster
// than they are found, or have no environment at all.
const (
	maxPasses = 5
	passPause = 2 * time.Millisecond
)

// killMarkedOnce kills the processes of now; again says whether there may be more.
func killMarkedOnce(variable []byte) (again bool) {
	found, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return false // the pattern is valid
	}
	for _, folder := range found {
		if pid, err := strconv.Atoi(filepath.Base(folder)); err == nil && pid != os.Getpid() {
			again = killWith(pid, folder, variable) || again
		}
	}
	return again
}

// killWith kills a process that has the variable; again says that it did, or that it cannot
// tell yet: a process that becomes another program has no environment for a moment. It uses
// a pidfd, so that a later process of the same number is not killed.
func killWith(pid int, folder string, variable []byte) (again bool) {
	process, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return false // it has ended
	}
	defer func() { _ = unix.Close(process) }()
	environment, err := os.ReadFile(filepath.Join(folder, "environ"))
	if err != nil {
		return false // another user's
	}
	if len(environment) == 0 {
		_, err = os.Readlink(filepath.Join(folder, "exe"))
		return err == nil // a thread of the kernel, or a process that has ended, has no program
	}
	for entry := range bytes.SplitSeq(environment, []byte{0}) {
		if bytes.Equal(entry, variable) {
			_ = unix.PidfdSendSignal(process, unix.SIGKILL, nil, 0) // it may have ended
			return true
		}
	}
	return false
}
