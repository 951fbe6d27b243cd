package socket_test

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
)

// rings counts the descriptors of io_uring that this process has.
func rings(t *testing.T) (n int) {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range all {
		if to, err := os.Readlink("/proc/self/fd/" + fd.Name()); err == nil && strings.Contains(to, "[io_uring]") {
			n++
		}
	}
	return n
}

func TestAPoolGivesItsRingsBack(t *testing.T) {
	before := rings(t)
	p, err := socket.NewPool(socket.Options{Handler: newRecorder(echo)})
	if err != nil {
		t.Fatal(err)
	}
	if why := p.IOUring(); why == nil && rings(t) == before {
		t.Error("there is no ring")
	}
	p.SendTogether(prepared(t, nil), nil, nil)
	p.Close()
	if after := rings(t); after != before {
		t.Errorf("%d rings before a pool, %d after it", before, after)
	}
}

// TestWhereIOUringIsRefused has a process of its own, whose seccomp filter is that of Docker for
// io_uring: messages for many arrive all the same.
func TestWhereIOUringIsRefused(t *testing.T) {
	const refused = "SOCKET_TEST_REFUSES_IO_URING"
	if os.Getenv(refused) == "" {
		again := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$", "-test.count", "1")
		again.Env = append(os.Environ(), refused+"=1")
		if out, err := again.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	refuseIOUring(t)
	p := newPool(t, socket.Options{Handler: newRecorder(echo)})
	if why := p.IOUring(); !errors.Is(why, syscall.EPERM) || p.Stats().IOUring {
		t.Errorf("io_uring is refused, and the pool says %v", why)
	}
	s := serve(t, p, nil, nil, false)
	k, errs := dial(t, s.addr, nil), make([]error, 1)
	p.SendTogether(prepared(t, []byte("hello")), []*socket.Conn{<-s.conn}, errs)
	if f, err := k.next(); err != nil || errs[0] != nil || string(f.payload) != "hello" {
		t.Errorf("%v, %v, %v", f, err, errs[0])
	}
}

// refuseIOUring has io_uring_setup(2) fail with EPERM on this thread, which the test keeps.
func refuseIOUring(t *testing.T) {
	t.Helper()
	runtime.LockOSThread()
	type instruction struct { // struct sock_filter
		code   uint16
		jt, jf uint8
		k      uint32
	}
	const load, equal, end = 0x20, 0x15, 0x06 // linux/bpf_common.h
	filter := []instruction{
		{load, 0, 0, 0}, // the number of the call, in struct seccomp_data
		{equal, 0, 1, 425},
		{end, 0, 0, 0x00050000 | uint32(syscall.EPERM)}, // SECCOMP_RET_ERRNO
		{end, 0, 0, 0x7fff0000},                         // SECCOMP_RET_ALLOW
	}
	program := struct { // struct sock_fprog
		length uint16
		filter *instruction
	}{uint16(len(filter)), &filter[0]}
	const noNewPrivileges, seccomp, byFilter = 38, 22, 2 // linux/prctl.h, linux/seccomp.h
	if _, _, errno := syscall.RawSyscall6(syscall.SYS_PRCTL, noNewPrivileges, 1, 0, 0, 0, 0); errno != 0 {
		t.Fatal(errno)
	}
	if _, _, errno := syscall.RawSyscall6(syscall.SYS_PRCTL, seccomp, byFilter, uintptr(unsafe.Pointer(&program)), 0, 0, 0); errno != 0 {
		t.Skipf("this system has no seccomp filters for us: %v", errno)
	}
}
