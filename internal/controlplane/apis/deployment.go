package apis

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela"
)

// CreateDeploymentInput is the input of [Deployments.CreateDeployment].
type CreateDeploymentInput struct {
	APIID       string  `json:"-" uri:"apiId"`
	Description *string `json:"description"`
	StageName   *string `json:"stageName"`
}

// DeploymentInput names a deployment.
type DeploymentInput struct {
	APIID        string `json:"-" uri:"apiId"`
	DeploymentID string `json:"-" uri:"deploymentId"`
}

// UpdateDeploymentInput is the input of [Deployments.UpdateDeployment].
type UpdateDeploymentInput struct {
	DeploymentInput
	Description *string `json:"description"`
}

func deploymentID(d *pasarela.Deployment) string { return d.DeploymentID }

func deployment(doc *pasarela.APIDocument, id string) (*pasarela.Deployment, error) {
	if i := find(doc.Deployments, id, deploymentID); i >= 0 {
		return &doc.Deployments[i], nil
	}
	return nil, unknown("Deployment", id)
}

// Deployments makes, lists and removes deployments: frozen copies of definitions, each a
// document of its own ("deployment/{api}/{id}"), which stages serve. It also deploys for
// stages with autoDeploy and removes copies that no API names any more.
type Deployments struct{ apis *Service }

// CreateDeployment freezes the API as it is and, if a stage is named, moves the stage to
// the deployment. A definition that would not run is refused with 400, which names every
// fault and its place, and nothing is deployed (A-APIS-8).
func (s *Deployments) CreateDeployment(ctx context.Context, in CreateDeploymentInput) (pasarela.Deployment, error) {
	var c check
	if c.atMost("description", in.Description, 1024); c.err != nil {
		return pasarela.Deployment{}, c.err
	}
	doc, err := s.apis.read(ctx, in.APIID)
	if err != nil {
		return pasarela.Deployment{}, err
	}
	if err := s.stageToMove(doc, in.StageName); err != nil {
		return pasarela.Deployment{}, err
	}
	var stageBefore *pasarela.Stage
	if in.StageName != nil && *in.StageName != "" {
		stageBefore = doc.Stage(*in.StageName)
	}
	if err := s.checkDefinition(doc.Definition, stageBefore); err != nil {
		return pasarela.Deployment{}, err
	}
	definition := doc.Definition
	made := pasarela.Deployment{DeploymentStatus: pasarela.DeploymentDeployed, CreatedDate: s.apis.now()}
	set(&made.Description, in.Description)
	if made.DeploymentID, err = s.copyDefinition(ctx, in.APIID, doc.Definition); err != nil {
		return pasarela.Deployment{}, err
	}
	edits := doc.Edits
	err = s.apis.changeServed(ctx, in.APIID, func(doc *pasarela.APIDocument) error {
		doc.Deployments = append(doc.Deployments, made)
		doc.NoteFrozen(made.DeploymentID, edits)
		if err := s.stageToMove(doc, in.StageName); err != nil || in.StageName == nil || *in.StageName == "" {
			return err
		}
		stage := doc.Stage(*in.StageName)
		if err := s.apis.passStageRoles(ctx, definition.Integrations, stage); err != nil {
			return err
		}
		if !maps.Equal(stage.StageVariables, stageBefore.StageVariables) {
			if err := s.checkStage(definition, stage); err != nil {
				return err
			}
		}
		setDeployment(stage, made.DeploymentID)
		stage.LastUpdatedDate = made.CreatedDate
		return nil
	})
	if err != nil {
		return pasarela.Deployment{}, s.removeUnreferenced(ctx, err, in.APIID, made.DeploymentID)
	}
	return made, nil
}

// setDeployment moves a stage to a deployment, and clears what was recorded about a lost deployment.
func setDeployment(stage *pasarela.Stage, deploymentID string) {
	stage.DeploymentID = deploymentID
	if strings.HasPrefix(stage.LastDeploymentStatusMessage, lostMessage) {
		stage.LastDeploymentStatusMessage = ""
	}
}

// wroteNothing says whether an error proves that a document was not written. An
// unanswered write may be made later, so what it names must stay.
func wroteNothing(err error) bool {
	var refused *pasarela.Error
	return errors.Is(err, pasarela.ErrConflict) || errors.Is(err, pasarela.ErrNotFound) ||
		errors.As(err, &refused) && !errors.Is(err, pasarela.ErrUnavailable)
}

// removeUnreferenced removes the frozen definition of a deployment whose write to the API's
// document was refused, and returns the error. If the document may still name it, the
// cleanup decides later.
func (s *Deployments) removeUnreferenced(ctx context.Context, refusal error, apiID, deploymentID string) error {
	if !wroteNothing(refusal) {
		return refusal
	}
	if err := s.removeDefinition(ctx, apiID, deploymentID); err != nil {
		s.apis.Log.Warn("a frozen definition that no stage uses was left behind; it is removed later", "apiId", apiID, "deploymentId", deploymentID, "error", err)
	}
	return refusal
}

// stageToMove refuses a stage that does not exist or deploys automatically.
func (s *Deployments) stageToMove(doc *pasarela.APIDocument, name *string) error {
	if name == nil || *name == "" {
		return nil
	}
	stage := doc.Stage(*name)
	if stage == nil {
		return noStage()
	}
	if stage.AutoDeploys() {
		return s.autoDeploysAlready(doc.API.APIID)
	}
	return nil
}

func (s *Deployments) autoDeploysAlready(apiID string) error {
	return bad("Deployment ID cannot be set on this stage %s:%s because AutoDeploy is enabled", s.apis.RegionAccount.AccountID, apiID)
}

// checkDefinition checks that a definition can be served, on that stage if it is known.
// Models are resolved here and not when a route names them (A-APIS-15).
func (s *Deployments) checkDefinition(d pasarela.Definition, stage *pasarela.Stage) error {
	if len(d.Routes) == 0 {
		return bad("At least one route is required before deploying the Api.")
	}
	if err := checkModels(d); err != nil {
		return err
	}
	if faults := s.apis.Checker.Check(d); len(faults) > 0 {
		return faulty("Unable to deploy the Api.", faults)
	}
	return s.checkStage(d, stage)
}

func checkModels(d pasarela.Definition) error {
	for i := range d.Routes {
		r := &d.Routes[i]
		for key, name := range r.RequestModels {
			if find(d.Models, name, modelName) < 0 {
				return bad("Unable to deploy the Api. route %s, requestModels.%s: there is no model with name %s.", r.RouteKey, key, name)
			}
		}
	}
	return nil
}

// checkStage refuses what the stage could not serve with its variables, or, if stage is
// nil, what no stage could serve.
func (s *Deployments) checkStage(d pasarela.Definition, stage *pasarela.Stage) error {
	faults := s.apis.Checker.CheckStage(d, stage)
	switch {
	case len(faults) == 0:
		return nil
	case stage == nil:
		return faulty("Unable to deploy the Api.", faults)
	}
	return faulty("Unable to serve the deployment on stage "+stage.StageName+".", faults)
}

// checkServed checks that a stage can serve its deployment, when an edit has changed the
// deployment or the variables.
func (s *Deployments) checkServed(ctx context.Context, apiID string, before, now *pasarela.Stage) error {
	if now.DeploymentID == "" || now.DeploymentID == before.DeploymentID && maps.Equal(now.StageVariables, before.StageVariables) {
		return nil
	}
	frozen, err := s.apis.definitions.Get(ctx, pasarela.DeploymentKey(apiID, now.DeploymentID))
	if err != nil {
		return err
	}
	if err := s.apis.passStageRoles(ctx, frozen.Value.Integrations, now); err != nil {
		return err
	}
	if err := s.apis.passStageAddresses(ctx, frozen.Value, before, now); err != nil {
		return err
	}
	return s.checkStage(*frozen.Value, now)
}

// copyDefinition writes a definition under a new deployment id. It is written before the
// API's document names it, so that no stage ever points at nothing.
func (s *Deployments) copyDefinition(ctx context.Context, apiID string, d pasarela.Definition) (id string, err error) {
	ids := pasarela.ShortIDs(ctx)
	for {
		id = ids()
		_, err = s.apis.definitions.Create(ctx, pasarela.DeploymentKey(apiID, id), &d)
		if !errors.Is(err, pasarela.ErrConflict) {
			return id, err
		}
	}
}

// removeDefinition removes a frozen definition that nothing names any more.
func (s *Deployments) removeDefinition(ctx context.Context, apiID, deploymentID string) error {
	err := s.apis.definitions.Delete(ctx, pasarela.DeploymentKey(apiID, deploymentID), nil)
	if errors.Is(err, pasarela.ErrNotFound) {
		return nil
	}
	return err
}

// GetDeployment returns one deployment.
func (s *Deployments) GetDeployment(ctx context.Context, in DeploymentInput) (pasarela.Deployment, error) {
	doc, err := s.apis.read(ctx, in.APIID)
	if err != nil {
		return pasarela.Deployment{}, err
	}
	d, err := deployment(doc, in.DeploymentID)
	if err != nil {
		return pasarela.Deployment{}, err
	}
	return *d, nil
}

// GetDeployments returns all deployments, newest first.
func (s *Deployments) GetDeployments(ctx context.Context, in APIInput) ([]pasarela.Deployment, error) {
	doc, err := s.apis.read(ctx, in.APIID)
	if err != nil {
		return nil, err
	}
	newest := slices.Clone(doc.Deployments)
	slices.Reverse(newest)
	return newest, nil
}

// UpdateDeployment changes the description; the definition cannot change.
func (s *Deployments) UpdateDeployment(ctx context.Context, in UpdateDeploymentInput) (view pasarela.Deployment, err error) {
	var c check
	if c.atMost("description", in.Description, 1024); c.err != nil {
		return view, c.err
	}
	err = s.apis.change(ctx, in.APIID, func(doc *pasarela.APIDocument) error {
		d, err := deployment(doc, in.DeploymentID)
		if err != nil {
			return err
		}
		set(&d.Description, in.Description)
		view = *d
		return nil
	})
	return view, err
}

// DeleteDeployment removes a deployment to which no stage points.
func (s *Deployments) DeleteDeployment(ctx context.Context, in DeploymentInput) error {
	err := s.apis.change(ctx, in.APIID, func(doc *pasarela.APIDocument) error {
		i := find(doc.Deployments, in.DeploymentID, deploymentID)
		if i < 0 {
			return unknown("Deployment", in.DeploymentID)
		}
		for n := range doc.Stages {
			if doc.Stages[n].DeploymentID == in.DeploymentID {
				return bad("Active stages pointing to this deployment must be moved or deleted")
			}
		}
		doc.Deployments = slices.Delete(doc.Deployments, i, i+1)
		doc.ForgetFrozen(in.DeploymentID)
		return nil
	})
	if err != nil {
		return err
	}
	return s.removeDefinition(ctx, in.APIID, in.DeploymentID) // nothing names it any more
}
