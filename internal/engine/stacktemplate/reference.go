package stacktemplate

import (
	"maps"
	"regexp"
	"slices"
	"sort"
	"strings"
)

// Reference is a place in a value that names something of the template.
type Reference struct {
	Name      string // of a parameter, a resource or a pseudo parameter
	Attribute string // of Fn::GetAtt
}

// References are all that a value refers to, in every branch, sorted, each once.
func References(v any) []Reference {
	found := map[Reference]bool{}
	walk(v, func(r Reference) { found[r] = true })
	all := slices.Collect(maps.Keys(found))
	sort.Slice(all, func(i, j int) bool {
		a, b := &all[i], &all[j]
		return strings.Compare(a.Name+"\x00"+a.Attribute, b.Name+"\x00"+b.Attribute) < 0
	})
	return all
}

// variable is ${Name}, ${Name.Attribute} or the literal ${!Name} of Fn::Sub.
var variable = regexp.MustCompile(`\$\{([^{}]*)\}`)

// walk calls tell for each reference in v.
func walk(v any, tell func(Reference)) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			walk(item, tell)
		}
	case map[string]any:
		name, argument, ok := function(v)
		switch {
		case ok && name == "Ref":
			if text, isText := argument.(string); isText {
				tell(Reference{Name: text})
				return
			}
		case ok && name == "Fn::GetAtt":
			if r, isReference := attributeOf(argument); isReference {
				tell(r)
				return
			}
		case ok && name == "Fn::Sub":
			walkSub(argument, tell)
			return
		}
		for _, inner := range v {
			walk(inner, tell)
		}
	}
}

func walkSub(argument any, tell func(Reference)) {
	text, own, err := subArguments(argument)
	if err != nil {
		return
	}
	for _, value := range own {
		walk(value, tell)
	}
	for _, match := range variable.FindAllStringSubmatch(text, -1) {
		if name := strings.TrimSpace(match[1]); !strings.HasPrefix(name, "!") {
			if _, local := own[name]; !local {
				resource, attribute, _ := strings.Cut(name, ".")
				tell(Reference{resource, attribute})
			}
		}
	}
}

// attributeOf reads the argument of Fn::GetAtt: [resource, attribute] or resource.attribute.
func attributeOf(argument any) (Reference, bool) {
	switch v := argument.(type) {
	case string:
		name, attribute, ok := strings.Cut(v, ".")
		return Reference{name, attribute}, ok
	case []any:
		if len(v) < 2 {
			return Reference{}, false
		}
		name, ok := v[0].(string)
		var parts []string
		for _, part := range v[1:] {
			text, isText := part.(string)
			ok = ok && isText
			parts = append(parts, text)
		}
		return Reference{name, strings.Join(parts, ".")}, ok
	}
	return Reference{}, false
}

// pseudo are the pseudo parameters, which every template may refer to.
var pseudo = []string{
	"AWS::AccountId", "AWS::NotificationARNs", "AWS::NoValue", "AWS::Partition", "AWS::Region", "AWS::StackId", "AWS::StackName", "AWS::URLSuffix",
}

// check refuses references to names that the template does not have.
func (t *Template) check() error {
	missing := map[string]bool{}
	unresolved := func(v any) {
		for _, r := range References(v) {
			_, parameter := t.Parameters[r.Name]
			_, resource := t.Resources[r.Name]
			if !resource && (r.Attribute != "" || !parameter && !slices.Contains(pseudo, r.Name)) {
				missing[r.Name] = true
			}
		}
	}
	for _, resource := range t.Resources {
		unresolved(resource.Properties)
		for _, name := range resource.DependsOn {
			if _, ok := t.Resources[name]; !ok {
				missing[name] = true
			}
		}
	}
	if len(missing) > 0 {
		return sentence("Template format error: Unresolved resource dependencies [%s] in the Resources block of the template", joined(missing))
	}
	for _, output := range t.Outputs {
		unresolved(output.Value)
		unresolved(output.ExportName)
	}
	if len(missing) > 0 {
		return sentence("Unresolved resource dependencies [%s] in the Outputs block of the template", joined(missing))
	}
	return t.checkConditions()
}

func joined(names map[string]bool) string {
	return strings.Join(slices.Sorted(maps.Keys(names)), ", ")
}

// checkConditions checks that the conditions named exist and that conditions
// refer to parameters only.
func (t *Template) checkConditions() error {
	known := func(name, where string) error {
		if _, ok := t.Conditions[name]; !ok && name != "" {
			return sentence("Template format error: Unresolved condition dependency %s in the %s block of the template", name, where)
		}
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(t.Conditions)) {
		for _, r := range References(t.Conditions[name]) {
			_, parameter := t.Parameters[r.Name]
			if r.Attribute != "" || !parameter && !slices.Contains(pseudo, r.Name) {
				return sentence("Template format error: Unresolved dependencies [%s]. Cannot reference resources in the Conditions block of the template", r.Name)
			}
		}
	}
	for name, resource := range t.Resources {
		if err := known(resource.Condition, "Resources"); err != nil {
			return err
		}
		if err := t.checkIfs(resource.Properties); err != nil {
			return sentence("%w (in %s)", err, name)
		}
	}
	for _, output := range t.Outputs {
		if err := known(output.Condition, "Outputs"); err != nil {
			return err
		}
		if err := t.checkIfs(output.Value); err != nil {
			return err
		}
	}
	return nil
}

// checkIfs checks that every Fn::If names a condition of the template.
func (t *Template) checkIfs(v any) error {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			if err := t.checkIfs(item); err != nil {
				return err
			}
		}
	case map[string]any:
		if name, argument, ok := function(v); ok && name == "Fn::If" {
			list, _ := argument.([]any)
			if len(list) != 3 {
				return sentence("Template error: Fn::If requires a list argument with three elements")
			}
			if condition, ok := list[0].(string); ok {
				if _, there := t.Conditions[condition]; !there {
					return sentence("Template error: unresolved condition dependency %s in Fn::If", condition)
				}
			}
		}
		for _, inner := range v {
			if err := t.checkIfs(inner); err != nil {
				return err
			}
		}
	}
	return nil
}
