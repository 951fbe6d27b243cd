package definition

import (
	"bytes"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/pasarela-ws/pasarela/internal/report/statement"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

// A DraftColumn is a column of a query's result, and what its first values suggest.
type DraftColumn struct {
	Name   string
	format ColumnFormat // "" before the first value
	beyond bool         // a number is larger than 1
}

// A DraftParameter is a parameter of a query, of the type that the value suggests that it was
// tried with.
type DraftParameter struct {
	Name string
	List bool
	Kind ParameterKind

	tried string
}

// NewDraftParameter reads the value that a parameter was tried with; "" for none.
func NewDraftParameter(name, tried string, list bool) DraftParameter {
	p := DraftParameter{Name: name, List: list, Kind: TextKind, tried: strings.TrimSpace(tried)}
	texts := []string{p.tried}
	if list {
		if texts, _ = ListValues(p.tried); len(texts) == 0 { // what is no list is refused when it is bound
			texts = []string{""}
		}
	}
	for _, kind := range []ParameterKind{IntegerKind, NumberKind, DateKind} {
		if !slices.ContainsFunc(texts, func(text string) bool { return !suggests(kind, text) }) {
			p.Kind = kind
			break
		}
	}
	return p
}

// suggests tells whether a value looks like one of a kind: 08001 is a postcode rather than a
// number.
func suggests(kind ParameterKind, text string) bool {
	if digits := strings.TrimPrefix(text, "-"); text == "" || kind != DateKind && len(digits) > 1 && digits[0] == '0' && digits[1] != '.' {
		return false
	}
	_, err := (&Parameter{Kind: kind}).canonicalOne(text, time.Now())
	return err == nil
}

// Bind gives the query the value that the parameter was tried with.
func (p *DraftParameter) Bind(to statement.Arguments) error {
	as := &Parameter{Name: p.Name, Kind: p.Kind, List: p.List}
	canonical, err := as.canonical(p.tried, time.Now())
	switch {
	case err != nil:
		return NewFieldError(p.Name, err)
	case p.List:
		to.Lists[p.Name], err = as.nativeList(canonical)
	case canonical == "":
		to.Values[p.Name] = value.Value{}
	default:
		to.Values[p.Name], err = as.native(canonical)
	}
	return err
}

var (
	monthShape = regexp.MustCompile(`^\d{4}-\d\d$`)
	dayShape   = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)
)

// See takes one more value into account; values that do not agree make the column text.
func (c *DraftColumn) See(v value.Value) {
	if v.Kind == value.Null {
		return
	}
	format := suggested(v)
	if plain, ok := v.Number(); ok {
		n, _ := strconv.ParseFloat(plain, 64) // one that is too large is an infinity
		c.beyond = c.beyond || math.Abs(n) > 1
	}
	switch {
	case c.format == "" || c.format == format:
		c.format = format
	case c.format.Numeric() && format.Numeric():
		c.format = AsNumber
	default:
		c.format = AsText
	}
}

func suggested(v value.Value) ColumnFormat {
	switch v.Kind {
	case value.Integer:
		return AsInteger
	case value.Decimal, value.Double:
		return AsNumber
	case value.Bool:
		return AsBoolean
	case value.Date:
		return AsDate
	case value.Timestamp:
		return AsDateTime
	case value.Text:
		switch {
		case monthShape.MatchString(v.Text):
			return AsMonth
		case dayShape.MatchString(v.Text):
			return AsDate
		}
		if _, ok := value.ParseMoment(v.Text); ok {
			return AsDateTime
		}
	}
	return AsText
}

// Seen tells whether any column had a value, without which all of them are text.
func Seen(columns []DraftColumn) bool {
	return slices.ContainsFunc(columns, func(c DraftColumn) bool { return c.format != "" })
}

// rates are words in the names of columns whose sum says nothing.
var rates = regexp.MustCompile(`(?i)rate|ratio|margin|margen|percent|porcent|pct|tasa|media|medio|mean|average|avg|promedio|price|precio|unit`)

// adds tells whether a sum of the column suggests itself: of numbers that are no integers,
// which may be codes, and no rates.
func (c *DraftColumn) adds() bool {
	return c.format == AsNumber && c.beyond && !rates.MatchString(c.Name)
}

// Draft writes a definition for a query. Its parameters may be missing, its amounts get a sum.
// A note, if there is one, is a comment above the columns.
func Draft(reportType, title, source, sql string, parameters []DraftParameter, columns []DraftColumn, note string) (string, error) {
	root := mapping(pair("type", scalar(reportType)), pair("title", scalar(title)), pair("source", scalar(source)))
	query := scalar(strings.TrimSpace(sql) + "\n")
	query.Style = yaml.LiteralStyle
	root.Content = append(root.Content, pair("sql", query)...)
	if len(parameters) > 0 {
		root.Content = append(root.Content, pair("parameters", sequence(parameters, func(p DraftParameter) *yaml.Node {
			members := slices.Concat(pair("name", scalar(p.Name)), pair("title", scalar(headline(p.Name))), pair("type", scalar(string(p.Kind))))
			if p.List {
				members = append(members, pair("list", &yaml.Node{Kind: yaml.ScalarNode, Value: "true"})...)
			}
			return flow(members)
		}))...)
	}
	named := pair("columns", sequence(columns, func(column DraftColumn) *yaml.Node {
		members := slices.Concat(pair("name", scalar(column.Name)), pair("header", scalar(headline(column.Name))))
		if column.format != "" && column.format != AsText {
			members = append(members, pair("format", scalar(string(column.format)))...)
		}
		if column.adds() {
			members = append(members, pair("total", scalar(string(Sum)))...)
		}
		return flow(members)
	}))
	named[0].HeadComment = note
	root.Content = append(root.Content, named...)
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := encoder.Encode(root); err != nil {
		return "", err
	}
	err := encoder.Close()
	return text.String(), err
}

// headline is a column's name as a header: "sold_at" is "Sold at".
func headline(name string) string {
	words := strings.TrimSpace(strings.ReplaceAll(name, "_", " "))
	if words == "" {
		return name
	}
	first := []rune(words)
	return strings.ToUpper(string(first[:1])) + string(first[1:])
}

func scalar(text string) *yaml.Node {
	var node yaml.Node
	node.SetString(text)
	return &node
}

func pair(key string, value *yaml.Node) []*yaml.Node { return []*yaml.Node{scalar(key), value} }

func mapping(pairs ...[]*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.MappingNode, Content: slices.Concat(pairs...)}
}

func flow(pairs ...[]*yaml.Node) *yaml.Node {
	node := mapping(pairs...)
	node.Style = yaml.FlowStyle
	return node
}

func sequence[T any](items []T, each func(T) *yaml.Node) *yaml.Node {
	node := &yaml.Node{Kind: yaml.SequenceNode}
	for _, item := range items {
		node.Content = append(node.Content, each(item))
	}
	return node
}
