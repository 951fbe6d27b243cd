package stack

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/resource"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/types"
	"github.com/pasarela-ws/pasarela/internal/engine/stacktemplate"
)

// applier makes resources what a plan says.
type applier struct {
	*run
	plan  *plan
	scope *stacktemplate.Scope
	back  bool // a rollback: replaced resources come back
	// onlyFind makes nothing: what an earlier run may have begun is brought into the document.
	onlyFind bool
}

// applier is what applies the plan, forward or back to the state before. Exports that it
// imports are noted in the stack.
func (r *run) applier(ctx context.Context, p *plan, back bool) (*applier, error) {
	a := &applier{run: r, plan: p, back: back}
	exports, err := r.service.exports(ctx)
	if err != nil {
		return nil, err
	}
	scope := *p.scope
	scope.Resource = a.currentValue
	scope.Import = func(name string) (string, error) {
		export, there := exports[name]
		if !there {
			return "", sentence("No export named %s found.", name)
		}
		r.edit(func(s *Stack) {
			if !slices.Contains(s.Imports, name) {
				s.Imports = append(slices.Clone(s.Imports), name)
			}
		})
		return export.Value, nil
	}
	a.scope = &scope
	return a, nil
}

// currentValue is what Ref and Fn::GetAtt return for a resource as it is now.
func (a *applier) currentValue(name, attribute string) (any, bool, error) {
	res := a.resource(name)
	switch {
	case res == nil || res.ID == "":
		return nil, false, nil
	case attribute == "":
		return res.ID, true, nil
	case res.Ignored:
		return a.service.placeholderAttribute(res, attribute), true, nil
	}
	value, there := res.Attributes[attribute]
	if !there {
		return nil, false, sentence("Template error: resource %s does not support attribute type %s in Fn::GetAtt", name, attribute)
	}
	return value, true, nil
}

// placeholderAttribute returns Fn::GetAtt of a resource that is not there because its type is skipped.
func (s *Service) placeholderAttribute(res *Resource, attribute string) string {
	switch {
	case attribute == "Arn" && strings.HasPrefix(res.ID, "arn:"):
		return res.ID
	case attribute == "Arn":
		return s.placeholderARN(res.ID)
	}
	return res.ID + "." + attribute
}

func (s *Service) placeholderARN(name string) string {
	return "arn:aws:skipped:" + s.RegionAccount.Region + ":" + s.RegionAccount.AccountID + ":" + name
}

// refIsARN are types that templates of WebSocket APIs have whose Ref is an ARN on AWS: policies
// take no name in its place.
var refIsARN = map[string]bool{
	"AWS::SNS::Topic": true, "AWS::StepFunctions::StateMachine": true, "AWS::Serverless::StateMachine": true, "AWS::SecretsManager::Secret": true,
	"AWS::ElasticLoadBalancingV2::LoadBalancer": true, "AWS::ElasticLoadBalancingV2::TargetGroup": true, "AWS::CertificateManager::Certificate": true,
}

// tags are what CloudFormation gives to a resource.
func (a *applier) tags(id string) map[string]string {
	tags := maps.Clone(a.plan.input.Tags)
	if tags == nil {
		tags = map[string]string{}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	tags[types.TagStackName], tags[types.TagStackID], tags[types.TagLogicalID] = a.stack.Name, a.stack.ID, id
	return tags
}

// errStopped says that the node stops in the middle of a call.
var errStopped = errors.New("the node stops")

// apply brings one resource to what the plan says; its error has been reported in an event, unless
// the store did not answer.
func (a *applier) apply(ctx context.Context, id string) error {
	template := a.plan.template.Resources[id]
	res := a.resource(id)
	verb := "UPDATE"
	if res == nil || res.ID == "" {
		verb = "CREATE"
	}
	properties, err := a.plan.properties(ctx, id, a.scope, a.services)
	if err != nil && a.onlyFind && !isUnavailable(err) {
		return errNotMade
	}
	if err != nil {
		return a.failed(ctx, id, verb, template.Type, err, err.Error())
	}
	kind, known := a.service.Types.Type(template.Type)
	if !known && a.onlyFind {
		return nil
	}
	if !known {
		return a.skip(id, verb, template.Type, properties)
	}
	tags := a.tags(id)
	if verb == "CREATE" {
		return a.create(ctx, kind, id, properties, tags, nil)
	}
	if a.back && a.restore(id, properties) {
		return nil
	}
	before := res.mayHave(properties)
	changed := resource.Differing(before, properties)
	retagged := kind.Properties.HasTags() && !maps.Equal(res.Tags, tags)
	switch {
	case len(changed) == 0 && !retagged && res.Attempted == nil && res.Type == template.Type:
		if a.back && strings.HasSuffix(res.Status, "_FAILED") {
			a.mark(id, "UPDATE_COMPLETE", "", a.about)
			return nil
		}
		a.note(id)
		return nil
	case len(kind.Properties.Replacing(changed)) > 0 || kind.Update == nil || res.Type != template.Type:
		return a.create(ctx, kind, id, properties, tags, res)
	}
	return a.update(ctx, kind, id, properties, tags, before)
}

// mayHave are the properties that a resource may have where an update of it was broken off: each
// as it was or as it was attempted, in doubt the one that differs from what is wanted, so that
// it is set again.
func (res *Resource) mayHave(wanted map[string]any) Values {
	if res.Attempted == nil {
		return res.Properties
	}
	before := maps.Clone(*res.Attempted)
	for _, name := range resource.Differing(res.Properties, *res.Attempted) {
		attempted, given := before[name]
		want, wants := wanted[name]
		if given != wants || given && !resource.Equal(attempted, want) {
			continue
		}
		if was, had := res.Properties[name]; had {
			before[name] = was
		} else {
			delete(before, name)
		}
	}
	return before
}

// note brings what a template says of a resource besides its properties into the document.
func (a *applier) note(id string) {
	a.edit(func(s *Stack) {
		next := *s.Resources[id]
		a.about(&next)
		s.Resources[id] = &next
	})
}

// about copies policies, references and metadata of the template.
func (a *applier) about(res *Resource) {
	template := a.plan.template.Resources[res.LogicalID]
	res.Type, res.DeletionPolicy, res.UpdateReplacePolicy, res.Metadata = template.Type, template.DeletionPolicy, template.UpdateReplacePolicy, template.Metadata
	res.Needs = a.plan.needs[res.LogicalID]
}

// failed tells of an error in an event, unless the next run will know better.
func (a *applier) failed(ctx context.Context, id, verb, typeName string, err error, reason string) error {
	if isUnavailable(err) {
		return err
	}
	if ctx.Err() != nil && errors.Is(context.Cause(ctx), context.Canceled) {
		return errStopped // what was under way is looked for when the operation goes on
	}
	a.mark(id, verb+"_FAILED", reason, func(res *Resource) { res.Type = typeName })
	return errors.New(reason)
}

// skip is the way of types that the operator lets stacks skip.
func (a *applier) skip(id, verb, typeName string, properties map[string]any) error {
	res := a.resource(id)
	if res != nil && res.ID != "" && len(resource.Differing(res.Properties, properties)) == 0 {
		a.note(id)
		return nil
	}
	a.mark(id, verb+"_COMPLETE", "Skipped: nothing was made, since --ignore-types of this server names "+typeName+". Ref and Fn::GetAtt answer names of nothing.", func(res *Resource) {
		a.about(res)
		if res.ID == "" {
			res.Suffix = suffix(a.creationToken(id))
			res.ID = (&resource.Request{StackName: a.stack.Name, LogicalID: id, GeneratedNameSuffix: res.Suffix}).Name(64)
			if refIsARN[typeName] {
				res.ID = a.service.placeholderARN(res.ID)
			}
		}
		res.Properties, res.Ignored = properties, true
	})
	return nil
}

// request is the work on a resource in the state of physical.
func (r *run) request(id string, physical Physical, tags map[string]string) *resource.Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return &resource.Request{
		Services: r.services, RegionAccount: r.service.RegionAccount, StackName: r.stack.Name, StackID: r.stack.ID, LogicalID: id,
		PhysicalID: physical.ID, Properties: physical.Properties, Attributes: physical.Attributes, GeneratedNameSuffix: physical.Suffix,
		Tags: tags, PreviousTags: physical.Tags,
	}
}

// create makes a resource, or its replacement when there is one already.
func (a *applier) create(ctx context.Context, kind *resource.Type, id string, properties map[string]any, tags map[string]string, replaced *Resource) error {
	verb, reason := "CREATE", ""
	if replaced != nil {
		verb, reason = "UPDATE", "Requested update requires the creation of a new physical resource; hence creating one."
	}
	token := a.creationToken(id)
	ctx = pasarela.WithCreationToken(ctx, token)
	made := Physical{Properties: properties, Tags: tags, Suffix: suffix(token)}
	r := a.request(id, made, tags)
	r.CreationToken = token
	state, found, err := resource.State{}, false, error(nil)
	if a.resumed && kind.Find != nil {
		state, found, err = kind.Find(ctx, r)
		if found && replaced != nil && state.PhysicalID == replaced.ID {
			state, found = resource.State{}, false // it is the one that shall be replaced
		}
	}
	if a.onlyFind && !found && state.PhysicalID == "" && !isUnavailable(err) {
		return errNotMade
	}
	a.mark(id, verb+"_IN_PROGRESS", reason, func(res *Resource) {
		a.about(res)
		if replaced == nil {
			res.Physical = Physical{Suffix: made.Suffix}
		}
	})
	if !found && err == nil {
		state, err = kind.Create(ctx, r)
	}
	made.ID, made.Attributes = state.PhysicalID, state.Attributes
	if err != nil && (state.PhysicalID == "" || isUnavailable(err)) { // the next run finds it, and ends what was begun
		return a.failed(ctx, id, verb, kind.Name, err, handlerReason(err))
	}
	place := func(res *Resource) {
		if replaced != nil {
			res.Old = append(slices.Clone(res.Old), res.Physical)
		}
		res.Physical, res.Attempted = made, nil
	}
	if err != nil {
		a.edit(func(s *Stack) {
			next := *s.Resources[id]
			place(&next)
			s.Resources[id] = &next
		})
		return a.failed(ctx, id, verb, kind.Name, err, handlerReason(err))
	}
	a.mark(id, verb+"_IN_PROGRESS", "Resource creation Initiated", place)
	a.mark(id, verb+"_COMPLETE", a.notes(kind, state, properties), nil)
	return nil
}

// notes are the sentences for the event of a resource that was made or changed.
func (a *applier) notes(kind *resource.Type, state resource.State, properties map[string]any) string {
	all := []string{kind.Properties.Notes(properties), state.Note}
	if a.service.Note != nil {
		all = append(all, a.service.Note(kind.Name))
	}
	return strings.Join(slices.DeleteFunc(all, func(note string) bool { return note == "" }), " ")
}

// errNotMade says that an earlier run has not made a resource, and so none that needs it, or
// that this is not known: then making it says why.
var errNotMade = errors.New("the resource was not made")

// creationToken names the creation of a resource by this operation (A-STACK-17), on its way forward or
// back: one that goes on after its node has ended finds what was made by it.
func (a *applier) creationToken(id string) string {
	way := phaseForward
	if a.back {
		way = phaseRollback
	}
	return creationToken(a.operation.ID, way, id)
}

func creationToken(operationID, way, id string) string { return operationID + "/" + way + "/" + id }

// update changes a resource in place. before is what it may have.
func (a *applier) update(ctx context.Context, kind *resource.Type, id string, properties map[string]any, tags map[string]string, before Values) error {
	attempted := Values(properties)
	a.mark(id, "UPDATE_IN_PROGRESS", "", func(res *Resource) {
		a.about(res)
		res.Attempted = &attempted
	})
	if a.onlyFind {
		return nil // the earlier run may have changed it: a rollback changes it back
	}
	res := a.resource(id)
	r := a.request(id, res.Physical, tags)
	r.Previous, r.Properties = before, properties
	state, err := kind.Update(ctx, r)
	if err != nil {
		return a.failed(ctx, id, "UPDATE", kind.Name, err, handlerReason(err))
	}
	a.mark(id, "UPDATE_COMPLETE", a.notes(kind, state, properties), func(res *Resource) {
		if state.PhysicalID != "" {
			res.ID = state.PhysicalID
		}
		if state.Attributes != nil {
			res.Attributes = state.Attributes
		}
		res.Properties, res.Tags, res.Attempted = properties, tags, nil
	})
	return nil
}

// restore takes a replaced resource back when it is what the plan says; its
// replacement will be removed.
func (a *applier) restore(id string, properties map[string]any) bool {
	res := a.resource(id)
	i := slices.IndexFunc(res.Old, func(old Physical) bool { return len(resource.Differing(old.Properties, properties)) == 0 })
	if i < 0 {
		return false
	}
	a.mark(id, "UPDATE_COMPLETE", "", func(res *Resource) {
		old := res.Old[i]
		res.Old = append(slices.Delete(slices.Clone(res.Old), i, i+1), res.Physical)
		res.Physical, res.Attempted = old, nil
		a.about(res)
	})
	return true
}
