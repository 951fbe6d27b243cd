package language

import (
	"fmt"
	"strings"
)

// The words of workbooks that no definition writes.
var (
	Total = Text{Spanish: "Total", English: "Total"}
	Chart = Text{Spanish: "Gráfico", English: "Chart"}
	Other = Text{Spanish: "Otros", English: "Other"}
	Yes   = Text{Spanish: "Sí", English: "Yes"}
	No    = Text{Spanish: "No", English: "No"}
	Made  = Text{Spanish: "Generado el", English: "Made on"}
)

// Warning is what a note is called on the summary sheet; Page stands before a page's
// number, CutMark where a text was cut.
var (
	Warning = Text{Spanish: "Aviso", English: "Note"}
	Page    = Text{Spanish: "Página", English: "Page"}
	CutMark = Text{Spanish: " […cortado]", English: " […cut]"}
)

// LeftOut says that values are not in a total.
func LeftOut(in Language, count int64) string {
	if in == Spanish {
		return fmt.Sprintf("%d valores no son números y no están en el total (*)", count)
	}
	return fmt.Sprintf("%d values are not numbers and are not in the total (*)", count)
}

// NotDrawn says that values are not in the chart.
func NotDrawn(in Language, count int64) string {
	if in == Spanish {
		return fmt.Sprintf("%d valores no son números y no están en el gráfico", count)
	}
	return fmt.Sprintf("%d values are not numbers and are not in the chart", count)
}

// Cut says that texts were longer than a cell of a spreadsheet.
func Cut(in Language, count int64, most int) string {
	if in == Spanish {
		return fmt.Sprintf("%d textos de más de %d caracteres están cortados y acaban en %s; en CSV están enteros", count, most, strings.TrimSpace(CutMark.In(in)))
	}
	return fmt.Sprintf("%d texts of more than %d characters are cut and end in %s; CSV has them whole", count, most, strings.TrimSpace(CutMark.In(in)))
}

// NotUTF8 says that the database sent texts that cannot be read.
func NotUTF8(in Language, count int64) string {
	if in == Spanish {
		return fmt.Sprintf("%d textos de la base de datos no son UTF-8; lo que no se puede leer aparece como \uFFFD", count)
	}
	return fmt.Sprintf("%d texts of the database are not UTF-8; what cannot be read is shown as \uFFFD", count)
}

// The reasons that a person who waits is told. They never carry the operator's
// cause: a database's own words may name tables, hosts and users.
var (
	SourceUnavailable = Text{
		Spanish: "En este momento no se puede llegar a los datos. Inténtelo de nuevo más tarde.",
		English: "The data cannot be reached at the moment. Please try again later.",
	}
	QueryFailed = Text{
		Spanish: "Este informe no se puede generar por un problema en su configuración. Avise a quien lo administra.",
		English: "This report cannot be made because of a problem in its set-up. Please tell its administrator.",
	}
	TimedOut = Text{
		Spanish: "El informe ha tardado demasiado. Pruebe con menos datos, por ejemplo un periodo más corto.",
		English: "The report took too long. Try with less data, for example a shorter period.",
	}
	TooManyRows = Text{
		Spanish: "El informe tiene más filas de las permitidas. Pruebe con menos datos, por ejemplo un periodo más corto.",
		English: "The report has more rows than allowed. Try with less data, for example a shorter period.",
	}
	NoRoom = Text{
		Spanish: "No queda espacio para guardar el informe. Avise a quien lo administra.",
		English: "There is no room left to store the report. Please tell its administrator.",
	}
	TypeGone = Text{
		Spanish: "Este tipo de informe ya no existe.",
		English: "This type of report no longer exists.",
	}
	NotAllowed = Text{
		Spanish: "Ya no tiene permiso para este informe.",
		English: "You may not have this report any longer.",
	}
	DefinitionChanged = Text{
		Spanish: "Este informe ha cambiado desde que lo pidió. Pídalo de nuevo.",
		English: "This report has changed since you asked for it. Please ask for it again.",
	}
	Unexpected = Text{
		Spanish: "El informe no se ha podido generar. Indique su número a quien lo administra.",
		English: "The report could not be made. Please give its number to its administrator.",
	}
	Interrupted = Text{
		Spanish: "El informe se ha interrumpido demasiadas veces. Indique su número a quien lo administra.",
		English: "The report was interrupted too many times. Please give its number to its administrator.",
	}
)

// Reasons are the sentences by the reason code of a failure.
func Reasons() map[string]Text {
	return map[string]Text{
		"source_unavailable": SourceUnavailable,
		"query_failed":       QueryFailed,
		"timed_out":          TimedOut,
		"too_many_rows":      TooManyRows,
		"no_room":            NoRoom,
		"type_gone":          TypeGone,
		"not_allowed":        NotAllowed,
		"definition_changed": DefinitionChanged,
		"interrupted":        Interrupted,
		"unexpected":         Unexpected,
	}
}

// Reason returns the sentence for the reason code of a failure.
func Reason(code string) Text {
	if known, ok := Reasons()[code]; ok {
		return known
	}
	return Unexpected
}
