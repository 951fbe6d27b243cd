package workbook

import (
	"math"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
)

// doubtRows are the first rows, of which is counted what suggests another format.
const doubtRows = 200

// A Doubt is what suggests that a column has another format than its definition says.
type Doubt struct {
	Column int   // its place
	Words  int64 // values that the format does not read, of a column of dates, months or booleans
	Whole  bool  // most percentages are of more than 100 %
}

type doubts struct{ words, over, within int64 }

func (d *doubts) see(format definition.ColumnFormat, c *cell) {
	switch {
	case c.kind == words && c.text != "":
		d.words++
	case c.kind != figure || format != definition.AsPercent:
	case math.Abs(drawn(c.plain())) > 1:
		d.over++
	case drawn(c.plain()) != 0:
		d.within++
	}
}

// allDoubts are those of the columns, in their order.
func (t *totals) allDoubts() (all []Doubt) {
	for i := range t.doubts {
		seen, format, one := &t.doubts[i], t.definition.Columns[i].Format, Doubt{Column: i}
		if format != definition.AsText && (!format.Numeric() || t.definition.Columns[i].Total == definition.NoTotal) { // a total has a note of its own
			one.Words = seen.words
		}
		one.Whole = format == definition.AsPercent && seen.over > seen.within
		if one.Words > 0 || one.Whole {
			all = append(all, one)
		}
	}
	return all
}
