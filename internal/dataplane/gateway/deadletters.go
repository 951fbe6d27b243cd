package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// DeadLetter is a call of an integration that was given up.
type DeadLetter struct {
	Number       uint64
	RouteKey     string
	EventType    string // CONNECT, MESSAGE or DISCONNECT
	ConnectionID string
	RequestID    string
	Message      string // empty for $connect and $disconnect
	QueuedAt     time.Time
	FailedAt     time.Time
	Reason       language.Message
}

// dead ends a call with a reason, which is stored as a message so that it can be read in
// every language.
func dead(why language.Message) pasarela.TaskEnd {
	text, err := json.Marshal(why)
	if err != nil {
		return pasarela.TaskEnd{Dead: why.Error()}
	}
	return pasarela.TaskEnd{Dead: string(text)}
}

// readReason reads what dead stored; other texts are shown as they are.
func readReason(kept string) language.Message {
	var why language.Message
	if err := json.Unmarshal([]byte(kept), &why); err != nil || why.IsZero() {
		return language.Verbatim.Of(kept)
	}
	return why
}

// reasonOf is why a call failed permanently: the cause for `explain`, if there is one.
func reasonOf(err *execution.GatewayError) language.Message {
	if err.Cause.IsZero() {
		return language.Verbatim.Of(err.Error())
	}
	return err.Cause
}

// DeadLetters are those of a stage, on all nodes, oldest first: those with numbers after a
// number, at most limit. Those that cannot be read have their number, time and reason
// only. None where the gateway has no queue.
func (a *AsyncCalls) DeadLetters(ctx context.Context, apiID, stageName string, after uint64, limit int) ([]DeadLetter, error) {
	if a.queue == nil {
		return nil, nil
	}
	kept, err := a.queue.DeadLetters(ctx, partitionPrefix(apiID, stageName), after, limit)
	if err != nil {
		return nil, err
	}
	found := make([]DeadLetter, 0, len(kept))
	for _, letter := range kept {
		var q queuedCall
		if err := json.Unmarshal(letter.Task, &q); err != nil {
			found = append(found, DeadLetter{Number: letter.Number, FailedAt: letter.Time, Reason: readReason(letter.Reason)})
			continue
		}
		found = append(found, DeadLetter{
			Number: letter.Number, RouteKey: q.Event.RouteKey, EventType: q.Event.EventType, ConnectionID: q.Event.ConnectionID, RequestID: q.Event.RequestID,
			Message: string(q.Message), QueuedAt: q.Queued, FailedAt: letter.Time, Reason: readReason(letter.Reason),
		})
	}
	return found, nil
}

// Replay puts a dead letter of a stage at the end of its partition of the queue, with a
// new deadline, and then removes the dead letter. If it fails between the two writes the
// call may be in both, and then runs twice. Errors: NotFoundException for a number that
// the stage has not, BadRequestException for one that cannot be read,
// LimitExceededException while the queue is full.
func (a *AsyncCalls) Replay(ctx context.Context, apiID, stageName string, number uint64) error {
	letter, err := a.deadLetter(ctx, apiID, stageName, number)
	if err != nil {
		return err
	}
	var q queuedCall
	if err := json.Unmarshal(letter.Task, &q); err != nil {
		return pasarela.Errorf(pasarela.CodeBadRequest, "The dead letter cannot be read, so it cannot be replayed: %v.", err)
	}
	q.Queued = a.g.options.Now()
	task, err := json.Marshal(&q)
	if err != nil {
		return err
	}
	if err := a.queue.Add(ctx, letter.Partition, pasarela.NewUUID(), task); err != nil {
		if errors.Is(err, pasarela.ErrFull) {
			return pasarela.Errorf(pasarela.CodeLimitExceeded, "The queue of the stage is full. Try again when calls have been made.")
		}
		return err
	}
	a.look()
	return a.discard(ctx, number)
}

// DiscardDeadLetter removes a dead letter of a stage, for good. NotFoundException for a
// number that the stage has not.
func (a *AsyncCalls) DiscardDeadLetter(ctx context.Context, apiID, stageName string, number uint64) error {
	if _, err := a.deadLetter(ctx, apiID, stageName, number); err != nil {
		return err
	}
	return a.discard(ctx, number)
}

func (a *AsyncCalls) discard(ctx context.Context, number uint64) error {
	if err := a.queue.Discard(ctx, number); !errors.Is(err, pasarela.ErrNotFound) {
		return err
	}
	return nil // removed by another call meanwhile
}

// deadLetter is the dead letter of that number, if it belongs to the stage.
func (a *AsyncCalls) deadLetter(ctx context.Context, apiID, stageName string, number uint64) (pasarela.DeadLetter, error) {
	absent := pasarela.Errorf(pasarela.CodeNotFound, "Stage %s of API %s has no dead letter %d.", stageName, apiID, number)
	if a.queue == nil {
		return pasarela.DeadLetter{}, absent
	}
	letter, err := a.queue.DeadLetter(ctx, number)
	switch {
	case errors.Is(err, pasarela.ErrNotFound):
		return letter, absent
	case err == nil && !strings.HasPrefix(letter.Partition, partitionPrefix(apiID, stageName)):
		return pasarela.DeadLetter{}, absent
	}
	return letter, err
}
