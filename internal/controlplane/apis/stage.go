package apis

import (
	"context"
	"maps"
	"slices"

	"github.com/pasarela-ws/pasarela"
)

// StageFields are the members of a stage that a caller may set.
type StageFields struct {
	DeploymentID         *string                           `json:"deploymentId"`
	Description          *string                           `json:"description"`
	AutoDeploy           *bool                             `json:"autoDeploy"`
	ClientCertificateID  *string                           `json:"clientCertificateId"`
	AccessLogSettings    *pasarela.AccessLogSettings       `json:"accessLogSettings"`
	DefaultRouteSettings *pasarela.RouteSettings           `json:"defaultRouteSettings"`
	RouteSettings        map[string]pasarela.RouteSettings `json:"routeSettings"`
	StageVariables       map[string]string                 `json:"stageVariables"`
}

// CreateStageInput is the input of [Stages.CreateStage].
type CreateStageInput struct {
	APIID     string  `json:"-" uri:"apiId"`
	StageName *string `json:"stageName"`
	StageFields
	Tags map[string]string `json:"tags"`
}

// StageInput names a stage.
type StageInput struct {
	APIID     string `json:"-" uri:"apiId"`
	StageName string `json:"-" uri:"stageName"`
}

// UpdateStageInput is the input of [Stages.UpdateStage].
type UpdateStageInput struct {
	StageInput
	StageFields
}

// RouteSettingsInput names the settings of one route on a stage.
type RouteSettingsInput struct {
	StageInput
	RouteKey string `json:"-" uri:"routeKey"`
}

// Stages makes, changes and removes stages. They are in the document of their API, but
// not part of what deployments freeze. They need permissions that nothing else in it
// does: the account's role for logs, client certificates, custom domains, and
// iam:PassRole for roles that their variables complete.
type Stages struct{ apis *Service }

// CreateStage makes a stage. Without a deployment it serves no client yet.
func (s *Stages) CreateStage(ctx context.Context, in CreateStageInput) (view Stage, err error) {
	var c check
	c.required("stageName", in.StageName)
	c.stageName(in.StageName)
	c.tags(in.Tags)
	c.stageSettings(in.Tags)
	if in.check(&c); c.err != nil {
		return view, c.err
	}
	if err := s.checkLogging(ctx, &in.StageFields); err != nil {
		return view, err
	}
	if err := s.checkCertificate(ctx, in.ClientCertificateID); err != nil {
		return view, err
	}
	err = s.apis.changeServed(ctx, in.APIID, func(doc *pasarela.APIDocument) error {
		if doc.Stage(*in.StageName) != nil {
			return conflict("Stage already exists")
		}
		at := s.apis.now()
		doc.Stages = append(doc.Stages, pasarela.Stage{
			StageName:            *in.StageName,
			DefaultRouteSettings: defaultRouteSettings(),
			Tags:                 in.Tags,
			CreatedDate:          at,
		})
		if view, err = s.applyStage(doc, len(doc.Stages)-1, &in.StageFields); err != nil {
			return err
		}
		stage := &doc.Stages[len(doc.Stages)-1]
		if err := s.passRolesToFollow(ctx, doc, &pasarela.Stage{}, stage); err != nil {
			return err
		}
		return s.apis.Deployments.checkServed(ctx, doc.API.APIID, &pasarela.Stage{}, stage)
	})
	return view, err
}

// GetStage returns one stage.
func (s *Stages) GetStage(ctx context.Context, in StageInput) (Stage, error) {
	doc, err := s.apis.read(ctx, in.APIID)
	if err != nil {
		return Stage{}, err
	}
	stage := doc.Stage(in.StageName)
	if stage == nil {
		return Stage{}, noStage()
	}
	return viewStage(*stage), nil
}

// GetStages returns all stages in the order in which they were made.
func (s *Stages) GetStages(ctx context.Context, in APIInput) ([]Stage, error) {
	doc, err := s.apis.read(ctx, in.APIID)
	if err != nil {
		return nil, err
	}
	views := make([]Stage, len(doc.Stages))
	for i := range doc.Stages {
		views[i] = viewStage(doc.Stages[i])
	}
	return views, nil
}

// UpdateStage changes the members given, by the rules of aws-controlplane §3.10:
// variables and settings are merged, "" takes a variable away, an empty
// description and empty access-log settings change nothing.
func (s *Stages) UpdateStage(ctx context.Context, in UpdateStageInput) (view Stage, err error) {
	var c check
	if in.check(&c); c.err != nil {
		return view, c.err
	}
	if err := s.checkLogging(ctx, &in.StageFields); err != nil {
		return view, err
	}
	if err := s.checkCertificate(ctx, in.ClientCertificateID); err != nil {
		return view, err
	}
	err = s.changeStage(ctx, in.StageInput, func(doc *pasarela.APIDocument, i int) error {
		before := doc.Stages[i]
		before.StageVariables = maps.Clone(before.StageVariables)
		if view, err = s.applyStage(doc, i, &in.StageFields); err != nil {
			return err
		}
		if err := s.passRolesToFollow(ctx, doc, &before, &doc.Stages[i]); err != nil {
			return err
		}
		return s.apis.Deployments.checkServed(ctx, doc.API.APIID, &before, &doc.Stages[i])
	})
	return view, err
}

// passRolesToFollow checks iam:PassRole for the roles of the definition that a stage with
// autoDeploy will serve, when an edit has changed its variables or switched autoDeploy
// on.
func (s *Stages) passRolesToFollow(ctx context.Context, doc *pasarela.APIDocument, before, now *pasarela.Stage) error {
	if !now.AutoDeploys() || before.AutoDeploys() && maps.Equal(before.StageVariables, now.StageVariables) {
		return nil
	}
	if err := s.apis.passStageRoles(ctx, doc.Integrations, now); err != nil {
		return err
	}
	return s.apis.passStageAddresses(ctx, &pasarela.Definition{Integrations: doc.Integrations, Authorizers: doc.Authorizers}, before, now)
}

// changeStage edits one stage by its index.
func (s *Stages) changeStage(ctx context.Context, in StageInput, edit func(doc *pasarela.APIDocument, i int) error) error {
	return s.apis.changeServed(ctx, in.APIID, func(doc *pasarela.APIDocument) error {
		i := find(doc.Stages, in.StageName, func(s *pasarela.Stage) string { return s.StageName })
		if i < 0 {
			return noStage()
		}
		return edit(doc, i)
	})
}

// DeleteStage removes a stage; its deployment stays. It is refused while a custom
// domain maps to the stage (A-APIS-9).
func (s *Stages) DeleteStage(ctx context.Context, in StageInput) error {
	mapped, err := s.apis.mappings(ctx, func(m pasarela.APIMapping) bool { return m.APIID == in.APIID && m.Stage == in.StageName })
	if err != nil {
		return err
	}
	return s.changeStage(ctx, in, func(doc *pasarela.APIDocument, i int) error {
		if len(mapped) > 0 {
			return bad("Deleting stage %s failed. Please remove all API mappings for the stage from your custom domain names.", in.StageName)
		}
		doc.Stages = slices.Delete(doc.Stages, i, i+1)
		return nil
	})
}

// DeleteAccessLogSettings ends the access log of a stage.
func (s *Stages) DeleteAccessLogSettings(ctx context.Context, in StageInput) error {
	return s.changeStage(ctx, in, func(doc *pasarela.APIDocument, i int) error {
		doc.Stages[i].AccessLogSettings, doc.Stages[i].LastUpdatedDate = nil, s.apis.now()
		return nil
	})
}

// DeleteRouteSettings lets a route follow the stage's default settings again.
func (s *Stages) DeleteRouteSettings(ctx context.Context, in RouteSettingsInput) error {
	return s.changeStage(ctx, in.StageInput, func(doc *pasarela.APIDocument, i int) error {
		stage := &doc.Stages[i]
		if _, ok := stage.RouteSettings[in.RouteKey]; !ok {
			return pasarela.Errorf(pasarela.CodeNotFound, "Unable to find Route by key %s within the provided RouteSettings", in.RouteKey)
		}
		delete(stage.RouteSettings, in.RouteKey)
		stage.LastUpdatedDate = s.apis.now()
		return nil
	})
}

// applyStage sets the members given.
func (s *Stages) applyStage(doc *pasarela.APIDocument, i int, in *StageFields) (Stage, error) {
	stage := &doc.Stages[i]
	if in.AutoDeploy != nil {
		if *in.AutoDeploy && !stage.AutoDeploys() {
			doc.AutoDeployed = 0 // a stage that begins to follow lags until the next deployment
		}
		stage.AutoDeploy = in.AutoDeploy
	}
	if err := s.applyDeployment(doc, stage, in.DeploymentID); err != nil {
		return Stage{}, err
	}
	if in.Description != nil && *in.Description != "" {
		stage.Description = *in.Description
	}
	set(&stage.ClientCertificateID, in.ClientCertificateID)
	if in.AccessLogSettings != nil && *in.AccessLogSettings != (pasarela.AccessLogSettings{}) {
		stage.AccessLogSettings = in.AccessLogSettings
	}
	if in.DefaultRouteSettings != nil {
		mergeRouteSettings(&stage.DefaultRouteSettings, *in.DefaultRouteSettings)
	}
	for key, given := range in.RouteSettings {
		if stage.RouteSettings == nil {
			stage.RouteSettings = map[string]pasarela.RouteSettings{}
		}
		settings, ok := stage.RouteSettings[key]
		if !ok {
			settings = pasarela.RouteSettings{DataTraceEnabled: new(bool), DetailedMetricsEnabled: new(bool)}
		}
		mergeRouteSettings(&settings, given)
		stage.RouteSettings[key] = settings
	}
	stage.StageVariables = merge(stage.StageVariables, in.StageVariables)
	stage.LastUpdatedDate = s.apis.now()
	if len(stage.StageVariables) > maxStageVariables {
		return Stage{}, bad("Invalid member 'stageVariables': %d variables, at most %d are allowed.", len(stage.StageVariables), maxStageVariables)
	}
	return viewStage(*stage), nil
}

const maxStageVariables = 100

func (s *Stages) applyDeployment(doc *pasarela.APIDocument, stage *pasarela.Stage, id *string) error {
	if id == nil || *id == "" || *id == stage.DeploymentID {
		return nil
	}
	if stage.AutoDeploys() {
		return s.apis.Deployments.autoDeploysAlready(doc.API.APIID)
	}
	if _, err := deployment(doc, *id); err != nil {
		return err
	}
	setDeployment(stage, *id)
	return nil
}

// defaultRouteSettings is what AWS shows on a fresh WebSocket stage; the
// throttles stay absent, which means the account's (aws-controlplane §3.9). The
// settings of one route begin with the same, but AWS returns no level there that was
// not given, and the stage's holds then (A-WIRE-15).
func defaultRouteSettings() pasarela.RouteSettings {
	return pasarela.RouteSettings{
		DataTraceEnabled:       new(bool),
		DetailedMetricsEnabled: new(bool),
		LoggingLevel:           pasarela.LoggingOff,
	}
}

func mergeRouteSettings(kept *pasarela.RouteSettings, given pasarela.RouteSettings) {
	if given.DataTraceEnabled != nil {
		kept.DataTraceEnabled = given.DataTraceEnabled
	}
	if given.DetailedMetricsEnabled != nil {
		kept.DetailedMetricsEnabled = given.DetailedMetricsEnabled
	}
	if given.LoggingLevel != "" {
		kept.LoggingLevel = given.LoggingLevel
	}
	if given.ThrottlingBurstLimit != nil {
		kept.ThrottlingBurstLimit = given.ThrottlingBurstLimit
	}
	if given.ThrottlingRateLimit != nil {
		kept.ThrottlingRateLimit = given.ThrottlingRateLimit
	}
}
