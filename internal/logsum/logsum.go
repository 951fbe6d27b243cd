// Package logsum bounds how often a program writes the same warning or error: during a
// fault there may be one for each client or each message.
//
//	log := slog.New(logsum.New(handler))
//	...
//	log.Handler().(*logsum.Handler).Flush() // at the end of the program
//
// The first lines of a message within [Period] are written as they come. Those that
// follow are one line at its end: how many, since when, and the first values of their
// attributes, such as connection and request ids.
package logsum

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"
)

const (
	// Period is how long lines of one message are counted together.
	Period = 10 * time.Second
	// Burst is how many lines of one message are written as they come in a period.
	Burst = 10

	maxMessages  = 256 // that are told apart in a period; the message of others is otherMessages
	maxValues    = 10  // of one attribute, in the line at the end
	maxAttrs     = 12
	maxValueSize = 200 // bytes
)

const otherMessages = "warnings and errors of many kinds"

// Handler is a [slog.Handler] before another one. Lines below [slog.LevelWarn] pass.
type Handler struct {
	next   slog.Handler
	counts *counts
}

// New returns a handler before next.
func New(next slog.Handler) *Handler { return &Handler{next, &counts{lines: map[string]*line{}}} }

// Whole returns log without the bound, for lines that are bounded where they are made and
// must all be there.
func Whole(log *slog.Logger) *slog.Logger {
	if h, ok := log.Handler().(*Handler); ok {
		return slog.New(h.next)
	}
	return log
}

// Flush writes the lines that are counted at the moment. It is called before the
// program ends, and may be called at any time.
func (h *Handler) Flush() { h.counts.flush() }

// Enabled implements [slog.Handler].
func (h *Handler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

// WithAttrs implements [slog.Handler].
func (h *Handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &Handler{h.next.WithAttrs(attrs), h.counts}
}

// WithGroup implements [slog.Handler].
func (h *Handler) WithGroup(name string) slog.Handler {
	return &Handler{h.next.WithGroup(name), h.counts}
}

// Handle implements [slog.Handler].
func (h *Handler) Handle(ctx context.Context, r slog.Record) error {
	if r.Level < slog.LevelWarn || h.counts.passes(h.next, &r) {
		return h.next.Handle(ctx, r)
	}
	return nil
}

// counts are the lines of the current periods, by their message.
type counts struct {
	mu    sync.Mutex
	lines map[string]*line
}

// line is a message in its period, and the sum of the lines that were not written.
type line struct {
	passed int
	end    *time.Timer

	next    slog.Handler // of the first line that was not written, as all below
	level   slog.Level
	message string
	since   time.Time
	count   int
	attrs   []attr
}

// attr is an attribute of the lines that were not written, with the first of its values.
type attr struct {
	slog.Attr // of the first line that has it
	values    []string
}

// passes says whether a line is written as it is; else it is counted.
func (c *counts) passes(next slog.Handler, r *slog.Record) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	message := r.Message
	l := c.lines[message]
	if l == nil && len(c.lines) >= maxMessages {
		message = otherMessages
		l = c.lines[message]
	}
	if l == nil {
		l = &line{message: message}
		l.end = time.AfterFunc(Period, func() { c.finish(l) })
		c.lines[message] = l
	}
	if l.passed < Burst {
		l.passed++
		return true
	}
	l.add(next, r)
	return false
}

func (l *line) add(next slog.Handler, r *slog.Record) {
	if l.count++; l.count == 1 {
		l.next, l.level, l.since = next, r.Level, r.Time
	}
	l.level = max(l.level, r.Level)
	if r.Message != l.message {
		l.note(slog.String("message", r.Message))
	}
	r.Attrs(func(a slog.Attr) bool { l.note(a); return true })
}

func (l *line) note(a slog.Attr) {
	value := a.Value.Resolve().String()
	value = value[:min(len(value), maxValueSize)]
	i := slices.IndexFunc(l.attrs, func(known attr) bool { return known.Key == a.Key })
	switch {
	case i < 0 && len(l.attrs) < maxAttrs:
		l.attrs = append(l.attrs, attr{a, []string{value}})
	case i >= 0 && len(l.attrs[i].values) < maxValues && !slices.Contains(l.attrs[i].values, value):
		l.attrs[i].values = append(l.attrs[i].values, value)
	}
}

// finish ends a period. If lines were counted in it their sum is written.
func (c *counts) finish(l *line) {
	c.mu.Lock()
	if c.lines[l.message] == l {
		delete(c.lines, l.message)
	}
	sum, next := l.sum()
	c.mu.Unlock()
	if next != nil {
		_ = next.Handle(context.Background(), sum) // as for any line, nobody could be told
	}
}

// sum is the line for those that were counted; next is nil when there are none. It is
// written once.
func (l *line) sum() (r slog.Record, next slog.Handler) {
	if l.count == 0 {
		return r, nil
	}
	r = slog.NewRecord(time.Now(), l.level, l.message, 0)
	r.AddAttrs(slog.Int("repeated", l.count), slog.Time("since", l.since))
	for _, a := range l.attrs {
		if len(a.values) > 1 {
			a.Value = slog.AnyValue(a.values)
		}
		r.AddAttrs(a.Attr)
	}
	next, l.count, l.attrs = l.next, 0, nil
	return r, next
}

func (c *counts) flush() {
	c.mu.Lock()
	var all []*line
	for _, l := range c.lines {
		l.end.Stop()
		all = append(all, l)
	}
	c.mu.Unlock()
	for _, l := range all {
		c.finish(l)
	}
}
