package extension

import (
	"context"
	"errors"
	"maps"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
)

// maxPermissions is how many calls one question may be about.
const maxPermissions = 100

// permission is an action on a resource: apigateway:DELETE on
// arn:aws:apigateway:us-east-1::/apis/a1b2c3d4e5.
type permission struct {
	Action   string `json:"action"`
	Resource string `json:"resource"`
}

type permissionsInput struct {
	Calls []permission `json:"calls"`
}

type permissionDecision struct {
	permission
	Allowed bool   `json:"allowed"`
	Reason  string `json:"reason,omitempty"` // of a denial, as the call itself would say it
}

type permissionsOutput struct {
	Decisions []permissionDecision `json:"decisions"` // in the order of the calls
}

// checkPermissions returns, without any effect, whether the caller may make the calls.
// Every caller may ask about itself, as with sts:GetCallerIdentity, since trying the
// calls would show the same (A-CONSOLE-5). Conditions on tags that a call would set
// (aws:RequestTag) find none. The resource * stands for one that is not known yet.
func (s Services) checkPermissions(ctx context.Context, in permissionsInput) (permissionsOutput, error) {
	out := permissionsOutput{Decisions: []permissionDecision{}}
	if len(in.Calls) > maxPermissions {
		return out, pasarela.Errorf(pasarela.CodeBadRequest, "Invalid member 'calls': it has %d entries, at most %d are answered at once.", len(in.Calls), maxPermissions)
	}
	for _, asked := range in.Calls {
		if !strings.Contains(asked.Action, ":") || asked.Resource == "" {
			return out, pasarela.Errorf(pasarela.CodeBadRequest, "Invalid member 'calls': each has an action such as apigateway:DELETE and the ARN of a resource; got %q on %q.", asked.Action, asked.Resource)
		}
		decision := permissionDecision{permission: asked, Allowed: true}
		if err := s.decide(ctx, asked); err != nil {
			denied, ok := errors.AsType[*pasarela.Error](err)
			if !ok || denied.Code != pasarela.CodeAccessDenied {
				return out, err
			}
			decision.Allowed, decision.Reason = false, denied.Message
		}
		out.Decisions = append(out.Decisions, decision)
	}
	return out, nil
}

// decide asks with the condition keys of this request and, of what API Gateway has, the
// resource's tags.
func (s Services) decide(ctx context.Context, asked permission) error {
	call, ok := wire.CallFrom(ctx)
	if !ok {
		return pasarela.Errorf(pasarela.CodeAccessDenied, "This call is not signed")
	}
	if asked.Resource == "*" {
		return s.Some(ctx, call.Principal, asked.Action)
	}
	rc := maps.Clone(call.Context)
	_, path, _ := strings.Cut(asked.Resource, "::/")
	if s.Tags != nil && strings.HasPrefix(asked.Action, "apigateway:") && path != "" {
		tags, err := s.Tags(ctx, strings.Split(path, "/"))
		if _, known := errors.AsType[*pasarela.Error](err); err != nil && !known { // what is not there has none
			return err
		}
		for key, value := range tags {
			rc["aws:resourcetag/"+strings.ToLower(key)] = []string{value}
		}
	}
	return s.authorize(ctx, call.Principal, asked.Action, []string{asked.Resource}, rc)
}
