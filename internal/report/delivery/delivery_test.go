package delivery_test

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/delivery"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

func open(t *testing.T, options delivery.Options) *delivery.Deliverer {
	t.Helper()
	deliverer, err := delivery.Open(options)
	if err != nil {
		t.Fatal(err)
	}
	return deliverer
}

// madeReport is a report that was made, of the content "whole".
func madeReport() delivery.Report {
	at := time.Date(2026, time.November, 30, 6, 0, 0, 0, time.UTC)
	madrid, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		panic(err)
	}
	return delivery.Report{
		Job: jobs.Job{
			ID: "01ABC", Type: "ventas", Schedule: "one", State: jobs.Ready, Format: "csv", Created: at, Finished: at.Add(time.Second), Expires: at.Add(24 * time.Hour),
			Result: jobs.Result{FileName: "ventas-año.csv", Rows: 1, Bytes: 5},
		},
		Title: "Ventas de España", Facts: []string{"Desde: 01/11/2026", "Región: todas"}, Totals: []string{"Suma de Importe: 1.234,50 €"}, Language: locale.Spanish, Link: "https://reports.example.com/files/1?a=1&b=2", Zone: madrid,
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("whole")), nil },
	}
}

func failed() delivery.Report {
	p := madeReport()
	p.Job.State, p.Job.Reason, p.Link, p.Reason = jobs.Failed, "timed_out", "", "Ha tardado demasiado."
	return p
}

func TestOnlyWhatTheOperatorAllows(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	all := open(t, delivery.Options{
		SMTP: "smtp://127.0.0.1:1?from=reports@example.com&tls=none", MailTo: []string{"@example.com", "jefe@casa.example"},
		WebHooks: []string{"https://hooks.example.com/reports/", "http://127.0.0.1:99/exact"}, Folders: map[string]string{"accounts": folder},
	})
	none := open(t, delivery.Options{})
	for target, says := range map[jobs.Target]string{
		{Mail: "ana@example.com"}:                                        "",
		{Mail: "ANA@EXAMPLE.COM"}:                                        "",
		{Mail: "jefe@casa.example"}:                                      "",
		{Mail: "ana@casa.example"}:                                       "allowed are: @example.com, jefe@casa.example",
		{Mail: "ana@other.example.com"}:                                  "allows no e-mail",
		{Mail: "ana@notexample.com"}:                                     "allows no e-mail",
		{Mail: "@example.com"}:                                           "not the address of one recipient",
		{Mail: "Ana <ana@example.com>"}:                                  "not the address of one recipient",
		{Mail: "ana@example.com\r\nBcc: x@example.com"}:                  "not the address of one recipient",
		{Mail: "ana@example.com\n.\nQUIT@example.com"}:                   "not the address of one recipient",
		{Mail: "x@evil.org,ana@example.com"}:                             "not the address of one recipient",
		{Mail: "x@evil.org>\r\nRCPT TO:<ana@example.com"}:                "not the address of one recipient",
		{Mail: `"x@evil.org "@example.com`}:                              "not the address of one recipient",
		{Mail: `"ana\r\nRCPT TO:<x@evil.org>"@example.com`}:              "not the address of one recipient",
		{Mail: "x@evil.org(@example.com"}:                                "not the address of one recipient",
		{Mail: "ana@[127.0.0.1]"}:                                        "allows no e-mail",
		{Mail: "ana@example.com."}:                                       "not the address of one recipient",
		{Mail: "ana@exampl\u212f.com"}:                                   "allows no e-mail",
		{WebHook: "https://hooks.example.com/reports/a?b=c"}:             "",
		{WebHook: "http://127.0.0.1:99/exact"}:                           "",
		{WebHook: "http://127.0.0.1:99/exact/below"}:                     "",
		{WebHook: "http://127.0.0.1:99/exactly"}:                         "allows no web hook",
		{WebHook: "http://hooks.example.com/reports/a"}:                  "allows no web hook",
		{WebHook: "https://hooks.example.com/other"}:                     "allows no web hook",
		{WebHook: "https://hooks.example.com/reports/../other"}:          "allows no web hook",
		{WebHook: "https://hooks.example.com/reports/%2e%2e/o"}:          "allows no web hook",
		{WebHook: `https://hooks.example.com/reports/..\other`}:          "allows no web hook",
		{WebHook: "https://hooks.example.com/reports/..;/other"}:         "allows no web hook",
		{WebHook: "https://hooks.example.com/reports/x%2f..%2f..%2fo"}:   "allows no web hook",
		{WebHook: "https://hooks.example.com/reports/%5c..%5co"}:         "allows no web hook",
		{WebHook: "https://hooks.example.com.evil.org/reports/a"}:        "allows no web hook",
		{WebHook: "https://x@hooks.example.com/reports/a"}:               "allows no web hook",
		{WebHook: "https://hooks.example.com:8443/reports/a"}:            "allows no web hook",
		{WebHook: "file:///etc/passwd"}:                                  "allows no web hook",
		{WebHook: "http://169.254.169.254/latest/meta-data/"}:            "allows no web hook",
		{WebHook: "http://[fd00:ec2::254]/latest/"}:                      "allows no web hook",
		{WebHook: "http://127.0.0.1/exact"}:                              "allows no web hook",
		{WebHook: "http://localhost:99/exact"}:                           "allows no web hook",
		{WebHook: "http://127.1:99/exact"}:                               "allows no web hook",
		{WebHook: "http://2130706433:99/exact"}:                          "allows no web hook",
		{WebHook: "http://[::ffff:127.0.0.1]:99/exact"}:                  "allows no web hook",
		{WebHook: "http://127.0.0.1:99@169.254.169.254/exact"}:           "allows no web hook",
		{WebHook: "http://127.0.0.1:99#@169.254.169.254/exact"}:          "allows no web hook",
		{WebHook: `http://127.0.0.1:99\@169.254.169.254/exact`}:          "allows no web hook",
		{WebHook: "https://hooks.example.com%2f.evil.org/reports/a"}:     "allows no web hook",
		{WebHook: "https://hooks.example.com./reports/a"}:                "allows no web hook",
		{WebHook: "https:hooks.example.com/reports/a"}:                   "allows no web hook",
		{WebHook: "//hooks.example.com/reports/a"}:                       "allows no web hook",
		{WebHook: "https://hooks.example.com/reports/a\r\nX-Api-Key: 1"}: "allows no web hook",
		{Folder: "accounts"}:                                             "",
		{Folder: "../accounts"}:                                          "there are: accounts",
		{Connection: "L0SM9cOFvHcCIhw="}:                                 "",
		{}:                                                               "one of mail, webHook, folder and connection",
		{Mail: "ana@example.com", Folder: "accounts"}:                    "one of mail, webHook, folder and connection",
	} {
		err := all.Check(target)
		var field *definition.FieldError
		if says == "" && err != nil || says != "" && (!errors.As(err, &field) || !strings.Contains(err.Error(), says)) {
			t.Errorf("%+v: %v; want %q", target, err, says)
		}
		if err := none.Check(target); (err == nil) != (target.Connection != "") {
			t.Errorf("without settings, %+v: %v", target, err)
		}
	}
	if err := none.Deliver(t.Context(), jobs.Target{Folder: "accounts"}, madeReport()); err == nil {
		t.Error("it was delivered to a folder that is no longer allowed")
	}
}

func TestWrongSettingsAreNamed(t *testing.T) {
	t.Parallel()
	for says, options := range map[string]delivery.Options{
		"the mail server's address":                {SMTP: "smtp://user:geheim@host"},
		"smtps://user:password@host:465":           {SMTP: "http://host?from=a@b.example"},
		"without a password":                       {SMTP: "smtp://u:geheim@host?from=a@b.example&tls=none"},
		"from=reports@example.com":                 {SMTP: "smtp://u:ge heim@ho st?from=a@b.example"},
		`"hooks" is no URL prefix`:                 {WebHooks: []string{"hooks"}},
		"--mail-to allows e-mail to @example.com":  {MailTo: []string{"@example.com"}},
		"folder a: stat /nowhere":                  {Folders: map[string]string{"a": "/nowhere"}},
		"folder b: the storage's address must be ": {Folders: map[string]string{"b": "s3://host/bucket"}},
	} {
		_, err := delivery.Open(options)
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%q: %v", says, err)
		}
	}
}

func TestAFolderKeepsEveryRun(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	deliverer := open(t, delivery.Options{Folders: map[string]string{"accounts": folder}})
	next, other := madeReport(), madeReport()
	next.Job.Created = next.Job.Created.AddDate(0, 0, 7)
	other.Job.ID += "OTHER"
	for _, each := range []delivery.Report{madeReport(), madeReport(), next, other, failed()} {
		if err := deliverer.Deliver(t.Context(), jobs.Target{Folder: "accounts"}, each); err != nil {
			t.Fatal(err)
		}
	}
	names, _ := filepath.Glob(filepath.Join(folder, "*"))
	hidden, _ := filepath.Glob(filepath.Join(folder, ".*"))
	for i := range names {
		names[i] = filepath.Base(names[i])
	}
	want := []string{"ventas-año 2026-11-30 0700 01ABC.csv", "ventas-año 2026-11-30 0700 OTHER.csv", "ventas-año 2026-12-07 0700 01ABC.csv"}
	if !slices.Equal(names, want) || len(hidden) != 0 {
		t.Fatalf("the folder has %q and %q", names, hidden)
	}
	if content, err := os.ReadFile(filepath.Join(folder, names[0])); err != nil || string(content) != "whole" {
		t.Errorf("it holds %q, %v", content, err)
	}
}

// TestAWebHookIsSigned verifies as a receiver would, by the description of Standard
// Webhooks: base64 of HMAC-SHA256 over id, timestamp and body.
func TestAWebHookIsSigned(t *testing.T) {
	t.Parallel()
	var seen []*http.Request
	var bodies []string
	status := http.StatusNoContent
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		seen, bodies = append(seen, r), append(bodies, string(body))
		if status == http.StatusFound {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(status)
	}))
	defer receiver.Close()
	deliverer := open(t, delivery.Options{WebHooks: []string{receiver.URL}, Secret: []byte("0123456789abcdef0123456789abcdef")})
	target := jobs.Target{WebHook: receiver.URL + "/in"}
	for _, each := range []delivery.Report{madeReport(), madeReport(), failed()} {
		if err := deliverer.Deliver(t.Context(), target, each); err != nil {
			t.Fatal(err)
		}
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(deliverer.Key("one"), "whsec_"))
	if err != nil || len(key) < 24 || deliverer.Key("one") == deliverer.Key("two") {
		t.Fatalf("key %q, %v", deliverer.Key("one"), err)
	}
	for i, r := range seen {
		mac := hmac.New(sha256.New, key)
		fmt.Fprintf(mac, "%s.%s.%s", r.Header.Get("webhook-id"), r.Header.Get("webhook-timestamp"), bodies[i])
		if want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)); r.Header.Get("webhook-signature") != want || r.URL.Path != "/in" {
			t.Errorf("%s is signed %q; want %q", bodies[i], r.Header.Get("webhook-signature"), want)
		}
	}
	if len(seen) != 3 || seen[0].Header.Get("webhook-id") != seen[1].Header.Get("webhook-id") {
		t.Errorf("a repeated one has another id")
	}
	var made, not struct {
		Type string
		Data map[string]any
	}
	if err := errors.Join(json.Unmarshal([]byte(bodies[0]), &made), json.Unmarshal([]byte(bodies[2]), &not)); err != nil {
		t.Fatal(err)
	}
	if made.Type != "report.ready" || made.Data["link"] != madeReport().Link || made.Data["schedule"] != "one" || not.Type != "report.failed" || not.Data["message"] != "Ha tardado demasiado." || not.Data["link"] != nil {
		t.Errorf("bodies %+v and %+v", made, not)
	}
	for _, status = range []int{http.StatusInternalServerError, http.StatusFound, http.StatusGone} {
		if err := deliverer.Deliver(t.Context(), target, madeReport()); err == nil || !strings.Contains(err.Error(), fmt.Sprint(status)) {
			t.Errorf("answered %d: %v", status, err)
		}
	}
	if len(seen) != 6 {
		t.Errorf("%d calls: a redirect was followed", len(seen))
	}
}

// mailbox is a mail server's backend that keeps what it gets.
type mailbox struct {
	password string // "" takes everyone
	refuse   *smtp.SMTPError
	mails    chan received
}

type received struct {
	from, to string
	content  string
	tls      bool
}

func (m *mailbox) NewSession(c *smtp.Conn) (smtp.Session, error) {
	_, secured := c.TLSConnectionState()
	return &session{box: m, mail: received{tls: secured}, in: m.password == ""}, nil
}

type session struct {
	box  *mailbox
	mail received
	in   bool
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if s.in = user == "reports" && password == s.box.password; !s.in {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if !s.in {
		return smtp.ErrAuthRequired
	}
	s.mail.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.box.refuse != nil {
		return s.box.refuse
	}
	s.mail.to = to
	return nil
}

func (s *session) Data(r io.Reader) error {
	content, err := io.ReadAll(r)
	s.mail.content = string(content)
	s.box.mails <- s.mail
	return err
}
func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func (m *mailbox) serve(t *testing.T, secured *tls.Config) string {
	t.Helper()
	m.mails = make(chan received, 10)
	server := smtp.NewServer(m)
	server.TLSConfig, server.AllowInsecureAuth = secured, false
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }() // ends with Close
	t.Cleanup(func() { _ = server.Close() })
	return listener.Addr().String()
}

func TestAnEMail(t *testing.T) {
	t.Parallel()
	box := &mailbox{}
	address := box.serve(t, nil)
	deliverer := open(t, delivery.Options{SMTP: "smtp://" + address + "?from=reports@example.com&tls=none", MailTo: []string{"@example.com"}})
	large := madeReport()
	large.Job.Bytes, large.Job.Rows = 8<<20+8<<19, 1234567
	large.Language = locale.English
	for _, each := range []delivery.Report{madeReport(), large, failed()} {
		if err := deliverer.Deliver(t.Context(), jobs.Target{Mail: "ana@example.com"}, each); err != nil {
			t.Fatal(err)
		}
	}
	first := <-box.mails
	if first.from != "reports@example.com" || first.to != "ana@example.com" {
		t.Errorf("from %s to %s", first.from, first.to)
	}
	header, text, name, attached := read(t, first.content)
	if subject, err := new(mime.WordDecoder).DecodeHeader(header.Get("Subject")); err != nil || subject != "Informe: Ventas de España (Desde: 01/11/2026, Región: todas)" {
		t.Errorf("subject %q, %v", header.Get("Subject"), err)
	}
	if from, err := mail.ParseAddress(header.Get("From")); err != nil || *from != (mail.Address{Name: "Informes", Address: "reports@example.com"}) {
		t.Errorf("from %v, %v", header.Get("From"), err)
	}
	if !strings.HasPrefix(header.Get("Message-Id"), "<01ABC.") || !strings.HasSuffix(header.Get("Message-Id"), "@example.com>") || header.Get("Auto-Submitted") != "auto-generated" {
		t.Errorf("header %v", header)
	}
	for _, want := range []string{"El informe «Ventas de España» está listo: 1 fila.", "01/12/2026 07:00 CET", madeReport().Link, "Va adjunto", "Desde: 01/11/2026\nRegión: todas\n\nSuma de Importe: 1.234,50 €\n"} {
		text = strings.ReplaceAll(text, "\r\n", "\n")
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	if name != "ventas-año.csv" || attached != "whole" {
		t.Errorf("attached is %q: %q", name, attached)
	}
	if _, text, _, attached := read(t, (<-box.mails).content); attached != "" || !strings.Contains(text, "It can be downloaded until 2026-12-01 07:00 CET") ||
		!strings.Contains(text, "1,234,567 rows.") || !strings.Contains(text, "It is not attached, as it has 12 MiB and e-mails take files up to 7 MiB.") {
		t.Errorf("of a large file, %d bytes are attached to\n%s", len(attached), text)
	}
	if header, text, _, attached := read(t, (<-box.mails).content); attached != "" || !strings.Contains(text, "Ha tardado demasiado.") || strings.Contains(header.Get("Subject"), "Informe:") || !strings.Contains(text, "Desde: 01/11/2026") {
		t.Errorf("of a failed report: %v\n%s", header, text)
	}
}

// TestAnEMailHasNoHeadersButItsOwn: titles are written by who writes definitions, and file
// names and reasons have parts that callers and databases wrote.
func TestAnEMailHasNoHeadersButItsOwn(t *testing.T) {
	t.Parallel()
	box := &mailbox{}
	address := box.serve(t, nil)
	deliverer := open(t, delivery.Options{SMTP: "smtp://" + address + "?from=reports@example.com&tls=none", MailTo: []string{"@example.com"}})
	const header = "\r\nBcc: x@evil.org\r\nX-Injected: 1\r\n\r\nanother text\r\n"
	const command = "\r\n.\r\nMAIL FROM:<x@evil.org>\r\nRCPT TO:<y@evil.org>\r\nDATA\r\n\r\nspam\r\n.\r\n"
	plain := madeReport()
	plain.Title, plain.Language = "Sales", locale.English
	var all []delivery.Report
	for _, text := range []string{header, command, "\nBcc: x@evil.org", "\rBcc: x@evil.org", "\u2028Bcc: x@evil.org", "=?utf-8?q?=0D=0ABcc:_x@evil.org?="} {
		titled, named, failing := plain, plain, failed()
		titled.Title += text
		named.Job.FileName = "a" + text + ".csv"
		failing.Title, failing.Reason = plain.Title, "no table"+text
		all = append(all, titled, named, failing)
	}
	for _, each := range append(all, plain, failed()) {
		if err := deliverer.Deliver(t.Context(), jobs.Target{Mail: "ana@example.com"}, each); err != nil {
			t.Errorf("%q, %q, %q: %v", each.Title, each.Job.FileName, each.Reason, err)
			continue
		}
		got := testkit.Receive(t, box.mails, "an e-mail")
		if got.from != "reports@example.com" || got.to != "ana@example.com" || len(box.mails) > 0 {
			t.Errorf("%q, %q, %q: from %s to %s, and %d more", each.Title, each.Job.FileName, each.Reason, got.from, got.to, len(box.mails))
		}
		message, err := mail.ReadMessage(strings.NewReader(got.content))
		if err != nil {
			t.Fatalf("%v\n%s", err, got.content)
		}
		for name := range message.Header {
			if !slices.Contains(strings.Fields("Auto-Submitted Content-Transfer-Encoding Content-Type Date From Message-Id Mime-Version Subject To User-Agent X-Mailer"), name) {
				t.Errorf("%q, %q, %q: there is a header %s", each.Title, each.Job.FileName, each.Reason, name)
			}
		}
		if _, text, _, attached := read(t, got.content); attached != "whole" && each.Job.State == jobs.Ready || !strings.Contains(text, cmp.Or(each.Reason, each.Title)[:5]) {
			t.Errorf("%q, %q, %q: attached is %q to\n%s", each.Title, each.Job.FileName, each.Reason, attached, got.content)
		}
	}
}

// read takes an e-mail apart.
func read(t *testing.T, content string) (header mail.Header, text, name, attached string) {
	t.Helper()
	message, err := mail.ReadMessage(strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	kind, with, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	if kind == "text/plain" {
		decoded := make([]byte, len(content))
		n, _ := io.ReadFull(decoder(message.Header.Get("Content-Transfer-Encoding"), message.Body), decoded)
		return message.Header, string(decoded[:n]), "", ""
	}
	parts := multipart.NewReader(message.Body, with["boundary"])
	for {
		part, err := parts.NextPart()
		if err != nil {
			return message.Header, text, name, attached
		}
		body, err := io.ReadAll(decoder(part.Header.Get("Content-Transfer-Encoding"), part))
		if err != nil {
			t.Fatal(err)
		}
		if part.FileName() == "" {
			text = string(body)
			continue
		}
		name, err = new(mime.WordDecoder).DecodeHeader(part.FileName())
		if err != nil {
			t.Fatal(err)
		}
		attached = string(body)
	}
}

func decoder(encoding string, body io.Reader) io.Reader {
	switch strings.ToLower(encoding) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	}
	return body
}

// TestAPasswordNeedsTLS: a password is never sent in the clear, nor to a server whose
// certificate nobody vouches for.
func TestAPasswordNeedsTLS(t *testing.T) {
	t.Parallel()
	plain := &mailbox{password: "geheim"}
	address := plain.serve(t, nil)
	certified := httptest.NewTLSServer(nil)
	defer certified.Close()
	unknown := &mailbox{password: "geheim"}
	other := unknown.serve(t, &tls.Config{Certificates: certified.TLS.Certificates})
	for name, each := range map[string]string{"no STARTTLS": address, "an unknown authority": other} {
		deliverer := open(t, delivery.Options{SMTP: "smtp://reports:geheim@" + each + "?from=reports@example.com", MailTo: []string{"@example.com"}})
		err := deliverer.Deliver(t.Context(), jobs.Target{Mail: "ana@example.com"}, madeReport())
		if err == nil || strings.Contains(err.Error(), "geheim") || len(plain.mails)+len(unknown.mails) > 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAFailureSaysTheAnswerAndWhetherItIsFinal and shows the person who made the schedule no name of
// a machine.
func TestAFailureSaysTheAnswerAndWhetherItIsFinal(t *testing.T) {
	t.Parallel()
	box := &mailbox{}
	address := box.serve(t, nil)
	status := http.StatusInternalServerError
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
	defer receiver.Close()
	folder := t.TempDir()
	options := delivery.Options{
		SMTP: "smtp://" + address + "?from=reports@example.com&tls=none", MailTo: []string{"@example.com"},
		WebHooks: []string{receiver.URL, "http://127.0.0.1:1"}, Folders: map[string]string{"accounts": folder},
	}
	deliverer := open(t, options)
	options.SMTP = "smtp://127.0.0.1:1?from=reports@example.com&tls=none"
	noServer := open(t, options)
	if err := os.Remove(folder); err != nil {
		t.Fatal(err)
	}
	refusal := func(code int, text string) *smtp.SMTPError {
		return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: text}
	}
	mail := jobs.Target{Mail: "ana@example.com"}
	for _, test := range []struct {
		by        *delivery.Deliverer
		target    jobs.Target
		refuse    *smtp.SMTPError
		permanent bool
		es        string
	}{
		{deliverer, mail, refusal(550, "no such user here"), true, "el servidor de correo responde «550 5.1.1 no such user here»"},
		{deliverer, mail, refusal(451, "try later"), false, "el servidor de correo responde «451 4.1.1 try later»"},
		{deliverer, mail, refusal(554, strings.Repeat("é", 150)), true, "el servidor de correo responde «554 5.1.1 " + strings.Repeat("é", 95) + "…»"},
		{noServer, mail, nil, false, "no se puede llegar al servidor de correo"},
		{deliverer, jobs.Target{WebHook: receiver.URL + "/in"}, nil, false, "responde «500 Internal Server Error»"},
		{deliverer, jobs.Target{WebHook: "http://127.0.0.1:1/in"}, nil, false, "no se puede llegar a él"},
		{deliverer, jobs.Target{Folder: "accounts"}, nil, false, "no se puede escribir allí el archivo"},
		{deliverer, jobs.Target{Folder: "attic"}, nil, false, `deliver: no existe la carpeta "attic"; existen: accounts`},
	} {
		box.refuse = test.refuse
		err := test.by.Deliver(t.Context(), test.target, madeReport())
		failed, ok := errors.AsType[*delivery.Failure](err)
		if !ok || failed.Permanent != test.permanent || language.Spanish.Of(failed.Why) != test.es {
			t.Errorf("%s: %v; %+v", test.target.Name(), err, failed)
		}
	}
}
