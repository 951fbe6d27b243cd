//go:build unix

package functions

import (
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

// killGroup ends a process and all that it has started.
func killGroup(command *exec.Cmd) {
	_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL) // there may be none left
}

// readNow reads what lies in a pipe without waiting; 0 when there is nothing.
func readNow(file *os.File, buffer []byte) int {
	conn, err := file.SyscallConn()
	if err != nil {
		return 0
	}
	n := 0
	if err := conn.Read(func(fd uintptr) bool {
		n, _ = syscall.Read(int(fd), buffer)
		return true
	}); err != nil {
		return 0
	}
	return n
}
