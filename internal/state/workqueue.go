package state

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/pasarela-ws/pasarela"
)

// The stream of tasks, and that of dead letters.
const (
	taskStream = "pasarela_tasks"
	taskRoot   = "pasarela.task."
	deadStream = "pasarela_dead_letters"
	deadRoot   = "pasarela.dead."
)

// Bounds of both streams, and how tasks are handed out.
const (
	maxTasks          = 1_000_000
	maxTasksEach      = 10_000 // of one partition, so that a stage cannot fill the queue of all
	maxTaskBytes      = 1 << 30
	maxTaskAge        = 8 * 24 * time.Hour // beyond every deadline: tasks of stages that are gone
	maxDead           = 100_000
	maxDeadBytes      = 1 << 30
	maxDeadAge        = 14 * 24 * time.Hour
	taskWindow        = 2 * time.Minute // in which the id of a task is known
	taskSilence       = 15 * time.Second
	taskSign          = 5 * time.Second // how often a node confirms that it is still running a task
	taskPause         = time.Second     // after an error of the store
	deadReason        = "Pasarela-Reason"
	codeQueueFull     = jetstream.ErrorCode(10077) // nats-server errors.json, JSStreamStoreFailedF: a bound of the stream
	codeMessageAbsent = jetstream.ErrorCode(10037) // JSNoMessageFoundErr
)

// WorkQueue is the store's queue of tasks. Its streams are made when they are first
// needed. It has at most [maxTasks] tasks and [maxTaskBytes] bytes, of one partition
// [maxTasksEach] tasks; beyond that Add returns [pasarela.ErrFull]. Of dead letters the
// oldest go, at [maxDead], [maxDeadBytes] or [maxDeadAge].
func (s *Store) WorkQueue() pasarela.WorkQueue { return &s.queue }

type workQueue struct {
	js     jetstream.JetStream
	copies int
	alone  bool // no other node works on this store

	mu          sync.Mutex
	tasks, dead jetstream.Stream // nil until they are known to be there
}

// open is both streams; nil where they are not there and are not to be made.
func (q *workQueue) open(ctx context.Context, create bool) (tasks, dead jetstream.Stream, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.tasks != nil {
		return q.tasks, q.dead, nil
	}
	tasks, err = q.js.Stream(ctx, taskStream)
	if errors.Is(err, jetstream.ErrStreamNotFound) && !create {
		return nil, nil, nil
	}
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		tasks, err = q.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
			Name: taskStream, Subjects: []string{taskRoot + ">"}, Storage: jetstream.FileStorage, Replicas: q.copies,
			Retention: jetstream.WorkQueuePolicy, Discard: jetstream.DiscardNew, DiscardNewPerSubject: true,
			MaxMsgs: maxTasks, MaxMsgsPerSubject: maxTasksEach, MaxBytes: maxTaskBytes, MaxAge: maxTaskAge, Duplicates: taskWindow,
		})
	}
	if err != nil {
		return nil, nil, unavailable("open the queue of tasks", err)
	}
	dead, err = q.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: deadStream, Subjects: []string{deadRoot + ">"}, Storage: jetstream.FileStorage, Replicas: q.copies,
		MaxMsgs: maxDead, MaxBytes: maxDeadBytes, MaxAge: maxDeadAge, Duplicates: taskWindow,
	})
	if err != nil {
		return nil, nil, unavailable("open the dead letters", err)
	}
	q.tasks, q.dead = tasks, dead
	return tasks, dead, nil
}

// Add implements [pasarela.WorkQueue]. It waits for the server for [storeTimeout]; after
// [pasarela.ErrUnavailable] the task may be in the queue, and adding it with the same id
// within [taskWindow] adds nothing.
func (q *workQueue) Add(ctx context.Context, partition, id string, task []byte) error {
	if _, _, err := q.open(ctx, true); err != nil {
		return err
	}
	within, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	_, err := q.js.PublishMsg(within, message(taskRoot+partition, id, task))
	var refused *jetstream.APIError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused) && refused.ErrorCode == codeQueueFull:
		return fmt.Errorf("%w: %s", pasarela.ErrFull, refused.Description)
	}
	return unavailable("add to the queue of tasks", err)
}

func message(subject, id string, data []byte) *nats.Msg {
	m := &nats.Msg{Subject: subject, Data: data, Header: nats.Header{}}
	m.Header.Set(nats.MsgIdHdr, id)
	return m
}

// Work implements [pasarela.WorkQueue]. The server delivers one task of a partition at a
// time, and the next when that one is acknowledged. A node confirms every [taskSign] that
// its task is still running; one that says nothing for [taskSilence] has its task run
// again elsewhere, so a task may run twice, and must bear it.
func (q *workQueue) Work(ctx context.Context, partition string, run func(context.Context, []byte) pasarela.TaskEnd) {
	for ctx.Err() == nil {
		_ = q.workOn(ctx, partition, run) // the store does not answer, or the consumer was lost: once more
		select {
		case <-ctx.Done():
		case <-time.After(taskPause):
		}
	}
}

// workOn runs the tasks of one partition one after the other, in the order of their numbers,
// until ctx ends or an error. The consumer's name is derived from the partition's, so that all
// nodes share its position; MaxAckPending of 1 keeps a second task from starting before the
// first is acknowledged.
func (q *workQueue) workOn(ctx context.Context, partition string, run func(context.Context, []byte) pasarela.TaskEnd) error {
	tasks, _, err := q.open(ctx, true)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(partition))
	name := hex.EncodeToString(sum[:12])
	if q.alone { // do not wait for the ack timeout of a task that the run before was running
		if err := tasks.DeleteConsumer(ctx, name); err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
			return err
		}
	}
	consumer, err := tasks.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
		Durable: name, Description: partition, FilterSubject: taskRoot + partition,
		AckPolicy: jetstream.AckExplicitPolicy, AckWait: taskSilence, MaxAckPending: 1, MaxDeliver: -1,
	})
	if err != nil {
		return err
	}
	messages, err := consumer.Messages(jetstream.PullMaxMessages(1), jetstream.WithMessagesErrOnMissingHeartbeat(true))
	if err != nil {
		return err
	}
	defer messages.Stop()
	defer context.AfterFunc(ctx, messages.Stop)()
	for {
		next, err := messages.Next()
		if err != nil {
			return err
		}
		if err := q.runOne(ctx, partition, next, run); err != nil {
			return err
		}
	}
}

// runOne runs one task, confirms to the server meanwhile that it is still running, and
// acknowledges it.
func (q *workQueue) runOne(ctx context.Context, partition string, m jetstream.Msg, run func(context.Context, []byte) pasarela.TaskEnd) error {
	if ctx.Err() != nil {
		return m.Nak()
	}
	running, cancel := context.WithCancel(ctx)
	var signs sync.WaitGroup
	signs.Go(func() {
		tick := time.NewTicker(taskSign)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				_ = m.InProgress() // if it is lost the task is handed out again, and runs twice
			case <-running.Done():
				return
			}
		}
	})
	end := run(ctx, m.Data())
	cancel()
	signs.Wait()
	switch {
	case end.Dead != "":
		if err := q.addDeadLetter(partition, m, end.Dead); err != nil {
			_ = m.Nak()
			return err
		}
		return m.Ack()
	case end.Done:
		return m.Ack()
	}
	return m.Nak() // another node may go on with it at once
}

// addDeadLetter adds a task to the dead letters, once.
func (q *workQueue) addDeadLetter(partition string, m jetstream.Msg, reason string) error {
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	at, err := m.Metadata()
	if err != nil {
		return err
	}
	letter := message(deadRoot+partition, fmt.Sprintf("%d", at.Sequence.Stream), m.Data())
	letter.Header.Set(deadReason, strings.Map(printableOnly, reason))
	_, err = q.js.PublishMsg(ctx, letter)
	return err
}

// printableOnly takes line ends out of what goes into a header.
func printableOnly(r rune) rune {
	if r < ' ' {
		return ' '
	}
	return r
}

// Partitions implements [pasarela.WorkQueue], by one request. Nil when no task was ever
// added.
func (q *workQueue) Partitions(ctx context.Context) (map[string]uint64, error) {
	tasks, _, err := q.open(ctx, false)
	if err != nil || tasks == nil {
		return nil, err
	}
	info, err := tasks.Info(ctx, jetstream.WithSubjectFilter(taskRoot+">"))
	if err != nil {
		return nil, unavailable("list the queue of tasks", err)
	}
	found := make(map[string]uint64, len(info.State.Subjects))
	for subject, n := range info.State.Subjects {
		found[strings.TrimPrefix(subject, taskRoot)] = n
	}
	return found, nil
}

// DeadLetters implements [pasarela.WorkQueue], by one request for each dead letter.
func (q *workQueue) DeadLetters(ctx context.Context, prefix string, after uint64, limit int) ([]pasarela.DeadLetter, error) {
	_, dead, err := q.open(ctx, false)
	if err != nil || dead == nil {
		return nil, err
	}
	var found []pasarela.DeadLetter
	for len(found) < limit {
		raw, err := dead.GetMsg(ctx, after+1, jetstream.WithGetMsgSubject(deadRoot+prefix+">"))
		if isAbsent(err) {
			break
		}
		if err != nil {
			return nil, unavailable("list the dead letters", err)
		}
		found = append(found, letterOf(raw))
		after = raw.Sequence
	}
	return found, nil
}

func isAbsent(err error) bool {
	var refused *jetstream.APIError
	return errors.Is(err, jetstream.ErrMsgNotFound) || errors.As(err, &refused) && refused.ErrorCode == codeMessageAbsent
}

func letterOf(raw *jetstream.RawStreamMsg) pasarela.DeadLetter {
	return pasarela.DeadLetter{
		Number: raw.Sequence, Partition: strings.TrimPrefix(raw.Subject, deadRoot), Time: raw.Time,
		Reason: raw.Header.Get(deadReason), Task: raw.Data,
	}
}

// DeadLetter implements [pasarela.WorkQueue].
func (q *workQueue) DeadLetter(ctx context.Context, number uint64) (pasarela.DeadLetter, error) {
	_, dead, err := q.open(ctx, false)
	if err != nil {
		return pasarela.DeadLetter{}, err
	}
	if dead == nil || number == 0 {
		return pasarela.DeadLetter{}, pasarela.ErrNotFound
	}
	raw, err := dead.GetMsg(ctx, number)
	if isAbsent(err) {
		return pasarela.DeadLetter{}, pasarela.ErrNotFound
	}
	if err != nil {
		return pasarela.DeadLetter{}, unavailable("read a dead letter", err)
	}
	return letterOf(raw), nil
}

// Discard implements [pasarela.WorkQueue]. The number stays used: numbers only grow.
func (q *workQueue) Discard(ctx context.Context, number uint64) error {
	if _, err := q.DeadLetter(ctx, number); err != nil {
		return err
	}
	_, dead, err := q.open(ctx, false)
	if err != nil {
		return err
	}
	if err := dead.DeleteMsg(ctx, number); err != nil && !isAbsent(err) {
		return unavailable("remove a dead letter", err)
	}
	return nil
}
