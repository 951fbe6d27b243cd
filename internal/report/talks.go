package report

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/desk"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/report/language"
	"github.com/pasarela-ws/pasarela/internal/report/notify"
)

// talks are the conversations about the reports that are not yet ended.
type talks struct {
	mu   sync.Mutex
	open map[string]*notify.Conversation
	gone map[string]bool // reports whose client is known to be gone, while they are open
}

// noteGone notes that a client is gone; false means that it was known.
func (t *talks) noteGone(id string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	known := t.gone[id]
	t.gone[id] = true
	return !known
}

func (t *talks) put(id string, talk *notify.Conversation) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open[id] = talk
}

// begin keeps a talk unless there is one about the report already: the same
// request may come twice under its idempotency key.
func (t *talks) begin(id string, talk *notify.Conversation) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, already := t.open[id]; already {
		return false
	}
	t.open[id] = talk
	return true
}

func (t *talks) get(id string) (*notify.Conversation, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	talk, ok := t.open[id]
	return talk, ok
}

func (t *talks) end(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.open, id)
	delete(t.gone, id)
}

// expect opens the conversation about a new report before a worker can know of
// it: what is told first is that it is accepted. The frame goes out from a
// goroutine: the gateway may hold it until $connect is answered, which waits for
// us.
func (s *Service) expect(job jobs.Job) (accepted func(place int), dropped func()) {
	talk := s.client.Converse(job.Endpoint, job.ConnectionID, time.Now(), s.opener(job, false))
	if !s.talks.begin(job.ID, talk) {
		return func(int) {}, func() {}
	}
	accepted = func(place int) {
		talk.Place(place)
		select {
		case s.openings <- job.ID:
		default: // very many at once: the frame goes out before the first progress
		}
	}
	return accepted, func() { s.talks.end(job.ID) }
}

const (
	openers     = 8
	maxOpenings = 1024
)

// openTalks sends the first frames.
func (s *Service) openTalks(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case id := <-s.openings:
			if talk, ok := s.talks.get(id); ok {
				err := talk.Open(ctx)
				if errors.Is(err, notify.ErrGone) {
					s.noteGone(id)
				} else if err != nil && ctx.Err() == nil {
					s.log.Warn("a client was not told that its report is accepted", "report", id, "cause", err)
				}
			}
		}
	}
}

// opener is the frame that says that a report is accepted.
func (s *Service) opener(job jobs.Job, repeated bool) *notify.Frame {
	opener := s.frame(job, notify.Accepted)
	opener.Parameters, opener.Repeated = job.Parameters, repeated
	opener.Access = s.desk.Grants.Make(job.Client, time.Now())
	return &opener
}

// talk is the conversation about a report, begun here or by an earlier process. That
// one may have ended before it told that the report is accepted, so it is told
// again, as a repeated frame (A-REPORT-1). A report that another node has accepted
// was told by that one, unless it fell silent.
func (s *Service) talk(job jobs.Job) *notify.Conversation {
	if talk, ok := s.talks.get(job.ID); ok {
		return talk
	}
	var opener *notify.Frame
	if job.Crashes > 0 || s.options.QueueURL == "" && job.Created.Before(s.started) {
		opener = s.opener(job, true)
	}
	talk := s.client.Converse(job.Endpoint, job.ConnectionID, job.Created, opener)
	talk.Place(s.queue.Place(job.ID))
	s.talks.put(job.ID, talk)
	return talk
}

// reopenTalks has the clients whose reports wait since an earlier process told, or
// told again, that these are accepted.
func (s *Service) reopenTalks(ctx context.Context) {
	for _, job := range s.queue.List(func(job *jobs.Job) bool { return job.State == jobs.Queued && job.Created.Before(s.started) }) {
		s.talk(job)
		select {
		case s.openings <- job.ID:
		case <-ctx.Done():
			return
		}
	}
}

func (s *Service) frame(job jobs.Job, event notify.Event) notify.Frame {
	return notify.Frame{Event: event, ReportID: job.ID, Type: job.Type, Title: s.desk.Title(job), FrameID: job.ID + "-" + string(event)}
}

func progressFrame(frame notify.Frame, progress desk.Progress) notify.Frame {
	frame.Rows, frame.Bytes = &progress.Rows, &progress.Bytes
	frame.Percent, frame.SecondsLeft = progress.Percent(), progress.SecondsLeft()
	return frame
}

// tell tells the client how its report ended. Where it is open whether that was
// done already, the frame says that it is repeated; pasarela delivers it only if it
// was not (A-REPORT-1).
func (s *Service) tell(ctx context.Context, job jobs.Job, repeated bool) error {
	frame := s.ending(job)
	frame.Repeated = repeated
	err := s.talk(job).Say(ctx, frame)
	switch {
	case err == nil, errors.Is(err, notify.ErrGone):
		if err != nil {
			s.noteGone(job.ID)
		}
		s.talks.end(job.ID)
		return nil
	case errors.Is(err, notify.ErrRefused):
		return fmt.Errorf("%w: %w", jobs.ErrNotTold, err)
	}
	return err
}

// ending is the last frame of a report. A report that is run again ends again, so
// the time of the end is part of the frame's id.
func (s *Service) ending(job jobs.Job) notify.Frame {
	frame := s.frame(job, notify.Event(job.State))
	frame.FrameID += "-" + strconv.FormatInt(job.Finished.UnixMicro(), 36)
	switch job.State {
	case jobs.Ready:
		frame.Rows, frame.Bytes, frame.Name = &job.Rows, &job.Bytes, job.FileName
		frame.Link, frame.Expires = s.desk.Link(job), &job.Expires
	case jobs.Failed:
		frame.Reason, frame.Message = job.Reason, language.Reason(job.Reason).In(language.Language(job.Language))
	}
	return frame
}
