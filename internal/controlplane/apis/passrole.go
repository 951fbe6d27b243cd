package apis

import (
	"context"
	"reflect"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/stagevariable"
)

// passRole checks iam:PassRole for a role that a resource names; "" and the caller's own
// identity ("arn:aws:iam::*:user/*") need no permission. A role with stage variables is
// checked when a stage would use it ([Options.passStageRoles]).
func (o *Options) passRole(ctx context.Context, roleARN *string) error {
	if o.RolePasser == nil || roleARN == nil || *roleARN == "" || *roleARN == pasarela.CallerCredentials || stagevariable.Uses(*roleARN) {
		return nil
	}
	return o.RolePasser.PassRole(ctx, *roleARN)
}

// passStageRoles checks iam:PassRole for the roles of integrations, with the variables of
// a stage that will serve them (A-WIRE-13). Roles without variables were checked when the
// integration was made.
func (o *Options) passStageRoles(ctx context.Context, integrations []pasarela.Integration, stage *pasarela.Stage) error {
	for i := range integrations {
		text := integrations[i].CredentialsARN
		if !stagevariable.Uses(text) {
			continue
		}
		arn, _ := stagevariable.Substitute(text, stage.StageVariables)
		if stagevariable.Uses(arn) {
			return bad("Invalid member 'credentialsArn': a stage variable of stage %s holds a stage variable.", stage.StageName)
		}
		if err := o.passRole(ctx, &arn); err != nil {
			return err
		}
	}
	return nil
}

// passStageAddresses checks iam:PassRole for the roles of integrations and authorizers
// whose address differs between the new variables of a stage and the old ones: otherwise
// a principal that may edit the stage but not pass the role could have it used elsewhere
// (A-WIRE-13).
func (o *Options) passStageAddresses(ctx context.Context, d *pasarela.Definition, before, now *pasarela.Stage) error {
	moved := func(address string) bool {
		was, _ := stagevariable.Substitute(address, before.StageVariables)
		is, _ := stagevariable.Substitute(address, now.StageVariables)
		return was != is
	}
	for i := range d.Integrations {
		if one := &d.Integrations[i]; moved(one.IntegrationURI) || moved(one.ConnectionID) {
			if err := o.passRole(ctx, &one.CredentialsARN); err != nil {
				return err
			}
		}
	}
	for i := range d.Authorizers {
		if one := &d.Authorizers[i]; moved(one.AuthorizerURI) {
			if err := o.passRole(ctx, &one.AuthorizerCredentialsARN); err != nil {
				return err
			}
		}
	}
	return nil
}

// passFollowedRoles checks iam:PassRole for the roles of integrations on every stage with
// autoDeploy: the automatic deployment has no caller whose permission could be checked.
func (o *Options) passFollowedRoles(ctx context.Context, doc *pasarela.APIDocument, integrations []pasarela.Integration) error {
	for i := range doc.Stages {
		if !doc.Stages[i].AutoDeploys() {
			continue
		}
		if err := o.passStageRoles(ctx, integrations, &doc.Stages[i]); err != nil {
			return err
		}
	}
	return nil
}

// passUsedRole checks iam:PassRole for the role of an integration when an edit changes
// what the role is used for: otherwise a caller who may edit but not pass the role could
// direct its permissions elsewhere (A-WIRE-13).
func (o *Options) passUsedRole(ctx context.Context, before, after *pasarela.Integration) error {
	if sameUse(*before, *after) {
		return nil
	}
	return o.passRole(ctx, &after.CredentialsARN)
}

// sameUse says whether two states of an integration make the same calls with their role.
func sameUse(before, after pasarela.Integration) bool {
	for _, i := range [...]*pasarela.Integration{&before, &after} {
		i.Description, i.TimeoutInMillis, i.Responses = "", 0, nil
	}
	return reflect.DeepEqual(before, after)
}
