package web

import (
	"strconv"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/recurrence"
	"github.com/pasarela-ws/pasarela/internal/report/schedules"
)

// noType says that the report of a schedule was removed or has another name now.
func noType(name string) error {
	return language.Errorf("delivery.no_type", "type", strconv.Quote(name))
}

// whenText is a recurring time in each language.
func whenText(when string) locale.Text {
	parsed, err := recurrence.Parse(when)
	if err != nil {
		return locale.Same(when)
	}
	return parsed.Text()
}

// The states of a report of which a job knows nothing: it has ended and is being delivered,
// and it did not reach all its targets.
const (
	delivering  = "delivering"
	undelivered = "undelivered"
)

// lastState is the state of the last run's report.
func (s *server) lastState(outcome *schedules.Outcome) string {
	if job, ok := s.intake.Queue.Get(outcome.Report); ok && !job.State.Final() {
		return string(job.State)
	} else if ok && outcome.State == "" {
		return delivering
	}
	if outcome.State == jobs.Ready && outcome.Problem != nil && outcome.Problem.Report == outcome.Report {
		return undelivered
	}
	return string(outcome.State)
}

// problemText says what went wrong with a schedule's last run, a line each.
func problemText(l language.Language, problem *schedules.Problem, zone string) string {
	var lines []string
	if why := problem.NotMade.In(l); why != "" {
		lines = append(lines, l.Say("delivery.not_made", "why", why))
	}
	for i := range problem.Undelivered {
		each := &problem.Undelivered[i]
		lines = append(lines, l.Say("delivery.not_delivered", "target", targetName(each.Target), "why", each.Why.In(l), "next", nextTry(each, problem.Until, zone)))
	}
	return strings.Join(lines, "\n")
}

func targetName(target jobs.Target) any {
	switch target.Kind() {
	case "folder":
		return language.Errorf("delivery.folder", "name", target.Folder)
	case "connection":
		return language.Errorf("delivery.connection", "name", target.Connection)
	}
	return target.Name()
}

// nextTry says whether a delivery is tried again, and how long, by the schedule's clock.
func nextTry(failed *schedules.Undelivered, until time.Time, zone string) error {
	if failed.Permanent || time.Now().After(until) {
		return language.Errorf("delivery.given_up")
	}
	if location, err := time.LoadLocation(zone); err == nil {
		until = until.In(location)
	}
	return language.Errorf("delivery.tried_again", "until", until.Format("2006-01-02 15:04"))
}
