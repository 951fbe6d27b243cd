package jobs

import (
	"cmp"
	"slices"
	"time"
)

// A schedule holds every job in memory and decides which runs next. It has no clock
// and no lock: the queue provides both.
//
// Fairness: each caller has a queue of its own. The next job is one of the highest priority
// that waits, from the caller with the fewest running jobs, and among those from the one
// that was served longest ago, so that one caller's thousand reports do not delay another
// caller's first. Every tenth begin is the job that has waited longest, so that none of a
// low priority waits for ever.
type schedule struct {
	jobs       map[string]*queuedJob
	queues     map[string]*callerQueue
	queued     int
	ranked     int // queued with a priority of their own
	dispatched uint64
	unnotified map[string]*queuedJob
	active     map[string]*queuedJob // running, anywhere
	limits     map[string]int        // jobs of a source under way at once
	busy       map[string]int        // jobs of a source that are under way here
	history    history
}

// A queuedJob is a job with the state that only this process has.
type queuedJob struct {
	id          string // never changes, so it needs no lock
	job         Job
	revision    uint64
	seen        time.Time // when this revision came
	busy        bool      // a goroutine of this process works on it
	source      string    // that it is counted under in busy
	repeated    bool      // its client may have been notified already
	notified    string    // the ending of which the client was notified
	notifyAfter time.Time
	notifyTries int
}

type callerQueue struct {
	waiting []*queuedJob // by priority, then by creation
	running int
	served  uint64
}

func newSchedule(limits map[string]int) *schedule {
	return &schedule{jobs: map[string]*queuedJob{}, queues: map[string]*callerQueue{}, unnotified: map[string]*queuedJob{}, active: map[string]*queuedJob{}, limits: limits, busy: map[string]int{}, history: history{}}
}

// put stores a revision of a job; one older than the known revision is ignored.
func (s *schedule) put(job Job, revision uint64, now time.Time) *queuedJob {
	known, ok := s.jobs[job.ID]
	if ok && known.revision >= revision {
		return known
	}
	if !ok {
		known = &queuedJob{id: job.ID}
		s.jobs[job.ID] = known
	} else {
		s.leave(known)
	}
	known.job, known.revision, known.seen = job, revision, now
	s.history.add(&known.job)
	s.enter(known)
	return known
}

// remove forgets a job.
func (s *schedule) remove(id string, revision uint64) {
	if known, ok := s.jobs[id]; ok && known.revision <= revision {
		s.leave(known)
		delete(s.jobs, id)
	}
}

func (s *schedule) enter(e *queuedJob) {
	switch {
	case e.job.State == Queued:
		e.repeated, e.notifyTries, e.notifyAfter = false, 0, time.Time{} // it will end again
		at := s.queueOf(e.job.Caller)
		place, _ := slices.BinarySearchFunc(at.waiting, e, byTurn)
		at.waiting = slices.Insert(at.waiting, place, e)
		s.queued++
		s.ranked += rankedOne(e)
	case e.job.State == Running:
		s.queueOf(e.job.Caller).running++
		s.active[e.id] = e
	case !e.job.Notified:
		s.unnotified[e.job.ID] = e
	}
}

func (s *schedule) leave(e *queuedJob) {
	delete(s.unnotified, e.job.ID)
	delete(s.active, e.job.ID)
	at, ok := s.queues[e.job.Caller]
	if !ok {
		return
	}
	switch e.job.State {
	case Queued:
		if place, found := slices.BinarySearchFunc(at.waiting, e, byTurn); found {
			at.waiting = slices.Delete(at.waiting, place, place+1)
			s.queued--
			s.ranked -= rankedOne(e)
		}
	case Running:
		at.running--
	}
	if len(at.waiting) == 0 && at.running == 0 {
		delete(s.queues, e.job.Caller)
	}
}

func (s *schedule) queueOf(caller string) *callerQueue {
	at, ok := s.queues[caller]
	if !ok {
		at = &callerQueue{}
		s.queues[caller] = at
	}
	return at
}

// next is the job to run next, marked busy until it is released; without one, wait is
// how long until one may be due (0: unknown).
func (s *schedule) next(now time.Time) (due *queuedJob, wait time.Duration) {
	var best *callerQueue
	oldest := s.ranked > 0 && (s.dispatched+1)%oldestEvery == 0
	for _, at := range s.queues {
		first, until := at.first(now, s.held, oldest)
		if first == nil {
			wait = minPositive(wait, until)
			continue
		}
		if best == nil || oldest && byCreation(first, due) < 0 || !oldest && before(at, best, first, due) {
			best, due = at, first
		}
	}
	if due != nil {
		s.dispatched++
		best.served = s.dispatched
		due.busy = true
		if due.source = due.job.Source; due.source != "" {
			s.busy[due.source]++
		}
	}
	return due, wait
}

// oldestEvery is how often a begin is the oldest job's.
const oldestEvery = 10

// before tells whether the first job of one caller begins before that of another.
func before(at, other *callerQueue, first, others *queuedJob) bool {
	return cmp.Or(cmp.Compare(others.job.Priority, first.job.Priority), cmp.Compare(at.running, other.running), cmp.Compare(at.served, other.served), byCreation(first, others)) < 0
}

// held tells whether a source has as many jobs running as its limit allows.
func (s *schedule) held(source string) bool {
	limit, limited := s.limits[source]
	return limited && s.busy[source] >= limit
}

// release ends what next or nextNotification began.
func (s *schedule) release(e *queuedJob) {
	e.busy = false
	if e.source == "" {
		return
	}
	if s.busy[e.source]--; s.busy[e.source] == 0 {
		delete(s.busy, e.source)
	}
	e.source = ""
}

// first is the first job of the queue, or the oldest one, that is due and whose source is
// below its limit.
func (l *callerQueue) first(now time.Time, held func(source string) bool, oldest bool) (due *queuedJob, wait time.Duration) {
	for _, e := range l.waiting {
		if e.busy || held(e.job.Source) {
			continue
		}
		// A clock that was set back since would hold the job for as long: this process has
		// a clock of its own, by which no job waits longer than a retry does.
		if until := min(e.job.NotBefore.Sub(now), longestBackOff-now.Sub(e.seen)); until > 0 {
			wait = minPositive(wait, until)
			continue
		}
		if !oldest {
			return e, 0
		}
		if due == nil || byCreation(e, due) < 0 {
			due = e
		}
	}
	return due, wait
}

// place is how many jobs will begin before and with this one: 1 is next, 0 is
// not waiting. Each other caller's queue gives those of a higher priority and one of the
// same a round. That every tenth begin is the oldest job's is left out.
func (s *schedule) place(e *queuedJob) int {
	own, ok := s.queues[e.job.Caller]
	if !ok || e.job.State != Queued {
		return 0
	}
	at, _ := slices.BinarySearchFunc(own.waiting, e, byTurn)
	higher, _ := own.ofPriority(e.job.Priority)
	place := at + 1
	for caller, other := range s.queues {
		if caller == e.job.Caller || len(other.waiting) == 0 {
			continue
		}
		rounds := at - higher
		if other.running < own.running || other.running == own.running && (other.served < own.served || other.served == own.served && byCreation(other.waiting[0], own.waiting[0]) < 0) {
			rounds++
		}
		higher, same := other.ofPriority(e.job.Priority)
		place += higher + min(same, rounds)
	}
	return place
}

// ofPriority counts the waiting jobs of a higher and of the same priority.
func (l *callerQueue) ofPriority(priority int) (higher, same int) {
	downTo := func(least int) int {
		n, _ := slices.BinarySearchFunc(l.waiting, least, func(e *queuedJob, least int) int {
			if e.job.Priority >= least {
				return -1
			}
			return 1
		})
		return n
	}
	higher = downTo(priority + 1)
	return higher, downTo(priority) - higher
}

// waitingOf is how many jobs of a caller wait.
func (s *schedule) waitingOf(caller string) int {
	if own, ok := s.queues[caller]; ok {
		return len(own.waiting)
	}
	return 0
}

// firstPlace is the place of a caller's first waiting job.
func (s *schedule) firstPlace(caller string) int {
	if own, ok := s.queues[caller]; ok && len(own.waiting) > 0 {
		return s.place(own.waiting[0])
	}
	return 1
}

// meanAge is how long the running jobs have been running, on average.
func (s *schedule) meanAge(now time.Time) time.Duration {
	var sum time.Duration
	for _, e := range s.active {
		sum += now.Sub(e.job.Started)
	}
	return sum / time.Duration(max(len(s.active), 1))
}

// expired lists the running jobs of other owners that wrote no heartbeat for so long.
func (s *schedule) expired(now time.Time, owner string, silence time.Duration) []*queuedJob {
	var found []*queuedJob
	for _, e := range s.jobs {
		if e.job.State == Running && e.job.Owner != owner && now.Sub(e.seen) > silence {
			found = append(found, e)
		}
	}
	return found
}

// nextNotification is the ended job whose client is to be notified now, like next; of
// those that schedules asked for, or of the others.
func (s *schedule) nextNotification(now time.Time, owner string, silence time.Duration, scheduled bool) (due *queuedJob, wait time.Duration) {
	for _, e := range s.unnotified {
		if e.busy || (e.job.Schedule != "") != scheduled {
			continue
		}
		after := e.notifyAfter
		if e.job.Owner != owner {
			after = e.seen.Add(silence)
		}
		if until := after.Sub(now); until > 0 {
			wait = minPositive(wait, until)
			continue
		}
		if due == nil || e.job.Finished.Before(due.job.Finished) {
			due = e
		}
	}
	if due != nil {
		due.busy = true
	}
	return due, wait
}

// byTurn is the order within a caller's queue.
func byTurn(a, b *queuedJob) int {
	return cmp.Or(cmp.Compare(b.job.Priority, a.job.Priority), byCreation(a, b))
}

// rankedOne is 1 for a job with a priority of its own.
func rankedOne(e *queuedJob) int { return min(1, e.job.Priority*e.job.Priority) }

func byCreation(a, b *queuedJob) int {
	return cmp.Or(a.job.Created.Compare(b.job.Created), cmp.Compare(a.job.ID, b.job.ID))
}

func minPositive(a, b time.Duration) time.Duration {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}
