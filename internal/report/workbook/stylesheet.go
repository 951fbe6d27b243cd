package workbook

import (
	"fmt"
	"slices"
	"strings"
)

// A cellStyle is how a cell looks. Fonts, fills and borders are written as the style
// sheet has them; "" is the default of each.
type cellStyle struct {
	font, fill, border string
	format             string // number format code
	align              alignment
}

type alignment struct {
	horizontal string // left or right; "" as the value is
	indent     int    // in the widths of three spaces
	wrap       bool   // go on in the next line, and stand in the middle of the row's height
}

// A styleSheet collects what cell styles are made of, each once: cells name a style by
// its number, styles their fonts, fills, borders and number formats.
// Source: ECMA-376 18.8.39, styleSheet.
type styleSheet struct {
	fonts, fills, borders, formats, cells []string
}

const (
	fontName = "Calibri"

	// firstFormat is the number of the first format that is not built in.
	// Source: ECMA-376 18.8.30, numFmt.
	firstFormat = 164
)

func newStyleSheet() *styleSheet {
	s := &styleSheet{
		fonts: []string{`<font><sz val="11"/><color theme="1"/><name val="` + fontName + `"/><family val="2"/></font>`},
		// Both are reserved: cells get them whatever a file says.
		fills:   []string{`<fill><patternFill patternType="none"/></fill>`, `<fill><patternFill patternType="gray125"/></fill>`},
		borders: []string{`<border><left/><right/><top/><bottom/><diagonal/></border>`},
	}
	s.add(cellStyle{})
	return s
}

// font is bold; without a colour it has that of other texts.
func font(size int, colour string) string {
	paint := `<color theme="1"/>`
	if colour != "" {
		paint = `<color rgb="FF` + colour + `"/>`
	}
	return fmt.Sprintf(`<font><b/><sz val="%d"/>%s<name val="%s"/><family val="2"/></font>`, size, paint, fontName)
}

const (
	titleSize = 16
	linkFont  = `<font><u/><sz val="11"/><color theme="10"/><name val="` + fontName + `"/><family val="2"/></font>`
)

func solid(colour string) string {
	return `<fill><patternFill patternType="solid"><fgColor rgb="FF` + colour + `"/><bgColor indexed="64"/></patternFill></fill>`
}

func lineAbove(colour string) string {
	return `<border><left/><right/><top style="medium"><color rgb="FF` + colour + `"/></top><bottom/><diagonal/></border>`
}

// add returns the number of a style.
func (s *styleSheet) add(style cellStyle) int {
	format, fontID, fill, border := 0, numberOf(&s.fonts, style.font), numberOf(&s.fills, style.fill), numberOf(&s.borders, style.border)
	var applied strings.Builder
	if style.format != "" {
		format = firstFormat + numberOf(&s.formats, escape(style.format))
		applied.WriteString(` applyNumberFormat="1"`)
	}
	for _, part := range []struct {
		name   string
		number int
	}{{"Font", fontID}, {"Fill", fill}, {"Border", border}} {
		if part.number > 0 {
			fmt.Fprintf(&applied, ` apply%s="1"`, part.name)
		}
	}
	align := style.align.element()
	if align != "" {
		applied.WriteString(` applyAlignment="1"`)
	}
	return numberOf(&s.cells, fmt.Sprintf(`<xf numFmtId="%d" fontId="%d" fillId="%d" borderId="%d" xfId="0"%s>%s</xf>`, format, fontID, fill, border, &applied, align))
}

// numberOf is the place of an element, which is added if it is new; "" is the first.
func numberOf(list *[]string, element string) int {
	if element == "" {
		return 0
	}
	place := slices.Index(*list, element)
	if place < 0 {
		place = len(*list)
		*list = append(*list, element)
	}
	return place
}

func (a alignment) element() string {
	if a == (alignment{}) {
		return ""
	}
	var b strings.Builder
	b.WriteString("<alignment")
	if a.horizontal != "" {
		fmt.Fprintf(&b, ` horizontal="%s"`, a.horizontal)
	}
	if a.wrap {
		b.WriteString(` vertical="center" wrapText="1"`)
	}
	if a.indent > 0 {
		fmt.Fprintf(&b, ` indent="%d"`, a.indent)
	}
	return b.String() + "/>"
}

func (s *styleSheet) part() part {
	var formats []string
	for i, code := range s.formats {
		formats = append(formats, fmt.Sprintf(`<numFmt numFmtId="%d" formatCode="%s"/>`, firstFormat+i, code))
	}
	list := func(name string, elements []string) string {
		if len(elements) == 0 {
			return ""
		}
		return fmt.Sprintf(`<%s count="%d">%s</%s>`, name, len(elements), strings.Join(elements, ""), name)
	}
	return xmlPart(stylesFile, `<styleSheet xmlns="`+spreadsheet+`">`+
		list("numFmts", formats)+list("fonts", s.fonts)+list("fills", s.fills)+list("borders", s.borders)+
		`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>`+list("cellXfs", s.cells)+
		`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles><dxfs count="0"/></styleSheet>`)
}
