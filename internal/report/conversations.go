package report

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/intake"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/notify"
)

// conversations holds the conversation of every report that has not ended.
type conversations struct {
	mu   sync.Mutex
	open map[string]*notify.Conversation
	gone map[string]bool // reports whose client is known to be gone, while they are open
}

// noteGone records that a client is gone; false means that it was recorded before.
func (t *conversations) noteGone(id string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	known := t.gone[id]
	t.gone[id] = true
	return !known
}

func (t *conversations) put(id string, conversation *notify.Conversation) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open[id] = conversation
}

// putNew adds a conversation unless there is one about the report already: the same
// request may come twice under its idempotency key.
func (t *conversations) putNew(id string, conversation *notify.Conversation) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, already := t.open[id]; already {
		return false
	}
	t.open[id] = conversation
	return true
}

func (t *conversations) get(id string) (*notify.Conversation, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	conversation, ok := t.open[id]
	return conversation, ok
}

func (t *conversations) remove(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.open, id)
	delete(t.gone, id)
}

// expect opens the conversation about a new report before a worker can
// see it: the first frame is accepted. The frame goes out from a
// goroutine: the gateway may hold it until $connect is answered, which waits for
// this response.
func (s *Service) expect(job jobs.Job) (accepted func(place int), dropped func()) {
	if job.ConnectionID == "" {
		return func(int) {}, func() {}
	}
	conversation := s.client.Converse(job.Endpoint, job.ConnectionID, time.Now(), s.opener(job, false))
	if !s.conversations.putNew(job.ID, conversation) {
		return func(int) {}, func() {}
	}
	accepted = func(place int) {
		conversation.Place(place)
		select {
		case s.openings <- job.ID:
		default: // the buffer is full: the frame is sent before the first progress instead
		}
	}
	return accepted, func() { s.conversations.remove(job.ID) }
}

const (
	openers     = 8
	maxOpenings = 1024
)

// retried has the client of a report learn why it waits again. Where the buffer is full the next
// reminder says so.
func (s *Service) retried(job jobs.Job) {
	if job.ConnectionID == "" {
		return
	}
	select {
	case s.retries <- job.ID:
	default:
	}
}

// openConversations sends the first frames of new reports, and says of others that they are tried
// again; [openers] goroutines do.
func (s *Service) openConversations(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case id := <-s.retries:
			if job, ok := s.queue.Get(id); ok && job.Retried() {
				s.remindClient(ctx, job)
			}
		case id := <-s.openings:
			if conversation, ok := s.conversations.get(id); ok {
				err := conversation.Open(ctx)
				if errors.Is(err, notify.ErrGone) {
					s.logClientGone(id)
				} else if err != nil && ctx.Err() == nil {
					s.log.Warn("the frame accepted was not delivered", "report", id, "cause", err)
				}
			}
		}
	}
}

// opener is the frame that says that a report is accepted.
func (s *Service) opener(job jobs.Job, repeated bool) *notify.Frame {
	opener := s.frame(job, notify.Accepted)
	opener.Parameters, opener.Repeated = job.Parameters, repeated
	opener.UsualSeconds = s.intake.UsualSeconds(job.Type)
	opener.Access = s.intake.Grants.Make(job.Client, time.Now())
	return &opener
}

// conversation is the conversation about a report, begun here or by an earlier process. That
// process may have ended before it sent the frame accepted, so that is sent again, as a
// repeated frame (A-REPORT-1). Of a report that another node has accepted, that node has
// sent it, unless it crashed.
func (s *Service) conversation(job jobs.Job) *notify.Conversation {
	if conversation, ok := s.conversations.get(job.ID); ok {
		return conversation
	}
	var opener *notify.Frame
	if job.Crashes > 0 || s.options.QueueURL == "" && job.Created.Before(s.started) {
		opener = s.opener(job, true)
	}
	conversation := s.client.Converse(job.Endpoint, job.ConnectionID, job.Created, opener)
	conversation.Place(s.queue.Place(job.ID))
	s.conversations.put(job.ID, conversation)
	return conversation
}

// reopenConversations sends the frame accepted, perhaps again, to the clients whose
// reports wait since an earlier process.
func (s *Service) reopenConversations(ctx context.Context) {
	for _, job := range s.queue.List(func(job *jobs.Job) bool { return job.State == jobs.Queued && job.Created.Before(s.started) }) {
		if job.ConnectionID == "" {
			continue
		}
		s.conversation(job)
		select {
		case s.openings <- job.ID:
		case <-ctx.Done():
			return
		}
	}
}

func (s *Service) frame(job jobs.Job, event notify.Event) notify.Frame {
	return notify.Frame{Event: event, ReportID: job.ID, Type: job.Type, Title: s.intake.Title(job), FrameID: job.ID + "-" + string(event), Trace: job.Trace}
}

func progressFrame(frame notify.Frame, progress intake.Progress) notify.Frame {
	frame.Rows, frame.Bytes = &progress.Rows, &progress.Bytes
	frame.Percent, frame.SecondsLeft = progress.Percent(), progress.SecondsLeft()
	return frame
}

// notifyEnd sends the client the end of its report. The frame is marked as repeated where
// it may have been delivered already; pasarela then delivers it only if it was not
// (A-REPORT-1).
func (s *Service) notifyEnd(ctx context.Context, job jobs.Job, repeated bool) error {
	frame := s.ending(job)
	frame.Repeated = repeated
	err := s.conversation(job).Send(ctx, frame)
	switch {
	case err == nil, errors.Is(err, notify.ErrGone):
		if err != nil {
			s.logClientGone(job.ID)
		}
		s.conversations.remove(job.ID)
		return nil
	case errors.Is(err, notify.ErrRefused):
		return fmt.Errorf("%w: %w", jobs.ErrNotDelivered, err)
	}
	return err
}

// ending is the last frame of a report. A replayed report ends again, so the time of
// the end is part of the frame's id.
func (s *Service) ending(job jobs.Job) notify.Frame {
	frame := s.frame(job, notify.Event(job.State))
	frame.FrameID += "-" + strconv.FormatInt(job.Finished.UnixMicro(), 36)
	switch job.State {
	case jobs.Ready:
		frame.Rows, frame.Bytes, frame.Name = &job.Rows, &job.Bytes, job.FileName
		frame.Link, frame.Expires = s.intake.Link(job), &job.Expires
	case jobs.Failed:
		frame.Reason, frame.Message = job.Reason, locale.Reason(job.Reason).In(locale.Language(job.Language))
	}
	return frame
}
