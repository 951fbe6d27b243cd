package definition

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/statement"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

// MaxParameterLength bounds a parameter's text, in bytes.
const MaxParameterLength = 1024

// A Parameter is one value that a request may set.
type Parameter struct {
	Name      string
	Title     locale.Text
	Kind      ParameterKind
	Required  bool
	List      bool   // takes several values; its text is that of [ListText]
	NoneIsAll bool   // without a value the query leaves its filter out
	Default   string // as written, "" without: [Definition.Preset] is what it is now
	Minimum   *float64
	Maximum   *float64
	Earliest  string // dates, "2006-01-02"
	Latest    string
	NotBefore string   // another parameter, whose value this one's must not be before, nor smaller than
	Values    []Choice // of kind choice
	Pattern   *regexp.Regexp
	Line      int // where it stands in the file
}

// A Choice is one value of a parameter of kind choice.
type Choice struct {
	Value string
	Title locale.Text
}

// A ParameterKind says what a parameter's text must look like.
type ParameterKind string

// The parameter kinds.
const (
	TextKind    ParameterKind = "text"
	IntegerKind ParameterKind = "integer"
	NumberKind  ParameterKind = "number"
	DateKind    ParameterKind = "date"
	BooleanKind ParameterKind = "boolean"
	ChoiceKind  ParameterKind = "choice"
)

// Values are the parameters of one run in their canonical text; those that are
// not there are NULL in the query.
type Values map[string]string

// A FieldError names the parameter, or the member of a request, that is wrong and says why.
type FieldError struct {
	Field string
	why   error
}

// NewFieldError says of a field what is wrong with it: an error of package language, since
// people read it.
func NewFieldError(field string, why error) *FieldError { return &FieldError{field, why} }

// Unwrap is why, which language says in each language.
func (e *FieldError) Unwrap() error { return e.why }

func (e *FieldError) Error() string { return e.Field + ": " + e.why.Error() }

// Check reads what was given for the definition's parameters. An empty text counts as
// none: API Gateway's templates write "" for a missing value. Dates counted from today
// become dates. The error is a *FieldError.
func (d *Definition) Check(given map[string]string) (Values, error) {
	for name := range given {
		if d.parameter(name) == nil {
			return nil, NewFieldError(name, language.Errorf("value.no_parameter", "names", d.parameterNames()))
		}
	}
	values, today := Values{}, d.today()
	for i := range d.Parameters {
		parameter := &d.Parameters[i]
		text := strings.TrimSpace(given[parameter.Name])
		if text == "" {
			text = parameter.Default
		}
		canonical, err := parameter.canonical(text, today)
		switch {
		case err != nil:
			return nil, NewFieldError(parameter.Name, err)
		case canonical != "":
			values[parameter.Name] = canonical
		case parameter.Required:
			return nil, NewFieldError(parameter.Name, language.Errorf("value.required"))
		}
	}
	return values, d.checkOrder(values)
}

// checkOrder compares the values of parameters of which one must not be before another.
func (d *Definition) checkOrder(values Values) error {
	for i := range d.Parameters {
		p := &d.Parameters[i]
		first, last := values[p.NotBefore], values[p.Name]
		if p.NotBefore == "" || first == "" || last == "" || !before(p.Kind, last, first) {
			continue
		}
		title := d.parameter(p.NotBefore).Title
		if p.Kind == DateKind {
			return NewFieldError(p.Name, language.Errorf("value.not_before", "other", locale.Spoken{Text: title}, "value", locale.Day(first)))
		}
		return NewFieldError(p.Name, language.Errorf("value.not_less", "other", locale.Spoken{Text: title}, "value", first))
	}
	return nil
}

// before compares two canonical values: dates, or numbers.
func before(kind ParameterKind, one, other string) bool {
	if kind == DateKind {
		return one < other
	}
	n, ok := new(big.Rat).SetString(one)
	m, alsoOK := new(big.Rat).SetString(other)
	return ok && alsoOK && n.Cmp(m) < 0
}

// Bound turns canonical values into the query's: NULL, or an empty list, for each
// parameter that has none. A value that its parameter does not allow, or that belongs to
// none, is a *FieldError: the definition may have changed since the value was taken.
func (d *Definition) Bound(values Values) (statement.Arguments, error) {
	checked, err := d.Check(values)
	if err != nil {
		return statement.Arguments{}, err
	}
	bound := statement.Arguments{Values: map[string]value.Value{}, Lists: map[string][]value.Value{}}
	for i := range d.Parameters {
		parameter := &d.Parameters[i]
		name, text := parameter.Name, checked[parameter.Name]
		switch {
		case parameter.List:
			bound.Lists[name], err = parameter.nativeList(text)
		case text == "":
			bound.Values[name] = value.Value{}
		default:
			bound.Values[name], err = parameter.native(text)
		}
		if err != nil {
			return statement.Arguments{}, NewFieldError(name, err)
		}
	}
	return bound, nil
}

// Name fills the definition's file name for a run.
func (d *Definition) Name(values Values, format Format) string {
	name := d.FileName
	for i := range d.Parameters {
		parameter := d.Parameters[i].Name
		name = strings.ReplaceAll(name, "{"+parameter+"}", values[parameter])
	}
	return safeFileName(name) + "." + string(format)
}

func (d *Definition) parameter(name string) *Parameter {
	for i := range d.Parameters {
		if d.Parameters[i].Name == name {
			return &d.Parameters[i]
		}
	}
	return nil
}

// HasParameter tells whether a request may set a parameter of that name.
func (d *Definition) HasParameter(name string) bool { return d.parameter(name) != nil }

// parameterNames are those of the parameters, as an argument of a message.
func (d *Definition) parameterNames() any {
	if len(d.Parameters) == 0 {
		return language.ID("reports_api.none")
	}
	var names []string
	for _, parameter := range d.Parameters {
		names = append(names, parameter.Name)
	}
	return strings.Join(names, ", ")
}

// canonical checks what was given for the parameter and returns it in the one form that
// is kept, "" for nothing.
func (p *Parameter) canonical(text string, today time.Time) (string, error) {
	switch {
	case text == "":
		return "", nil
	case p.List:
		return p.canonicalList(text, today)
	}
	return p.canonicalOne(text, today)
}

func (p *Parameter) canonicalOne(text string, today time.Time) (string, error) {
	if len(text) > MaxParameterLength {
		return "", language.Errorf("value.long", "most", MaxParameterLength)
	}
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return "", language.Errorf("value.not_text")
	}
	switch p.Kind {
	case IntegerKind:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return "", language.Errorf("value.whole_number", "value", strconv.Quote(text))
		}
		canonical := strconv.FormatInt(n, 10)
		return canonical, p.inRange(canonical)
	case NumberKind:
		plain, ok := value.Plain(text)
		if !ok {
			return "", language.Errorf("value.number", "value", strconv.Quote(text))
		}
		var exact value.Sum // drops zeros at the end
		exact.Add(plain)
		return exact.Plain(), p.inRange(plain)
	case DateKind:
		if day, ok := relative(text, today); ok {
			text = day
		}
		return text, p.inDates(text)
	case BooleanKind:
		return canonicalBoolean(text)
	case ChoiceKind:
		return text, p.isChoice(text)
	}
	if p.Pattern != nil && !p.Pattern.MatchString(text) {
		return "", language.Errorf("value.pattern", "shape", p.Pattern)
	}
	return text, nil
}

func (p *Parameter) inRange(plain string) error {
	n, ok := new(big.Rat).SetString(plain)
	if !ok {
		return language.Errorf("value.number", "value", strconv.Quote(plain))
	}
	if p.Minimum != nil && n.Cmp(new(big.Rat).SetFloat64(*p.Minimum)) < 0 {
		return language.Errorf("value.at_least", "least", shownBound(*p.Minimum))
	}
	if p.Maximum != nil && n.Cmp(new(big.Rat).SetFloat64(*p.Maximum)) > 0 {
		return language.Errorf("value.at_most", "most", shownBound(*p.Maximum))
	}
	return nil
}

func shownBound(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

func (p *Parameter) inDates(text string) error {
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return badDate(text)
	}
	if p.Earliest != "" && text < p.Earliest {
		return language.Errorf("value.before", "day", locale.Day(p.Earliest))
	}
	if p.Latest != "" && text > p.Latest {
		return language.Errorf("value.after", "day", locale.Day(p.Latest))
	}
	return nil
}

func (p *Parameter) isChoice(text string) error {
	var values []string
	for _, choice := range p.Values {
		if choice.Value == text {
			return nil
		}
		values = append(values, choice.Value)
	}
	return language.Errorf("value.one_of", "values", strings.Join(values, ", "), "value", strconv.Quote(text))
}

func canonicalBoolean(text string) (string, error) {
	switch strings.ToLower(text) {
	case "true", "1", "yes", "si", "sí":
		return "true", nil
	case "false", "0", "no":
		return "false", nil
	}
	return "", language.Errorf("value.boolean", "value", strconv.Quote(text))
}

// native returns the query's value of a canonical text.
func (p *Parameter) native(text string) (value.Value, error) {
	switch p.Kind {
	case IntegerKind:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return value.Value{}, language.Errorf("value.whole_number", "value", strconv.Quote(text))
		}
		return value.OfInt(n), nil
	case NumberKind:
		plain, ok := value.Plain(text)
		if !ok {
			return value.Value{}, language.Errorf("value.number", "value", strconv.Quote(text))
		}
		return value.Value{Kind: value.Decimal, Text: plain}, nil
	case BooleanKind:
		if text != "true" && text != "false" {
			return value.Value{}, language.Errorf("value.boolean", "value", strconv.Quote(text))
		}
		return value.OfBool(text == "true"), nil
	}
	return value.OfText(text), nil
}

// safeFileName keeps characters that every file system accepts and every program displays:
// parts of the name come from callers, and a bidirectional control character could disguise
// the file's extension.
func safeFileName(name string) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp) || strings.ContainsRune(`<>:"/\|?*`, r) {
			return '-'
		}
		return r
	}, name)
	clean = strings.Trim(clean, " .")
	if len(clean) > 120 {
		clean = strings.ToValidUTF8(clean[:120], "")
	}
	if clean == "" {
		return "report"
	}
	return clean
}

// Ranged tells whether the parameter is one end of a range rather than what is looked for:
// a date or a number that is no list.
func (p *Parameter) Ranged() bool {
	return !p.List && (p.Kind == DateKind || p.Kind == IntegerKind || p.Kind == NumberKind)
}
