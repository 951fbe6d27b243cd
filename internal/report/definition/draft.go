package definition

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/pasarela-ws/pasarela/internal/report/value"
)

// A DraftColumn is a column of a query's result, and what its first values suggest.
type DraftColumn struct {
	Name   string
	format ColumnFormat // "" before the first value
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

// Draft writes a definition for a query. Its parameters are texts, or lists of them, that may
// be missing, its numbers that are no integers get a sum. A note, if there is one, is a
// comment above the columns.
func Draft(reportType, title, source, sql string, parameters, lists []string, columns []DraftColumn, note string) (string, error) {
	root := mapping(pair("type", scalar(reportType)), pair("title", scalar(title)), pair("source", scalar(source)))
	query := scalar(strings.TrimSpace(sql) + "\n")
	query.Style = yaml.LiteralStyle
	root.Content = append(root.Content, pair("sql", query)...)
	if len(parameters) > 0 {
		root.Content = append(root.Content, pair("parameters", sequence(parameters, func(name string) *yaml.Node {
			members := slices.Concat(pair("name", scalar(name)), pair("title", scalar(headline(name))), pair("type", scalar(string(TextKind))))
			if slices.Contains(lists, name) {
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
		if column.format == AsNumber {
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
