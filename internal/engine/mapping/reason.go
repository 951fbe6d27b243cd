package mapping

import (
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
	m, ok := language.TemplateSyntax(p.ID, p.Arguments, why)
	if !ok {
		return language.Verbatim.Of(p.String())
	}
	return m
}

// invalid is the error of a template that does not parse: its place and the reason, as a
// message of the catalogue that still is the [*vtl.ParseError].
func invalid(err *vtl.ParseError) error {
	return language.Around.Because(Reason(err.Problem), err.Position.String()+": ", "").Wrap(err)
}
