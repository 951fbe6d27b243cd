package apis

import (
	"context"
	"errors"
	"slices"
	"sort"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// CreateUsagePlanInput is the input of [UsagePlans.CreateUsagePlan].
type CreateUsagePlanInput struct {
	Name        *string                    `json:"name"`
	Description *string                    `json:"description"`
	APIStages   []pasarela.UsagePlanStage  `json:"apiStages"`
	Throttle    *pasarela.ThrottleSettings `json:"throttle"`
	Quota       *pasarela.QuotaSettings    `json:"quota"`
	Tags        map[string]string          `json:"tags"`
}

// UsagePlanInput names a usage plan.
type UsagePlanInput struct {
	UsagePlanID string `json:"-" uri:"usageplanId"`
}

// GetUsagePlansInput is the input of [UsagePlans.GetUsagePlans].
type GetUsagePlansInput struct {
	KeyID string `json:"-" query:"keyId"`
}

// UpdateUsagePlanInput is the input of [UsagePlans.UpdateUsagePlan].
type UpdateUsagePlanInput struct {
	UsagePlanInput
	PatchInput
}

// UsagePlan is the view of a usage plan: its keys are resources of their own.
type UsagePlan struct {
	ID          string            `json:"id"`
	Name        string            `json:"name"`
	Description string            `json:"description,omitempty"`
	APIStages   []APIStage        `json:"apiStages"`
	Throttle    *Throttle         `json:"throttle,omitempty"`
	Quota       *Quota            `json:"quota,omitempty"`
	ProductCode string            `json:"productCode,omitempty"`
	Tags        map[string]string `json:"tags,omitzero"` // shown empty by GetUsagePlan alone
}

// APIStage is a stage under a usage plan.
type APIStage struct {
	APIID    string              `json:"apiId"`
	Stage    string              `json:"stage"`
	Throttle map[string]Throttle `json:"throttle,omitempty"`
}

// Throttle is the view of a token bucket.
type Throttle struct {
	BurstLimit int  `json:"burstLimit"`
	RateLimit  Rate `json:"rateLimit"`
}

// Quota is the view of a quota.
type Quota struct {
	Limit  int    `json:"limit"`
	Offset int    `json:"offset"`
	Period string `json:"period"`
}

// viewPlan is a usage plan as clients see it.
func viewPlan(p pasarela.UsagePlan) UsagePlan {
	view := UsagePlan{ID: p.ID, Name: p.Name, Description: p.Description, ProductCode: p.ProductCode, Tags: p.Tags, APIStages: make([]APIStage, len(p.APIStages))}
	for i, stage := range p.APIStages {
		view.APIStages[i] = APIStage{APIID: stage.APIID, Stage: stage.Stage}
		for method, t := range stage.Throttle {
			if view.APIStages[i].Throttle == nil {
				view.APIStages[i].Throttle = map[string]Throttle{}
			}
			view.APIStages[i].Throttle[method] = Throttle{t.BurstLimit, Rate(t.RateLimit)}
		}
	}
	if p.Throttle != nil {
		view.Throttle = &Throttle{p.Throttle.BurstLimit, Rate(p.Throttle.RateLimit)}
	}
	if p.Quota != nil {
		view.Quota = (*Quota)(p.Quota)
	}
	return view
}

func noPlan() error {
	return pasarela.Errorf(pasarela.CodeNotFound, "Invalid Usage Plan ID specified")
}

// UsagePlans does the operations on API keys, usage plans and their use. Keys, the
// claims on their values, plans and the use of a key under a plan are documents each.
type UsagePlans struct {
	*Options
	apis   *Service
	keys   *document.Store[pasarela.APIKey]
	claims *document.Store[claim] // by the hash of a key's value
	plans  *document.Store[pasarela.UsagePlan]
	usages *document.Store[pasarela.KeyUsage]
}

// CreateUsagePlan makes a usage plan. Every stage it names must exist.
func (s *UsagePlans) CreateUsagePlan(ctx context.Context, in CreateUsagePlanInput) (UsagePlan, error) {
	var c check
	c.required("name", in.Name)
	c.tags(in.Tags)
	c.ownTags(in.Tags, "a usage plan")
	if c.err != nil {
		return UsagePlan{}, c.err
	}
	p := pasarela.UsagePlan{Name: *in.Name, APIStages: in.APIStages, Throttle: in.Throttle, Quota: in.Quota, Tags: in.Tags}
	set(&p.Description, in.Description)
	if err := s.checkPlan(ctx, &p); err != nil {
		return UsagePlan{}, err
	}
	ids := pasarela.ShortIDs(ctx)
	for {
		p.ID = ids()
		_, err := s.plans.Create(ctx, pasarela.PrefixUsagePlan+p.ID, &p)
		if !errors.Is(err, pasarela.ErrConflict) {
			return viewPlan(p), err
		}
	}
}

// checkPlan checks that the numbers of a plan are valid and its stages exist.
func (s *UsagePlans) checkPlan(ctx context.Context, p *pasarela.UsagePlan) error {
	if t := p.Throttle; t != nil && (t.BurstLimit < 0 || !(t.RateLimit >= 0)) {
		return bad("Usage Plan throttle limits must not be negative")
	}
	if err := checkQuota(p.Quota); err != nil {
		return err
	}
	for _, stage := range p.APIStages {
		if err := s.checkPlanStage(ctx, p.ID, stage.APIID, stage.Stage); err != nil {
			return err
		}
	}
	return nil
}

// checkQuota checks AWS's bounds: the offset is the day of the period on which it starts
// (A-THROTTLE-3).
func checkQuota(q *pasarela.QuotaSettings) error {
	if q == nil {
		return nil
	}
	last := map[string]int{"DAY": 0, "WEEK": 6, "MONTH": 27}
	most, ok := last[q.Period]
	switch {
	case !ok:
		return bad("Usage Plan quota period must be one of: [DAY, WEEK, MONTH]")
	case q.Limit <= 0:
		return bad("Usage Plan quota limit must be greater than 0")
	case most == 0 && q.Offset != 0:
		return bad("Usage Plan quota offset must be zero in the DAY period")
	case q.Offset < 0 || q.Offset > most:
		return bad("Usage Plan quota offset must be between zero and %d inclusive in the %s period", most, q.Period)
	}
	return nil
}

func (s *UsagePlans) checkPlanStage(ctx context.Context, planID, apiID, stage string) error {
	if apiID == "" || stage == "" {
		return bad("Invalid API Stage specified")
	}
	doc, err := s.apis.read(ctx, apiID)
	var known *pasarela.Error
	if err != nil && !errors.As(err, &known) {
		return err
	}
	if err != nil || doc.Stage(stage) == nil {
		return pasarela.Errorf(pasarela.CodeNotFound, "Invalid API Stage {api: %s, stage: %s} specified for usageplan %s", apiID, stage, planID)
	}
	return nil
}

func (s *UsagePlans) plan(ctx context.Context, id string) (*pasarela.UsagePlan, error) {
	if !isID(id) {
		return nil, noPlan()
	}
	doc, err := s.plans.Get(ctx, pasarela.PrefixUsagePlan+id)
	if errors.Is(err, pasarela.ErrNotFound) {
		return nil, noPlan()
	}
	return doc.Value, err
}

func (s *UsagePlans) changePlan(ctx context.Context, id string, edit func(*pasarela.UsagePlan) error) error {
	if !isID(id) {
		return noPlan()
	}
	_, err := s.plans.Update(ctx, pasarela.PrefixUsagePlan+id, edit)
	if errors.Is(err, pasarela.ErrNotFound) {
		return noPlan()
	}
	return err
}

// GetUsagePlan returns one usage plan.
func (s *UsagePlans) GetUsagePlan(ctx context.Context, in UsagePlanInput) (UsagePlan, error) {
	p, err := s.plan(ctx, in.UsagePlanID)
	if err != nil {
		return UsagePlan{}, err
	}
	view := viewPlan(*p)
	view.Tags = orEmpty(view.Tags)
	return view, nil
}

// GetUsagePlans returns all usage plans, or those that hold a key, by name.
func (s *UsagePlans) GetUsagePlans(ctx context.Context, in GetUsagePlansInput) ([]UsagePlan, error) {
	docs, err := s.plans.List(ctx, pasarela.PrefixUsagePlan)
	if err != nil {
		return nil, err
	}
	views := make([]UsagePlan, 0, len(docs))
	for _, doc := range docs {
		if in.KeyID == "" || slices.Contains(doc.Value.KeyIDs, in.KeyID) {
			views = append(views, viewPlan(*doc.Value))
		}
	}
	sort.SliceStable(views, func(i, j int) bool { return views[i].Name < views[j].Name })
	return views, nil
}

// UpdateUsagePlan applies the patch operations of aws-controlplane §5.
func (s *UsagePlans) UpdateUsagePlan(ctx context.Context, in UpdateUsagePlanInput) (view UsagePlan, err error) {
	err = s.changePlan(ctx, in.UsagePlanID, func(p *pasarela.UsagePlan) error {
		if err := in.each(func(op PatchOperation) error { return patchPlan(p, op) }); err != nil {
			return err
		}
		view = viewPlan(*p)
		return s.checkPlan(ctx, p)
	})
	return view, err
}

// DeleteUsagePlan removes a usage plan without stages.
func (s *UsagePlans) DeleteUsagePlan(ctx context.Context, in UsagePlanInput) error {
	if !isID(in.UsagePlanID) {
		return noPlan()
	}
	err := s.plans.Delete(ctx, pasarela.PrefixUsagePlan+in.UsagePlanID, func(p *pasarela.UsagePlan) error {
		if len(p.APIStages) > 0 {
			names := make([]string, len(p.APIStages))
			for i, stage := range p.APIStages {
				names[i] = stage.APIID + ":" + stage.Stage
			}
			return bad("Cannot delete usage plan %s because there are associated stages [%s]. Remove them from the plan first.", p.ID, strings.Join(names, ", "))
		}
		return nil
	})
	if errors.Is(err, pasarela.ErrNotFound) {
		return noPlan()
	}
	if err != nil {
		return err
	}
	return s.forgetUsage(ctx, func(planID, _ string) bool { return planID == in.UsagePlanID })
}
