package javaregexp

import (
	"runtime"
	"syscall"
	"time"
)

// stopwatch measures the processor time that the calling goroutine takes, so that
// other load of the machine does not count against an expression's limit. Between
// newStopwatch and stop the goroutine keeps its thread: one thread's time is what
// Linux counts (getrusage(2), RUSAGE_THREAD).
type stopwatch struct{ begin time.Duration }

func newStopwatch() stopwatch {
	runtime.LockOSThread()
	return stopwatch{threadTime()}
}

func (s stopwatch) stop() time.Duration {
	took := threadTime() - s.begin
	runtime.UnlockOSThread()
	return took
}

func threadTime() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_THREAD, &usage) // fails for other arguments only
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
