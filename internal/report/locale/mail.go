package locale

import (
	"strconv"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

// A Mail is what an e-mail says about a report.
type Mail struct {
	ID       string
	Title    string
	Facts    []string // "From: 2026-11-01", of each parameter
	Totals   []string // "Sum of Amount: €1,234.50"
	Rows     int64
	Link     string // "" for one that was not made
	Until    time.Time
	Attached bool
	Bytes    int64  // of the file
	Most     int64  // bytes of a file that is attached
	Reason   string // why it was not made; "" for one that was cancelled
}

// MailSender is what the service is called in e-mails where its address has no name.
func MailSender(in Language) string { return in.spoken().Say("report.mail_sender") }

// longestSubject is how many characters of facts a subject has: lists of mails show some more
// at most.
const longestSubject = 100

// Subject is the subject of the e-mail: the title with what tells one report from the next.
func (m *Mail) Subject(in Language) string {
	id := language.ID("report.mail_subject")
	if m.Link == "" {
		id = "report.mail_subject_failed"
	}
	title := m.Title
	if len(m.Facts) > 0 {
		facts := []rune(strings.Join(m.Facts, ", "))
		if len(facts) > longestSubject {
			facts = append(facts[:longestSubject], '…')
		}
		title += " (" + string(facts) + ")"
	}
	return in.spoken().Say(id, "title", title)
}

// Body is the text of the e-mail.
func (m *Mail) Body(in Language) string {
	say := in.spoken().Say
	var parts []string
	add := func(lines ...string) {
		if len(lines) > 0 {
			parts = append(parts, strings.Join(lines, "\n"))
		}
	}
	if m.Link == "" {
		add(say("report.mail_failed", "title", m.Title, "id", m.ID))
	} else {
		add(say("report.mail_made", "title", m.Title, "rows", m.Rows, "count", in.grouped(m.Rows)))
	}
	add(m.Facts...)
	add(m.Totals...)
	switch until := in.DateTime(value.OfTime(m.Until.Truncate(time.Minute), false)) + " " + m.Until.Format("MST"); {
	case m.Link == "" && m.Reason == "":
		add(say("report.mail_cancelled"))
	case m.Link == "":
		add(m.Reason)
	case m.Attached:
		add(say("report.mail_attached", "until", until), m.Link)
	default:
		add(say("report.mail_large", "size", in.mebibytes(m.Bytes), "most", in.mebibytes(m.Most)), say("report.mail_link", "until", until), m.Link)
	}
	add("-- ", say("report.mail_why"))
	return strings.Join(parts, "\n\n") + "\n"
}

// grouped is a number with its thousands marked.
func (l Language) grouped(n int64) string {
	return string(l.AppendNumber(nil, strconv.FormatInt(n, 10), true))
}

// mebibytes is a size in MiB, with a decimal where it has one.
func (l Language) mebibytes(n int64) string {
	text := strings.TrimSuffix(strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64), ".0")
	return string(l.AppendNumber(nil, text, true)) + " MiB"
}
