package apis

import (
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela"
)

// patchPlan applies one change to a usage plan.
func patchPlan(p *pasarela.UsagePlan, op PatchOperation) error {
	parts := op.segments()
	switch parts[0] {
	case "name":
		if op.clears() || op.Value == "" {
			return bad("Usage Plan name cannot be empty")
		}
		p.Name = op.Value
		return nil
	case "description":
		p.Description = op.unlessRemoved()
		return nil
	case "productCode":
		p.ProductCode = op.unlessRemoved()
		return nil
	case "apiStages":
		return patchStages(p, op, parts)
	case "throttle":
		return patchThrottle(&p.Throttle, op, parts[1:])
	case "quota":
		return patchQuota(p, op, parts[1:])
	}
	return badPath(op, "/apiStages", "/description", "/name", "/productCode", "/quota", "/throttle")
}

// patchStages adds or removes apiId:stage, or sets the throttle of one method of
// one stage: /apiStages/{apiId:stage}/throttle/{path}/{method}/rateLimit.
func patchStages(p *pasarela.UsagePlan, op PatchOperation, parts []string) error {
	name := op.Value
	if len(parts) > 1 {
		name = parts[1]
	}
	apiID, stage, ok := strings.Cut(name, ":")
	i := slices.IndexFunc(p.APIStages, func(s pasarela.UsagePlanStage) bool { return s.APIID == apiID && s.Stage == stage })
	switch {
	case len(parts) == 1 && op.clears() && name == "":
		p.APIStages = nil
		return nil
	case !ok:
		return bad("Invalid API Stage specified")
	case len(parts) > 1:
		if i < 0 || len(parts) < 3 || parts[2] != "throttle" {
			return bad("Invalid API Stage specified")
		}
		return patchMethod(&p.APIStages[i], op, parts[3:])
	case op.Op == "remove":
		if i < 0 {
			return pasarela.Errorf(pasarela.CodeNotFound, "Invalid API Stage {api: %s, stage: %s} specified for usageplan %s", apiID, stage, p.ID)
		}
		p.APIStages = slices.Delete(p.APIStages, i, i+1)
	case i < 0:
		p.APIStages = append(p.APIStages, pasarela.UsagePlanStage{APIID: apiID, Stage: stage})
	}
	return nil
}

// patchMethod applies one patch operation to the throttle of a method in a stage of a plan.
func patchMethod(stage *pasarela.UsagePlanStage, op PatchOperation, parts []string) error {
	if op.clears() && len(parts) <= 2 {
		if len(parts) == 0 {
			stage.Throttle = nil
		} else {
			delete(stage.Throttle, strings.Join(parts, "/"))
		}
		return nil
	}
	if len(parts) < 2 {
		return badPath(op, "/apiStages/{apiId:stage}/throttle/{path}/{method}/rateLimit", "/apiStages/{apiId:stage}/throttle/{path}/{method}/burstLimit")
	}
	method := strings.Join(parts[:len(parts)-1], "/")
	t := stage.Throttle[method]
	next := &t
	if err := patchThrottle(&next, op, parts[len(parts)-1:]); err != nil {
		return err
	}
	if stage.Throttle == nil {
		stage.Throttle = map[string]pasarela.ThrottleSettings{}
	}
	stage.Throttle[method] = t
	return nil
}

// patchThrottle sets a limit; replacing on a throttle that is not there makes it.
func patchThrottle(place **pasarela.ThrottleSettings, op PatchOperation, parts []string) error {
	if op.clears() && len(parts) == 0 {
		*place = nil
		return nil
	}
	t := pasarela.ThrottleSettings{}
	if *place != nil {
		t = **place
	}
	var err error
	switch {
	case len(parts) == 1 && parts[0] == "rateLimit":
		t.RateLimit, err = op.rate()
	case len(parts) == 1 && parts[0] == "burstLimit":
		t.BurstLimit, err = op.whole()
	default:
		return badPath(op, "/throttle", "/throttle/rateLimit", "/throttle/burstLimit")
	}
	if err != nil {
		return err
	}
	if *place == nil {
		*place = &t
	} else {
		**place = t
	}
	return nil
}

// patchQuota applies one patch operation below /quota.
func patchQuota(p *pasarela.UsagePlan, op PatchOperation, parts []string) error {
	if op.clears() && len(parts) == 0 {
		p.Quota = nil
		return nil
	}
	q := pasarela.QuotaSettings{}
	if p.Quota != nil {
		q = *p.Quota
	}
	if len(parts) != 1 {
		return badPath(op, "/quota", "/quota/limit", "/quota/offset", "/quota/period")
	}
	var err error
	switch parts[0] {
	case "limit":
		q.Limit, err = op.whole()
	case "offset":
		if q.Offset = 0; !op.clears() {
			q.Offset, err = op.whole()
		}
	case "period":
		q.Period = op.Value
	default:
		err = badPath(op, "/quota", "/quota/limit", "/quota/offset", "/quota/period")
	}
	p.Quota = &q
	return err
}
