package workbook

import (
	"fmt"
	"strings"
)

// declaration begins every XML file of a workbook.
const declaration = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// Namespaces of ECMA-376 that several files name.
const (
	spreadsheet   = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	packageParts  = "http://schemas.openxmlformats.org/package/2006"
	drawingML     = "http://schemas.openxmlformats.org/drawingml/2006"
	contentTypes  = "application/vnd.openxmlformats-officedocument."
)

// A part is one file of a workbook.
type part struct {
	name    string
	content []byte
}

// xmlPart is a file of XML: the declaration, and text filled as by fmt.Sprintf. What is
// filled in must be escaped already.
func xmlPart(name, text string, values ...any) part {
	if len(values) > 0 {
		text = fmt.Sprintf(text, values...)
	}
	return part{name, []byte(declaration + text)}
}

// escape writes text for an element or an attribute.
func escape(text string) string {
	return strings.ReplaceAll(string(appendText(nil, text)), `"`, "&#34;")
}
