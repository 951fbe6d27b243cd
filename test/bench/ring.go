//go:build linux

package main

import (
	"fmt"
	"sync/atomic"
	"syscall"
	"unsafe"
)

// ring is an io_uring (io_uring(7)), through which one thread sends a buffer to many sockets
// by one system call. All of it is used by the thread that opened it.
type ring struct {
	fd                         int
	sqTail, cqHead, cqTail     *uint32
	sqMask, cqMask             uint32
	array                      []uint32
	submissions                []submission
	completions                []completion
	sqMemory, cqMemory, memory []byte // mapped
}

// submission is struct io_uring_sqe, of an IORING_OP_SEND.
type submission struct {
	opcode, flags uint8
	ioprio        uint16
	fd            int32
	_             uint64
	addr          uint64
	length, send  uint32 // of the buffer; flags of send(2)
	userData      uint64
	_             [3]uint64
}

// completion is struct io_uring_cqe.
type completion struct {
	userData uint64
	result   int32
	flags    uint32
}

// ringParams is struct io_uring_params.
type ringParams struct {
	entries, completions, flags, threadCPU, threadIdle, features, worker uint32
	_                                                                    [3]uint32
	sq                                                                   struct {
		head, tail, mask, entries, flags, dropped, array, _ uint32
		_                                                   uint64
	}
	cq struct {
		head, tail, mask, entries, overflow, completions, flags, _ uint32
		_                                                          uint64
	}
}

// From linux/io_uring.h; the numbers of the calls are the same on every architecture of Go's
// but mips.
const (
	sysRingSetup, sysRingEnter  = 425, 426
	ringSubmitter, ringDeferred = 1 << 12, 1 << 13 // IORING_SETUP_SINGLE_ISSUER, IORING_SETUP_DEFER_TASKRUN
	ringSend, ringWait          = 26, 1            // IORING_OP_SEND, IORING_ENTER_GETEVENTS
	ringCompletions, ringMemory = 0x8000000, 0x10000000
)

// openRing opens a ring that takes n sends a call, a power of two.
func openRing(n uint32) (r *ring, err error) {
	p := ringParams{flags: ringSubmitter | ringDeferred}
	fd, _, errno := syscall.Syscall(sysRingSetup, uintptr(n), uintptr(unsafe.Pointer(&p)), 0)
	if errno != 0 {
		return nil, fmt.Errorf("io_uring_setup: %w", errno)
	}
	r = &ring{fd: int(fd)}
	for _, m := range []struct {
		into   *[]byte
		offset int64
		size   uint32
	}{
		{&r.sqMemory, 0, p.sq.array + 4*p.entries},
		{&r.cqMemory, ringCompletions, p.cq.completions + p.completions*uint32(unsafe.Sizeof(completion{}))},
		{&r.memory, ringMemory, p.entries * uint32(unsafe.Sizeof(submission{}))},
	} {
		if *m.into, err = syscall.Mmap(r.fd, m.offset, int(m.size), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED|syscall.MAP_POPULATE); err != nil {
			return nil, fmt.Errorf("io_uring: mmap: %w", err)
		}
	}
	number := func(memory []byte, at uint32) *uint32 { return (*uint32)(unsafe.Pointer(&memory[at])) }
	r.sqTail, r.sqMask = number(r.sqMemory, p.sq.tail), *number(r.sqMemory, p.sq.mask)
	r.cqHead, r.cqTail, r.cqMask = number(r.cqMemory, p.cq.head), number(r.cqMemory, p.cq.tail), *number(r.cqMemory, p.cq.mask)
	r.array = unsafe.Slice(number(r.sqMemory, p.sq.array), p.entries)
	r.submissions = unsafe.Slice((*submission)(unsafe.Pointer(&r.memory[0])), p.entries)
	r.completions = unsafe.Slice((*completion)(unsafe.Pointer(&r.cqMemory[p.cq.completions])), p.completions)
	return r, nil
}

// tryRing is why there is no io_uring here, as in many containers; nil: there is.
func tryRing() error {
	r, err := openRing(1)
	if err == nil {
		err = syscall.Close(r.fd)
	}
	return err
}

// send sends a frame to all sockets, as many a call as the ring takes.
func (r *ring) send(sockets []int, frame []byte) error {
	for len(sockets) > 0 {
		n := min(len(sockets), len(r.submissions))
		tail := *r.sqTail
		for _, fd := range sockets[:n] {
			at := tail & r.sqMask
			r.submissions[at] = submission{opcode: ringSend, fd: int32(fd), addr: uint64(uintptr(unsafe.Pointer(&frame[0]))), length: uint32(len(frame)), send: syscall.MSG_NOSIGNAL}
			r.array[at] = at
			tail++
		}
		atomic.StoreUint32(r.sqTail, tail)
		if _, _, errno := syscall.Syscall6(sysRingEnter, uintptr(r.fd), uintptr(n), uintptr(n), ringWait, 0, 0); errno != 0 {
			return fmt.Errorf("io_uring_enter: %w", errno)
		}
		head := *r.cqHead
		for ; head != atomic.LoadUint32(r.cqTail); head++ {
			if got := r.completions[head&r.cqMask].result; int(got) != len(frame) {
				return fmt.Errorf("io_uring: a send of %d bytes had the result %d", len(frame), got)
			}
		}
		atomic.StoreUint32(r.cqHead, head)
		sockets = sockets[n:]
	}
	return nil
}
