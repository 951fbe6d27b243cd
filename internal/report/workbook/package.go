package workbook

import (
	"fmt"
	"path"
	"strings"
	"time"
)

const (
	workbookFile = "xl/workbook.xml"
	stylesFile   = "xl/styles.xml"
	themeFile    = "xl/theme/theme1.xml"
)

// A relation is one file that another names; its id is rId and its place, from 1.
// Source: ECMA-376 part 2, 8.5.3.
type relation struct{ kind, target string }

// relations is the file of what a file names; "" names what is in the package.
func relations(of string, all ...relation) part {
	var b strings.Builder
	for i, one := range all {
		fmt.Fprintf(&b, `<Relationship Id="rId%d" Type="%s" Target="%s"/>`, i+1, one.kind, one.target)
	}
	folder, name := path.Split(of)
	return xmlPart(folder+"_rels/"+name+".rels", `<Relationships xmlns="`+packageParts+`/relationships">`+b.String()+`</Relationships>`)
}

func packageRelations() part {
	return relations("",
		relation{relationships + "/officeDocument", workbookFile},
		relation{packageParts + "/relationships/metadata/core-properties", "docProps/core.xml"},
		relation{relationships + "/extended-properties", "docProps/app.xml"})
}

// contentTypes says of what kind the files are. Source: ECMA-376 part 2, 7.2.3.
func (o *outline) contentTypes(sheets int) part {
	const override = `<Override PartName="/%s" ContentType="%s"/>`
	var b strings.Builder
	b.WriteString(`<Types xmlns="` + packageParts + `/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/><Default Extension="jpg" ContentType="image/jpeg"/>`)
	for _, one := range [][2]string{
		{workbookFile, contentTypes + "spreadsheetml.sheet.main+xml"},
		{stylesFile, contentTypes + "spreadsheetml.styles+xml"},
		{themeFile, contentTypes + "theme+xml"},
		{"docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"},
		{"docProps/app.xml", contentTypes + "extended-properties+xml"},
	} {
		fmt.Fprintf(&b, override, one[0], one[1])
	}
	for i := range sheets + 1 {
		fmt.Fprintf(&b, override, sheetPath(i+1), contentTypes+"spreadsheetml.worksheet+xml")
	}
	if o.definition.Sheet.Table {
		for i := range sheets {
			fmt.Fprintf(&b, override, fmt.Sprintf("xl/tables/table%d.xml", i+1), contentTypes+"spreadsheetml.table+xml")
		}
	}
	if o.draws() {
		fmt.Fprintf(&b, override, drawingFile, contentTypes+"drawing+xml")
	}
	if o.charted {
		fmt.Fprintf(&b, override, chartFile, contentTypes+"drawingml.chart+xml")
	}
	return xmlPart("[Content_Types].xml", "%s</Types>", &b)
}

// workbook lists the sheets, the summary first, and the names that spreadsheets keep
// beside a sheet: what is repeated on paper, and the area of a plain filter.
// Source: ECMA-376 18.2.27, workbook.
func (o *outline) workbook(sheets []int) part {
	var list, names strings.Builder
	sheet := func(number int, name string) {
		fmt.Fprintf(&list, `<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, escape(name), number, number)
	}
	summary := o.summaryName(len(sheets))
	sheet(1, summary)
	if o.printed != "" {
		fmt.Fprintf(&names, `<definedName name="_xlnm.Print_Area" localSheetId="0">%s!%s</definedName>`, escape(quotedSheet(summary)), o.printed)
	}
	for i, rows := range sheets {
		place, name := i+1, o.sheetName(i+1)
		sheet(place+1, name)
		if !o.definition.Sheet.Table {
			fmt.Fprintf(&names, `<definedName name="_xlnm._FilterDatabase" localSheetId="%d" hidden="1">%s!$A$1:$%s$%d</definedName>`, place, escape(quotedSheet(name)), columnName(len(o.definition.Columns)), max(rows, 2))
		}
		fmt.Fprintf(&names, `<definedName name="_xlnm.Print_Titles" localSheetId="%d">%s</definedName>`, place, escape(o.printTitles(quotedSheet(name))))
	}
	return xmlPart(workbookFile, `<workbook xmlns="`+spreadsheet+`" xmlns:r="`+relationships+`"><workbookPr/><bookViews><workbookView/></bookViews>`+
		`<sheets>%s</sheets><definedNames>%s</definedNames><calcPr calcId="0"/></workbook>`, &list, &names)
}

func workbookRelations(sheets int) part {
	var all []relation
	for i := range sheets + 1 {
		all = append(all, relation{relationships + "/worksheet", fmt.Sprintf("worksheets/sheet%d.xml", i+1)})
	}
	return relations(workbookFile, append(all, relation{relationships + "/styles", "styles.xml"}, relation{relationships + "/theme", "theme/theme1.xml"})...)
}

// properties are what a file manager shows of the workbook.
func (o *outline) properties() []part {
	in, made := o.options.Language, o.options.Made.UTC().Format(time.RFC3339)
	return []part{
		xmlPart("docProps/app.xml", `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>pasarela reports</Application></Properties>`),
		xmlPart("docProps/core.xml", `<cp:coreProperties xmlns:cp="`+packageParts+`/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">`+
			`<dc:title>%s</dc:title><dc:subject>%s</dc:subject><dc:creator>pasarela reports</dc:creator><dc:description>%s</dc:description><cp:lastModifiedBy>pasarela reports</cp:lastModifiedBy><dc:language>%s</dc:language>`+
			`<dcterms:created xsi:type="dcterms:W3CDTF">%s</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">%s</dcterms:modified></cp:coreProperties>`,
			escape(o.definition.Title.In(in)), escape(o.definition.Type), escape(o.definition.Description.In(in)), escape(string(in)), made, made),
	}
}

// accents are the colours of table styles and of a pie's slices; the first is that of the
// headers.
var accents = [...]string{headerFill, "D9822B", "5A8F4E", "8E5EA2", "2A9D9D", "B8504B"}

// theme has the colours and fonts that other files name by their part in it: dark and light
// for text and ground, accents. Lines, fills and effects are the plainest that are allowed.
// Source: ECMA-376 20.1.6.9, theme.
func theme() part {
	var colours strings.Builder
	for i, one := range []string{"dk1", "lt1", "dk2", "lt2"} {
		fmt.Fprintf(&colours, `<a:%s><a:srgbClr val="%s"/></a:%s>`, one, [...]string{"000000", "FFFFFF", "44546A", "E7E6E6"}[i], one)
	}
	for i, accent := range accents {
		fmt.Fprintf(&colours, `<a:accent%d><a:srgbClr val="%s"/></a:accent%d>`, i+1, accent, i+1)
	}
	colours.WriteString(`<a:hlink><a:srgbClr val="0563C1"/></a:hlink><a:folHlink><a:srgbClr val="954F72"/></a:folHlink>`)
	const fonts = `<a:latin typeface="` + fontName + `"/><a:ea typeface=""/><a:cs typeface=""/>`
	const fill = `<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>`
	thrice := func(element string) string { return strings.Repeat(element, 3) }
	return xmlPart(themeFile, `<a:theme xmlns:a="`+drawingML+`/main" name="pasarela"><a:themeElements><a:clrScheme name="pasarela">`+colours.String()+`</a:clrScheme>`+
		`<a:fontScheme name="pasarela"><a:majorFont>`+fonts+`</a:majorFont><a:minorFont>`+fonts+`</a:minorFont></a:fontScheme>`+
		`<a:fmtScheme name="pasarela"><a:fillStyleLst>`+thrice(fill)+`</a:fillStyleLst><a:lnStyleLst>`+thrice(`<a:ln w="9525">`+fill+`</a:ln>`)+`</a:lnStyleLst>`+
		`<a:effectStyleLst>`+thrice(`<a:effectStyle><a:effectLst/></a:effectStyle>`)+`</a:effectStyleLst><a:bgFillStyleLst>`+thrice(fill)+`</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>`)
}
