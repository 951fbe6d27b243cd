package stack

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/resource"
	"github.com/pasarela-ws/pasarela/internal/engine/stacktemplate"
)

// plan is a template worked out for one [Input], as far as it can be without the
// resources.
type plan struct {
	service  *Service
	input    Input
	template *stacktemplate.Template
	top      map[string]any       // the template after its transforms
	macros   []string             // its transforms
	scope    *stacktemplate.Scope // without resources
	reduced  map[string]any       // properties of the wanted resources, as far as they are known
	wanted   []string             // logical ids whose condition holds, sorted
	needs    map[string][]string  // what a wanted resource refers to, sorted
}

// plan works out an input for a stack. The error is a sentence for its author.
func (s *Service) plan(name, id string, in Input) (*plan, error) {
	p := &plan{service: s, input: in, reduced: map[string]any{}, needs: map[string][]string{}}
	top, head, texts, err := templateOf(in)
	if err != nil {
		return nil, err
	}
	p.scope = &stacktemplate.Scope{Values: s.pseudo(name, id, in)}
	for parameter, text := range texts {
		if resolved, there := in.Resolved[parameter]; there {
			text = resolved
		}
		p.scope.Values[parameter] = head.Parameters[parameter].Value(text)
	}
	p.macros = stacktemplate.Transforms(top)
	if p.top, err = s.transform(top, p.scope); err != nil {
		return nil, err
	}
	if p.template, err = stacktemplate.Read(p.top); err != nil {
		return nil, err
	}
	p.scope.Mappings = p.template.Mappings
	if err := p.template.Decide(p.scope); err != nil {
		return nil, err
	}
	if err := p.template.Assert(p.scope); err != nil {
		return nil, err
	}
	return p, p.reduce()
}

func (s *Service) pseudo(name, id string, in Input) map[string]any {
	notified := make([]any, len(in.NotificationARNs))
	for i, arn := range in.NotificationARNs {
		notified[i] = arn
	}
	return map[string]any{
		"AWS::AccountId": s.RegionAccount.AccountID, "AWS::Region": s.RegionAccount.Region, "AWS::Partition": "aws",
		"AWS::URLSuffix": s.URLSuffix, "AWS::StackName": name, "AWS::StackId": id, "AWS::NotificationARNs": notified,
	}
}

// transform expands a template by its transforms, in their order.
func (s *Service) transform(top map[string]any, scope *stacktemplate.Scope) (map[string]any, error) {
	var err error
	for _, name := range stacktemplate.Transforms(top) {
		expand := s.Transforms[name]
		switch {
		case name == stacktemplate.LanguageExtensions:
			scope.Extended = true
			top, err = stacktemplate.Unroll(top, scope)
		case expand != nil:
			top, err = expand(top, scope.Values)
		default:
			return nil, sentence("No transform named %s found.", name)
		}
		if err != nil {
			return nil, err
		}
	}
	return top, nil
}

// maxProperties bounds the properties of all resources together, as
// [stacktemplate.Size] counts.
const maxProperties = 32 << 20

// reduce works out the properties of all wanted resources and holds what can be held
// before anything is made.
func (p *plan) reduce() error {
	for _, id := range slices.Sorted(maps.Keys(p.template.Resources)) {
		if condition := p.template.Resources[id].Condition; condition == "" || p.scope.Conditions[condition] {
			p.wanted = append(p.wanted, id)
		}
	}
	if err := p.checkTypes(); err != nil {
		return err
	}
	size := 0
	for _, id := range p.wanted {
		res := p.template.Resources[id]
		properties, err := p.scope.Reduce(map[string]any(orEmpty(res.Properties)))
		if err != nil {
			return sentence("%w (resource %s)", err, id)
		}
		if size += stacktemplate.Size(properties); size > maxProperties {
			return sentence("Template error: the properties of all resources have more than %d bytes when their functions are worked out (resource %s)", maxProperties, id)
		}
		p.reduced[id] = properties
		needs := map[string]bool{}
		for _, r := range stacktemplate.References(properties) {
			if _, known := p.scope.Values[r.Name]; r.Attribute == "" && (known || slices.Contains(p.input.NotKnown, r.Name)) {
				continue // a parameter without a value, or in a function whose other arguments are not known yet
			}
			if !slices.Contains(p.wanted, r.Name) {
				return sentence("Template format error: Unresolved resource dependencies [%s] in the Resources block of the template", r.Name)
			}
			if err := p.checkAttribute(r); err != nil {
				return err
			}
			needs[r.Name] = true
		}
		for _, name := range res.DependsOn {
			if slices.Contains(p.wanted, name) {
				needs[name] = true
			}
		}
		p.needs[id] = slices.Sorted(maps.Keys(needs))
	}
	if circle := circular(p.wanted, p.needs); len(circle) > 0 {
		return sentence("Circular dependency between resources: [%s]", strings.Join(circle, ", "))
	}
	return nil
}

func orEmpty(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

// checkTypes refuses types that are not there and that may not be skipped. Resources whose
// condition is false are not made, so theirs may be any: the CDK's bootstrap has such a key
// (A-STACK-5).
func (p *plan) checkTypes() error {
	missing := map[string]bool{}
	for _, id := range p.wanted {
		res := p.template.Resources[id]
		if _, known := p.service.Types.Type(res.Type); !known && !p.service.ignored(res.Type) {
			missing[res.Type] = true
		}
		if res.CreationPolicy != nil && !p.service.ignored(res.Type) {
			return sentence("Template error: the CreationPolicy of %s waits for signals, which nothing sends here; take it away", id)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return sentence("Template format error: Unrecognized resource types: [%s]. This server has no such types; docs/cloudformation.md lists those it has, "+
		"and a server started with --ignore-types skips those that it names", strings.Join(slices.Sorted(maps.Keys(missing)), ", "))
}

func (p *plan) checkAttribute(r stacktemplate.Reference) error {
	kind, known := p.service.Types.Type(p.template.Resources[r.Name].Type)
	if r.Attribute == "" || !known || kind.HasAttribute(r.Attribute) {
		return nil
	}
	return sentence("Template error: resource %s does not support attribute type %s in Fn::GetAtt", r.Name, r.Attribute)
}

// circular are the ids that wait for each other, nil when none do.
func circular(ids []string, needs map[string][]string) []string {
	waiting, users := make(map[string]int, len(ids)), map[string][]string{}
	var free []string
	for _, id := range ids {
		for _, need := range needs[id] {
			users[need] = append(users[need], id)
		}
		if waiting[id] = len(needs[id]); waiting[id] == 0 {
			free = append(free, id)
		}
	}
	for len(free) > 0 {
		id := free[len(free)-1]
		free = free[:len(free)-1]
		delete(waiting, id)
		for _, user := range users[id] {
			if waiting[user]--; waiting[user] == 0 {
				free = append(free, user)
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { _, waits := waiting[id]; return !waits })
}

// capabilities are what the caller must acknowledge of a template: that it makes
// identities, and named ones (aws-controlplane §12.2).
func (p *plan) capabilities() (needed []string, types []string) {
	found := map[string]bool{}
	level := ""
	for _, res := range p.template.Resources {
		if !strings.HasPrefix(res.Type, "AWS::IAM::") {
			continue
		}
		found[res.Type] = true
		if level == "" {
			level = "CAPABILITY_IAM"
		}
		for _, property := range []string{"RoleName", "UserName", "GroupName", "ManagedPolicyName", "InstanceProfileName"} {
			named := property == strings.TrimPrefix(res.Type, "AWS::IAM::")+"Name"
			if _, given := res.Properties[property]; given && named {
				level = "CAPABILITY_NAMED_IAM"
			}
		}
	}
	if level == "" {
		return nil, nil
	}
	return []string{level}, slices.Sorted(maps.Keys(found))
}

// acknowledged refuses a template whose capabilities the caller has not acknowledged.
func (p *plan) acknowledged(direct bool) error {
	given := p.input.Capabilities
	if needed, _ := p.capabilities(); len(needed) > 0 && !slices.Contains(given, needed[0]) && !slices.Contains(given, "CAPABILITY_NAMED_IAM") {
		return insufficient("Requires capabilities : [" + needed[0] + "]")
	}
	if direct && len(p.macros) > 0 && !slices.Contains(given, "CAPABILITY_AUTO_EXPAND") {
		return insufficient("Requires capabilities : [CAPABILITY_AUTO_EXPAND]")
	}
	return nil
}

// properties are the properties of a resource with everything worked out and checked.
func (p *plan) properties(ctx context.Context, id string, scope *stacktemplate.Scope, services resource.Services) (map[string]any, error) {
	worked, err := scope.Resolve(p.reduced[id])
	if err != nil {
		return nil, err
	}
	if worked, err = dynamic(ctx, worked, services); err != nil {
		return nil, err
	}
	if worked, err = p.service.reachable(ctx, worked); err != nil {
		return nil, err
	}
	given, _ := worked.(map[string]any)
	kind, known := p.service.Types.Type(p.template.Resources[id].Type)
	if !known {
		return given, nil
	}
	return p.check(kind, id, given)
}

// check checks properties, and adds what the plan knows of a nested stack.
func (p *plan) check(kind *resource.Type, id string, given map[string]any) (map[string]any, error) {
	checked, err := kind.Properties.Check(given)
	if err == nil && kind.Check != nil {
		err = kind.Check(checked)
	}
	if err != nil {
		return nil, sentence("Properties validation failed for resource %s with message:\n%w", id, err)
	}
	if text, there := p.input.Templates[id]; there && kind.Name == typeStack {
		checked[templateText] = text
	}
	return checked, nil
}

// resolveForm is a dynamic reference: {{resolve:ssm:name:version}}.
var resolveForm = regexp.MustCompile(`\{\{resolve:([a-z-]+):([^{}]*)\}\}`)

// dynamic fills the dynamic references in the texts of a value.
func dynamic(ctx context.Context, v any, services resource.Services) (any, error) {
	switch v := v.(type) {
	case string:
		return dynamicText(ctx, v, services)
	case []any:
		list := make([]any, len(v))
		for i := range v {
			var err error
			if list[i], err = dynamic(ctx, v[i], services); err != nil {
				return nil, err
			}
		}
		return list, nil
	case map[string]any:
		object := make(map[string]any, len(v))
		for key := range v {
			var err error
			if object[key], err = dynamic(ctx, v[key], services); err != nil {
				return nil, err
			}
		}
		return object, nil
	}
	return v, nil
}

// dynamicText resolves the dynamic references in a text, of Systems Manager's parameters only.
// A fault is a sentence for the stack's events.
func dynamicText(ctx context.Context, text string, services resource.Services) (string, error) {
	if !strings.Contains(text, "{{resolve:") {
		return text, nil
	}
	var failed error
	filled := resolveForm.ReplaceAllStringFunc(text, func(reference string) string {
		match := resolveForm.FindStringSubmatch(reference)
		if match[1] != "ssm" && match[1] != "ssm-secure" {
			failed = sentence("the dynamic reference %s: there is no %s here, only ssm", reference, match[1])
			return ""
		}
		value, err := parameterStore(ctx, services, match[2])
		if err != nil {
			failed = sentence("the dynamic reference %s: %w", reference, err)
		}
		return value
	})
	return filled, failed
}

// parameterStore is the value of a parameter of Systems Manager, by name or name:version.
func parameterStore(ctx context.Context, services resource.Services, name string) (string, error) {
	response, err := services.Call(ctx, "ssm", "GetParameter", map[string]any{"Name": name, "WithDecryption": true})
	if err != nil {
		return "", err
	}
	parameter, _ := response["Parameter"].(map[string]any)
	value, _ := parameter["Value"].(string)
	return value, nil
}
