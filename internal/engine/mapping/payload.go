package mapping

import "github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"

// Payload is the text that a mapping works on: a message, or a backend's answer.
// It is parsed as JSON at most once, at the first use as JSON. Keep it and Reset it for
// the next text; it serves one goroutine at a time.
type Payload struct {
	text string
	doc  jsonvalue.Document
	read bool
	err  error
}

// Reset replaces the text. Values read before become invalid.
func (p *Payload) Reset(text string) {
	p.text, p.read, p.err = text, false, nil
	p.doc.Reset()
}

// Text is the raw text, as it came.
func (p *Payload) Text() string { return p.text }

// JSON is the text as json-smart reads it in its permissive mode; an empty text
// is an empty object, as API Gateway has it (vtl §7 [A]).
func (p *Payload) JSON() (jsonvalue.Value, error) {
	if !p.read {
		p.read = true
		text := p.text
		if text == "" {
			text = emptyBody
		}
		p.err = p.doc.Read(text)
	}
	return p.doc.Root(), p.err
}

// emptyBody is what an empty payload counts as (aws-dataplane §4.3).
const emptyBody = "{}"
