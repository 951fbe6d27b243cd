package stack

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/resource"
	"github.com/pasarela-ws/pasarela/internal/engine/stacktemplate"
)

// Change is what a change set says of one resource.
type Change struct {
	Action       string   `json:"action"` // Add, Modify or Remove
	LogicalID    string   `json:"logicalId"`
	PhysicalID   string   `json:"physicalId,omitempty"`
	Type         string   `json:"type"`
	Replacement  string   `json:"replacement,omitempty"` // of Modify: True, False or Conditional
	PolicyAction string   `json:"policyAction,omitempty"`
	Scope        []string `json:"scope,omitempty"`
	Details      []Detail `json:"details,omitempty"`
	Before       string   `json:"before,omitempty"` // JSON: the properties
	After        string   `json:"after,omitempty"`
	ChangeSetID  string   `json:"changeSetId,omitempty"` // of a nested stack
}

// Detail is one thing about a resource that changes.
type Detail struct {
	Attribute  string `json:"attribute"` // Properties, Metadata, Tags, DeletionPolicy, UpdateReplacePolicy
	Name       string `json:"name,omitempty"`
	Recreation string `json:"recreation,omitempty"` // Never, Conditionally or Always
	Dynamic    bool   `json:"dynamic,omitempty"`    // the new value is not known yet
	Cause      string `json:"cause,omitempty"`      // the resource whose change changes it
	Before     string `json:"before,omitempty"`
	After      string `json:"after,omitempty"`
}

// differ finds what a plan changes in a stack, in the order of the logical ids.
type differ struct {
	plan     *plan
	stack    *Stack
	replaced map[string]bool // resources that will be others
	nested   map[string]bool // nested stacks that will be changed
	secrets  []string        // values of NoEcho parameters, now and before
}

func (p *plan) differ(stack *Stack) *differ {
	return &differ{p, stack, map[string]bool{}, map[string]bool{}, secrets(stack.Input, p.input)}
}

// changes are what bringing a stack to a plan does. The error is a sentence.
func (p *plan) changes(ctx context.Context, stack *Stack) ([]Change, error) {
	return p.differ(stack).all(ctx)
}

// all are the changes that the plan makes, sorted by logical id. They are found in the order
// of references, since the change of a resource depends on those that it refers to.
func (d *differ) all(ctx context.Context) ([]Change, error) {
	p, stack := d.plan, d.stack
	byID := map[string]Change{}
	left, done := p.wanted, make(map[string]bool, len(p.wanted))
	for len(left) > 0 { // in the order of references: what they refer to comes first
		for _, id := range left {
			if slices.ContainsFunc(p.needs[id], func(need string) bool { return !done[need] }) {
				continue
			}
			done[id] = true
			change, differs, err := d.change(ctx, id)
			if err != nil {
				return nil, err
			}
			if differs {
				byID[id] = change
			}
		}
		left = slices.DeleteFunc(slices.Clone(left), func(id string) bool { return done[id] })
	}
	for id, res := range stack.Resources {
		if slices.Contains(p.wanted, id) || res.ID == "" {
			continue
		}
		action := "Delete"
		if res.DeletionPolicy == "Retain" || res.DeletionPolicy == "RetainExceptOnCreate" {
			action = "Retain"
		}
		byID[id] = Change{Action: "Remove", LogicalID: id, PhysicalID: res.ID, Type: res.Type, PolicyAction: action, Before: d.contextOf(res.Properties)}
	}
	changes := make([]Change, 0, len(byID))
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		changes = append(changes, byID[id])
	}
	return changes, nil
}

// contextOf is a resource as change sets show it.
func (d *differ) contextOf(properties map[string]any) string {
	return d.json(map[string]any{"Properties": orEmpty(properties)})
}

// json is a value as change sets show it.
func (d *differ) json(v any) string { return asJSON(hide(v, d.secrets)) }

func asJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(text)
}

// change is what happens to one wanted resource.
func (d *differ) change(ctx context.Context, id string) (Change, bool, error) {
	template, res := d.plan.template.Resources[id], d.stack.Resources[id]
	kind, known := d.plan.service.Types.Type(template.Type)
	after, err := d.properties(ctx, id)
	if err != nil {
		return Change{}, false, err
	}
	if known {
		if after, err = d.plan.check(kind, id, after); err != nil {
			return Change{}, false, err
		}
	}
	if res == nil || res.ID == "" {
		return Change{Action: "Add", LogicalID: id, Type: template.Type, After: d.contextOf(after)}, true, nil
	}
	if res.Type != template.Type {
		return Change{}, false, sentence("Update of resource type is not permitted. The new template modifies resource type of the following resources: [%s]", id)
	}
	change := Change{
		Action: "Modify", LogicalID: id, PhysicalID: res.ID, Type: template.Type, Replacement: "False",
		Before: d.contextOf(res.Properties), After: d.contextOf(after),
	}
	for _, name := range resource.Differing(res.Properties, after) {
		detail := d.detail(kind, name, res.Properties[name], after[name])
		change.Details = append(change.Details, detail)
		switch {
		case detail.Recreation == "Always":
			change.Replacement = "True"
		case detail.Recreation == "Conditionally" && change.Replacement == "False":
			change.Replacement = "Conditional"
		}
	}
	if len(change.Details) > 0 {
		change.Scope = append(change.Scope, "Properties")
	}
	d.besides(&change, kind, res)
	if res.Attempted != nil && len(change.Details) == 0 {
		change.Scope = append(change.Scope, "Properties") // an update that failed may have left something
	}
	d.nested[id] = template.Type == typeStack && len(change.Scope) > 0
	if change.Replacement == "True" {
		d.replaced[id] = true
		change.PolicyAction = "ReplaceAndDelete"
		if template.UpdateReplacePolicy == "Retain" {
			change.PolicyAction = "ReplaceAndRetain"
		}
	}
	return change, len(change.Scope) > 0, nil
}

// properties are those of a resource with what is known of the others before anything
// is done.
func (d *differ) properties(ctx context.Context, id string) (map[string]any, error) {
	scope := *d.plan.scope
	scope.Resource = func(name, attribute string) (any, bool, error) {
		res := d.stack.Resources[name]
		if res == nil || res.ID == "" || d.replaced[name] {
			return nil, false, nil
		}
		if attribute == "" {
			return res.ID, true, nil
		}
		if res.Ignored {
			return d.plan.service.placeholderAttribute(res, attribute), true, nil
		}
		if d.nested[name] { // a change of a nested stack may change its outputs
			return nil, false, nil
		}
		value, there := res.Attributes[attribute]
		return value, there, nil
	}
	reduced, err := scope.Reduce(d.plan.reduced[id])
	if err == nil {
		reduced, err = d.plan.service.reachable(ctx, reduced)
	}
	properties, _ := reduced.(map[string]any)
	return orEmpty(properties), err
}

func (d *differ) detail(kind *resource.Type, name string, before, after any) Detail {
	detail := Detail{Attribute: "Properties", Name: name, Recreation: "Never", Before: d.json(before), After: d.json(after)}
	if !stacktemplate.Known(after) {
		detail.Dynamic, detail.After = true, ""
		for _, r := range stacktemplate.References(after) {
			detail.Cause = r.Name
		}
	}
	replaces := kind != nil && (kind.Update == nil || len(kind.Properties.Replacing([]string{name})) > 0)
	switch {
	case replaces && detail.Dynamic && detail.Cause != "" && !d.replaced[detail.Cause]:
		detail.Recreation = "Conditionally"
	case replaces:
		detail.Recreation = "Always"
	}
	return detail
}

// besides adds what differs apart from properties.
func (d *differ) besides(change *Change, kind *resource.Type, res *Resource) {
	template := d.plan.template.Resources[res.LogicalID]
	add := func(attribute string, differs bool) {
		if differs {
			change.Scope = append(change.Scope, attribute)
			change.Details = append(change.Details, Detail{Attribute: attribute})
		}
	}
	add("Metadata", asJSON(template.Metadata) != asJSON(res.Metadata))
	add("DeletionPolicy", template.DeletionPolicy != res.DeletionPolicy)
	add("UpdateReplacePolicy", template.UpdateReplacePolicy != res.UpdateReplacePolicy)
	add("Tags", kind != nil && kind.Properties.HasTags() && !maps.Equal(d.plan.input.Tags, d.stack.Input.Tags))
}

// nothingElse says whether a plan differs from the stack's own in nothing but its
// resources: outputs, tags, and whom it works for.
func (p *plan) nothingElse(stack *Stack) bool {
	before, err := p.service.plan(stack.Name, stack.ID, stack.Input)
	if err != nil {
		return false
	}
	return asJSON(before.outputs()) == asJSON(p.outputs()) && maps.Equal(p.input.Tags, stack.Input.Tags) &&
		p.input.RoleARN == stack.Input.RoleARN && slices.Equal(p.input.NotificationARNs, stack.Input.NotificationARNs)
}

// outputs are the outputs of a template as far as they are known without resources.
func (p *plan) outputs() map[string]any {
	outputs := map[string]any{}
	for key, output := range p.template.Outputs {
		if output.Condition != "" && !p.scope.Conditions[output.Condition] {
			continue
		}
		value, _ := p.scope.Reduce(output.Value) // what does not work out differs from what does
		name, _ := p.scope.Reduce(output.ExportName)
		outputs[key] = []any{value, name, output.Description}
	}
	return outputs
}
