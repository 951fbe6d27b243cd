//go:build !linux

package javaregexp

import "time"

// stopwatch measures the time that passes: other systems than Linux do not say through
// the standard library what a thread has taken.
type stopwatch struct{ begin time.Time }

func newStopwatch() stopwatch { return stopwatch{time.Now()} }

func (s stopwatch) stop() time.Duration { return time.Since(s.begin) }
