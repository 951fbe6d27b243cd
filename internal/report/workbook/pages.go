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
	width, first := 0.0, o.widths[0]
	for _, one := range o.widths {
		width += one
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

// A header has 255 characters, and room for two lines above the rows: the title and what was
// asked for, which has more room on pages that lie. Source: Microsoft, "Excel specifications and
// limits".
const maxTitle, maxAsked, maxAskedSideways = 90, 110, 150

// pageHeader stands on every printed page of rows: what the pages belong to and what was
// asked for, such as the period. An ampersand begins a code there (ECMA-376 18.3.1.46).
func (o *outline) pageHeader() string {
	var asked []string
	for _, detail := range o.options.Details {
		asked = append(asked, detail.Name+": "+detail.Value)
	}
	header := "&L" + shortened(o.definition.Title.In(o.options.Language), maxTitle)
	if len(asked) > 0 {
		most := maxAskedSideways
		if o.pages().upright {
			most = maxAsked
		}
		header += "\n" + shortened(strings.Join(asked, " · "), most)
	}
	if o.definition.Sheet.Split != "" {
		header += "&R&A"
	}
	return `<oddHeader>` + escape(header) + "</oddHeader>"
}

// shortened is a text for a header, of so many characters at most.
func shortened(text string, most int) string {
	return strings.ReplaceAll(definition.Shortened(text, most), "&", "&&")
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
