package stacktemplate

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Parameter is one parameter of a template.
type Parameter struct {
	Type                  string
	Default               *string
	Description           string
	NoEcho                bool
	AllowedValues         []string
	AllowedPattern        string
	ConstraintDescription string

	least, most             *float64 // of a number
	leastLength, mostLength *int     // of a text, in characters
}

// SSMType is the type of the value of a parameter of Systems Manager whose name is
// given: String of AWS::SSM::Parameter::Value<String>. ok is false for other types.
func (p Parameter) SSMType() (string, bool) {
	inner, ok := strings.CutPrefix(p.Type, "AWS::SSM::Parameter::Value<")
	return strings.TrimSuffix(inner, ">"), ok
}

func (r reader) parameters() (map[string]Parameter, error) {
	section, err := r.section("Parameters", maxParameters)
	if err != nil {
		return nil, err
	}
	parameters := make(map[string]Parameter, len(section))
	for _, name := range slices.Sorted(maps.Keys(section)) {
		object, ok := section[name].(map[string]any)
		if !ok {
			return nil, sentence("Template format error: Parameter %s is malformed", name)
		}
		if parameters[name], err = readParameter(name, object); err != nil {
			return nil, err
		}
	}
	return parameters, nil
}

// readParameter reads one entry of Parameters. Errors are CloudFormation's sentences
// (aws-controlplane §12).
func readParameter(name string, object map[string]any) (p Parameter, err error) {
	kind, ok := object["Type"].(string)
	if !ok {
		return p, sentence("Template format error: Every Parameters object must contain a Type member.")
	}
	p.Type = kind
	if !knownType(kind) {
		return p, sentence("Template format error: Unrecognized parameter type: %s", kind)
	}
	for key, v := range object {
		if err := p.set(name, key, v); err != nil {
			return p, err
		}
	}
	return p, nil
}

// set reads one member of the parameter of that name. Errors are CloudFormation's sentences.
func (p *Parameter) set(name, key string, v any) error {
	text, isText := Text(v)
	switch key {
	case "Type":
	case "Default":
		if list, ok := v.([]any); ok { // templates in use give defaults of list parameters as YAML lists, which CloudFormation accepts
			text, isText = strings.Join(textsOf(list), ","), true
		}
		if !isText {
			return sentence("Template format error: Every Default member must be a string.")
		}
		p.Default = &text
	case "Description":
		p.Description = text
	case "NoEcho":
		p.NoEcho = strings.EqualFold(text, "true")
	case "AllowedPattern":
		p.AllowedPattern = text
	case "ConstraintDescription":
		p.ConstraintDescription = text
	case "AllowedValues":
		list, _ := v.([]any)
		p.AllowedValues = textsOf(list)
	case "MinValue", "MaxValue", "MinLength", "MaxLength":
		return p.setBound(name, key, text)
	default:
		return sentence("Invalid template parameter property '%s'", key)
	}
	return nil
}

// setBound reads a bound of a number's value or of a text's length.
func (p *Parameter) setBound(name, key, text string) error {
	if strings.HasSuffix(key, "Length") {
		bound, err := strconv.Atoi(text)
		if err != nil {
			return sentence("Template format error: %s of parameter %s must be an integer.", key, name)
		}
		*map[string]**int{"MinLength": &p.leastLength, "MaxLength": &p.mostLength}[key] = &bound
		return nil
	}
	bound, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return sentence("Template format error: %s of parameter %s must be a number.", key, name)
	}
	*map[string]**float64{"MinValue": &p.least, "MaxValue": &p.most}[key] = &bound
	return nil
}

// textsOf are the scalars of a list as texts; a list or an object in it is "".
func textsOf(list []any) []string {
	var texts []string
	for _, item := range list {
		text, _ := Text(item)
		texts = append(texts, text)
	}
	return texts
}

func knownType(kind string) bool {
	switch kind {
	case "String", "Number", "CommaDelimitedList", "List<Number>", "List<String>":
		return true
	}
	return strings.HasPrefix(kind, "AWS::") || strings.HasPrefix(kind, "List<AWS::")
}

// Texts are the values of all parameters as texts: those that are given, else the
// defaults. Unknown and missing names are errors.
func (t *Template) Texts(given map[string]string) (map[string]string, error) {
	var missing, strange []string
	texts := make(map[string]string, len(t.Parameters))
	for _, name := range slices.Sorted(maps.Keys(t.Parameters)) {
		p := t.Parameters[name]
		value, there := given[name]
		switch {
		case !there && p.Default == nil:
			missing = append(missing, name)
			continue
		case !there:
			value = *p.Default
		}
		if err := p.check(name, value); err != nil {
			return nil, err
		}
		texts[name] = value
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if _, known := t.Parameters[name]; !known {
			strange = append(strange, name)
		}
	}
	switch {
	case len(strange) > 0:
		return nil, sentence("Parameters: [%s] do not exist in the template", strings.Join(strange, ", "))
	case len(missing) > 0:
		return nil, sentence("Parameters: [%s] must have values", strings.Join(missing, ", "))
	}
	return texts, nil
}

// Value is the value of a parameter for Ref: a text, or a list of texts.
func (p Parameter) Value(text string) any {
	kind := p.Type
	if inner, ok := p.SSMType(); ok {
		kind = inner
	}
	if kind != "CommaDelimitedList" && !strings.HasPrefix(kind, "List<") {
		return text
	}
	list := []any{}
	if text == "" {
		return list
	}
	for part := range strings.SplitSeq(text, ",") {
		list = append(list, strings.TrimSpace(part))
	}
	return list
}

func (p Parameter) check(name, value string) error {
	values := []string{value}
	if list, ok := p.Value(value).([]any); ok {
		values = values[:0]
		for _, item := range list {
			values = append(values, item.(string))
		}
	}
	for _, each := range values {
		if err := p.checkOne(name, each); err != nil {
			return err
		}
	}
	return nil
}

// checkOne checks one value, or one item of a list. ConstraintDescription stands in place of
// the sentence about the constraint that failed, as on AWS.
func (p Parameter) checkOne(name, value string) error {
	fail := func(format string, args ...any) error {
		if p.ConstraintDescription != "" {
			return sentence("Parameter '%s' failed to satisfy constraint: %s", name, p.ConstraintDescription)
		}
		return sentence("Parameter '%s' %s", name, fmt.Sprintf(format, args...))
	}
	if len(p.AllowedValues) > 0 && !slices.Contains(p.AllowedValues, value) {
		return fail("must be one of AllowedValues")
	}
	if p.Type == "Number" || p.Type == "List<Number>" {
		n, err := strconv.ParseFloat(value, 64)
		switch {
		case err != nil:
			return sentence("Parameter '%s' must be a number.", name)
		case p.least != nil && n < *p.least:
			return fail("must be a number not less than %v", *p.least)
		case p.most != nil && n > *p.most:
			return fail("must be a number not greater than %v", *p.most)
		}
		return nil
	}
	switch characters := len([]rune(value)); {
	case p.leastLength != nil && characters < *p.leastLength:
		return fail("must contain at least %d characters", *p.leastLength)
	case p.mostLength != nil && characters > *p.mostLength:
		return fail("must contain at most %d characters", *p.mostLength)
	}
	if p.AllowedPattern == "" {
		return nil
	}
	pattern, err := regexp.Compile("^(?:" + p.AllowedPattern + ")$")
	if err != nil {
		return sentence("Template format error: AllowedPattern of parameter %s is no regular expression that this server reads: %v", name, err)
	}
	if !pattern.MatchString(value) {
		return fail("must match pattern %s", p.AllowedPattern)
	}
	return nil
}

// ReadParameters reads the section of the parameters alone: transforms need their values
// before the rest of a template can be read.
func ReadParameters(top map[string]any) (*Template, error) {
	parameters, err := reader{top}.parameters()
	return &Template{Parameters: parameters}, err
}
