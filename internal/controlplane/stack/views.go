package stack

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/stacktemplate"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// ARN is the ARN of a stack, or what those of stacks of that name begin with, and a *:
// permissions on a stack that is not there yet are asked for so.
func (s *Service) ARN(ctx context.Context, name string) string {
	if stack, err := s.find(ctx, name); err == nil {
		return stack.ID
	}
	return "arn:aws:cloudformation:" + s.RegionAccount.Region + ":" + s.RegionAccount.AccountID + ":stack/" + name + "/*"
}

// Stack is a stack by its name, or by its ARN also after its end, for the last
// [maxDeleted] that ended. ValidationError when there is none.
func (s *Service) Stack(ctx context.Context, nameOrID string) (*Stack, error) {
	stack, err := s.find(ctx, nameOrID)
	if errors.Is(err, pasarela.ErrNotFound) {
		return nil, invalid("Stack with id %s does not exist", nameOrID) // tools compare this sentence
	}
	return stack, err
}

// Stacks are all live stacks, the newest first, or the one that is named.
func (s *Service) Stacks(ctx context.Context, nameOrID string) ([]*Stack, error) {
	if nameOrID != "" {
		stack, err := s.Stack(ctx, nameOrID)
		return []*Stack{stack}[:min(1, count(stack))], err
	}
	stacks, err := s.all(ctx)
	newestFirst(stacks)
	return stacks, err
}

func count(stack *Stack) int {
	if stack == nil {
		return 0
	}
	return 1
}

func newestFirst(stacks []*Stack) {
	slices.SortStableFunc(stacks, func(a, b *Stack) int { return b.Created.Compare(a.Created) })
}

// List are live and deleted stacks with one of these statuses, the newest first; no
// statuses are all.
func (s *Service) List(ctx context.Context, statuses []string) ([]*Stack, error) {
	stacks, err := s.all(ctx)
	if err != nil {
		return nil, err
	}
	deleted, err := s.stacks.List(ctx, prefixDeleted)
	stacks = append(stacks, document.Values(deleted)...)
	newestFirst(stacks)
	return slices.DeleteFunc(stacks, func(stack *Stack) bool { return len(statuses) > 0 && !slices.Contains(statuses, stack.Status) }), err
}

// Description is a stack as clients see it.
type Description struct {
	*Stack
	Input      Input
	Parameters []ParameterValue
}

// ParameterValue is a parameter of a stack; values of NoEcho parameters are stars.
type ParameterValue struct{ Key, Value, Resolved string }

// Described is a stack with the input that it is being brought to.
func (s *Service) Described(stack *Stack) Description {
	input := stack.Input
	if op := stack.Operation; op != nil && op.Kind != opDelete && op.Phase == phaseForward {
		input = op.Target
	}
	return Description{stack, input, s.Parameters(input)}
}

// Parameters are the values of all parameters of an input, by name.
func (s *Service) Parameters(in Input) []ParameterValue {
	_, head, texts, err := templateOf(in)
	if err != nil {
		return nil
	}
	var values []ParameterValue
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		value := ParameterValue{key, texts[key], in.Resolved[key]}
		if head.Parameters[key].NoEcho {
			value.Value, value.Resolved = "****", ""
		}
		values = append(values, value)
	}
	for _, key := range in.NotKnown {
		values = append(values, ParameterValue{key, knownAfterApply, ""})
	}
	return values
}

// Resources are the resources of a stack by logical id: all of them, or those with that
// logical or physical id. A physical id finds the stack too, by reading all of them.
// ValidationError for a stack or a logical id that is not there.
func (s *Service) Resources(ctx context.Context, nameOrID, logicalID, physicalID string) (*Stack, []*Resource, error) {
	if nameOrID == "" {
		var err error
		if nameOrID, err = s.Holder(ctx, physicalID); err != nil {
			return nil, nil, err
		}
	}
	stack, err := s.Stack(ctx, nameOrID)
	if err != nil {
		return nil, nil, err
	}
	var found []*Resource
	for _, id := range slices.Sorted(maps.Keys(stack.Resources)) {
		res := stack.Resources[id]
		if (logicalID == "" || id == logicalID) && (physicalID == "" || res.ID == physicalID) {
			found = append(found, res)
		}
	}
	if logicalID != "" && len(found) == 0 {
		return nil, nil, invalid("Resource %s does not exist for stack %s", logicalID, stack.Name)
	}
	return stack, found, nil
}

// Holder is the name of the stack that has a resource with that physical id.
func (s *Service) Holder(ctx context.Context, physicalID string) (string, error) {
	stacks, err := s.all(ctx)
	if err != nil {
		return "", err
	}
	for _, stack := range stacks {
		for _, res := range stack.Resources {
			if physicalID != "" && res.ID == physicalID {
				return stack.Name, nil
			}
		}
	}
	return "", invalid("Stack for %s does not exist", physicalID)
}

// MetadataText is the resource's metadata as JSON, "" when there is none.
func (r *Resource) MetadataText() string {
	if r.Metadata == nil {
		return ""
	}
	return asJSON(r.Metadata)
}

// Exports are all exports by name.
func (s *Service) Exports(ctx context.Context) ([]Export, error) {
	byName, err := s.exports(ctx)
	exports := make([]Export, 0, len(byName))
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		exports = append(exports, byName[name])
	}
	return exports, err
}

// Importers are the names of the stacks that import an export, sorted; ValidationError
// when no stack does, as ListImports says it.
func (s *Service) Importers(ctx context.Context, name string) ([]string, error) {
	names, err := s.importers(ctx, name)
	if err == nil && len(names) == 0 {
		err = invalid("Export '%s' is not imported by any stack.", name)
	}
	return names, err
}

// TemplateOf is the template of a stack, or of a change set where one is named: as it was
// given, or after its transforms, then as indented JSON.
func (s *Service) TemplateOf(ctx context.Context, stackName, changeSet string, processed bool) (string, error) {
	in, name, id, err := s.inputOf(ctx, stackName, changeSet)
	if err != nil || !processed {
		return in.Template, err
	}
	p, err := s.plan(name, id, in)
	if err != nil {
		return "", validation(err)
	}
	if len(p.macros) == 0 {
		return in.Template, nil
	}
	text, err := json.MarshalIndent(p.top, "", "  ")
	return string(text), err
}

func (s *Service) inputOf(ctx context.Context, stackName, changeSet string) (in Input, name, id string, err error) {
	if changeSet != "" {
		set, err := s.ChangeSet(ctx, changeSet, stackName)
		if err != nil {
			return in, "", "", err
		}
		return set.Input, set.StackName, set.StackID, nil
	}
	stack, err := s.Stack(ctx, stackName)
	if err != nil {
		return in, "", "", err
	}
	return s.Described(stack).Input, stack.Name, stack.ID, nil
}

// Summary is what a template declares.
type Summary struct {
	Description, Version, Metadata string
	Parameters                     []Declared
	Capabilities                   []string
	CapabilitiesReason             string
	ResourceTypes, Transforms      []string
}

// Declared is a parameter that a template declares.
type Declared struct {
	Key string
	stacktemplate.Parameter
}

// Summary reads a template, from in or, where stackName is not empty, that of a stack.
// Parameters have no values, so what a transform would make of it is not in the summary.
// ValidationError for a template that cannot be read, and for a stack in
// REVIEW_IN_PROGRESS, which has none.
func (s *Service) Summary(ctx context.Context, who pasarela.Principal, in TemplateInput, stackName string) (Summary, error) {
	text := ""
	if stackName != "" {
		stack, err := s.Stack(ctx, stackName)
		if err != nil {
			return Summary{}, err
		}
		if stack.Status == "REVIEW_IN_PROGRESS" {
			return Summary{}, invalid("GetTemplateSummary cannot be called on REVIEW_IN_PROGRESS stacks.")
		}
		text = s.Described(stack).Input.Template
	} else {
		var err error
		if text, err = s.template(ctx, in, s.Callers.As(who)); err != nil {
			return Summary{}, err
		}
	}
	summary, err := s.summary(text)
	return summary, validation(err)
}

// summary reads a template whose parameters have no values yet: what transforms would
// make of it stays unknown.
func (s *Service) summary(text string) (Summary, error) {
	top, err := stacktemplate.Parse(text)
	if err != nil {
		return Summary{}, err
	}
	transforms := stacktemplate.Transforms(top)
	var template *stacktemplate.Template
	if len(transforms) == 0 {
		template, err = stacktemplate.Read(top)
	} else {
		template, err = stacktemplate.ReadParameters(top)
	}
	if err != nil {
		return Summary{}, err
	}
	summary := Summary{Description: template.Description, Transforms: transforms}
	summary.Version, _ = top["AWSTemplateFormatVersion"].(string)
	if top["Metadata"] != nil {
		summary.Metadata = asJSON(top["Metadata"])
	}
	for _, key := range slices.Sorted(maps.Keys(template.Parameters)) {
		summary.Parameters = append(summary.Parameters, Declared{key, template.Parameters[key]})
	}
	types := map[string]bool{}
	for _, res := range template.Resources {
		types[res.Type] = true
	}
	summary.ResourceTypes = slices.Sorted(maps.Keys(types))
	p := &plan{service: s, template: template}
	needed, because := p.capabilities()
	summary.Capabilities = needed
	if len(transforms) > 0 {
		summary.Capabilities = append(summary.Capabilities, "CAPABILITY_AUTO_EXPAND")
	}
	if len(because) > 0 {
		summary.CapabilitiesReason = "The following resource(s) require capabilities: [" + strings.Join(because, ", ") + "]"
	}
	return summary, nil
}
