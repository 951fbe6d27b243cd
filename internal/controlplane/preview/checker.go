package preview

import (
	"context"
	"errors"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// Checks are what the documents alone cannot tell. A nil one is not called.
type Checks struct {
	// Trusted says why the gateway could not take a role on behalf of a route of a
	// stage, "*" being any stage; the empty ARN asks for the service-linked role.
	Trusted func(roleARN, apiID, stage, routeKey string) error
	// Compile lists what of a definition would not run, with the variables of a
	// stage when there is one.
	Compile func(pasarela.Definition, *pasarela.Stage) []Fault
	// Render runs a request template with a sample event of that route and says
	// what is wrong with it or its output; no message when nothing is.
	Render func(template, routeKey string) language.Message
	// Misnamed lists what a template reads under a name that does not exist, with the line.
	Misnamed func(template string) []language.Message
}

// Preview is what a deployment would change and what in it would fail.
type Preview struct {
	Changes []Change
	Faults  []Fault
}

// Checker reads the API and what a stage of it serves.
type Checker struct {
	apis        *document.Store[pasarela.APIDocument]
	deployments *document.Store[pasarela.Definition]
	ask         Checks
}

// NewChecker makes a checker over the documents in bucket.
func NewChecker(bucket pasarela.Bucket, ask Checks) *Checker {
	return &Checker{
		apis:        document.NewStore[pasarela.APIDocument](bucket),
		deployments: document.NewStore[pasarela.Definition](bucket),
		ask:         ask,
	}
}

// Check compares the API as it is now, or with a deployment's id as it was then,
// with what the stage serves; an empty stage name, or a stage without a deployment,
// compares it with nothing. Errors: NotFound for what does not exist.
func (j *Checker) Check(ctx context.Context, apiID, stageName, deploymentID string) (Preview, error) {
	api, err := j.apis.Get(ctx, pasarela.APIDocumentKey(apiID))
	if errors.Is(err, pasarela.ErrNotFound) {
		return Preview{}, pasarela.Errorf(pasarela.CodeNotFound, "There is no API %s.", apiID)
	}
	if err != nil {
		return Preview{}, err
	}
	served, err := j.served(ctx, api.Value, stageName)
	if err != nil {
		return Preview{}, err
	}
	next := &api.Value.Definition
	if deploymentID != "" {
		if next, err = j.frozen(ctx, apiID, deploymentID); err != nil {
			return Preview{}, err
		}
	}
	return Preview{Changes: Changes(served, *next), Faults: Faults(*next, api.Value.Stage(stageName), j.ask)}, nil
}

func (j *Checker) served(ctx context.Context, api *pasarela.APIDocument, stageName string) (*pasarela.Definition, error) {
	if stageName == "" {
		return nil, nil
	}
	stage := api.Stage(stageName)
	if stage == nil {
		return nil, pasarela.Errorf(pasarela.CodeNotFound, "API %s has no stage %s.", api.API.APIID, stageName)
	}
	if stage.DeploymentID == "" {
		return nil, nil
	}
	return j.frozen(ctx, api.API.APIID, stage.DeploymentID)
}

// frozen is the API as a deployment keeps it.
func (j *Checker) frozen(ctx context.Context, apiID, deploymentID string) (*pasarela.Definition, error) {
	found, err := j.deployments.Get(ctx, pasarela.DeploymentKey(apiID, deploymentID))
	if errors.Is(err, pasarela.ErrNotFound) {
		return nil, pasarela.Errorf(pasarela.CodeNotFound, "API %s has no deployment %s.", apiID, deploymentID)
	}
	if err != nil {
		return nil, err
	}
	return found.Value, nil
}
