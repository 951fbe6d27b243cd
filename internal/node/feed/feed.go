// Package feed hands the lines that the logs of stages write to those who follow them
// live.
package feed

import (
	"bytes"
	"slices"
	"sync"
)

const (
	keptLog   = 256 << 10 // bytes of the newest lines, for who comes late
	followers = 16        // at a time; more are turned away with what is kept
	backlog   = 256       // pieces that wait for one follower before it misses some
)

// Feed is an [io.Writer] of log lines that any number of followers read live. It
// never makes the writer wait: a follower that is too slow misses lines and is
// told so.
type Feed struct {
	mu        sync.Mutex
	recent    []byte
	written   int64                // bytes so far; recent ends there
	followers map[chan []byte]bool // true: it missed something
	closed    bool
}

// New makes a feed without lines.
func New() *Feed { return &Feed{followers: map[chan []byte]bool{}} }

// Write takes whole lines.
func (f *Feed) Write(lines []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.recent = append(f.recent, lines...)
	f.written += int64(len(lines))
	if len(f.recent) > 2*keptLog { // seldom, so that it costs little a line
		f.recent = append(f.recent[:0], newest(f.recent)...)
	}
	for follower, missed := range f.followers {
		f.send(follower, missed, lines)
	}
	return len(lines), nil
}

// newest are the last whole lines that are kept.
func newest(lines []byte) []byte {
	over := len(lines) - keptLog
	if over <= 0 {
		return lines
	}
	if end := bytes.IndexByte(lines[over:], '\n'); end >= 0 {
		over += end + 1
	}
	return lines[over:]
}

var missedLine = []byte("(lines are missing here: this reader was too slow)\n")

func (f *Feed) send(follower chan []byte, missed bool, lines []byte) {
	piece := slices.Clone(lines)
	if missed {
		piece = append(slices.Clone(missedLine), piece...)
	}
	select {
	case follower <- piece:
		f.followers[follower] = false
	default:
		f.followers[follower] = true
	}
}

// Join gives the newest lines and those to come; the channel is closed when the
// feed is, or at once when too many follow already.
func (f *Feed) Join() (recent []byte, lines <-chan []byte, leave func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	follower := make(chan []byte, backlog)
	if f.closed || len(f.followers) >= followers {
		close(follower)
		return slices.Clone(newest(f.recent)), follower, func() {}
	}
	f.followers[follower] = false
	return slices.Clone(newest(f.recent)), follower, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.followers, follower)
	}
}

// Newest asks [Feed.Since] for the newest lines, wherever they begin.
const Newest = -1

// Since gives the lines that were written after a place, at most those that are kept,
// and the place to go on from.
func (f *Feed) Since(place int64) (lines []byte, next int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	kept := newest(f.recent)
	first := f.written - int64(len(kept))
	switch {
	case place == Newest || place > f.written: // beyond: it was a place of an earlier run
		return slices.Clone(kept), f.written
	case place < first:
		return append(slices.Clone(missedLine), kept...), f.written
	}
	return slices.Clone(kept[place-first:]), f.written
}

// Close lets all followers go.
func (f *Feed) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	for follower := range f.followers {
		close(follower)
		delete(f.followers, follower)
	}
}
