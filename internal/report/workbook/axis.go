package workbook

import (
	"math"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
)

// axisSteps is how many steps an axis has about.
const axisSteps = 4

// axisOf names round values from the one below the least to the one above the greatest, zero
// among them: bars are drawn from there.
func axisOf(points []Point, format definition.ColumnFormat, in locale.Language, currency string) (ticks []Tick) {
	least, most := 0.0, 0.0
	for _, point := range points {
		least, most = min(least, point.Value), max(most, point.Value)
	}
	step := axisStep((most - least) / axisSteps)
	if step == 0 || math.IsInf(step, 0) {
		return nil
	}
	if format == definition.AsInteger {
		step = max(step, 1)
	}
	for i := math.Floor(least / step); i <= math.Ceil(most/step); i++ {
		at, _ := strconv.ParseFloat(strconv.FormatFloat(i*step, 'g', 12, 64), 64) // 0.3, not 0.30000000000000004
		ticks = append(ticks, Tick{at, axisText(at, step, format, in, currency)})
	}
	return ticks
}

// axisStep is the next of 1, 2 or 5 times a power of ten.
func axisStep(least float64) float64 {
	if least <= 0 {
		return 0
	}
	power := math.Pow(10, math.Floor(math.Log10(least)))
	for _, times := range [...]float64{1, 2, 5} {
		if times*power >= least*(1-1e-9) {
			return times * power
		}
	}
	return 10 * power
}

// axisText is a value with its unit, without decimals that are zero on the whole axis.
func axisText(at, step float64, format definition.ColumnFormat, in locale.Language, currency string) string {
	text := readNumber(strconv.FormatFloat(at, 'f', -1, 64), format, in, currency)
	decimals, unit := "00", 1.0
	if format == definition.AsPercent {
		decimals, unit = "0", 0.01
	}
	if step < unit {
		return text
	}
	return strings.Replace(text, string(in.DecimalMark())+decimals, "", 1)
}
