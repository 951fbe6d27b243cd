package extension

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/policy"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// Fault is a place in a text and what is wrong there; lines and columns from 1.
type Fault struct {
	Line     int
	Column   int
	Severity string // error or warning
	Message  language.Message
}

// fault is a [Fault] on the wire.
type fault struct {
	Line     int              `json:"line"`
	Column   int              `json:"column"`
	Severity string           `json:"severity"`
	Message  string           `json:"message"`
	Cause    language.Message `json:"cause"` // the message for programs
}

func (f Fault) in(l language.Language) fault {
	return fault{f.Line, f.Column, f.Severity, f.Message.In(l), f.Message}
}

type checkPolicyInput struct {
	Kind     string `json:"kind"` // identity or trust
	Document string `json:"document"`
	languageInput
}

type checkPolicyOutput struct {
	Faults []fault `json:"faults"`
}

// checkPolicy parses a document as CreatePolicy or CreateRole would, and keeps nothing.
func checkPolicy(_ context.Context, in checkPolicyInput) (checkPolicyOutput, error) {
	kind := policy.Identity
	switch in.Kind {
	case "identity":
	case "trust":
		kind = policy.Trust
	default:
		return checkPolicyOutput{}, pasarela.Errorf(pasarela.CodeBadRequest, "Invalid member 'kind': %q is none of [identity, trust].", in.Kind)
	}
	out := checkPolicyOutput{Faults: []fault{}}
	if _, err := policy.Parse(in.Document, kind); err != nil {
		message := language.Reason(err)
		if known, ok := err.(*pasarela.Error); ok {
			message = language.Verbatim.Of(known.Message)
		}
		line, column := placeOf(in.Document, kind)
		out.Faults = append(out.Faults, Fault{Line: line, Column: column, Severity: "error", Message: message}.in(in.language()))
	}
	return out, nil
}

// placeOf finds the place of an error in a document: where its JSON becomes invalid, else
// the first invalid statement, else the beginning.
func placeOf(document string, kind policy.Kind) (line, column int) {
	var parts struct{ Statement json.RawMessage }
	err := json.Unmarshal([]byte(document), &parts)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return position(document, int(syntax.Offset)-1)
	}
	var statements []json.RawMessage
	if json.Unmarshal(parts.Statement, &statements) != nil {
		statements = []json.RawMessage{parts.Statement}
	}
	at := 0
	for _, statement := range statements {
		at += strings.Index(document[at:], string(statement))
		alone := `{"Version":"2012-10-17","Statement":[` + string(statement) + `]}`
		if _, err := policy.Parse(alone, kind); err != nil {
			return position(document, at)
		}
		at += len(statement)
	}
	return 1, 1
}

func position(text string, offset int) (line, column int) {
	before := text[:max(0, min(offset, len(text)))]
	return strings.Count(before, "\n") + 1, len(before) - strings.LastIndexByte(before, '\n')
}
