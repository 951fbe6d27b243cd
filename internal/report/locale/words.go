package locale

import (
	"maps"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// message is a text of the module's catalogue, in every language of reports.
func message(id language.ID) Text {
	return Text{Spanish: language.Spanish.Say(id), English: language.English.Say(id)}
}

func (l Language) spoken() language.Language { return language.Language(l) }

// The words of workbooks that no definition writes. Warning is what a note is called on
// the summary sheet; Page stands before a page's number, CutMark where a text was cut.
var (
	Total   = message("report.total")
	Chart   = message("report.chart")
	Summary = message("report.summary")
	Rows    = message("report.rows")
	Other   = message("report.other")
	Yes     = message("report.yes")
	No      = message("report.no")
	Made    = message("report.made")
	Warning = message("report.warning")
	Page    = message("report.page")
	CutMark = message("report.cut_mark")

	Everything = message("report.all")
	NotChosen  = message("report.not_chosen")
	NoRows     = message("report.no_rows")
	NoMatch    = message("report.no_rows_with")
)

// The pages that a browser gets whose link cannot be served.
var (
	LinkExpired        = message("report.link_expired")
	LinkExpiredText    = message("report.link_expired_text")
	LinkIncomplete     = message("report.link_incomplete")
	LinkIncompleteText = message("report.link_incomplete_text")
	NothingHere        = message("report.nothing_here")
	NothingHereText    = message("report.nothing_here_text")
	ToReports          = message("report.to_reports")
)

// TotalOf is what the summary calls the sum, the average or the count of a column, whose name
// may say so already.
func TotalOf(in Language, kind, column string) string {
	ids := map[string]language.ID{"sum": "report.sum_of", "average": "report.average_of", "count": "report.count_of"}
	said := in.spoken().Say(ids[kind], "column", column)
	words := strings.Fields(column)
	if n := len(words); n > 0 && strings.HasSuffix(strings.ToLower(said), ", "+strings.ToLower(words[n-1])) {
		return column
	}
	return said
}

// LeftOut says that values are not in a total.
func LeftOut(in Language, count int64) string {
	return in.spoken().Say("report.left_out", "count", count)
}

// Without is how the rows without a value of a column are called.
func Without(in Language, column string) string {
	return in.spoken().Say("report.without", "column", column)
}

// NumbersAsText says that some numbers of a column are texts in the workbook.
func NumbersAsText(in Language, count int64, digits int) string {
	return in.spoken().Say("report.aside", "count", count, "digits", digits)
}

// NotDrawn says that values are not in the chart.
func NotDrawn(in Language, count int64) string {
	return in.spoken().Say("report.not_drawn", "count", count)
}

// Cut says that texts were longer than a cell of a spreadsheet.
func Cut(in Language, count int64, most int) string {
	return in.spoken().Say("report.cut", "count", count, "most", most, "mark", strings.TrimSpace(CutMark.In(in)))
}

// NotUTF8 says that the database sent texts that cannot be read.
func NotUTF8(in Language, count int64) string {
	return in.spoken().Say("report.not_utf", "count", count)
}

// unexpected is the sentence for a reason code without one.
var unexpected = message("report.reason_unexpected")

// reasons are the sentences for the client of a failed report, by reason code. They
// never contain the operator's cause: a database's error may name tables, hosts and
// users.
var reasons = map[string]Text{
	"source_unavailable": message("report.reason_source_unavailable"),
	"login_refused":      message("report.reason_login_refused"),
	"query_failed":       message("report.reason_query_failed"),
	"groups_scattered":   message("report.reason_groups_scattered"),
	"timed_out":          message("report.reason_timed_out"),
	"too_many_rows":      message("report.reason_too_many_rows"),
	"no_room":            message("report.reason_no_room"),
	"type_gone":          message("report.reason_type_gone"),
	"not_allowed":        message("report.reason_not_allowed"),
	"definition_changed": message("report.reason_definition_changed"),
	"interrupted":        message("report.reason_interrupted"),
	"unexpected":         unexpected,
}

// again are the sentences for the client whose report waits because an attempt has failed, by
// reason code; of any other code they say that of unexpected.
var again = map[string]Text{
	"source_unavailable": message("report.again_source_unavailable"),
	"login_refused":      message("report.again_login_refused"),
	"no_room":            message("report.again_no_room"),
	"unexpected":         message("report.again_unexpected"),
}

// Again returns the sentence for a report that is tried again after a failure of the code.
func Again(code string) Text {
	if known, ok := again[code]; ok {
		return known
	}
	return again["unexpected"]
}

// AllAgain returns those sentences by reason code. The map is a copy.
func AllAgain() map[string]Text { return maps.Clone(again) }

// Reasons returns the sentences by reason code. The map is a copy.
func Reasons() map[string]Text { return maps.Clone(reasons) }

// Reason returns the sentence for the reason code of a failure.
func Reason(code string) Text {
	if known, ok := reasons[code]; ok {
		return known
	}
	return unexpected
}
