//go:build linux

package sendring_test

import (
	"bytes"
	"errors"
	"slices"
	"syscall"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/dataplane/sendring"
)

func open(t *testing.T) *sendring.Ring {
	t.Helper()
	r, err := sendring.Open()
	if err != nil {
		t.Skipf("this system has no io_uring for us: %v", err)
	}
	t.Cleanup(r.Close)
	return r
}

// pair is a connected pair of non-blocking stream sockets.
func pair(t *testing.T) (ours, theirs int) {
	t.Helper()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = syscall.Close(fds[0]), syscall.Close(fds[1]) })
	return fds[0], fds[1]
}

// received is all that waits at a socket.
func received(t *testing.T, fd int) []byte {
	t.Helper()
	var all []byte
	for buf := make([]byte, 64<<10); ; {
		n, err := syscall.Read(fd, buf)
		if errors.Is(err, syscall.EAGAIN) || n == 0 && err == nil {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, buf[:n]...)
	}
}

// fill writes until a socket takes no more, and returns how much it took.
func fill(t *testing.T, fd int) (n int) {
	t.Helper()
	for piece := make([]byte, 1<<10); ; {
		took, err := syscall.Write(fd, piece)
		if errors.Is(err, syscall.EAGAIN) {
			return n
		}
		if err != nil {
			t.Fatal(err)
		}
		n += took
	}
}

// Each call sends to another number of sockets, so that the ring comes round at every place.
func TestEverySocketGetsEachMessageOnce(t *testing.T) {
	r := open(t)
	var ours []int32
	var theirs []int
	for range sendring.Size {
		a, b := pair(t)
		ours, theirs = append(ours, int32(a)), append(theirs, b)
	}
	taken := make([]int, sendring.Size)
	for n := 1; n <= sendring.Size; n++ {
		message := bytes.Repeat([]byte{byte(n)}, n)
		r.Send(ours[:n], message, taken[:n])
		for i, fd := range theirs {
			want := message
			if i >= n {
				want = nil
			}
			if got := received(t, fd); !bytes.Equal(got, want) || i < n && taken[i] != n {
				t.Fatalf("call %d, socket %d: %d was taken, got %q", n, i, taken[i], got)
			}
		}
	}
}

func TestWhatSocketsDoNotTake(t *testing.T) {
	r := open(t)
	full, behindFull := pair(t)
	filled := fill(t, full)
	part, behindPart := pair(t)
	last, behindLast := pair(t)
	broken, gone := pair(t)
	_ = syscall.Shutdown(gone, syscall.SHUT_RDWR)
	file, err := syscall.Open("/dev/null", syscall.O_WRONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Close(file) }()

	message := make([]byte, 16<<20) // more than any socket buffer holds
	for i := range message {
		message[i] = byte(i % 251)
	}
	sockets := []int32{int32(full), int32(part), -1, int32(broken), int32(file), int32(last)}
	taken := make([]int, len(sockets))
	r.Send(sockets, message, taken)
	if none := []int{taken[0], taken[2], taken[3], taken[4]}; !slices.Equal(none, []int{0, 0, 0, 0}) {
		t.Errorf("a full socket, no descriptor, a broken socket and a file took %v", none)
	}
	if got := received(t, behindFull); len(got) != filled {
		t.Errorf("%d bytes behind a full socket, %d were there before", len(got), filled)
	}
	for i, fd := range map[int]int{1: behindPart, 5: behindLast} {
		got := received(t, fd)
		if taken[i] <= 0 || taken[i] >= len(message) || !bytes.Equal(got, message[:taken[i]]) {
			t.Errorf("socket %d: %d bytes were taken and %d came", i, taken[i], len(got))
		}
	}
	r.Send([]int32{int32(last)}, []byte("again"), taken[:1])
	if got := received(t, behindLast); taken[0] != 5 || string(got) != "again" {
		t.Errorf("afterwards %d bytes were taken, and came %q", taken[0], got)
	}
}
