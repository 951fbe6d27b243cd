package workbook

import (
	"slices"

	"github.com/pasarela-ws/pasarela/internal/report/value"
)

// A State is everything besides the rows that the rest of a file depends on: with it and
// the bytes written so far, another process continues the file as if it had not been
// interrupted. It is JSON.
type State struct {
	Bytes  int64      `json:"bytes"` // of the file
	Rows   int64      `json:"rows"`
	Sums   []sumState `json:"sums"`
	Chart  *barsState `json:"chart,omitempty"`
	Sample [][]string `json:"sample"` // rows of the preview
	// Subtotals of the preview.
	Subtotals     []Subtotal `json:"subtotals,omitempty"`
	Cut           int64      `json:"cut,omitempty"`
	Repair        int64      `json:"repair,omitempty"`
	NumbersAsText []int64    `json:"numbersAsText"`

	Sheets []int        `json:"sheets,omitempty"` // of a workbook
	Row    int          `json:"row,omitempty"`    // written of the last sheet
	Files  []packedFile `json:"files,omitempty"`
	Groups []levelState `json:"groups,omitempty"`
	Names  []string     `json:"names,omitempty"` // of sheets
	Widths []float64    `json:"widths,omitempty"`
	Parts  []sheetTotal `json:"parts,omitempty"`
}

type sumState struct {
	Exact   value.Sum `json:"exact"`
	Count   int64     `json:"count"`
	LeftOut int64     `json:"leftOut,omitempty"`
	Wide    bool      `json:"wide,omitempty"`
	Binary  bool      `json:"binary,omitempty"`
}

type barsState struct {
	All     []barState `json:"all"`
	Others  value.Sum  `json:"others"`
	LeftOut int64      `json:"leftOut,omitempty"`
}

type barState struct {
	Label string    `json:"label"`
	Sum   value.Sum `json:"sum"`
}

func stateOf(sums []sum) (states []sumState) {
	for i := range sums {
		one := &sums[i]
		states = append(states, sumState{one.exact.Clone(), one.count, one.leftOut, one.wide, one.binary})
	}
	return states
}

func restore(sums []sum, from []sumState) {
	for i := range from {
		one := &from[i]
		sums[i] = sum{one.Exact.Clone(), one.Count, one.LeftOut, one.Wide, one.Binary}
	}
}

func (t *totals) state() State {
	s := State{Rows: t.rows, Sample: slices.Clone(t.preview), Subtotals: slices.Clone(t.subtotals), Cut: t.cut, Repair: t.repairs, NumbersAsText: slices.Clone(t.numbersAsText)}
	s.Sums = stateOf(t.sums)
	if t.chart != nil {
		s.Chart = &barsState{Others: t.chart.others.sum.Clone(), LeftOut: t.chart.leftOut}
		for i := range t.chart.all {
			s.Chart.All = append(s.Chart.All, barState{t.chart.all[i].label, t.chart.all[i].sum.Clone()})
		}
	}
	return s
}

// resume applies a state; false: it is of another definition.
func (t *totals) resume(s *State) bool {
	if len(s.Sums) != len(t.sums) || len(s.NumbersAsText) != len(t.numbersAsText) || (s.Chart == nil) != (t.chart == nil) {
		return false
	}
	t.rows, t.preview, t.subtotals, t.cut, t.repairs = s.Rows, slices.Clone(s.Sample), slices.Clone(s.Subtotals), s.Cut, s.Repair
	copy(t.numbersAsText, s.NumbersAsText)
	restore(t.sums, s.Sums)
	if t.chart == nil {
		return true
	}
	t.chart.others.sum, t.chart.leftOut = s.Chart.Others.Clone(), s.Chart.LeftOut
	for i := range s.Chart.All {
		one := &s.Chart.All[i]
		t.chart.places[one.Label] = i
		t.chart.all = append(t.chart.all, bar{one.Label, one.Sum.Clone()})
	}
	return true
}

// Block ends a block of the workbook.
func (w *excelWriter) Block() (State, error) {
	if w.sheet == nil {
		if err := w.start(); err != nil {
			return State{}, err
		}
	}
	if err := w.sheet.flush(); err != nil {
		return State{}, err
	}
	if err := w.archive.block(); err != nil {
		return State{}, err
	}
	s := w.totals.state()
	s.Bytes, s.Sheets, s.Row, s.Files = w.archive.out.bytes, slices.Clone(w.sheets), w.sheet.row, slices.Clone(w.archive.files)
	s.Groups, s.Names, s.Widths, s.Parts = w.groupState(), slices.Clone(w.outline.names), slices.Clone(w.outline.widths), slices.Clone(w.outline.sheetTotals)
	return s, nil
}

// Block ends a block of the file.
func (w *csvWriter) Block() (State, error) {
	err := w.out.Flush()
	s := w.totals.state()
	s.Bytes = w.bytes
	return s, err
}

func (w *excelWriter) Written() int64 {
	if w.sheet == nil { // the first rows are held back
		return w.archive.raw
	}
	return w.archive.raw + int64(len(w.sheet.buffer))
}

func (w *csvWriter) Written() int64 { return w.bytes }
