package sendring

import (
	"fmt"
	"runtime"
	"syscall"
	"unsafe"
)

// Ring is an io_uring of [Size] sends. It is used by one goroutine at a time, on any thread.
type Ring struct {
	fd                         int
	sqHead, sqTail             *uint32
	cqHead, cqTail             *uint32
	sqMask, cqMask             uint32
	submissions                []submission
	completions                []completion
	sqMemory, cqMemory, memory []byte // mapped
	message                    runtime.Pinner
}

// submission is struct io_uring_sqe, of an IORING_OP_SEND.
type submission struct {
	opcode, flags uint8
	ioprio        uint16
	fd            int32
	_             uint64
	addr          uint64
	length, send  uint32 // of the message; flags of send(2)
	userData      uint64 // the submission's index
	_             [3]uint64
}

// completion is struct io_uring_cqe.
type completion struct {
	userData uint64
	result   int32 // of send(2), or the negative errno
	flags    uint32
}

// params is struct io_uring_params.
type params struct {
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

// From linux/io_uring.h. The numbers of the calls are the same on every architecture but
// MIPS, where they are no calls, so that Open fails.
const (
	sysSetup, sysEnter            = 425, 426
	submitAll                     = 1 << 7 // IORING_SETUP_SUBMIT_ALL: a send that fails does not hold up those behind it
	opSend, waitForThem           = 26, 1  // IORING_OP_SEND, IORING_ENTER_GETEVENTS
	completionsAt, submissionsAt  = 0x8000000, 0x10000000
	protection, mapped            = syscall.PROT_READ | syscall.PROT_WRITE, syscall.MAP_SHARED | syscall.MAP_POPULATE
	sendFlags                     = syscall.MSG_DONTWAIT | syscall.MSG_NOSIGNAL
	submissionSize, completionLen = uint32(unsafe.Sizeof(submission{})), uint32(unsafe.Sizeof(completion{}))
)

// Open opens a ring. An error says that there is no io_uring here: the kernel is older than
// 5.18, or the process may not use it. [Ring.Close] must be called.
func Open() (*Ring, error) {
	p := params{flags: submitAll}
	fd, _, errno := syscall.Syscall(sysSetup, Size, uintptr(unsafe.Pointer(&p)), 0)
	if errno != 0 {
		return nil, fmt.Errorf("io_uring_setup: %w", errno)
	}
	r := &Ring{fd: int(fd)}
	if err := r.mapMemory(&p); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// mapMemory maps the two rings and the submissions, of which all but the socket and the
// message stays as it is set here.
func (r *Ring) mapMemory(p *params) error {
	for _, m := range []struct {
		into   *[]byte
		offset int64
		size   uint32
	}{
		{&r.sqMemory, 0, p.sq.array + 4*p.entries},
		{&r.cqMemory, completionsAt, p.cq.completions + p.completions*completionLen},
		{&r.memory, submissionsAt, p.entries * submissionSize},
	} {
		memory, err := syscall.Mmap(r.fd, m.offset, int(m.size), protection, mapped)
		if err != nil {
			return fmt.Errorf("io_uring: mmap: %w", err)
		}
		*m.into = memory
	}
	number := func(memory []byte, at uint32) *uint32 { return (*uint32)(unsafe.Pointer(&memory[at])) }
	r.sqHead, r.sqTail, r.sqMask = number(r.sqMemory, p.sq.head), number(r.sqMemory, p.sq.tail), *number(r.sqMemory, p.sq.mask)
	r.cqHead, r.cqTail, r.cqMask = number(r.cqMemory, p.cq.head), number(r.cqMemory, p.cq.tail), *number(r.cqMemory, p.cq.mask)
	r.submissions = unsafe.Slice((*submission)(unsafe.Pointer(&r.memory[0])), p.entries)
	r.completions = unsafe.Slice((*completion)(unsafe.Pointer(&r.cqMemory[p.cq.completions])), p.completions)
	order := unsafe.Slice(number(r.sqMemory, p.sq.array), p.entries)
	for i := range r.submissions {
		r.submissions[i] = submission{opcode: opSend, send: sendFlags, userData: uint64(i)}
		order[i] = uint32(i)
	}
	return nil
}

// Close gives the ring back to the kernel.
func (r *Ring) Close() {
	for _, memory := range [][]byte{r.sqMemory, r.cqMemory, r.memory} {
		if memory != nil {
			_ = syscall.Munmap(memory) // mapped by Open: it cannot fail
		}
	}
	_ = syscall.Close(r.fd)
}
