package extension

import (
	"context"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/policy"
)

// Fault is a place in a text and what is wrong there; lines and columns from 1.
type Fault struct {
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Severity string `json:"severity"` // error or warning
	Message  string `json:"message"`
}

type checkPolicyInput struct {
	Kind     string `json:"kind"` // identity or trust
	Document string `json:"document"`
}

type checkPolicyOutput struct {
	Faults []Fault `json:"faults"`
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
	out := checkPolicyOutput{Faults: []Fault{}}
	if _, err := policy.Parse(in.Document, kind); err != nil {
		message := err.Error()
		if known, ok := err.(*pasarela.Error); ok {
			message = known.Message
		}
		out.Faults = append(out.Faults, Fault{Line: 1, Column: 1, Severity: "error", Message: message})
	}
	return out, nil
}
