package stage

import (
	"errors"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/authorizer"
	"github.com/pasarela-ws/pasarela/internal/dataplane/integration"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// Fault is a part of a deployment that could not be served.
type Fault struct {
	Resource string // "api", "stage", "route", "integration" or "authorizer"
	ID       string // of the resource; empty for the API and the stage
	Member   string // wire name; empty where Message names it
	Message  language.Message
}

// Error is what is wrong with the resource, which the caller names.
func (f *Fault) Error() string {
	if f.Member == "" {
		return f.Message.Error()
	}
	return f.Member + ": " + f.Message.Error()
}

// Unwrap is the message.
func (f *Fault) Unwrap() error { return f.Message }

// Check compiles a definition as a stage with these settings, by the code that serves it,
// and returns what could not be served; source is nil when the stage is not known. So
// what the control plane accepts by it is what the data plane serves. It keeps nothing
// and makes no call.
func Check(definition *pasarela.Definition, source *pasarela.Stage) []Fault {
	var unknown pasarela.Stage
	if source == nil {
		source = &unknown
	}
	c := &compiler{
		definition: definition, source: *source, stage: &Stage{}, integrations: &integration.Services{}, authorizers: &authorizer.Services{},
		accessLogs: func(string) (Lines, error) { return nil, nil },
	}
	_, err := c.compile(nil)
	if err == nil {
		return c.checkAuthorizers()
	}
	var known *Fault
	if errors.As(err, &known) {
		return append(c.faults, *known)
	}
	return append(c.faults, Fault{Resource: "api", Message: language.Reason(err)})
}

// checkAuthorizers adds what is wrong with authorizers that $connect does not use.
func (c *compiler) checkAuthorizers() []Fault {
	faults := c.faults
	for i := range c.definition.Authorizers {
		a := &c.definition.Authorizers[i]
		if defect := authorizer.Check(a); defect != nil && !c.known(a.AuthorizerID) {
			faults = append(faults, Fault{"authorizer", a.AuthorizerID, defect.Member, defect.Problem})
		}
	}
	return faults
}

func (c *compiler) known(authorizerID string) bool {
	for i := range c.faults {
		if f := &c.faults[i]; f.Resource == "authorizer" && f.ID == authorizerID {
			return true
		}
	}
	return false
}
