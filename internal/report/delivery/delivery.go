// Package delivery sends the reports of schedules to their destinations: an e-mail, a
// web hook, a folder or a bucket. The operator's settings say which addresses and
// folders are allowed, so that nobody can make this service call or write elsewhere
// (A-REPORT-32).
package delivery

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/mail"
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/blobstore"
	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
)

// Options say where reports may be delivered; what is not set is refused.
type Options struct {
	SMTP     string            // smtp(s)://user:password@host:port?from=ADDRESS[&tls=none]
	MailTo   []string          // addresses, or domains such as @example.com
	WebHooks []string          // URL prefixes
	Folders  map[string]string // folders, or buckets (s3://...), by name
	Secret   []byte            // of the service; keys of web hooks follow from it
}

// A Deliverer delivers reports.
type Deliverer struct {
	options      Options
	mail         *mailer // nil: no e-mail
	hooks        []*url.URL
	http         *http.Client
	destinations map[string]*blobstore.Destination
}

// A Report is a report that has ended, made or failed.
type Report struct {
	Job      jobs.Job
	Title    string
	Facts    []string // parameters and totals, as a person reads them
	Totals   []string
	Language locale.Language
	Link     string // of a made one
	Reason   string // of a failed one, in its language
	Zone     *time.Location
	Open     func(ctx context.Context) (io.ReadCloser, error) // the file of a made one
}

const hookTime = 30 * time.Second

// Open checks the options. The errors are for the operator.
func Open(options Options) (*Deliverer, error) {
	c := &Deliverer{options: options, destinations: map[string]*blobstore.Destination{}, http: &http.Client{
		Timeout: hookTime,
		// A redirect could lead away from what the operator allows.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	var err error
	if options.SMTP != "" {
		if c.mail, err = openMailer(options.SMTP); err != nil {
			return nil, err
		}
	}
	for _, prefix := range options.WebHooks {
		parsed, err := url.Parse(prefix)
		if err != nil || parsed.Scheme != "https" && parsed.Scheme != "http" || parsed.Host == "" {
			return nil, language.Errorf("reports_api.hook_prefix", "value", strconv.Quote(prefix))
		}
		c.hooks = append(c.hooks, parsed)
	}
	if len(options.MailTo) > 0 && c.mail == nil {
		return nil, language.Errorf("reports_api.mail_needs_server", "allowed", strings.Join(options.MailTo, ", "))
	}
	for name, address := range options.Folders {
		if c.destinations[name], err = blobstore.OpenDestination(address); err != nil {
			return nil, language.Errorf("reports_api.folder", "name", name, "error", err)
		}
	}
	return c, nil
}

// Destinations are what the operator has configured, to choose from.
type Destinations struct {
	Mail     bool     `json:"mail"`
	MailTo   []string `json:"mailTo"`
	WebHooks []string `json:"webHooks"`
	Folders  []string `json:"folders"`

	Where map[string]string `json:"where,omitempty"` // for the operator: paths and buckets of the folders
}

// Destinations lists where reports may be delivered.
func (c *Deliverer) Destinations() Destinations {
	return Destinations{
		Mail: c.mail != nil && len(c.options.MailTo) > 0, MailTo: append([]string{}, c.options.MailTo...), WebHooks: append([]string{}, c.options.WebHooks...),
		Folders: append([]string{}, slices.Sorted(maps.Keys(c.destinations))...), Where: c.where(),
	}
}

// where is the folder or bucket of each name, without the keys of buckets.
func (c *Deliverer) where() map[string]string {
	all := map[string]string{}
	for name, address := range c.options.Folders {
		if parsed, err := url.Parse(address); err == nil && strings.Contains(address, "://") {
			all[name] = "s3://" + parsed.Host + parsed.Path
		} else if all[name], err = filepath.Abs(address); err != nil {
			all[name] = address
		}
	}
	return all
}

// Check tells whether a report may be delivered to a target; the error is a
// *definition.FieldError.
func (c *Deliverer) Check(target jobs.Target) error {
	set := 0
	for _, text := range []string{target.Mail, target.WebHook, target.Folder, target.Connection} {
		if text != "" {
			set++
		}
	}
	switch {
	case set != 1:
		return refused(language.Errorf("reports_api.one_target"))
	case target.Mail != "":
		return c.checkMail(target.Mail)
	case target.WebHook != "":
		if !c.mayCall(target.WebHook) {
			return refused(language.Errorf("reports_api.hook_refused", "value", strconv.Quote(target.WebHook), "allowed", listed(c.options.WebHooks)))
		}
	case target.Folder != "":
		if c.destinations[target.Folder] == nil {
			return refused(language.Errorf("reports_api.folder_unknown", "value", strconv.Quote(target.Folder), "allowed", listed(slices.Sorted(maps.Keys(c.destinations)))))
		}
	}
	return nil
}

func refused(why error) error { return definition.NewFieldError("deliver", why) }

func (c *Deliverer) checkMail(address string) error {
	parsed, err := mail.ParseAddress(address)
	switch {
	case c.mail == nil:
		return refused(language.Errorf("reports_api.no_mail"))
	case err != nil || parsed.Address != address:
		return refused(language.Errorf("reports_api.mail_form", "value", strconv.Quote(address)))
	}
	for _, allowed := range c.options.MailTo {
		if strings.EqualFold(allowed, address) || strings.HasPrefix(allowed, "@") && len(address) > len(allowed) && strings.EqualFold(address[len(address)-len(allowed):], allowed) {
			return nil
		}
	}
	return refused(language.Errorf("reports_api.mail_refused", "value", strconv.Quote(address), "allowed", listed(c.options.MailTo)))
}

// mayCall tells whether a URL begins with an allowed one: same scheme and host, and a
// path below it.
func (c *Deliverer) mayCall(address string) bool {
	parsed, err := url.Parse(address)
	if err != nil || parsed.User != nil || parsed.Fragment != "" || parsed.Opaque != "" {
		return false
	}
	clean := path.Clean("/" + parsed.Path) // decoded, and without . and ..
	if strings.Contains(clean, `\`) || strings.Contains(clean, "/..") {
		return false // some servers take these for path separators, too
	}
	return slices.ContainsFunc(c.hooks, func(allowed *url.URL) bool {
		return parsed.Scheme == allowed.Scheme && strings.EqualFold(parsed.Host, allowed.Host) && strings.HasPrefix(clean+"/", strings.TrimSuffix(allowed.Path, "/")+"/")
	})
}

// listed is what is allowed, to be put into a message.
func listed(all []string) any {
	if len(all) == 0 {
		return language.ID("reports_api.none")
	}
	return strings.Join(all, ", ")
}

// Key is the key that signs the web hooks of a schedule, in the form in which its
// receiver needs it. Source: Standard Webhooks, "Signature scheme", symmetric.
func (c *Deliverer) Key(schedule string) string {
	return "whsec_" + base64.StdEncoding.EncodeToString(c.key(schedule))
}

func (c *Deliverer) key(schedule string) []byte {
	key, err := hkdf.Key(sha256.New, c.options.Secret, nil, "reports: web hooks of schedule "+schedule, sha256.Size)
	if err != nil {
		panic(err) // the length is a constant that SHA-256's HKDF allows
	}
	return key
}

// Deliver delivers a report to a target that Check has accepted; the error is a *[Failure].
// It may be called again for the same report: a file is replaced, an e-mail and a web hook
// come with the same id.
func (c *Deliverer) Deliver(ctx context.Context, target jobs.Target, report Report) error {
	return failure(target, c.deliver(ctx, target, report))
}

func (c *Deliverer) deliver(ctx context.Context, target jobs.Target, report Report) error {
	if err := c.Check(target); err != nil { // a restart with other settings may allow it again
		return &Failure{Why: err, Cause: fmt.Errorf("no longer allowed: %w", err)}
	}
	switch {
	case target.Mail != "":
		return c.mail.send(ctx, target.Mail, report)
	case target.WebHook != "":
		return c.post(ctx, target.WebHook, report)
	case target.Folder != "":
		return c.copy(ctx, c.destinations[target.Folder], report)
	}
	return errors.New("a connection is notified by frames")
}

// ownLetters is how many letters of a report's id are in its file's name in a folder.
const ownLetters = 5

// copy puts the file into a folder under its name, the time of its request and the end of its
// id, so that neither next week's replaces it nor that of another schedule at the same minute.
// A failed report leaves no file.
func (c *Deliverer) copy(ctx context.Context, destination *blobstore.Destination, report Report) error {
	if report.Job.State != jobs.Ready {
		return nil
	}
	file, err := report.Open(ctx)
	if err != nil {
		return err
	}
	defer file.Close() // only read
	name := strings.TrimSuffix(report.Job.FileName, "."+report.Job.Format)
	name += report.Job.Created.In(report.Zone).Format(" 2006-01-02 1504 ") + report.Job.ID[max(0, len(report.Job.ID)-ownLetters):] + "." + report.Job.Format
	return destination.Put(ctx, name, blobstore.ContentType(report.Job.Format), file)
}
