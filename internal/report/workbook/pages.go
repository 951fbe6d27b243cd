package workbook

import (
	"fmt"
	"math"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
)

// How wide columns are that fit on a page of A4 or Letter, in characters: upright at full
// size; sideways so that they are read with ease; and sideways at half size, the smallest
// that is read at all, between narrow margins. A character of Calibri 11 is 7/96 inch wide.
const (
	uprightWidth  = 94
	sidewaysWidth = 180
	halfSizeWidth = 288
)

// pages are how columns stand on paper.
type pages struct {
	across  int  // side by side
	repeats bool // each begins with the first column, which says what a row is about
	upright bool
	narrow  bool // margins
}

// pages puts the columns on one page as long as they can be read there. What is wider goes
// on over several, where it is read with ease, unless the definition says how many.
func (o *outline) pages() pages {
	width, first := 0.0, columnWidth(o.definition.Columns[0], o.options.Language)
	for _, column := range o.definition.Columns {
		width += columnWidth(column, o.options.Language)
	}
	repeats, across := first <= sidewaysWidth/3, o.definition.Sheet.Across
	if !repeats {
		first = 0
	}
	if across == 0 {
		across = 1
		if width > halfSizeWidth {
			across = int(math.Ceil((width - first) / (sidewaysWidth - first)))
		}
	}
	if across > 1 {
		return pages{across: across, repeats: repeats}
	}
	return pages{across: 1, upright: width <= uprightWidth, narrow: width > sidewaysWidth}
}

// printTitles are the row and the column that are repeated on paper.
func (o *outline) printTitles(sheet string) string {
	if o.pages().repeats {
		return sheet + "!$A:$A," + sheet + "!$1:$1"
	}
	return sheet + "!$1:$1"
}

// The numbers of paper sizes. Source: ECMA-376 18.3.1.63, pageSetup.
var paperSizes = map[definition.Paper]int{definition.Letter: 1, definition.A4: 9}

// pageHeader stands on every printed page of rows: what the pages belong to. An
// ampersand begins a code there (ECMA-376 18.3.1.46).
func (o *outline) pageHeader() string {
	title := o.definition.Title.In(o.options.Language)
	return "<oddHeader>" + escape("&L"+strings.ReplaceAll(title[:unitsWithin(title, 100)], "&", "&&")) + "</oddHeader>"
}

// page is how a sheet is printed: as many pages down as it takes, so many across.
func (o *outline) page(p pages, header string) string {
	footer := escape("&L&A&R" + locale.Page.In(o.options.Language) + " &P / &N")
	side, orientation := "0.7", "landscape"
	if p.narrow {
		side = "0.25"
	}
	if p.upright {
		orientation = "portrait"
	}
	return fmt.Sprintf(`<pageMargins left="%s" right="%s" top="0.75" bottom="0.75" header="0.3" footer="0.3"/>`+
		`<pageSetup paperSize="%d" orientation="%s" fitToWidth="%d" fitToHeight="0"/><headerFooter>%s<oddFooter>%s</oddFooter></headerFooter>`,
		side, side, paperSizes[o.definition.Sheet.Paper], orientation, p.across, header, footer)
}
