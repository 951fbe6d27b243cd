package stacktemplate

import (
	"fmt"
	"maps"
	"slices"
)

// Decide evaluates all conditions of a template and stores the results in s.
func (t *Template) Decide(s *Scope) error {
	s.Conditions = make(map[string]bool, len(t.Conditions))
	d := decider{t, s, map[string]bool{}}
	for _, name := range slices.Sorted(maps.Keys(t.Conditions)) {
		if _, err := d.condition(name); err != nil {
			return err
		}
	}
	return nil
}

type decider struct {
	template *Template
	scope    *Scope
	open     map[string]bool
}

func (d *decider) condition(name string) (bool, error) {
	if holds, known := d.scope.Conditions[name]; known {
		return holds, nil
	}
	v, there := d.template.Conditions[name]
	switch {
	case !there:
		return false, sentence("Template format error: Unresolved condition dependency %s in the Conditions block of the template", name)
	case d.open[name]:
		return false, sentence("Template format error: Circular dependencies for conditions: [%s]", name)
	}
	d.open[name] = true
	defer delete(d.open, name)
	holds, err := d.scope.decide(v, d.condition)
	if err != nil {
		return false, err
	}
	d.scope.Conditions[name] = holds
	return holds, nil
}

// holds evaluates a condition where one is expected: the name of a condition,
// or a function.
func (s *Scope) holds(v any) (bool, error) {
	named := func(name string) (bool, error) {
		holds, there := s.Conditions[name]
		if !there {
			return false, sentence("Template error: unresolved condition dependency %s in Fn::If", name)
		}
		return holds, nil
	}
	if name, ok := v.(string); ok {
		return named(name)
	}
	return s.decide(v, named)
}

// decide evaluates one function of conditions or rules.
func (s *Scope) decide(v any, named func(string) (bool, error)) (bool, error) {
	object, _ := v.(map[string]any)
	if len(object) != 1 {
		return false, sentence("Template format error: every condition must be one function such as Fn::Equals")
	}
	var name string
	var argument any
	for name, argument = range object {
	}
	arguments, _ := argument.([]any)
	switch name {
	case "Condition":
		text, ok := argument.(string)
		if !ok {
			return false, sentence("Template error: Condition must be the name of a condition")
		}
		return named(text)
	case "Fn::Not":
		if len(arguments) != 1 {
			return false, sentence("Template error: Fn::Not requires a list argument with one element")
		}
		holds, err := s.decide(arguments[0], named)
		return !holds, err
	case "Fn::And", "Fn::Or":
		if len(arguments) < 2 || len(arguments) > 10 {
			return false, sentence("Template error: every %s object requires a list of at least 2 and at most 10 boolean parameters", name)
		}
		for _, each := range arguments {
			holds, err := s.decide(each, named)
			if err != nil {
				return false, err
			}
			if holds == (name == "Fn::Or") {
				return holds, nil
			}
		}
		return name == "Fn::And", nil
	case "Fn::Equals":
		return s.equals(arguments)
	case "Fn::Contains", "Fn::EachMemberEquals", "Fn::EachMemberIn":
		return s.members(name, arguments)
	}
	return false, sentence("Template error: %s is no function of conditions", name)
}

// equals is Fn::Equals. Lists are compared as texts.
func (s *Scope) equals(arguments []any) (bool, error) {
	if len(arguments) != 2 {
		return false, sentence("Template error: every Fn::Equals object requires a list of 2 string parameters.")
	}
	var sides [2]string
	for i := range sides {
		v, err := s.Resolve(arguments[i])
		if err != nil {
			return false, err
		}
		text, ok := Text(v)
		if items, isList := v.([]any); isList {
			ok, text = true, fmt.Sprint(items...)
		}
		if !ok {
			return false, sentence("Template error: every Fn::Equals object requires a list of 2 string parameters.")
		}
		sides[i] = text
	}
	return sides[0] == sides[1], nil
}

// members compares the texts of two lists, or of a list and one text.
func (s *Scope) members(name string, arguments []any) (bool, error) {
	if len(arguments) != 2 {
		return false, sentence("Template error: %s requires a list argument with two elements", name)
	}
	var sides [2][]string
	for i := range sides {
		v, err := s.Resolve(arguments[i])
		if err != nil {
			return false, err
		}
		items, isList := v.([]any)
		if !isList {
			items = []any{v}
		}
		for _, item := range items {
			text, _ := Text(item)
			sides[i] = append(sides[i], text)
		}
	}
	switch name {
	case "Fn::Contains":
		return slices.Contains(sides[0], sides[1][0]), nil
	case "Fn::EachMemberEquals":
		return !slices.ContainsFunc(sides[0], func(member string) bool { return member != sides[1][0] }), nil
	}
	return !slices.ContainsFunc(sides[0], func(member string) bool { return !slices.Contains(sides[1], member) }), nil
}

// Assert checks the rules of a template; the error names the first that fails,
// with its AssertDescription.
func (t *Template) Assert(s *Scope) error {
	nameless := func(name string) (bool, error) {
		return false, sentence("Template error: rules have no condition %s", name)
	}
	for _, name := range slices.Sorted(maps.Keys(t.Rules)) {
		rule, _ := t.Rules[name].(map[string]any)
		if when, given := rule["RuleCondition"]; given {
			applies, err := s.decide(when, nameless)
			if err != nil {
				return err
			}
			if !applies {
				continue
			}
		}
		assertions, _ := rule["Assertions"].([]any)
		for _, each := range assertions {
			assertion, _ := each.(map[string]any)
			holds, err := s.decide(assertion["Assert"], nameless)
			if err != nil {
				return err
			}
			if !holds {
				return sentence("Rule %s failed: %v", name, assertion["AssertDescription"])
			}
		}
	}
	return nil
}
