package workbook

import (
	"fmt"
	"strings"
)

// tables are the tables of sheets of so many rows each, and the files by which the sheets
// name them. Source: ECMA-376 18.5.1.2, table.
func (o *outline) tables(sheets []int) []part {
	var columns strings.Builder
	for i, column := range o.definition.Columns {
		fmt.Fprintf(&columns, `<tableColumn id="%d" name="%s"/>`, i+1, escape(column.Header.In(o.options.Language)))
	}
	var all []part
	for i, rows := range sheets {
		number, area := i+1, o.area(rows)
		all = append(all,
			xmlPart(fmt.Sprintf("xl/tables/table%d.xml", number),
				`<table xmlns="`+spreadsheet+`" id="%d" name="report%d" displayName="report%d" ref="%s"><autoFilter ref="%s"/><tableColumns count="%d">%s</tableColumns>`+
					`<tableStyleInfo name="TableStyleLight9" showFirstColumn="0" showLastColumn="0" showRowStripes="1" showColumnStripes="0"/></table>`,
				number, number, number, area, area, len(o.definition.Columns), &columns),
			relations(o.path(number), relation{relationships + "/table", fmt.Sprintf("../tables/table%d.xml", number)}))
	}
	return all
}
