package workbook

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
)

// The files of the first sheet's table, and what differs from table to table in them.
const (
	firstTable = "xl/tables/table1.xml"
	typesFile  = "[Content_Types].xml"
	tableType  = `<Override PartName="/xl/tables/table%d.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.table+xml"></Override>`
)

// addTables makes the tables of the sheets behind the first after its pattern:
// excelize would read all tables again for each.
func (o *outline) addTables(drawn *parts, sheets []int) error {
	pattern, last := string(drawn.files[firstTable]), columnName(len(o.definition.Columns))
	relations := drawn.files[relationsOf(o.path(1))]
	area := func(rows int) string { return fmt.Sprintf(`"A1:%s%d"`, last, max(rows, 2)) }
	known := fmt.Sprintf(tableType, 1)
	if !strings.Contains(pattern, ` id="1" name="report1" displayName="report1" ref=`+area(sheets[0])) || !bytes.Contains(relations, []byte("tables/table1.xml")) || !bytes.Contains(drawn.files[typesFile], []byte(known)) {
		return fmt.Errorf("the table of the first sheet is not written as expected")
	}
	var types strings.Builder
	for i := 1; i < len(sheets); i++ {
		number := i + 1
		table := strings.NewReplacer(` id="1" name="report1" displayName="report1"`, fmt.Sprintf(` id="%d" name="report%d" displayName="report%d"`, number, number, number), area(sheets[0]), area(sheets[i])).Replace(pattern)
		drawn.put(fmt.Sprintf("xl/tables/table%d.xml", number), []byte(table))
		drawn.put(relationsOf(o.path(number)), bytes.ReplaceAll(relations, []byte("tables/table1.xml"), fmt.Appendf(nil, "tables/table%d.xml", number)))
		fmt.Fprintf(&types, tableType, number)
	}
	drawn.files[typesFile] = bytes.Replace(drawn.files[typesFile], []byte(known), []byte(known+types.String()), 1)
	return nil
}

const (
	workbookFile = "xl/workbook.xml"
	endOfNames   = "</definedNames>"
)

// addDefinedNames gives the sheets behind the first the names that spreadsheets keep
// beside a sheet: the rows repeated on paper and the area of a plain filter.
// excelize would look through all sheets for each.
func (o *outline) addDefinedNames(drawn *parts, sheets []int) error {
	content := drawn.files[workbookFile]
	if !bytes.Contains(content, []byte(endOfNames)) {
		return fmt.Errorf("the names of the first sheet are not written as expected")
	}
	var names bytes.Buffer
	for i := 1; i < len(sheets); i++ {
		place := i + 1 // behind the summary
		var name bytes.Buffer
		if err := xml.EscapeText(&name, []byte(quotedSheet(o.sheetName(i+1)))); err != nil {
			return err
		}
		if !o.definition.Sheet.Table {
			fmt.Fprintf(&names, `<definedName name="_xlnm._FilterDatabase" localSheetId="%d" hidden="true">%s!$A$1:$%s$%d</definedName>`, place, &name, columnName(len(o.definition.Columns)), max(sheets[i], 2))
		}
		fmt.Fprintf(&names, `<definedName name="_xlnm.Print_Titles" localSheetId="%d">%s!$1:$1</definedName>`, place, &name)
	}
	drawn.files[workbookFile] = bytes.Replace(content, []byte(endOfNames), append(names.Bytes(), endOfNames...), 1)
	return nil
}

func (p *parts) put(name string, content []byte) {
	p.order = append(p.order, name)
	p.files[name] = content
}

// relationsOf is the file that says which files belong to a sheet's.
func relationsOf(sheet string) string {
	folder, name, _ := strings.Cut(sheet, "worksheets/")
	return folder + "worksheets/_rels/" + name + ".rels"
}
