package delivery

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	netmail "net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/blobstore"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
)

const (
	mailTime = time.Minute // of connecting, and of each command
	// maxAttachment is the largest file that is sent along: mail servers take messages of 10 MB
	// or more, and Base64 adds a third. The link is always there.
	maxAttachment = 7 << 20
)

// A mailer sends e-mails through one server.
type mailer struct {
	from    netmail.Address
	host    string
	options []mail.Option
}

var errAddress error = language.Errorf("reports_api.smtp")

func openMailer(address string) (*mailer, error) {
	parsed, err := url.Parse(address)
	if err != nil {
		return nil, errAddress // the error of Parse would show the password
	}
	query := parsed.Query()
	from, err := netmail.ParseAddress(query.Get("from"))
	if err != nil || parsed.Hostname() == "" || parsed.Scheme != "smtp" && parsed.Scheme != "smtps" {
		return nil, errAddress
	}
	port, secured := 587, []mail.Option{mail.WithTLSPolicy(mail.TLSMandatory)}
	password, hasPassword := parsed.User.Password()
	switch {
	case parsed.Scheme == "smtps":
		port, secured = 465, []mail.Option{mail.WithSSL()}
	case query.Get("tls") == "none" && !hasPassword:
		port, secured = 25, []mail.Option{mail.WithTLSPolicy(mail.NoTLS)}
	case query.Has("tls"):
		return nil, errAddress
	}
	if text := parsed.Port(); text != "" {
		if port, err = strconv.Atoi(text); err != nil {
			return nil, errAddress
		}
	}
	m := &mailer{from: *from, host: parsed.Hostname(), options: append(secured,
		mail.WithPort(port), mail.WithTimeout(mailTime), mail.WithoutNoop(),
		mail.WithTLSConfig(&tls.Config{ServerName: parsed.Hostname(), MinVersion: tls.VersionTLS12}),
	)}
	if hasPassword {
		m.options = append(m.options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(parsed.User.Username()), mail.WithPassword(password))
	}
	_, err = mail.NewClient(m.host, m.options...)
	return m, err
}

// send sends one recipient a report, or why there is none.
func (m *mailer) send(ctx context.Context, to string, report Report) error {
	message, job := mail.NewMsg(), report.Job
	sender := cmp.Or(m.from.Name, locale.MailSender(report.Language))
	if err := errors.Join(message.FromFormat(sender, m.from.Address), message.To(to)); err != nil {
		return err
	}
	message.SetDate()
	message.SetMessageIDWithValue(job.ID + "." + strconv.FormatInt(job.Finished.UnixMicro(), 36) + m.from.Address[strings.LastIndexByte(m.from.Address, '@'):])
	message.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office replies
	text := locale.Mail{
		ID: job.ID, Title: report.Title, Facts: report.Facts, Totals: report.Totals, Rows: job.Rows, Link: report.Link, Until: job.Expires.In(report.Zone),
		Attached: m.attaches(job), Bytes: job.Bytes, Most: maxAttachment, Reason: report.Reason,
	}
	message.Subject(text.Subject(report.Language))
	message.SetBodyString(mail.TypeTextPlain, text.Body(report.Language))
	if m.attaches(job) {
		file, err := report.Open(ctx)
		if err != nil {
			return err
		}
		defer file.Close() // only read
		if err := message.AttachReader(job.FileName, file, mail.WithFileContentType(mail.ContentType(blobstore.ContentType(job.Format)))); err != nil {
			return err
		}
	}
	client, err := mail.NewClient(m.host, m.options...)
	if err != nil {
		return err
	}
	if err := client.DialAndSendWithContext(ctx, message); err != nil && !message.IsDelivered() { // else it is the goodbye that failed
		return mailFailure(fmt.Errorf("e-mail to %s by %s: %w", to, m.host, err))
	}
	return nil
}

func (m *mailer) attaches(job jobs.Job) bool {
	return job.State == jobs.Ready && job.Bytes <= maxAttachment
}
