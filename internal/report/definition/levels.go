package definition

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/statement"
)

// A Level is a column by whose values rows are put together, and the key that says so: split
// or group.
type Level struct{ Key, Column string }

// Levels are what the sheet's rows are put together by, the outer one first.
func (d *Definition) Levels() (levels []Level) {
	for _, one := range []Level{{"split", d.Sheet.Split}, {"group", d.Sheet.Group}} {
		if one.Column != "" {
			levels = append(levels, one)
		}
	}
	return levels
}

// levelColumns are what the query's order must begin with.
func (d *Definition) levelColumns() string {
	var columns []string
	for _, level := range d.Levels() {
		columns = append(columns, level.Column)
	}
	return strings.Join(columns, ", ")
}

// ErrScattered says why a report is not made whose query brings a value's rows in several
// places.
var ErrScattered error = language.Errorf("definition.wrong_subtotals")

// Scattered says that in a row of the result, counted from 1, a value of a level came again
// after rows of others.
func (d *Definition) Scattered(level Level, value string, row int64) error {
	shown := []rune(value)
	if len(shown) > maxShownValue {
		shown = append(shown[:maxShownValue], '…')
	}
	return Problem{d.File, d.SQLLine, language.Errorf("definition.scattered",
		"key", level.Key, "column", level.Column, "value", strconv.Quote(string(shown)), "row", row, "wrong", ErrScattered, "columns", d.levelColumns())}
}

// maxShownValue is how much of a value an error shows, in characters.
const maxShownValue = 60

// order warns of a query whose rows come in no order, where those of a value must follow one
// another (A-REPORT-34).
func (w *walk) order(sql *yaml.Node, d *Definition, parsed statement.Statement) {
	if levels := d.Levels(); len(levels) > 0 && !parsed.Ordered() {
		d.Warnings = append(d.Warnings, Problem{w.file, sql.Line, language.Errorf("definition.no_order", "key", levels[0].Key, "column", levels[0].Column, "columns", d.levelColumns())})
	}
}
