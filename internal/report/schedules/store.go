package schedules

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sort"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/pasarela-ws/pasarela/internal/report/recurrence"
)

// One message a subject is kept: of a schedule, of a run that is due, of the outcome. So
// of the runs that were missed while no service ran, one is made. What is removed leaves an
// empty message: if it were purged, a version before it would be back after a kill, because
// the server does not write down that a message was replaced (nats-server 2.15).
const (
	streamName   = "report-schedules"
	schedulesOf  = "reports.schedules."
	dueOf        = "reports.due."
	outcomesOf   = "reports.outcomes."
	consumerName = "reports"
	takeFor      = time.Minute // after which another node is given a run
	retryAfter   = time.Minute
)

// A Store keeps schedules. Its methods are safe for concurrent use.
type Store struct {
	stream jetstream.Stream
	js     jetstream.JetStream
	log    *slog.Logger
}

// Open opens the store in a JetStream.
func Open(ctx context.Context, js jetstream.JetStream, log *slog.Logger) (*Store, error) {
	stream, err := js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: streamName, Description: "pasarela reports: schedules, the runs that are due, their outcomes",
		Subjects: []string{schedulesOf + "*", dueOf + "*", outcomesOf + "*"}, MaxMsgsPerSubject: 1,
		Storage: jetstream.FileStorage, AllowMsgSchedules: true, AllowRollup: true,
	})
	if err != nil {
		return nil, fmt.Errorf("schedules: open the stream %q (the NATS server must schedule messages by cron expression and time zone, as 2.15 does): %w", streamName, err)
	}
	return &Store{stream, js, log}, nil
}

// Put stores a schedule, whether there is one with its id or not, and starts its time. The
// error is ErrFull or the store's.
func (s *Store) Put(ctx context.Context, schedule Schedule) error {
	when, err := recurrence.Parse(schedule.When)
	if err != nil {
		return err
	}
	return s.put(ctx, schedule, when.Cron())
}

func (s *Store) put(ctx context.Context, schedule Schedule, cron string) error {
	known, err := s.List(ctx)
	if err != nil {
		return err
	}
	others, own := 0, 0
	for i := range known {
		if known[i].ID == schedule.ID {
			continue
		}
		others++
		if known[i].Client == schedule.Client && schedule.Client != "" {
			own++
		}
	}
	if others >= Most || own >= MostPerClient {
		return ErrFull
	}
	return s.publish(ctx, schedule, cron)
}

func (s *Store) publish(ctx context.Context, schedule Schedule, cron string, conditions ...jetstream.PublishOpt) error {
	body, err := json.Marshal(schedule)
	if err != nil {
		return err
	}
	if !schedule.Paused { // a message without a schedule replaces the scheduled one
		conditions = append(conditions, jetstream.WithScheduleCron(cron), jetstream.WithScheduleTimeZone(schedule.Zone), jetstream.WithScheduleTarget(dueOf+schedule.ID))
	}
	if _, err = s.js.Publish(ctx, schedulesOf+schedule.ID, body, conditions...); err != nil {
		return fmt.Errorf("schedules: keep a schedule: %w", err)
	}
	return nil
}

// Rename makes the schedules that people made of one type ask for another, and returns how
// many do so now. Each is changed by itself, so the definitions of both types must be in
// force meanwhile: then one that a crash left behind still makes its report. After an error
// those that were changed are changed back, as far as the store lets them.
func (s *Store) Rename(ctx context.Context, from, to string) (renamed int, err error) {
	all, err := s.List(ctx)
	if err != nil {
		return 0, err
	}
	var done []string
	for i := range all {
		if all[i].FromDefinition || all[i].Type != from {
			continue
		}
		switch _, err := s.retype(ctx, all[i].ID, from, to); {
		case errors.Is(err, ErrUnknown): // removed meanwhile
		case err != nil:
			left := 0
			for _, id := range done {
				if _, backErr := s.retype(ctx, id, to, from); backErr != nil && !errors.Is(backErr, ErrUnknown) {
					left++
				}
			}
			return left, err
		default:
			done = append(done, all[i].ID)
		}
	}
	return len(done), nil
}

// retype changes the type of one schedule, unless it has another one by now.
func (s *Store) retype(ctx context.Context, id, from, to string) (Schedule, error) {
	return s.change(ctx, id, func(schedule *Schedule) bool {
		is := schedule.Type == from
		if is {
			schedule.Type = to
		}
		return is
	})
}

// Replace puts a schedule in the place of the one with its id, which stays paused if it is. The
// error is ErrUnknown if there is none any more.
func (s *Store) Replace(ctx context.Context, by Schedule) (Schedule, error) {
	return s.change(ctx, by.ID, func(schedule *Schedule) bool {
		paused := schedule.Paused
		*schedule = by
		schedule.Paused = paused
		return true
	})
}

// change changes a schedule, if edit says that it did, and makes the change anew if it was
// changed meanwhile; one that was removed meanwhile is ErrUnknown.
func (s *Store) change(ctx context.Context, id string, edit func(*Schedule) bool) (Schedule, error) {
	var err error
	for range changeTries {
		var schedule Schedule
		revision, lastErr := s.last(ctx, schedulesOf+id, &schedule)
		if lastErr != nil || !edit(&schedule) {
			return schedule, lastErr
		}
		when, parseErr := recurrence.Parse(schedule.When)
		if parseErr != nil {
			return schedule, parseErr
		}
		if err = s.publish(ctx, schedule, when.Cron(), jetstream.WithExpectLastSequencePerSubject(revision)); !isConflict(err) {
			return schedule, err
		}
	}
	return Schedule{}, err
}

// Get returns a schedule, or ErrUnknown.
func (s *Store) Get(ctx context.Context, id string) (schedule Schedule, err error) {
	_, err = s.last(ctx, schedulesOf+id, &schedule)
	return schedule, err
}

// Outcome returns the outcome of a schedule's runs; empty before the first.
func (s *Store) Outcome(ctx context.Context, id string) (outcome Outcome, err error) {
	if _, err = s.last(ctx, outcomesOf+id, &outcome); errors.Is(err, ErrUnknown) {
		err = nil
	}
	return outcome, err
}

// last reads the newest message of a subject, and its number. ErrUnknown comes with the number
// of what a removal has left, or 0.
func (s *Store) last(ctx context.Context, subject string, target any) (number uint64, err error) {
	if strings.ContainsAny(subject, " \t\r\n*>") || strings.Count(subject, ".") != 2 {
		return 0, ErrUnknown
	}
	found, err := s.stream.GetLastMsgForSubject(ctx, subject)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return 0, ErrUnknown
	}
	if err != nil {
		return 0, fmt.Errorf("schedules: read: %w", err)
	}
	if len(found.Data) == 0 {
		return found.Sequence, ErrUnknown
	}
	return found.Sequence, json.Unmarshal(found.Data, target)
}

// changeTries bounds how often a change is made anew because another node has made one
// meanwhile.
const changeTries = 10

// ChangeOutcome changes the outcome of a schedule's runs, if change says that it did, and
// makes the change anew if the outcome was changed meanwhile. The error is ErrUnknown for a
// schedule that is gone.
func (s *Store) ChangeOutcome(ctx context.Context, id string, change func(*Outcome) bool) error {
	var err error
	for range changeTries {
		if err = s.changeOutcome(ctx, id, change); !isConflict(err) {
			return err
		}
	}
	return err
}

func (s *Store) changeOutcome(ctx context.Context, id string, change func(*Outcome) bool) error {
	if _, err := s.Get(ctx, id); err != nil {
		return err
	}
	var outcome Outcome
	revision, err := s.last(ctx, outcomesOf+id, &outcome)
	if err != nil && !errors.Is(err, ErrUnknown) {
		return err
	}
	if !change(&outcome) {
		return nil
	}
	body, err := json.Marshal(outcome)
	if err != nil {
		return err
	}
	if _, err = s.js.Publish(ctx, outcomesOf+id, body, jetstream.WithExpectLastSequencePerSubject(revision)); err != nil {
		return fmt.Errorf("schedules: keep an outcome: %w", err)
	}
	return nil
}

func isConflict(err error) bool {
	failed, ok := errors.AsType[*jetstream.APIError](err)
	return ok && failed.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence
}

// Failing is how many schedules have a problem.
func (s *Store) Failing(ctx context.Context) (failing int, err error) {
	info, err := s.stream.Info(ctx, jetstream.WithSubjectFilter(outcomesOf+"*"))
	if err != nil {
		return 0, fmt.Errorf("schedules: list: %w", err)
	}
	for subject := range info.State.Subjects {
		outcome, err := s.Outcome(ctx, strings.TrimPrefix(subject, outcomesOf))
		if err != nil {
			return 0, err
		}
		if outcome.Problem != nil {
			failing++
		}
	}
	return failing, nil
}

// List returns all schedules, oldest first.
func (s *Store) List(ctx context.Context) ([]Schedule, error) {
	info, err := s.stream.Info(ctx, jetstream.WithSubjectFilter(schedulesOf+"*"))
	if err != nil {
		return nil, fmt.Errorf("schedules: list: %w", err)
	}
	var all []Schedule
	for subject := range info.State.Subjects {
		schedule, err := s.Get(ctx, strings.TrimPrefix(subject, schedulesOf))
		if errors.Is(err, ErrUnknown) {
			continue // removed meanwhile
		}
		if err != nil {
			return nil, err
		}
		all = append(all, schedule)
	}
	sort.Slice(all, func(i, j int) bool {
		return cmp.Or(all[i].Created.Compare(all[j].Created), cmp.Compare(all[i].ID, all[j].ID)) < 0
	})
	return all, nil
}

// Remove forgets a schedule, or returns ErrUnknown. A run of it that is due is not made.
func (s *Store) Remove(ctx context.Context, id string) error {
	if _, err := s.Get(ctx, id); err != nil {
		return err
	}
	if _, err := s.js.Publish(ctx, schedulesOf+id, nil); err != nil {
		return fmt.Errorf("schedules: remove: %w", err)
	}
	s.removeRuns(ctx, id)
	return nil
}

// removeRuns removes what a schedule that is gone has left. What stays after a fault of the
// store, or is back after a kill, does nothing: a run whose schedule is gone is not made
// ([Store.take]).
func (s *Store) removeRuns(ctx context.Context, id string) {
	err := s.stream.Purge(ctx, jetstream.WithPurgeSubject(dueOf+id))
	if _, lastErr := s.last(ctx, outcomesOf+id, &Outcome{}); !errors.Is(lastErr, ErrUnknown) {
		_, lastErr = s.js.Publish(ctx, outcomesOf+id, nil)
		err = errors.Join(err, lastErr)
	}
	if err != nil {
		s.log.Warn("what a removed schedule has left could not be removed", "schedule", id, "cause", err)
	}
}

// Pause stops a schedule's time, or restarts it. Times that pass while it is paused are
// not made up for; a run that is due already stays due.
func (s *Store) Pause(ctx context.Context, id string, paused bool) (Schedule, error) {
	return s.change(ctx, id, func(schedule *Schedule) bool {
		changes := schedule.Paused != paused
		schedule.Paused = paused
		return changes
	})
}

// RunNow makes a schedule's report due, besides its times.
func (s *Store) RunNow(ctx context.Context, id string) error {
	schedule, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	body, err := json.Marshal(schedule)
	if err != nil {
		return err
	}
	_, err = s.js.PublishMsg(ctx, &nats.Msg{Subject: dueOf + id, Data: body})
	return err
}

// A Run is one report that is due.
type Run struct {
	Schedule Schedule
	Number   uint64 // rises with every run of any schedule; the same when a run is given again
	Due      time.Time
}

// Follow calls ask for every run that is due, one at a time, until stop is called; stop
// waits for the call that is under way. A run whose call returns an error is given again
// after a minute. Of several nodes that follow, one is given a run.
func (s *Store) Follow(ctx context.Context, ask func(ctx context.Context, run Run) error) (stop func(), err error) {
	consumer, err := s.stream.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
		Durable: consumerName, FilterSubject: dueOf + "*", AckPolicy: jetstream.AckExplicitPolicy, AckWait: takeFor, MaxAckPending: Most,
	})
	if err != nil {
		return nil, fmt.Errorf("schedules: follow: %w", err)
	}
	following, cancel := context.WithCancel(context.WithoutCancel(ctx))
	consuming, err := consumer.Consume(func(message jetstream.Msg) {
		s.take(following, message, ask)
	}, jetstream.PullMaxMessages(1))
	if err != nil {
		cancel()
		return nil, fmt.Errorf("schedules: follow: %w", err)
	}
	return func() {
		consuming.Stop()
		cancel()
		<-consuming.Closed()
	}, nil
}

func (s *Store) take(ctx context.Context, message jetstream.Msg, ask func(ctx context.Context, run Run) error) {
	var schedule Schedule
	about, err := message.Metadata()
	if err == nil {
		err = json.Unmarshal(message.Data(), &schedule)
	}
	if err != nil {
		s.log.Error("a schedule's message cannot be read", "subject", message.Subject(), "cause", err)
		_ = message.Term() // delivering it again would not help
		return
	}
	ctx, done := context.WithTimeout(ctx, takeFor/2)
	defer done()
	if _, err := s.Get(ctx, schedule.ID); errors.Is(err, ErrUnknown) {
		_ = message.Term() // without it the run is given again, and again not made
		s.removeRuns(ctx, schedule.ID)
		return
	}
	if err := ask(ctx, Run{schedule, about.Sequence.Stream, about.Timestamp}); err != nil {
		if ctx.Err() == nil {
			s.log.Warn("a scheduled report cannot be asked for yet", "schedule", schedule.ID, "wait", retryAfter, "cause", err)
		}
		_ = message.NakWithDelay(retryAfter) // without it the run is given again after takeFor
		return
	}
	_ = message.Ack() // without it the run is given again, and known by its number
}
