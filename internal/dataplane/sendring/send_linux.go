package sendring

import (
	"sync/atomic"
	"syscall"
	"unsafe"
)

// Send sends a message, which is not empty, to stream sockets, at most [Size], and does not
// wait for their clients. taken[i] is how many bytes sockets[i] took. It is 0 where a socket
// took none, for whatever reason: a write tells which. None of the sockets may be closed
// meanwhile. When Send returns, the kernel has no more to do with the message.
func (r *Ring) Send(sockets []int32, message []byte, taken []int) {
	r.message.Pin(&message[0])
	defer r.message.Unpin()
	first := *r.sqTail
	for i, fd := range sockets {
		s := &r.submissions[(first+uint32(i))&r.sqMask]
		s.fd, s.addr, s.length = fd, uint64(uintptr(unsafe.Pointer(&message[0]))), uint32(len(message))
		taken[i] = 0
	}
	atomic.StoreUint32(r.sqTail, first+uint32(len(sockets)))
	// Without telling Go's scheduler, as socket writes do: no send waits.
	_, _, _ = syscall.RawSyscall6(sysEnter, uintptr(r.fd), uintptr(len(sockets)), 0, 0, 0, 0)
	began := atomic.LoadUint32(r.sqHead) // all, unless the kernel was short of memory
	atomic.StoreUint32(r.sqTail, began)
	for missing := began - first - r.collect(first, taken); missing > 0; missing -= r.collect(first, taken) {
		// Sends that do not wait have ended by now. This is for a kernel that sees it otherwise.
		_, _, _ = syscall.Syscall6(sysEnter, uintptr(r.fd), 0, uintptr(missing), waitForThem, 0, 0)
	}
}

// collect takes the results that are there, of sends of which the first had the number first.
func (r *Ring) collect(first uint32, taken []int) (n uint32) {
	head := *r.cqHead
	for ; head != atomic.LoadUint32(r.cqTail); head++ {
		c := &r.completions[head&r.cqMask]
		taken[(uint32(c.userData)-first)&r.sqMask] = max(int(c.result), 0)
		n++
	}
	atomic.StoreUint32(r.cqHead, head)
	return n
}
