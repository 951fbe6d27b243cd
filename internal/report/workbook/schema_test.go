package workbook_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
)

// order has the children that an element may have, in the order that the schemas
// demand: Excel repairs or refuses a file with another. "a|b" is a choice that may come
// again and again. The children of other elements are not checked. Source: ECMA-376
// part 1, SpreadsheetML (CT_Worksheet, CT_Workbook, CT_Stylesheet, CT_Table), DrawingML
// charts (CT_ChartSpace and its parts) and spreadsheet drawings.
var order = map[string]string{
	"worksheet": "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges scenarios autoFilter sortState dataConsolidate " +
		"customSheetViews mergeCells phoneticPr conditionalFormatting dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks " +
		"customProperties cellWatches ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF picture oleObjects controls webPublishItems tableParts extLst",
	"sheetPr": "tabColor outlinePr pageSetUpPr", "sheetView": "pane selection", "sheetData": "row", "row": "c", "c": "f v is", "cols": "col", "mergeCells": "mergeCell",
	"headerFooter": "oddHeader oddFooter evenHeader evenFooter firstHeader firstFooter", "tableParts": "tablePart",
	"workbook": "fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups externalReferences definedNames calcPr oleSize customWorkbookViews pivotCaches extLst",
	"sheets":   "sheet", "definedNames": "definedName", "bookViews": "workbookView",
	"styleSheet": "numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst",
	"numFmts":    "numFmt", "fonts": "font", "fills": "fill", "borders": "border", "cellStyleXfs": "xf", "cellXfs": "xf", "cellStyles": "cellStyle", "dxfs": "dxf",
	"font": "b i strike condense extend outline shadow u vertAlign sz color name family charset scheme", "fill": "patternFill", "patternFill": "fgColor bgColor",
	"border": "start end left right top bottom diagonal vertical horizontal", "xf": "alignment protection", "dxf": "font numFmt fill alignment border protection",
	"tableStyle": "tableStyleElement",
	"table":      "autoFilter sortState tableColumns tableStyleInfo", "tableColumns": "tableColumn", "tableColumn": "calculatedColumnFormula totalsRowFormula",

	"chartSpace": "date1904 lang roundedCorners style clrMapOvr pivotSource protection chart spPr txPr externalData printSettings userShapes",
	"chart":      "title autoTitleDeleted pivotFmts view3D floor sideWall backWall plotArea legend plotVisOnly dispBlanksAs",
	"title":      "tx layout overlay spPr txPr", "tx": "strRef rich", "legend": "legendPos legendEntry layout overlay spPr txPr",
	"plotArea":      "layout barChart lineChart pieChart valAx|catAx|dateAx dTable spPr",
	"barChart":      "barDir grouping varyColors ser dLbls gapWidth overlap serLines axId",
	"lineChart":     "grouping varyColors ser dLbls dropLines hiLowLines upDownBars marker smooth axId",
	"pieChart":      "varyColors ser dLbls firstSliceAng",
	"barChart/ser":  "idx order tx spPr invertIfNegative pictureOptions dPt dLbls trendline errBars cat val shape",
	"lineChart/ser": "idx order tx spPr marker dPt dLbls trendline errBars cat val smooth",
	"pieChart/ser":  "idx order tx spPr explosion dPt dLbls cat val",
	"dLbls":         "dLbl delete numFmt spPr txPr dLblPos showLegendKey showVal showCatName showSerName showPercent showBubbleSize separator showLeaderLines leaderLines",
	"dPt":           "idx invertIfNegative marker bubble3D explosion spPr", "marker": "symbol size spPr",
	"catAx":   "axId scaling delete axPos majorGridlines minorGridlines title numFmt majorTickMark minorTickMark tickLblPos spPr txPr crossAx crosses crossesAt auto lblAlgn lblOffset noMultiLvlLbl",
	"valAx":   "axId scaling delete axPos majorGridlines minorGridlines title numFmt majorTickMark minorTickMark tickLblPos spPr txPr crossAx crosses crossesAt crossBetween majorUnit minorUnit",
	"scaling": "logBase orientation max min", "cat": "strRef numRef", "val": "numRef", "strRef": "f strCache", "numRef": "f numCache",
	"strCache": "ptCount pt", "numCache": "formatCode ptCount pt", "pt": "v",
	"rich": "bodyPr lstStyle p", "txPr": "bodyPr lstStyle p", "p": "pPr r endParaRPr", "r": "rPr t",
	"spPr": "xfrm prstGeom noFill solidFill ln", "ln": "noFill solidFill prstDash round", "schemeClr": "lumMod|lumOff",

	"wsDr": "twoCellAnchor|oneCellAnchor|absoluteAnchor", "twoCellAnchor": "from to graphicFrame pic clientData", "oneCellAnchor": "from ext graphicFrame pic clientData",
	"from": "col colOff row rowOff", "to": "col colOff row rowOff", "graphicFrame": "nvGraphicFramePr xfrm graphic", "pic": "nvPicPr blipFill spPr",
}

// TestElementsStandInTheOrderOfTheSchemas looks at every part of workbooks with all that
// a workbook can have: kinds of charts, a logo, tables, groups, several sheets, no rows.
func TestElementsStandInTheOrderOfTheSchemas(t *testing.T) {
	t.Parallel()
	logo, err := os.ReadFile("testdata/logo.png")
	if err != nil {
		t.Fatal(err)
	}
	bars := []any{"a", "2026-01", "x", decimal("2700")}
	met := map[string]bool{}
	for name, made := range map[string]struct {
		text string
		rows [][]any
	}{
		"a pie over two sheets": {every, slices.Repeat([][]any{{"uno", int64(3), 1.5, "12.30", 0.25, "2026-02-28", "2026-02-28 18:30:00", true}}, 20)},
		"no tables":             {strings.Replace(every, "rows: 12", "rows: 12, table: false", 1), [][]any{{"uno", int64(3), nil, "many", 0.25, "1899-01-01", nil, true}}},
		"columns":               {monthly, [][]any{bars}},
		"bars":                  {strings.Replace(monthly, "kind: column", "kind: bar", 1), [][]any{bars}},
		"a line":                {strings.Replace(monthly, "kind: column", "kind: line", 1), [][]any{bars}},
		"no rows":               {monthly, nil},
		"no chart":              {monthly[:strings.Index(monthly, "chart:")], [][]any{bars}},
		"groups":                {strings.Replace(grouped, "SHEET", "group: region", 1), regions()},
		"sheets":                {strings.Replace(grouped, "SHEET", "split: region, group: shop", 1), regions()},
	} {
		t.Run(name, func(t *testing.T) {
			d := read(t, made.text)
			d.Logo, d.LogoKind = logo, ".png"
			file, _ := write(t, d, definition.XLSX, locale.Spanish, made.rows...)
			archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
			if err != nil {
				t.Fatal(err)
			}
			for _, entry := range archive.File {
				if path.Ext(entry.Name) == ".xml" {
					content := contentOf(t, entry)
					inOrder(t, entry.Name, content, met)
					validate(t, entry.Name, content)
				}
			}
		})
	}
	for _, element := range []string{"worksheet", "workbook", "styleSheet", "table", "barChart/ser", "lineChart/ser", "pieChart/ser", "oneCellAnchor", "headerFooter", "pageSetup", "tablePart"} {
		if !met[element] {
			t.Errorf("no workbook has a %s", element)
		}
	}
}

// validate holds a part against the schemas themselves, which are not kept here:
//
//	PASARELA_OOXML_SCHEMAS=<the folder of ISO/IEC 29500-4's transitional .xsd files, with
//	    opc-coreProperties.xsd and opc-contentTypes.xsd of 29500-2 and the Dublin Core's> \
//	    go test ./internal/report/workbook -run Schemas
//
// It needs xmllint (libxml2-utils); a catalog (XML_CATALOG_FILES) leads the addresses of the
// Dublin Core's schemas to their files, since nothing is fetched.
func validate(t *testing.T, name string, content []byte) {
	t.Helper()
	folder := os.Getenv("PASARELA_OOXML_SCHEMAS")
	if folder == "" {
		return
	}
	schema := "sml.xsd"
	switch {
	case name == "[Content_Types].xml":
		schema = "opc-contentTypes.xsd"
	case name == "docProps/core.xml":
		schema = "opc-coreProperties.xsd"
	case name == "docProps/app.xml":
		schema = "shared-documentPropertiesExtended.xsd"
	case strings.HasPrefix(name, "xl/theme/"):
		schema = "dml-main.xsd"
	case strings.HasPrefix(name, "xl/charts/"):
		schema = "dml-chart.xsd"
	case strings.HasPrefix(name, "xl/drawings/"):
		schema = "dml-spreadsheetDrawing.xsd"
	}
	check := exec.CommandContext(t.Context(), "xmllint", "--nonet", "--noout", "--schema", filepath.Join(folder, schema), "-")
	// The schemas do not know this attribute of XML's own, which Excel writes, too.
	check.Stdin = bytes.NewReader(bytes.ReplaceAll(content, []byte(` xml:space="preserve"`), nil))
	if said, err := check.CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", name, err, said)
	}
}

// inOrder fails where an element has a child that it may not have there, or a count that
// is not that of its children.
func inOrder(t *testing.T, file string, content []byte, met map[string]bool) {
	t.Helper()
	type element struct {
		name     string
		allowed  []string // nil: not looked into
		at       int      // of the last child in allowed
		count    int      // as the attribute says; -1: it has none
		children int
	}
	var open []element
	decoder := xml.NewDecoder(bytes.NewReader(content))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			name, key := token.Name.Local, token.Name.Local
			if n := len(open) - 1; n >= 0 {
				parent := &open[n]
				parent.children++
				if key == "ser" {
					key = parent.name + "/ser"
				}
				if parent.allowed != nil {
					is := func(one string) bool { return slices.Contains(strings.Split(one, "|"), name) }
					if at := slices.IndexFunc(parent.allowed, is); at < parent.at {
						t.Errorf("%s: %s may not stand here in %s, behind %s", file, name, parent.name, parent.allowed[parent.at])
					} else {
						parent.at = at
					}
				}
			}
			met[key] = true
			one := element{name: name, count: -1}
			if allowed, ok := order[key]; ok {
				one.allowed = strings.Fields(allowed)
			}
			for _, attribute := range token.Attr {
				if n, err := strconv.Atoi(attribute.Value); attribute.Name.Local == "count" && err == nil {
					one.count = n
				}
			}
			open = append(open, one)
		case xml.EndElement:
			last := open[len(open)-1]
			if open = open[:len(open)-1]; last.count >= 0 && last.count != last.children && last.name != "sst" {
				t.Errorf("%s: %s says %d and has %d", file, last.name, last.count, last.children)
			}
		}
	}
}
