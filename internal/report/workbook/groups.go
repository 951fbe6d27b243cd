package workbook

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
)

// A level is a column by whose values rows are put together: those of one sheet, or those
// above one subtotal. Rows of a group follow one another.
type level struct {
	of     definition.Level
	column int
	sheets bool // every value has a sheet of its own
	open   bool
	key    string // the value, as it is shown
	sums   []sum
	first  int64  // number of its first row, of all
	rows   int64  // of the group so far
	sheet  int    // where the group began
	row    int    // its first row there
	ended  values // whose groups have ended within that of the level outside
}

// newLevels are the levels of a definition, the outer one first.
func newLevels(d *definition.Definition) (levels []level) {
	for _, one := range d.Levels() {
		levels = append(levels, level{of: one, column: d.Column(one.Column), sheets: one.Column == d.Sheet.Split, sums: make([]sum, len(d.Columns)), ended: values{}})
	}
	return levels
}

// regroup ends the groups that the next row does not belong to, and begins its own.
func (w *excelWriter) regroup() error {
	for i := range w.levels {
		one := &w.levels[i]
		if key := w.read(one.column, &w.cells[one.column]); !one.open || key != one.key {
			if err := w.endGroups(i); err != nil {
				return err
			}
			if err := w.beginGroups(i); err != nil {
				return err
			}
			break
		}
	}
	return nil
}

// endGroups ends the groups of a level and of those inside it, the innermost first.
func (w *excelWriter) endGroups(outermost int) error {
	for i := len(w.levels) - 1; i >= outermost; i-- {
		one := &w.levels[i]
		if !one.open {
			continue
		}
		one.open = false
		if i == outermost {
			one.ended.add(one.key)
		} else {
			clear(one.ended)
		}
		if one.sheets {
			w.sheets[len(w.sheets)-1] = w.sheet.row
		}
		if w.hasTotals() {
			w.sheet.outer = i == 0 && len(w.levels) > 1
			if err := w.writeSubtotal(one); err != nil {
				return err
			}
			w.showSubtotal(one)
		}
		if one.sheets {
			w.outline.sheetTotals = append(w.outline.sheetTotals, w.sheetTotal(one))
		}
		clear(one.sums)
		one.rows = 0
	}
	return nil
}

func (w *excelWriter) beginGroups(outermost int) error {
	for i := outermost; i < len(w.levels); i++ {
		one := &w.levels[i]
		one.key = w.read(one.column, &w.cells[one.column])
		if one.ended.has(one.key) {
			return w.definition.Scattered(one.of, one.key, w.rows+1)
		}
		if one.sheets {
			if w.rows > 0 {
				if err := w.nextSheet(false); err != nil {
					return err
				}
			}
			w.outline.name(len(w.sheets), w.groupName(one.column, one.key))
		}
		one.open, one.first, one.sheet, one.row = true, w.rows+1, len(w.sheets), w.sheet.row+1
	}
	return nil
}

// addToGroups adds the row that was written.
func (w *excelWriter) addToGroups() {
	for i := range w.levels {
		w.levels[i].rows++
		for _, j := range w.summed {
			w.levels[i].sums[j].add(&w.cells[j])
		}
	}
}

// writeSubtotal writes the row below a group: a formula where all of its rows stand on this
// sheet. SUBTOTAL leaves other subtotals out, and rows that a filter hides.
func (w *excelWriter) writeSubtotal(of *level) error {
	last := w.sheet.row
	w.sheet.openRow("")
	for i, column := range w.definition.Columns {
		total, ok := w.totalOf(of.sums, i)
		switch {
		case !ok:
			w.sheet.totalText(i, w.groupLabel(i, of.column, of.key))
		case incompleteOf(w.definition, of.sums, i):
			w.sheet.totalText(i, everyDigit(total.plain(), w.options.Language)+leftOutMark)
		case !w.exact(i, &total):
			w.sheet.totalText(i, everyDigit(total.plain(), w.options.Language))
		case of.sheet != len(w.sheets) || of.sums[i].wide && column.Total != definition.Count:
			w.sheet.totalNumber(i, "", &total)
		default:
			letter := columnName(i + 1)
			w.sheet.totalNumber(i, fmt.Sprintf("%s%s%d:%s%d)", functions[column.Total].subtotal, letter, of.row, letter, last), &total)
		}
	}
	return w.sheet.closeRow()
}

// showSubtotal puts the row below a group into the preview, where a row of the group is in it.
func (w *excelWriter) showSubtotal(of *level) {
	if of.first > PreviewRows {
		return
	}
	row := Subtotal{After: len(w.preview), Gap: w.rows > PreviewRows}
	for i := range w.definition.Columns {
		row.Cells = append(row.Cells, w.textOf(of.sums, i, w.groupLabel(i, of.column, of.key)))
	}
	w.subtotals = append(w.subtotals, row)
}

// groupLabel is "Total North" in the first column without a total, of a group of the column
// of.
func (w *excelWriter) groupLabel(column, of int, key string) string {
	if label := w.label(column); label != "" {
		return label + " " + w.groupName(of, key)
	}
	return ""
}

// groupName is how the group of a value is called: "(no Region)" without one.
func (w *excelWriter) groupName(column int, key string) string {
	if strings.TrimSpace(key) != "" {
		return key
	}
	return locale.Without(w.options.Language, w.definition.Columns[column].Header.In(w.options.Language))
}

// A sheetTotal is what the sheets of one value add up to, for the summary.
type sheetTotal struct {
	Name  string   `json:"name"`
	Sheet int      `json:"sheet"` // the first of its sheets
	Last  int      `json:"last"`  // the one with the row of totals
	Row   int      `json:"row"`   // of the totals; 0 where no column has one
	Rows  int64    `json:"rows"`
	Plain []string `json:"plain,omitempty"` // of each column with a total, as a number
	Texts []string `json:"texts,omitempty"` // of each, where a number would not tell it
}

func (w *excelWriter) sheetTotal(of *level) sheetTotal {
	one := sheetTotal{Name: w.groupName(of.column, of.key), Sheet: of.sheet, Last: len(w.sheets), Rows: of.rows}
	if w.hasTotals() {
		one.Row = w.sheet.row
	}
	for _, i := range w.summed {
		total, _ := w.totalOf(of.sums, i)
		text := ""
		if incompleteOf(w.definition, of.sums, i) {
			text = everyDigit(total.plain(), w.options.Language) + leftOutMark
		} else if !w.exact(i, &total) {
			text = everyDigit(total.plain(), w.options.Language)
		}
		one.Plain, one.Texts = append(one.Plain, total.plain()), append(one.Texts, text)
	}
	return one
}

// functions are those of the totals, with their opening parenthesis. Source: Microsoft,
// "SUBTOTAL function": 1 is AVERAGE, 3 COUNTA, 9 SUM.
var functions = map[definition.Total]struct{ plain, subtotal string }{
	definition.Sum:     {"SUM(", "SUBTOTAL(9,"},
	definition.Average: {"AVERAGE(", "SUBTOTAL(1,"},
	definition.Count:   {"COUNTA(", "SUBTOTAL(3,"},
}

// name gives a sheet the name of its group, which no other sheet has.
func (o *outline) name(number int, key string) {
	for len(o.names) < number {
		o.names = append(o.names, "")
	}
	base := definition.SheetName(key)
	if base == "" {
		base = locale.Other.In(o.options.Language)
	}
	name := base
	for n := 2; o.taken(name); n++ {
		suffix := " " + strconv.Itoa(n)
		name = base[:unitsWithin(base, maxSheetName-len(suffix))] + suffix
	}
	o.names[number-1] = name
}

func (o *outline) taken(name string) bool {
	if strings.EqualFold(name, "history") || strings.EqualFold(name, locale.Summary.In(o.options.Language)) {
		return true
	}
	for _, other := range o.names {
		if strings.EqualFold(other, name) {
			return true
		}
	}
	return false
}

type levelState struct {
	Open  bool       `json:"open"`
	Key   string     `json:"key"`
	Sums  []sumState `json:"sums"`
	First int64      `json:"first,omitempty"`
	Rows  int64      `json:"rows"`
	Sheet int        `json:"sheet"`
	Row   int        `json:"row"`
	Ended []byte     `json:"ended,omitempty"`
}

func (w *excelWriter) groupState() (states []levelState) {
	for i := range w.levels {
		one := &w.levels[i]
		states = append(states, levelState{one.open, one.key, stateOf(one.sums), one.first, one.rows, one.sheet, one.row, one.ended.bytes()})
	}
	return states
}

func (w *excelWriter) regroupFrom(states []levelState) bool {
	if len(states) != len(w.levels) {
		return false
	}
	for i := range states {
		from, one := &states[i], &w.levels[i]
		if len(from.Sums) != len(one.sums) {
			return false
		}
		one.open, one.key, one.first, one.rows, one.sheet, one.row, one.ended = from.Open, from.Key, from.First, from.Rows, from.Sheet, from.Row, valuesOf(from.Ended)
		restore(one.sums, from.Sums)
	}
	return true
}
