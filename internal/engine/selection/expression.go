package selection

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/engine/jsonpath"
	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// Use says in which property an expression stands, which decides the variables
// that it may have (aws-dataplane §2.2).
type Use uint8

const (
	// Route is Api.RouteSelectionExpression: $request.body.
	Route Use = iota
	// Model is Route.ModelSelectionExpression: $request.body.
	Model
	// RequestTemplate is Integration.TemplateSelectionExpression: $request.body.
	RequestTemplate
	// ResponseTemplate is IntegrationResponse.TemplateSelectionExpression:
	// $request.body, $integration.response.statuscode, .header.NAME and
	// .multivalueheader.NAME.
	ResponseTemplate
)

func (u Use) String() string {
	switch u {
	case Route:
		return "routeSelectionExpression"
	case Model:
		return "modelSelectionExpression"
	default:
		return "templateSelectionExpression"
	}
}

// Error says what is wrong with an expression or key.
type Error struct {
	Expression string
	Offset     int // byte in Expression
	Reason     language.Message
}

func (e *Error) Error() string { return e.Unwrap().Error() }

// Unwrap is the error as a [language.Message], for readers of other languages.
func (e *Error) Unwrap() error {
	return language.SelectedBy.Because(e.Reason, strconv.Quote(e.Expression), strconv.Itoa(e.Offset+1))
}

// Input is what variables read. Zero fields give empty text.
type Input struct {
	Body       jsonvalue.Value            // the client's message, missing when it is not JSON
	StatusCode string                     // of the backend's answer, in decimal
	Header     func(name string) []string // of the backend's answer, whatever the case of name; may be nil
}

// Expression is a compiled selection expression.
type Expression struct {
	text  string
	parts []part
}

// source says where a part's text comes from.
type source uint8

const (
	static source = iota
	body
	statusCode
	header
	multiValueHeader
	nothing // what only requests of HTTP APIs have (A-SELECTION-6)
)

type part struct {
	source source
	text   string // of a static part; the name of a header
	path   *jsonpath.Path
}

// Compile reads an expression for that use. The error is an [*Error].
func Compile(text string, use Use) (*Expression, error) {
	s := scanner{text: text, use: use}
	parts, err := s.parts()
	if err != nil {
		return nil, err
	}
	return &Expression{text: text, parts: parts}, nil
}

// String is the expression as it was written.
func (e *Expression) String() string { return e.text }

// Static is the value of an expression without variables.
func (e *Expression) Static() (value string, ok bool) {
	switch {
	case len(e.parts) == 0:
		return "", true
	case len(e.parts) == 1 && e.parts[0].source == static:
		return e.parts[0].text, true
	}
	return "", false
}

// OfHTTP says whether the expression reads a variable that only HTTP APIs have.
// It is always empty here, so the expression probably does not select what its
// author means.
func (e *Expression) OfHTTP() bool {
	return slices.ContainsFunc(e.parts, func(p part) bool { return p.source == nothing })
}

// Evaluate is the value of the expression. A single variable that is a string,
// which is the usual case, is part of the message and allocates nothing.
func (e *Expression) Evaluate(in *Input) string {
	if value, ok := e.Static(); ok {
		return value
	}
	if len(e.parts) == 1 && e.parts[0].source == body {
		if v := e.parts[0].value(in); v.Kind() == jsonvalue.String {
			return v.Text()
		}
	}
	var room [128]byte
	return string(e.Append(room[:0], in))
}

// Append appends the value of the expression.
func (e *Expression) Append(dst []byte, in *Input) []byte {
	for i := range e.parts {
		dst = e.parts[i].append(dst, in)
	}
	return dst
}

// append prints values as Java does: a list as [a, b], a number or boolean by
// its text (aws-dataplane §2.3).
func (p *part) append(dst []byte, in *Input) []byte {
	switch p.source {
	case nothing:
		return dst
	case static:
		return append(dst, p.text...)
	case body:
		return p.value(in).AppendCollection(dst)
	case statusCode:
		return append(dst, in.StatusCode...)
	}
	if in.Header == nil {
		return dst
	}
	values := in.Header(p.text)
	if p.source == multiValueHeader {
		dst = append(dst, '[')
		dst = append(dst, strings.Join(values, ", ")...)
		return append(dst, ']')
	}
	if len(values) == 0 {
		return dst
	}
	return append(dst, values[len(values)-1]...)
}

// value is the value of a body variable, missing when the path finds nothing or
// cannot be applied to this message.
func (p *part) value(in *Input) jsonvalue.Value {
	v, err := p.path.Eval(in.Body)
	if err != nil {
		return jsonvalue.Value{}
	}
	return v
}
