package mapping

import (
	"sync"

	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/engine/jsonpath"
	"github.com/pasarela-ws/pasarela/vtl"
)

// Template is a mapping template that was compiled, safe for concurrent use.
type Template struct{ program *vtl.Template }

// CompileTemplate compiles a mapping template of at most 300 KB. The error is a
// [*vtl.ParseError]. AWS accepts templates with syntax errors and fails when they
// run (vtl §12); we say so at deployment.
func CompileTemplate(text string) (*Template, error) {
	program, err := vtl.Parse(text, templateOptions())
	if err != nil {
		return nil, err
	}
	return &Template{program}, nil
}

func templateOptions() vtl.Options {
	options := vtl.APIGateway()
	options.Globals = []string{"input", "context", "util", "stageVariables"}
	options.Prepare = preparePath
	options.Memory = memory
	return options
}

// memory bounds all renderings of this process together, besides the limit of each:
// with many connections, a template whose output is large would take that memory
// many times (A-VTL-12).
var memory = vtl.NewBudget(512 << 20)

// preparedPath is a constant path of $input.path or $input.json.
type preparedPath struct {
	path *jsonpath.Path
	err  error
}

func preparePath(global, method string, arguments []vtl.Value) any {
	if global != "input" || method != "path" && method != "json" || len(arguments) != 1 || arguments[0].Kind() != vtl.KindString {
		return nil
	}
	path, err := jsonpath.Compile(arguments[0].Text())
	return &preparedPath{path, err}
}

// Program is the compiled template itself, for tools that look into it.
func (t *Template) Program() *vtl.Template { return t.program }

// Append renders the template behind dst: the body of the request or answer.
// overrides carries what templates write to $context.requestOverride and
// responseOverride, from the request template to the response template; it may
// be nil. The error is a [*vtl.ExecError] and a message of the catalogue, and dst comes
// back as it was then.
func (t *Template) Append(dst []byte, e *event.Event, p *Payload, overrides *Overrides) ([]byte, error) {
	return t.AppendUntil(nil, dst, e, p, overrides)
}

// AppendUntil is [Template.Append] that ends with [vtl.ErrCanceled] soon after done is
// closed: renderings that a console asks for end with its request. Those of live
// events have no such channel, which would cost each idle connection memory: the
// limits of steps, output and memory bound them (A-VTL-12).
func (t *Template) AppendUntil(done <-chan struct{}, dst []byte, e *event.Event, p *Payload, overrides *Overrides) ([]byte, error) {
	s := renderStates.Get().(*renderState)
	s.begin(e, p, overrides)
	dst, err := t.program.AppendUntil(done, dst,
		vtl.HostValue(&s.input), vtl.HostValue(&s.context), vtl.HostValue(util{}), vtl.HostValue(&s.stageVariables))
	if overrides != nil && err == nil {
		s.context.takeOverrides(overrides)
	}
	s.end()
	if err != nil {
		return dst, failed(err)
	}
	return dst, nil
}

// renderState is the objects that one rendering meets, kept for the next one.
type renderState struct {
	event          *event.Event
	input          input
	context        context
	stageVariables stageVariables
}

var renderStates = sync.Pool{New: func() any { return new(renderState) }}

func (s *renderState) begin(e *event.Event, p *Payload, overrides *Overrides) {
	s.event = e
	s.input.begin(e, p)
	s.context.begin(e, overrides)
	s.stageVariables.pairs = e.StageVariables
}

func (s *renderState) end() {
	s.event = nil
	s.input.end()
	s.context = context{}
	s.stageVariables = stageVariables{}
	renderStates.Put(s)
}
