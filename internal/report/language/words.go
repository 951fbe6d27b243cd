package language

// The words of workbooks that no definition writes.
var (
	Total = Text{Spanish: "Total", English: "Total"}
	Chart = Text{Spanish: "Gráfico", English: "Chart"}
	Other = Text{Spanish: "Otros", English: "Other"}
	Yes   = Text{Spanish: "Sí", English: "Yes"}
	No    = Text{Spanish: "No", English: "No"}
	Made  = Text{Spanish: "Generado el", English: "Made on"}
)

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
