package recurrence

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/locale"
)

// phrases are the words of recurring times in one language, as [Parse] accepts
// them.
type phrases struct {
	hour, day, workday, month, weekdays, comma, and string
	names                                           [7]string // from Sunday
}

var said = map[locale.Language]phrases{
	locale.English: {
		hour: "every hour", day: "every day at %d:%02d", workday: "every weekday at %d:%02d", month: "every month on day %d at %d:%02d", weekdays: "every %s at %d:%02d",
		comma: ", ", and: " and ", names: [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
	},
	locale.Spanish: {
		hour: "cada hora", day: "cada día a las %d:%02d", workday: "cada día laborable a las %d:%02d", month: "cada mes el día %d a las %d:%02d", weekdays: "cada %s a las %d:%02d",
		comma: ", ", and: " y ", names: [7]string{"domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"},
	},
}

// Text is the time in words of every language, which Parse takes.
func (w When) Text() locale.Text {
	text := locale.Text{}
	for _, spoken := range locale.All() {
		text[spoken] = w.in(spoken)
	}
	return text
}

func (w When) in(spoken locale.Language) string {
	words := said[spoken]
	text := ""
	switch {
	case w.hourly:
		return words.hour
	case w.day > 0:
		text = fmt.Sprintf(words.month, w.day, w.hour, w.minute)
	case len(w.weekdays) == 0:
		text = fmt.Sprintf(words.day, w.hour, w.minute)
	case slices.Equal(w.weekdays, workdays):
		text = fmt.Sprintf(words.workday, w.hour, w.minute)
	default:
		text = fmt.Sprintf(words.weekdays, words.list(w.weekdays), w.hour, w.minute)
	}
	return strings.Replace(text, "a las 1:", "a la 1:", 1)
}

// list names days from Monday.
func (p phrases) list(days []time.Weekday) string {
	days = slices.Clone(days)
	slices.SortFunc(days, func(a, b time.Weekday) int { return int(a+6)%7 - int(b+6)%7 })
	names := make([]string, len(days))
	for i, day := range days {
		names[i] = p.names[day]
	}
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], p.comma) + p.and + names[last]
}
