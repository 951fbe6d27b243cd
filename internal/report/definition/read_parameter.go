package definition

import (
	"regexp"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/pasarela-ws/pasarela/internal/report/language"
)

func (w *walk) parameter(node *yaml.Node, d *Definition) {
	p := Parameter{Kind: TextKind}
	var preset *yaml.Node
	number := func(into **float64, what string) member {
		return func(v *yaml.Node) { n := w.number(v, what); *into = &n }
	}
	date := func(into *string, what string) member {
		return func(v *yaml.Node) {
			*into = w.words(v, what)
			if err := (&Parameter{}).inDates(*into); err != nil {
				w.fault(v, "%s %s", what, err)
			}
		}
	}
	w.mapping(node, "a parameter", map[string]member{
		"name":  func(v *yaml.Node) { p.Name = w.name(v, "parameter name", nameInSQL) },
		"title": func(v *yaml.Node) { p.Title = w.text(v, "title") },
		"type": func(v *yaml.Node) {
			p.Kind = oneOf(w, v, "parameter type", TextKind, IntegerKind, NumberKind, DateKind, BooleanKind, ChoiceKind)
		},
		"required": func(v *yaml.Node) { p.Required = w.boolean(v, "required") },
		"default":  func(v *yaml.Node) { preset = v },
		"minimum":  number(&p.Minimum, "minimum"),
		"maximum":  number(&p.Maximum, "maximum"),
		"earliest": date(&p.Earliest, "earliest"),
		"latest":   date(&p.Latest, "latest"),
		"pattern":  func(v *yaml.Node) { p.Pattern = w.pattern(v) },
		"values":   func(v *yaml.Node) { w.list(v, "values", func(item *yaml.Node) { w.choice(item, &p) }) },
	}, "name")
	if p.Title == nil {
		p.Title = language.Same(p.Name)
	}
	w.parameterTogether(node, preset, &p)
	if slices.Contains(Reserved, p.Name) {
		w.fault(node, "%q cannot be a parameter: requests use that name themselves", p.Name)
	}
	if d.parameter(p.Name) != nil {
		w.fault(node, "parameter %q is given twice", p.Name)
	}
	d.Parameters, w.parameters = append(d.Parameters, p), append(w.parameters, node)
}

func (w *walk) choice(node *yaml.Node, p *Parameter) {
	if node.Kind == yaml.ScalarNode {
		p.Values = append(p.Values, Choice{node.Value, language.Same(node.Value)})
		return
	}
	var choice Choice
	w.mapping(node, "a value", map[string]member{
		"value": func(v *yaml.Node) { choice.Value = w.words(v, "value") },
		"title": func(v *yaml.Node) { choice.Title = w.text(v, "title") },
	}, "value")
	if choice.Title == nil {
		choice.Title = language.Same(choice.Value)
	}
	p.Values = append(p.Values, choice)
}

// pattern anchors the expression: a pattern describes the whole text.
func (w *walk) pattern(node *yaml.Node) *regexp.Regexp {
	pattern, err := regexp.Compile(`^(?:` + w.words(node, "pattern") + `)$`)
	if err != nil {
		w.fault(node, "pattern: %s", err)
	}
	return pattern
}

// parameterTogether checks what no key can be checked for alone.
func (w *walk) parameterTogether(node, preset *yaml.Node, p *Parameter) {
	ranged := p.Kind == IntegerKind || p.Kind == NumberKind
	if (p.Minimum != nil || p.Maximum != nil) && !ranged {
		w.fault(node, "minimum and maximum are for integer and number, and %q is %s", p.Name, p.Kind)
	}
	if p.Minimum != nil && p.Maximum != nil && *p.Minimum > *p.Maximum {
		w.fault(node, "parameter %q: minimum is larger than maximum", p.Name)
	}
	if (p.Earliest != "" || p.Latest != "") && p.Kind != DateKind {
		w.fault(node, "earliest and latest are for date, and %q is %s", p.Name, p.Kind)
	}
	if p.Pattern != nil && p.Kind != TextKind {
		w.fault(node, "pattern is for text, and %q is %s", p.Name, p.Kind)
	}
	if (p.Kind == ChoiceKind) != (len(p.Values) > 0) {
		w.fault(node, "parameter %q: type choice and values go together", p.Name)
	}
	if preset == nil {
		return
	}
	canonical, err := p.canonical(w.words(preset, "default"))
	if err != nil {
		w.fault(preset, "default of %q %s", p.Name, err)
	}
	p.Default = canonical
}
