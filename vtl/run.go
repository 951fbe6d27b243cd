package vtl

import (
	"strconv"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela/vtl/internal/javanumber"
)

// Run is one rendering. Host objects get it with every call; it must not be
// kept after Append returned.
type Run struct {
	template *Template
	limits   *Limits
	out      []byte
	base     int // where this rendering's output begins in out
	slots    []Value
	names    *names
	given    map[string]Value // variables by name, for #evaluate, whose text may name ones that the template does not
	layer    *layer           // macros and loops over nulls that hide variables
	steps    int              // that are left of those taken from reserve
	reserve  int              // steps that may still be taken
	done     <-chan struct{}  // closed when the rendering is canceled; nil never is
	most     int              // bound of the length of out
	memory   int
	granted  int           // memory that the rendering may take before it must ask the budget
	shared   int           // part of granted that was taken from the budget
	matching time.Duration // processor time of regular expressions so far
	depth    int
	macros   map[string]*macro
	macroUse int      // depth of macros that call each other
	unwinds  bool     // a #break or #stop in a string is possible
	target   *foreach // loop that #break with an argument leaves

	where     *place // directive or reference being rendered
	source    string // the template that it stands in
	arguments []Value
	changes   int // see [Call.Changes]
	trees     trees
}

// place is where a directive or reference stands, for errors.
type place struct {
	at        int    // offset
	directive string // its spelling
}

var startPlace place

// costPerStep is how many bytes or items that are looked at count as one step.
const costPerStep = 64

var runs = sync.Pool{New: func() any { return new(Run) }}

func (t *Template) newRun(dst []byte) *Run {
	r := runs.Get().(*Run)
	r.template, r.limits = t, &t.limits
	r.out, r.base = dst, len(dst)
	r.steps, r.most = min(stepsAtATime, t.limits.MaxSteps), len(dst)+t.limits.MaxOutput
	r.reserve = t.limits.MaxSteps - r.steps
	r.granted = min(ownMemory, t.limits.MaxMemory)
	r.names = t.names
	r.macros, r.unwinds = t.macros, t.unwinds
	r.where, r.source = &startPlace, t.source
	if n := len(t.names.list); cap(r.slots) < n {
		r.slots = make([]Value, n)
	} else {
		r.slots = r.slots[:n]
	}
	return r
}

// keptValues is the capacity for values that a Run keeps in the pool.
const keptValues = 1024

func (r *Run) release() {
	if r.shared > 0 {
		r.template.options.Memory.give(r.shared)
	}
	r.trees.end()
	slots, arguments := r.slots[:cap(r.slots)], r.arguments[:cap(r.arguments)]
	clear(slots)
	clear(arguments)
	*r = Run{trees: r.trees}
	if len(slots) <= keptValues {
		r.slots = slots[:0]
	}
	if len(arguments) <= keptValues {
		r.arguments = arguments[:0]
	}
	runs.Put(r)
}

// failure is the panic by which an error ends a rendering; Append turns it into
// an ExecError.
type failure struct{ err error }

func (r *Run) fail(err error) { panic(failure{err}) }

// stepsAtATime is the number of steps between two checks whether the rendering
// was canceled.
const stepsAtATime = 4096

// charge counts steps.
func (r *Run) charge(steps int) {
	r.steps -= steps
	if r.steps < 0 {
		r.takeSteps()
	}
}

func (r *Run) takeSteps() {
	if r.left() < 0 {
		r.fail(ErrTooManySteps)
	}
	select {
	case <-r.done:
		r.fail(ErrCanceled)
	default:
	}
	taken := min(r.reserve, stepsAtATime-r.steps)
	r.steps += taken
	r.reserve -= taken
}

// left is how many steps the rendering may still take.
func (r *Run) left() int { return r.steps + r.reserve }

// work charges for bytes or items that are read.
func (r *Run) work(size int) { r.charge(size / costPerStep) }

// take counts memory that is made for the template, in bytes.
func (r *Run) take(bytes int) {
	r.memory += bytes
	if r.memory > r.granted {
		r.takeMemory()
	}
}

func (r *Run) takeMemory() {
	if r.memory > r.limits.MaxMemory {
		r.fail(ErrTooMuchMemory)
	}
	wanted := min(r.memory+memoryAtATime, r.limits.MaxMemory) - r.granted
	if budget := r.template.options.Memory; budget != nil {
		if !budget.take(wanted) {
			r.fail(ErrBudgetSpent)
		}
		r.shared += wanted
	}
	r.granted += wanted
}

// valueSize is the approximate size of a Value in a list, in bytes.
const valueSize = 32

// text makes a string value of a text that the template made.
func (r *Run) text(s string) Value {
	if len(s) > r.limits.MaxString {
		r.fail(ErrStringTooLong)
	}
	r.take(len(s))
	return String(s)
}

func (r *Run) write(s string) {
	r.out = append(r.out, s...)
	r.checkOutput()
}

func (r *Run) checkOutput() {
	if len(r.out) > r.most {
		r.fail(ErrOutputTooLarge)
	}
}

// enter counts nesting of calls at run time; the caller decrements depth.
func (r *Run) enter() {
	r.depth++
	if r.depth > maxCallDepth {
		r.fail(ErrTooDeep)
	}
}

// maxCallDepth bounds macros, blocks and strings that render one another.
const maxCallDepth = 400

// writeValue prints a value that is not null.
func (r *Run) writeValue(v Value) {
	switch v.kind {
	case KindString:
		r.out = append(r.out, v.Text()...)
	case KindInteger, KindLong:
		r.out = strconv.AppendInt(r.out, int64(v.bits), 10)
	case KindDouble:
		r.out = javanumber.AppendDouble(r.out, v.float64(), 64)
	default:
		p := printer{run: r, max: r.most}
		r.out = p.append(r.out, v)
		if p.err != nil {
			r.fail(p.err)
		}
	}
	r.checkOutput()
}

// toString is the text of a value.
func (r *Run) toString(v Value) string {
	if v.kind == KindString {
		return v.Text()
	}
	p := printer{run: r, max: r.limits.MaxString}
	var buf [64]byte
	text := p.append(buf[:0], v)
	if p.err != nil {
		r.fail(p.err)
	}
	return r.text(string(text)).Text()
}

// plain replaces a host object by its Plain value.
func (r *Run) plain(v Value) Value {
	if v.kind == KindHost {
		if p := v.ref.(Host).Plain(r); p.kind != KindNull {
			return p
		}
	}
	return v
}

// Text is the text of a value, as a template would print it.
func (r *Run) Text(v Value) string { return r.toString(v) }

// Invoke calls a method of a value as a template does; ErrNoMember says that it
// has none of that name for those arguments.
func (r *Run) Invoke(v Value, c Call) (Value, error) {
	result, ok := r.tryInvoke(v, c, methodsNamed[c.Method])
	if !ok {
		return Value{}, ErrNoMember
	}
	return result, nil
}
