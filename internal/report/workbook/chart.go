package workbook

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
)

// chart is the file of the chart whose figures begin with their headers at the row of a
// sheet. Source: ECMA-376 21.2.2.29, chartSpace; the order of the elements is fixed.
func (o *outline) chart(sheet string, row int, drawing *Drawing) part {
	plot, legend := o.barPlot, ""
	switch o.definition.Chart.Kind {
	case definition.LineChart:
		plot = o.linePlot
	case definition.PieChart:
		plot, legend = o.piePlot, `<legend><legendPos val="r"/><overlay val="0"/></legend>`
	}
	title := `<title><tx><rich><a:bodyPr/><a:p><a:pPr><a:defRPr sz="1400" b="0"/></a:pPr><a:r><a:rPr sz="1400" b="0">` + ink("595959") + `</a:rPr><a:t>` + escape(drawing.Title) + `</a:t></a:r></a:p></rich></tx><overlay val="0"/></title>`
	return xmlPart(chartFile, `<chartSpace xmlns="`+drawingML+`/chart" xmlns:a="`+drawingML+`/main"><roundedCorners val="0"/><chart>`+
		"%s"+`<autoTitleDeleted val="0"/><plotArea><layout/>`+"%s"+`</plotArea>`+"%s"+`<plotVisOnly val="1"/><dispBlanksAs val="gap"/></chart></chartSpace>`,
		title, plot(figuresOf(sheet, row, drawing, o.chartCode())), legend)
}

// series is the chart's only data series, with its elements in the order of the schema:
// name, appearance and figures.
type series struct {
	begin, figures string
	drawing        *Drawing
}

// figuresOf names the cells that the chart is drawn from, with what is in them, which
// viewers that compute nothing draw.
func figuresOf(sheet string, row int, drawing *Drawing, code string) series {
	cells := func(column string, first, last int) string {
		return escape(fmt.Sprintf("%s!$%s$%d:$%s$%d", quotedSheet(sheet), column, first, column, last))
	}
	last := row + max(len(drawing.Points), 1)
	labels, values := make([]string, len(drawing.Points)), make([]string, len(drawing.Points))
	for i, point := range drawing.Points {
		labels[i], values[i] = point.Label, strconv.FormatFloat(point.Value, 'g', -1, 64)
	}
	return series{
		begin: `<ser><idx val="0"/><order val="0"/><tx><strRef><f>` + escape(fmt.Sprintf("%s!$B$%d", quotedSheet(sheet), row)) + `</f><strCache>` + points([]string{drawing.Series}) + `</strCache></strRef></tx>`,
		figures: `<cat><strRef><f>` + cells("A", row+1, last) + `</f><strCache>` + points(labels) + `</strCache></strRef></cat>` +
			`<val><numRef><f>` + cells("B", row+1, last) + `</f><numCache><formatCode>` + escape(code) + `</formatCode>` + points(values) + `</numCache></numRef></val>`,
		drawing: drawing,
	}
}

func points(texts []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<ptCount val="%d"/>`, len(texts))
	for i, text := range texts {
		fmt.Fprintf(&b, `<pt idx="%d"><v>%s</v></pt>`, i, escape(text))
	}
	return b.String()
}

func ink(colour string) string {
	return `<a:solidFill><a:srgbClr val="` + colour + `"/></a:solidFill>`
}

func (o *outline) barPlot(s series) string {
	direction, bars := "col", axes{categories: "b", values: "l", crosses: "autoZero", order: "minMax"}
	if o.definition.Chart.Kind == definition.BarChart { // the first category on top, as in the figures beside it
		direction, bars = "bar", axes{categories: "l", values: "b", crosses: "max", order: "maxMin"}
	}
	bars.zero = fromZero(s.drawing)
	return `<barChart><barDir val="` + direction + `"/><grouping val="clustered"/><varyColors val="0"/>` + s.begin +
		`<spPr>` + ink(headerFill) + `</spPr><invertIfNegative val="0"/>` + s.figures + `</ser><gapWidth val="80"/>` + bars.ids() + `</barChart>` + o.axes(bars)
}

func (o *outline) linePlot(s series) string {
	lines := axes{categories: "b", values: "l", crosses: "autoZero", order: "minMax", zero: fromZero(s.drawing)}
	return `<lineChart><grouping val="standard"/><varyColors val="0"/>` + s.begin +
		`<spPr><a:ln w="25400" cap="rnd">` + ink(headerFill) + `</a:ln></spPr><marker><symbol val="circle"/><size val="5"/><spPr>` + ink(headerFill) + `</spPr></marker>` +
		s.figures + `<smooth val="0"/></ser><marker val="1"/>` + lines.ids() + `</lineChart>` + o.axes(lines)
}

// shares puts the share of each slice beside it: a pie has no axis to read figures from.
const shares = `<dLbls><numFmt formatCode="0%" sourceLinked="0"/><spPr><a:noFill/><a:ln><a:noFill/></a:ln></spPr>` +
	`<txPr><a:bodyPr/><a:p><a:pPr><a:defRPr sz="1000" b="0"><a:solidFill><a:srgbClr val="404040"/></a:solidFill></a:defRPr></a:pPr><a:endParaRPr lang="en-US"/></a:p></txPr>` +
	`<dLblPos val="outEnd"/><showLegendKey val="0"/><showVal val="0"/><showCatName val="0"/><showSerName val="0"/><showPercent val="1"/><showBubbleSize val="0"/><showLeaderLines val="0"/></dLbls>`

// piePlot gives each slice an accent of the theme, and a lighter shade when the accents are
// used up.
func (o *outline) piePlot(s series) string {
	var slices strings.Builder
	for i := range s.drawing.Points {
		lighter := ""
		if round := i / len(accents); round > 0 {
			share := 100000 / (round + 1)
			lighter = fmt.Sprintf(`<a:lumMod val="%d"/><a:lumOff val="%d"/>`, share, (100000-share)*3/4)
		}
		fmt.Fprintf(&slices, `<dPt><idx val="%d"/><bubble3D val="0"/><spPr><a:solidFill><a:schemeClr val="accent%d">%s</a:schemeClr></a:solidFill><a:ln w="19050"><a:solidFill><a:schemeClr val="lt1"/></a:solidFill></a:ln></spPr></dPt>`,
			i, i%len(accents)+1, lighter)
	}
	return `<pieChart><varyColors val="1"/>` + s.begin + slices.String() + shares + s.figures + `</ser><firstSliceAng val="0"/></pieChart>`
}

// axes say where the axes of a chart stand, and how the one of values is scaled.
type axes struct {
	categories, values string // b is below, l to the left
	crosses            string // where along the categories the axis of values stands
	order              string // of the categories
	zero               bool   // values begin at zero
}

func (axes) ids() string { return `<axId val="1"/><axId val="2"/>` }

func (o *outline) axes(a axes) string {
	const thin = `<a:ln w="9525"><a:solidFill><a:srgbClr val="D9D9D9"/></a:solidFill></a:ln>`
	const words = `<txPr><a:bodyPr/><a:p><a:pPr><a:defRPr sz="1000" b="0"><a:solidFill><a:srgbClr val="404040"/></a:solidFill></a:defRPr></a:pPr><a:endParaRPr lang="en-US"/></a:p></txPr>`
	minimum := ""
	if a.zero {
		minimum = `<min val="0"/>`
	}
	const look = `<majorTickMark val="none"/><minorTickMark val="none"/><tickLblPos val="low"/><spPr>` + thin + `</spPr>` + words
	return `<catAx><axId val="1"/><scaling><orientation val="` + a.order + `"/></scaling><delete val="0"/><axPos val="` + a.categories + `"/><numFmt formatCode="General" sourceLinked="0"/>` + look +
		`<crossAx val="2"/><crosses val="autoZero"/><auto val="1"/><lblAlgn val="ctr"/><lblOffset val="100"/><noMultiLvlLbl val="0"/></catAx>` +
		`<valAx><axId val="2"/><scaling><orientation val="minMax"/>` + minimum + `</scaling><delete val="0"/><axPos val="` + a.values + `"/><majorGridlines><spPr>` + thin + `</spPr></majorGridlines>` +
		`<numFmt formatCode="` + escape(o.chartCode()) + `" sourceLinked="0"/>` + strings.Replace(look, `"low"`, `"nextTo"`, 1) + `<crossAx val="1"/><crosses val="` + a.crosses + `"/><crossBetween val="between"/></valAx>`
}

// fromZero tells whether the axis of values begins at zero: programs begin it near the
// smallest value, and 2,700 and 3,200 then look as if one were many times the other, or a
// tenth less like a collapse. Not where a value is negative.
func fromZero(drawing *Drawing) bool {
	for _, point := range drawing.Points {
		if point.Value < 0 {
			return false
		}
	}
	return true
}

// chartCode is the number format of a chart's axis: that of the column, with its
// unit, without decimals that an axis does not need.
func (o *outline) chartCode() string {
	d := o.definition
	code := numberCode(d.Columns[d.Column(d.Chart.Value)].Format, o.options.Language, d.Currency)
	return strings.Replace(code, ".00", "", 1)
}
