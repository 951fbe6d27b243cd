package vtl

import (
	"errors"
	"maps"
	"slices"
	"sort"
	"strconv"
)

// Template is a template that was parsed. It never changes and may be rendered
// by many goroutines at once.
type Template struct {
	source      string
	options     Options
	limits      Limits
	body        sequence
	names       *names
	macros      map[string]*macro
	unwinds     bool       // #stop or #break may leave a rendering by panic
	renderError *ExecError // with which every rendering fails; nil: none
	references  []Reference

	patterns patterns
}

// Parse compiles a template. The error is a [*ParseError].
//
// A template that is well formed but that Velocity refuses to render, such as
// one with a #foreach without parentheses, parses, and fails when it is
// rendered: see [Template.Check].
func Parse(source string, options Options) (*Template, error) {
	options.Limits = options.Limits.filled()
	c := &compiler{
		options: &options,
		names:   &names{index: make(map[string]int)},
		macros:  make(map[string]*macro),
		shared:  &compiled{},
	}
	for _, name := range options.Globals {
		c.names.slot(name)
	}
	if len(source) > options.MaxTemplate {
		return nil, newParseError(source, 0, &Problem{ID: "size", Arguments: []string{strconv.Itoa(len(source)), strconv.Itoa(options.MaxTemplate)}})
	}
	body, err := c.compile(source)
	if err != nil {
		return nil, err
	}
	t := &Template{
		source: source, options: options, limits: options.Limits, body: body, names: c.names, macros: c.macros,
		unwinds: c.shared.unwinds, renderError: c.shared.renderError, references: c.shared.references,
	}
	return t, nil
}

// Source is the text of the template.
func (t *Template) Source() string { return t.source }

// References are the references of the template, those in strings included.
func (t *Template) References() []Reference {
	list := slices.Clone(t.references)
	sort.SliceStable(list, func(i, j int) bool { return list[i].Offset < list[j].Offset })
	from, position := 0, Position{1, 1}
	for i := range list { // counted from the one before, since a line may hold most of a long template
		at := min(list[i].Offset, len(t.source))
		p := positionOf(t.source[from:at], at-from)
		if p.Line > 1 {
			position.Column = 1
		}
		position = Position{position.Line + p.Line - 1, position.Column + p.Column - 1}
		list[i].Position, from = position, at
	}
	return list
}

// Check returns the error with which every rendering fails, nil when there is
// none: see [Parse].
func (t *Template) Check() error {
	if t.renderError != nil {
		return t.renderError
	}
	return nil
}

// Render renders the template with variables by name. The error is an
// [*ExecError].
func (t *Template) Render(variables map[string]Value) (string, error) {
	r := t.newRun(nil)
	r.given = variables
	for i, name := range t.names.list {
		r.slots[i] = variables[name]
	}
	out, err := r.run()
	return string(out), err
}

// Append renders the template behind dst. The values are those of the names in
// Options.Globals, in their order. The error is an [*ExecError]; dst comes back
// as it was then.
func (t *Template) Append(dst []byte, globals ...Value) ([]byte, error) {
	return t.AppendUntil(nil, dst, globals...)
}

// AppendUntil is Append that can be canceled: within 4096 steps after done is
// closed it ends with [ErrCanceled].
func (t *Template) AppendUntil(done <-chan struct{}, dst []byte, globals ...Value) ([]byte, error) {
	r := t.newRun(dst)
	r.done = done
	copy(r.slots[:min(len(t.options.Globals), len(r.slots))], globals)
	return r.run()
}

// run renders the template's body. A failure drops what was rendered and is the error; #stop
// ends it with what there is.
func (r *Run) run() (out []byte, err error) {
	if r.template.renderError != nil {
		out = r.out
		err = r.template.renderError
		r.release()
		return out, err
	}
	defer func() {
		out = r.out
		switch e := recover().(type) {
		case nil:
		case unwinding: // #stop, or #break outside of loops, in a string
		case failure:
			out = out[:r.base]
			err = r.errorOf(e.err)
		default:
			panic(e)
		}
		r.release()
	}()
	r.template.body.render(r)
	return
}

// errorOf adds to an error the place where it happened.
func (r *Run) errorOf(err error) error {
	var known *ExecError
	if errors.As(err, &known) {
		return known
	}
	return &ExecError{Position: positionOf(r.source, r.where.at), Directive: r.where.directive, Excerpt: excerpt(r.source, r.where.at), Err: err}
}

// compileText compiles the text of an #evaluate, with the names of this rendering.
func (r *Run) compileText(text string, at int) (sequence, error) {
	if len(text) > r.limits.MaxTemplate {
		return nil, ErrStringTooLong
	}
	if r.names == r.template.names {
		r.names = r.names.clone()
		r.macros = maps.Clone(r.macros)
	}
	r.unwinds = true
	c := &compiler{
		options: &r.template.options, names: r.names, macros: r.macros,
		shared: &compiled{}, base: at, fixed: true,
	}
	body, err := c.inner(text, 0, false)
	if err != nil {
		return nil, err
	}
	for len(r.slots) < len(r.names.list) {
		r.slots = append(r.slots, r.given[r.names.list[len(r.slots)]])
	}
	if c.shared.renderError != nil {
		return nil, c.shared.renderError
	}
	return body, nil
}
