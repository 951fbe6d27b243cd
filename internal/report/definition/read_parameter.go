package definition

import (
	"regexp"
	"slices"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
)

func (w *walk) parameter(node *yaml.Node, d *Definition) {
	p := Parameter{Kind: TextKind, Line: node.Line}
	var preset *yaml.Node
	number := func(into **float64, what string) member {
		return func(v *yaml.Node) { n := w.number(v, what); *into = &n }
	}
	date := func(into *string, what string) member {
		return func(v *yaml.Node) {
			*into = w.words(v, what)
			if _, err := time.Parse(time.DateOnly, *into); err != nil {
				w.fault(v, "definition.key_date", "what", what, "value", strconv.Quote(*into))
			}
		}
	}
	w.mapping(node, language.ID("definition.a_parameter"), map[string]member{
		"name":  func(v *yaml.Node) { p.Name = w.name(v, language.ID("definition.parameter_name"), nameInSQL) },
		"title": func(v *yaml.Node) { p.Title = w.text(v, "title") },
		"type": func(v *yaml.Node) {
			p.Kind = oneOf(w, v, language.ID("definition.parameter_type"), TextKind, IntegerKind, NumberKind, DateKind, BooleanKind, ChoiceKind)
		},
		"required":  func(v *yaml.Node) { p.Required = w.boolean(v, "required") },
		"list":      func(v *yaml.Node) { p.List = w.boolean(v, "list") },
		"default":   func(v *yaml.Node) { preset = v },
		"minimum":   number(&p.Minimum, "minimum"),
		"maximum":   number(&p.Maximum, "maximum"),
		"earliest":  date(&p.Earliest, "earliest"),
		"latest":    date(&p.Latest, "latest"),
		"notBefore": func(v *yaml.Node) { p.NotBefore = w.words(v, "notBefore"); w.orders = append(w.orders, v) },
		"pattern":   func(v *yaml.Node) { p.Pattern = w.pattern(v) },
		"values":    func(v *yaml.Node) { w.list(v, "values", func(item *yaml.Node) { w.choice(item, &p) }) },
	}, "name")
	if p.Title == nil {
		p.Title = locale.Same(p.Name)
	}
	w.parameterTogether(node, preset, &p)
	if slices.Contains(Reserved, p.Name) {
		w.fault(node, "definition.reserved", "name", strconv.Quote(p.Name))
	}
	if d.parameter(p.Name) != nil {
		w.fault(node, "definition.parameter_twice", "name", strconv.Quote(p.Name))
	}
	d.Parameters, w.parameters = append(d.Parameters, p), append(w.parameters, node)
}

func (w *walk) choice(node *yaml.Node, p *Parameter) {
	if node.Kind == yaml.ScalarNode {
		p.Values = append(p.Values, Choice{node.Value, locale.Same(node.Value)})
		return
	}
	var choice Choice
	w.mapping(node, language.ID("definition.a_value"), map[string]member{
		"value": func(v *yaml.Node) { choice.Value = w.words(v, "value") },
		"title": func(v *yaml.Node) { choice.Title = w.text(v, "title") },
	}, "value")
	if choice.Title == nil {
		choice.Title = locale.Same(choice.Value)
	}
	p.Values = append(p.Values, choice)
}

// pattern anchors the expression: a pattern describes the whole text.
func (w *walk) pattern(node *yaml.Node) *regexp.Regexp {
	pattern, err := regexp.Compile(`^(?:` + w.words(node, "pattern") + `)$`)
	if err != nil {
		w.fault(node, "definition.bad_pattern", "why", err)
	}
	return pattern
}

// parameterTogether checks what no key can be checked for alone.
func (w *walk) parameterTogether(node, preset *yaml.Node, p *Parameter) {
	ranged := p.Kind == IntegerKind || p.Kind == NumberKind
	if (p.Minimum != nil || p.Maximum != nil) && !ranged {
		w.fault(node, "definition.bounds_of_numbers", "name", strconv.Quote(p.Name), "kind", p.Kind)
	}
	if p.Minimum != nil && p.Maximum != nil && *p.Minimum > *p.Maximum {
		w.fault(node, "definition.bounds_crossed", "name", strconv.Quote(p.Name))
	}
	if (p.Earliest != "" || p.Latest != "") && p.Kind != DateKind {
		w.fault(node, "definition.bounds_of_dates", "name", strconv.Quote(p.Name), "kind", p.Kind)
	}
	if p.Pattern != nil && p.Kind != TextKind {
		w.fault(node, "definition.pattern_of_text", "name", strconv.Quote(p.Name), "kind", p.Kind)
	}
	if (p.Kind == ChoiceKind) != (len(p.Values) > 0) {
		w.fault(node, "definition.choice_values", "name", strconv.Quote(p.Name))
	}
	if p.List && p.Kind == BooleanKind {
		w.fault(node, "definition.list_of_booleans", "name", strconv.Quote(p.Name))
	}
	if preset != nil {
		w.preset(preset, p)
	}
}

// ordered checks the parameters of which one must not be before another.
func (w *walk) ordered(d *Definition) {
	for _, node := range w.orders {
		i := slices.IndexFunc(d.Parameters, func(p Parameter) bool { return p.NotBefore == node.Value })
		if i < 0 { // its parameter is given twice, which has been said
			continue
		}
		p, other := &d.Parameters[i], d.parameter(node.Value)
		if other == nil || other.Name == p.Name || other.Kind != p.Kind || !other.Ranged() || !p.Ranged() {
			w.fault(node, "definition.not_before", "name", strconv.Quote(node.Value), "parameter", strconv.Quote(p.Name))
		}
	}
}

// preset reads a default. One that is counted from today is kept as it is written, for
// it is another date tomorrow.
func (w *walk) preset(node *yaml.Node, p *Parameter) {
	text := ""
	if node.Kind == yaml.SequenceNode && p.List {
		text = w.listText(node)
	} else {
		text = w.words(node, "default")
	}
	canonical, err := p.canonical(text, time.Now())
	counted := p.Kind == DateKind && hasRelative(text)
	if err != nil && !counted {
		w.fault(node, "definition.bad_default", "name", strconv.Quote(p.Name), "why", err)
	}
	if p.Default = canonical; counted {
		p.Default = text
	}
}

func (w *walk) listText(node *yaml.Node) string {
	var texts []string
	w.list(node, "default", func(item *yaml.Node) { texts = append(texts, w.words(item, language.ID("definition.a_default"))) })
	text, err := ListText(texts)
	if err != nil {
		w.fault(node, "definition.bad_default_list", "why", err)
	}
	return text
}
