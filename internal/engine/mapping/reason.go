package mapping

import (
	"errors"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/vtl"
)

// Reason is what is wrong with a template, in the catalogue's words.
func Reason(p *vtl.Problem) language.Message {
	var why *language.Message
	if p.Why != nil {
		below := Reason(p.Why)
		why = &below
	}
	m, ok := language.TemplateProblem(p.ID, p.Arguments, why)
	if !ok {
		return language.Verbatim.Of(p.String())
	}
	return m
}

// invalid is the error of a template that does not parse: its place and the reason, as a
// message of the catalogue that wraps the [*vtl.ParseError].
func invalid(err *vtl.ParseError) error {
	return language.Around.Because(Reason(err.Problem), err.Position.String()+": ", "").Wrap(err)
}

// failed is the error of a rendering: place, directive and reason, as a message of the
// catalogue that wraps the [*vtl.ExecError].
func failed(err error) error {
	exec, ok := errors.AsType[*vtl.ExecError](err)
	if !ok {
		return err
	}
	return language.Around.Because(ExecReason(exec), exec.Position.String()+": ", "").Wrap(exec)
}

// ExecReason is why a template could not be rendered, behind the directive and the method.
func ExecReason(err *vtl.ExecError) language.Message {
	before := err.Directive + ": "
	reason := language.Reason(err.Err)
	var parse *vtl.ParseError
	switch p := err.Problem(); {
	case p != nil:
		reason = Reason(p)
		if refused, ok := errors.AsType[*vtl.MethodError](err.Err); ok && refused.Method != "" && refused.Method != err.Directive {
			before += refused.Method + ": "
		}
	case errors.As(err.Err, &parse):
		before += parse.Position.String() + ": "
		reason = Reason(parse.Problem)
	}
	return language.Around.Because(reason, before, "")
}
