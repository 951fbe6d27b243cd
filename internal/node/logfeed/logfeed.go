// Package logfeed passes the lines that the logs of stages write to clients that follow them
// live.
package logfeed

import (
	"bytes"
	"slices"
	"sync"
)

const (
	keptLog   = 256 << 10 // bytes of the newest lines, for followers that come later
	followers = 16        // at the same time; further ones get the lines that are kept, and no new ones
	backlog   = 256       // pieces that wait for one follower before it misses some
)

// Feed is an [io.Writer] of log lines that any number of followers read live. Write never
// blocks: a follower that is too slow misses lines and gets a line that says so.
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

// Join returns the newest lines that are kept and a channel of those to come. The channel
// is closed when the feed is, or at once when there are too many followers.
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

// Since returns the lines that were written after a position, as far as they are kept,
// and the position for the next call.
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

// Close closes the channels of all followers.
func (f *Feed) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	for follower := range f.followers {
		close(follower)
		delete(f.followers, follower)
	}
}
