package web

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/delivery"
	"github.com/pasarela-ws/pasarela/internal/report/intake"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/recurrence"
	"github.com/pasarela-ws/pasarela/internal/report/schedules"
)

// schedule is one schedule as the API returns it.
type schedule struct {
	ID             string            `json:"id"`
	Type           string            `json:"type"`
	Title          locale.Text       `json:"title"`
	When           string            `json:"when"`
	WhenText       locale.Text       `json:"whenText"` // the same in each language
	Timezone       string            `json:"timezone"`
	Next           *time.Time        `json:"next,omitempty"`
	Language       string            `json:"language,omitempty"`
	Format         string            `json:"format,omitempty"`
	Parameters     map[string]string `json:"parameters"`
	Defaults       map[string]string `json:"defaults,omitempty"` // of the other parameters, which each run takes
	Deliver        []jobs.Target     `json:"deliver"`
	FromDefinition bool              `json:"fromDefinition"`
	Paused         bool              `json:"paused"`
	LastRun        *time.Time        `json:"lastRun,omitempty"`
	LastReport     string            `json:"lastReport,omitempty"`
	LastState      string            `json:"lastState,omitempty"` // of that report; failed also if there is none, undelivered if somebody does not have it
	Problem        string            `json:"problem,omitempty"`   // what went wrong, a line each, until a run has ended well
	ProblemAt      *time.Time        `json:"problemAt,omitempty"`
	Skipped        int               `json:"skipped"`
	LastSkipped    *time.Time        `json:"lastSkipped,omitempty"`
	WebHookKey     string            `json:"webHookKey,omitempty"` // that its web hooks are signed with
	Caller         string            `json:"caller,omitempty"`     // for operators
	Attributes     map[string]string `json:"attributes,omitempty"` // of the caller, for operators
}

// mayAccessSchedule tells whether the identity may see, run and delete a schedule.
func (i identity) mayAccessSchedule(s *schedules.Schedule) bool {
	return i.role == operator || i.role == client && i.client == s.Client
}

// makeSchedule keeps a schedule of a client, which shows its capability, or of whoever
// may create reports: the operator and the integration.
func (s *server) makeSchedule(w http.ResponseWriter, r *http.Request) {
	if who := s.identify(r); who.role == client {
		s.keepSchedule(w, r, who)
		return
	}
	s.creator(func(w http.ResponseWriter, r *http.Request) { s.keepSchedule(w, r, identity{role: operator}) })(w, r)
}

func (s *server) keepSchedule(w http.ResponseWriter, r *http.Request, who identity) {
	wish, err := s.readSchedule(r, who)
	if err == nil {
		err = s.checkSchedule(&wish)
	}
	if err == nil {
		err = s.checkAsked(&wish, who)
	}
	if err != nil {
		s.refuseSchedule(w, r, who, err)
		return
	}
	wish.ID, wish.Created = ulid.MustNew(ulid.Now(), rand.Reader).String(), time.Now().UTC()
	if err := s.schedules.Put(r.Context(), wish); err != nil {
		s.refuse(w, r, err)
		return
	}
	s.log.Info("a schedule is made", "schedule", wish.ID, "type", wish.Type, "when", wish.When, "timezone", wish.Zone, "caller", wish.Caller, "client", wish.Client)
	s.writeSchedule(w, r, http.StatusCreated, &wish, who)
}

// refuseSchedule refuses a schedule. Operators ask in the name of a caller, and are told how.
func (s *server) refuseSchedule(w http.ResponseWriter, r *http.Request, who identity, err error) {
	if errors.Is(err, errNotAsked) {
		fail(w, r, http.StatusForbidden, problem{Code: "forbidden", Field: "type"}, err)
		return
	}
	if who.role == operator && errors.Is(err, intake.ErrNotAllowed) {
		err = language.Errorf("reports_api.name_caller", "why", err)
	}
	s.refuseBody(w, r, err)
}

// changeSchedule puts a schedule in the place of another one and keeps its id, whose it is,
// its runs and whether it is paused.
func (s *server) changeSchedule(w http.ResponseWriter, r *http.Request) {
	found, who, ok := s.permittedSchedule(w, r)
	if !ok || s.refuseDefined(w, r, &found) {
		return
	}
	if who.role == client && (found.Caller != "" || found.Attributes != nil) { // it would get other rows by rights that it was not given
		refuseRole(w, r, who)
		return
	}
	wish, err := s.readSchedule(r, who)
	wish.ID, wish.Created, wish.Client = found.ID, found.Created, found.Client
	if wish.Caller == "" && wish.Attributes == nil { // which only who made it need to know
		wish.Caller, wish.Attributes = found.Caller, found.Attributes
	}
	if wish.DomainName == "" {
		wish.DomainName, wish.Stage = found.DomainName, found.Stage
	}
	if err == nil {
		err = s.checkSchedule(&wish)
	}
	if err == nil && wish.Type != found.Type {
		err = s.checkAsked(&wish, who)
	}
	if err != nil {
		s.refuseSchedule(w, r, who, err)
		return
	}
	if wish, err = s.schedules.Replace(r.Context(), wish); err != nil {
		s.refuse(w, r, err)
		return
	}
	s.log.Info("a schedule is changed", "schedule", wish.ID, "type", wish.Type, "when", wish.When, "timezone", wish.Zone, "by", who.String())
	s.writeSchedule(w, r, http.StatusOK, &wish, who)
}

// errNotAsked refuses a schedule of a type that its client has not asked for.
var errNotAsked = language.Errorf("reports_api.ask_first")

// checkAsked lets a client schedule only types that it has asked for by a request with the
// service's token. The page gives every visitor a capability, so a capability alone must not
// make reports (A-REPORT-4).
func (s *server) checkAsked(wish *schedules.Schedule, who identity) error {
	if s.token == "" || who.role != client || s.intake.HasAsked(who.client, wish.Type) {
		return nil
	}
	return errNotAsked
}

// refuseDefined refuses to change or delete a schedule of a definition.
func (s *server) refuseDefined(w http.ResponseWriter, r *http.Request, found *schedules.Schedule) bool {
	if found.FromDefinition {
		fail(w, r, http.StatusConflict, problem{Code: "of_definition"}, language.Errorf("reports_api.of_definition"))
	}
	return found.FromDefinition
}

// readSchedule reads a request for a report with the members when, timezone and deliver
// beside its own.
func (s *server) readSchedule(r *http.Request, who identity) (schedules.Schedule, error) {
	var deliver []jobs.Target
	var when, zone string
	request, err := readRequestWith(r, map[string]func(json.RawMessage) error{
		"when":     text(&when),
		"timezone": text(&zone),
		"deliver": func(raw json.RawMessage) error {
			if json.Unmarshal(raw, &deliver) != nil {
				return language.Errorf("reports_api.targets")
			}
			return nil
		},
	})
	if err != nil {
		return schedules.Schedule{}, err
	}
	wish := schedules.Schedule{
		Type: request.Type, When: when, Zone: zone, Language: request.Language, Format: request.Format, Parameters: request.Parameters, Lists: request.Lists,
		Deliver: deliver, Caller: request.Caller, Attributes: request.Attributes, DomainName: request.DomainName, Stage: request.Stage,
	}
	switch {
	case who.role == client:
		wish.Client, wish.Caller, wish.Attributes = who.client, "", nil // who shows a capability is that client
	case request.Client != "":
		name, ok := s.intake.Grants.Read(request.Client, time.Now())
		if !ok {
			return wish, definition.NewFieldError("client", language.Errorf("reports_api.capability"))
		}
		wish.Client = name
	}
	return wish, nil
}

func text(into *string) func(json.RawMessage) error {
	return func(raw json.RawMessage) (err error) {
		*into, err = readText(raw)
		return err
	}
}

// checkSchedule returns what is wrong with a schedule, as far as it can be known before
// it runs.
func (s *server) checkSchedule(wish *schedules.Schedule) error {
	if _, err := recurrence.Parse(wish.When); err != nil {
		return definition.NewFieldError("when", err)
	}
	if err := definition.CheckZoneName(wish.Zone); err != nil {
		return err
	}
	if len(wish.Deliver) == 0 || len(wish.Deliver) > schedules.MostTargets {
		return definition.NewFieldError("deliver", language.Errorf("reports_api.targets_count", "most", schedules.MostTargets))
	}
	request := intake.Request{
		Schedule: "new", Deliver: wish.Deliver, Type: wish.Type, Caller: wish.Caller, Attributes: wish.Attributes, Client: wish.Client, Language: wish.Language, Format: wish.Format,
		Parameters: wish.Parameters, Lists: wish.Lists, DomainName: wish.DomainName, Stage: wish.Stage,
	}
	for _, target := range wish.Deliver {
		if err := s.deliverer.Check(target); err != nil {
			return err
		}
		if target.Connection != "" && request.ConnectionID != "" {
			return definition.NewFieldError("deliver", language.Errorf("reports_api.one_connection"))
		}
		request.ConnectionID += target.Connection
	}
	return s.intake.Check(request)
}

func (s *server) writeSchedule(w http.ResponseWriter, r *http.Request, status int, from *schedules.Schedule, who identity) {
	shown, err := s.show(r, from, who)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	writeJSON(w, status, shown)
}

func (s *server) show(r *http.Request, from *schedules.Schedule, who identity) (schedule, error) {
	outcome, err := s.schedules.Outcome(r.Context(), from.ID)
	if err != nil {
		return schedule{}, err
	}
	shown := schedule{
		ID: from.ID, Type: from.Type, Title: locale.Same(from.Type), When: from.When, Timezone: from.Zone, Language: from.Language, Format: from.Format,
		Parameters: from.Parameters, Deliver: from.Deliver, FromDefinition: from.FromDefinition, Paused: from.Paused, LastReport: outcome.Report, LastState: s.lastState(&outcome), Skipped: outcome.Skipped,
	}
	if outcome.Problem != nil {
		shown.Problem, shown.ProblemAt = problemText(language.Accepted(r.Header.Get("Accept-Language")), outcome.Problem, from.Zone), &outcome.Problem.At
	}
	if shown.Parameters == nil {
		shown.Parameters = map[string]string{}
	}
	shown.WhenText = whenText(from.When)
	now := time.Now()
	if d, ok := s.intake.Catalogue.Get(from.Type); ok {
		shown.Title, shown.Format, shown.Defaults = d.Title, cmp.Or(from.Format, string(d.Format)), defaultsOf(d, from.Parameters)
		if next := from.Next(now); !next.IsZero() {
			shown.Next = &next
		}
	} else {
		l := language.Accepted(r.Header.Get("Accept-Language"))
		shown.Problem, shown.ProblemAt = l.Say("delivery.not_made", "why", l.Of(noType(from.Type))), &now
	}
	if !outcome.At.IsZero() {
		shown.LastRun = &outcome.At
	}
	if !outcome.SkippedAt.IsZero() {
		shown.LastSkipped = &outcome.SkippedAt
	}
	if slices.ContainsFunc(from.Deliver, func(target jobs.Target) bool { return target.WebHook != "" }) {
		shown.WebHookKey = s.deliverer.Key(from.ID)
	}
	if who.role == operator {
		shown.Caller, shown.Attributes = from.Caller, from.Attributes
	}
	return shown, nil
}

// defaultsOf are the defaults of the parameters that were not given. A date that each run counts
// is in the words of the API.
func defaultsOf(d *definition.Definition, given map[string]string) map[string]string {
	defaults := map[string]string{}
	for i := range d.Parameters {
		p := &d.Parameters[i]
		if p.Default == "" || given[p.Name] != "" {
			continue
		}
		defaults[p.Name] = p.Default
		if p.Kind == definition.DateKind {
			defaults[p.Name] = definition.RelativeIn(locale.English, p.Default)
		}
	}
	return defaults
}

// listSchedules lists the schedules that the client made, for the operator all, and
// where reports may be delivered; who is the operator learns where folders are, whatever
// capability the page shows.
func (s *server) listSchedules(w http.ResponseWriter, r *http.Request) {
	who := s.identify(r)
	if who.role == anonymous {
		unknown(w, r)
		return
	}
	all, err := s.schedules.List(r.Context())
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	list := []schedule{}
	for i := range all {
		if !who.mayAccessSchedule(&all[i]) {
			continue
		}
		shown, err := s.show(r, &all[i], who)
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		list = append(list, shown)
	}
	places := s.deliverer.Destinations()
	if who.role != operator && !s.trusts(r) {
		places.Where = nil
	}
	writeJSON(w, http.StatusOK, struct {
		Schedules []schedule            `json:"schedules"`
		Places    delivery.Destinations `json:"places"`
	}{list, places})
}

// permittedSchedule finds the schedule that a request names, if the client may access
// it; otherwise it responds as if there were none.
func (s *server) permittedSchedule(w http.ResponseWriter, r *http.Request) (found schedules.Schedule, who identity, ok bool) {
	who = s.identify(r)
	if who.role == anonymous {
		unknown(w, r)
		return found, who, false
	}
	found, err := s.schedules.Get(r.Context(), r.PathValue("id"))
	if err == nil && !who.mayAccessSchedule(&found) {
		err = schedules.ErrUnknown
	}
	if err != nil {
		s.refuse(w, r, err)
		return found, who, false
	}
	return found, who, true
}

func (s *server) removeSchedule(w http.ResponseWriter, r *http.Request) {
	found, who, ok := s.permittedSchedule(w, r)
	if !ok || s.refuseDefined(w, r, &found) {
		return
	}
	if err := s.schedules.Remove(r.Context(), found.ID); err != nil {
		s.refuse(w, r, err)
		return
	}
	s.log.Info("a schedule is deleted", "schedule", found.ID, "type", found.Type, "by", who.String())
	s.writeSchedule(w, r, http.StatusOK, &found, who)
}

// runSchedule makes a schedule's report due now; its times do not change.
func (s *server) runSchedule(w http.ResponseWriter, r *http.Request) {
	found, who, ok := s.permittedSchedule(w, r)
	if !ok {
		return
	}
	if _, ok := s.intake.Catalogue.Get(found.Type); !ok {
		s.refuse(w, r, definition.NewFieldError("type", noType(found.Type)))
		return
	}
	if err := s.schedules.RunNow(r.Context(), found.ID); err != nil {
		s.refuse(w, r, err)
		return
	}
	s.writeSchedule(w, r, http.StatusAccepted, &found, who)
}

// pauser pauses or resumes a schedule.
func (s *server) pauser(paused bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		found, who, ok := s.permittedSchedule(w, r)
		if !ok {
			return
		}
		now, err := s.schedules.Pause(r.Context(), found.ID, paused)
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		s.log.Info("a schedule is paused or resumed", "schedule", now.ID, "type", now.Type, "paused", paused, "by", who.String())
		s.writeSchedule(w, r, http.StatusOK, &now, who)
	}
}
