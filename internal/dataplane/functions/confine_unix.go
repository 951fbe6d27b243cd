//go:build unix

package functions

import (
	"errors"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// account is a user of this machine.
type account struct{ uid, gid uint32 }

// accountOf finds the user that processes run as; nil for none.
func accountOf(name string) (*account, error) {
	if name == "" {
		return nil, nil
	}
	found, err := user.Lookup(name)
	if err != nil {
		return nil, language.Errorf("functions.no_user", "name", name, "error", err)
	}
	if os.Geteuid() != 0 {
		return nil, language.Errorf("functions.not_root", "name", name)
	}
	uid, err := strconv.ParseUint(found.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(found.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &account{uint32(uid), uint32(gid)}, nil
}

// killGroup kills a process and its process group.
func killGroup(command *exec.Cmd) {
	_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL) // there may be none left
}

// closedByPeer says whether the other end of a connection has closed it.
func closedByPeer(conn syscall.Conn) bool {
	raw, err := conn.SyscallConn()
	if err != nil {
		return true
	}
	closed := true                             // unless it can be examined
	_ = raw.Control(func(descriptor uintptr) { // Read would wait for the read that net/http has begun
		var b [1]byte
		n, _, err := syscall.Recvfrom(int(descriptor), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		closed = n == 0 && err == nil || err != nil && !errors.Is(err, syscall.EAGAIN) && !errors.Is(err, syscall.EINTR)
	})
	return closed
}

// readAvailable reads what lies in a pipe without waiting; 0 when there is nothing.
func readAvailable(file *os.File, buffer []byte) int {
	conn, err := file.SyscallConn()
	if err != nil {
		return 0
	}
	n := 0
	// Not conn.Read, which reads nothing once another line of the platform has set the deadline.
	if err := conn.Control(func(fd uintptr) {
		for {
			if n, err = syscall.Read(int(fd), buffer); err != syscall.EINTR {
				return
			}
		}
	}); err != nil {
		return 0
	}
	return n
}
