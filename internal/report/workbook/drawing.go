package workbook

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg" // logos
	_ "image/png"
	"strings"
)

const (
	drawingFile = "xl/drawings/drawing1.xml"
	chartFile   = "xl/charts/chart1.xml"

	logoHeight = 60 // pixels
	logoRows   = 5  // that a logo covers, with a free one

	chartWidth, chartHeight = 720, 400 // pixels

	// pixel is the width of one in the units of drawings, of which 914,400 make an inch,
	// at 96 pixels an inch. Source: ECMA-376 20.1.2.1.
	pixel = 9525
)

// draws tells whether there is something on the summary that is no cell.
func (o *outline) draws() bool { return o.definition.Logo != nil || o.charted }

// drawing is what lies over the cells of the summary: the logo in its corner, and the
// chart from a row on, with its figures from another. Source: ECMA-376 20.5.2.35, wsDr.
func (o *outline) drawing(sheet string, top, row int, t *totals) ([]part, error) {
	files := []part{relations(sheetPath(1), relation{relationships + "/drawing", "../drawings/drawing1.xml"})}
	var anchors strings.Builder
	var named []relation
	if o.definition.Logo != nil {
		size, _, err := image.DecodeConfig(bytes.NewReader(o.definition.Logo))
		if err != nil {
			return nil, fmt.Errorf("logo: %w", err)
		}
		name := "image1" + o.definition.LogoKind
		files = append(files, part{"xl/media/" + name, o.definition.Logo})
		named = append(named, relation{relationships + "/image", "../media/" + name})
		anchors.WriteString(anchor(1, size.Width*logoHeight/max(size.Height, 1), logoHeight, picture))
	}
	if o.charted {
		files = append(files, o.chart(sheet, row, t.drawing()))
		named = append(named, relation{relationships + "/chart", "../charts/chart1.xml"})
		anchors.WriteString(anchor(top, chartWidth, chartHeight, fmt.Sprintf(frame, len(named))))
	}
	return append(files, relations(drawingFile, named...), xmlPart(drawingFile,
		`<xdr:wsDr xmlns:xdr="`+drawingML+`/spreadsheetDrawing" xmlns:a="`+drawingML+`/main" xmlns:r="`+relationships+`">%s</xdr:wsDr>`, &anchors)), nil
}

// anchor puts something of so many pixels on column D, from a row on.
func anchor(row, width, height int, content string) string {
	return fmt.Sprintf(`<xdr:oneCellAnchor><xdr:from><xdr:col>3</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>%d</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:ext cx="%d" cy="%d"/>`, row-1, width*pixel, height*pixel) +
		content + `<xdr:clientData/></xdr:oneCellAnchor>`
}

const (
	picture = `<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" name="logo" descr="logo"/><xdr:cNvPicPr><a:picLocks noChangeAspect="1"/></xdr:cNvPicPr></xdr:nvPicPr>` +
		`<xdr:blipFill><a:blip r:embed="rId1"/><a:stretch><a:fillRect/></a:stretch></xdr:blipFill><xdr:spPr><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr></xdr:pic>`

	frame = `<xdr:graphicFrame macro=""><xdr:nvGraphicFramePr><xdr:cNvPr id="3" name="chart"/><xdr:cNvGraphicFramePr/></xdr:nvGraphicFramePr>` +
		`<xdr:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/></xdr:xfrm><a:graphic><a:graphicData uri="` + drawingML + `/chart">` +
		`<c:chart xmlns:c="` + drawingML + `/chart" r:id="rId%d"/></a:graphicData></a:graphic></xdr:graphicFrame>`
)
