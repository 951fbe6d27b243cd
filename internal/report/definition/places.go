package definition

import (
	"regexp"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// Places finds where in a row of the result each column of the report is: by its
// exact name, or else by the only one that is equal but for capitals. The error is a
// Problems.
func (d *Definition) Places(result []string) ([]int, error) {
	var places []int
	var problems Problems
	for _, column := range d.Columns {
		place, count := find(result, func(name string) bool { return name == column.Name })
		if count == 0 {
			place, count = find(result, func(name string) bool { return strings.EqualFold(name, column.Name) })
		}
		if count != 1 {
			id := language.ID("definition.column_missing")
			if count > 1 {
				id = "definition.column_ambiguous"
			}
			problems = append(problems, Problem{d.File, column.Line, language.Errorf(id, "column", column.Name, "result", strings.Join(result, ", "))})
		}
		places = append(places, place)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return places, nil
}

// SQLAt is the line of the file in which a line of the query stands, counted from 1.
func (d *Definition) SQLAt(line int) int {
	if !d.sqlLiteral || line < 1 {
		return d.SQLLine
	}
	return d.SQLLine + line
}

// parameterLine is where the query uses a parameter first.
func (d *Definition) parameterLine(name string) int {
	place := regexp.MustCompile(":" + regexp.QuoteMeta(name) + `\b`).FindStringIndex(d.SQL)
	if place == nil {
		return d.SQLLine
	}
	return d.SQLAt(1 + strings.Count(d.SQL[:place[0]], "\n"))
}

func find(names []string, is func(string) bool) (place, count int) {
	place = -1
	for i, name := range names {
		if is(name) {
			place = i
			count++
		}
	}
	return place, count
}
