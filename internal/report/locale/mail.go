package locale

import (
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

// A Mail is what an e-mail says about a report.
type Mail struct {
	ID       string
	Title    string
	Rows     int64
	Link     string // "" for one that was not made
	Until    time.Time
	Attached bool
	Reason   string // why it was not made; "" for one that was cancelled
}

// MailSubject is the subject of the e-mail.
func MailSubject(in Language, title string, made bool) string {
	id := language.ID("report.mail_subject")
	if !made {
		id = "report.mail_subject_failed"
	}
	return in.spoken().Say(id, "title", title)
}

// MailBody is the text of the e-mail.
func MailBody(in Language, m Mail) string {
	say := in.spoken().Say
	parts := []string{say("report.mail_failed", "title", m.Title, "id", m.ID), m.Reason}
	if m.Link != "" {
		id := language.ID("report.mail_link")
		if m.Attached {
			id = "report.mail_attached"
		}
		until := in.DateTime(value.OfTime(m.Until.Truncate(time.Minute), false)) + " " + m.Until.Format("MST")
		parts = []string{say("report.mail_made", "title", m.Title, "rows", m.Rows), say(id, "until", until) + "\n" + m.Link}
	} else if m.Reason == "" {
		parts[1] = say("report.mail_cancelled")
	}
	return strings.Join(append(parts, "-- \n"+say("report.mail_why")), "\n\n") + "\n"
}
