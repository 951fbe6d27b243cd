package extension

import (
	"context"
	"strconv"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// DeadLetterQueue lists, replays and discards the calls of asynchronous routes that were
// given up. It is the same on all nodes.
type DeadLetterQueue interface {
	DeadLetters(ctx context.Context, apiID, stageName string, after uint64, limit int) ([]gateway.DeadLetter, error)
	Replay(ctx context.Context, apiID, stageName string, number uint64) error
	DiscardDeadLetter(ctx context.Context, apiID, stageName string, number uint64) error
}

// Bounds of limit.
const (
	defaultDeadLetters = 100
	maxDeadLetters     = 1000
)

type deadLettersInput struct {
	stageInput
	After string `query:"after"` // Next of the page before
	Limit int    `query:"limit"`
	languageInput
}

// DeadLetter is a call of an integration that was given up.
type DeadLetter struct {
	ID           string    `json:"id"`
	RouteKey     string    `json:"routeKey,omitempty"`
	EventType    string    `json:"eventType,omitempty"` // CONNECT, MESSAGE or DISCONNECT
	ConnectionID string    `json:"connectionId,omitempty"`
	RequestID    string    `json:"requestId,omitempty"`
	Message      string    `json:"message,omitempty"`
	QueuedAt     time.Time `json:"queuedAt,omitzero"`
	FailedAt     time.Time `json:"failedAt"`
	Reason       string    `json:"reason"`
	// Cause is Reason for programs.
	Cause language.Message `json:"cause"`
}

// DeadLetters are those of a stage, oldest first.
type DeadLetters struct {
	DeadLetters []DeadLetter `json:"deadLetters"`
	Next        string       `json:"next,omitempty"` // for after; empty: that is all
}

// deadLetters is a page of the dead letters of a stage, oldest first, after the one named.
func (s Services) deadLetters(ctx context.Context, in deadLettersInput) (DeadLetters, error) {
	out := DeadLetters{DeadLetters: []DeadLetter{}}
	after := uint64(0)
	if in.After != "" {
		n, err := letterNumber("after", in.After)
		if err != nil {
			return out, err
		}
		after = n
	}
	switch {
	case in.Limit == 0:
		in.Limit = defaultDeadLetters
	case in.Limit < 0 || in.Limit > maxDeadLetters:
		return out, pasarela.Errorf(pasarela.CodeBadRequest, "Invalid parameter 'limit': %d is not a number from 1 to %d.", in.Limit, maxDeadLetters)
	}
	found, err := s.Queue.DeadLetters(ctx, in.APIID, in.Stage, after, in.Limit)
	if err == nil && len(found) == 0 && s.Stage != nil { // those of a stage that is gone are shown
		err = s.Stage(ctx, in.APIID, in.Stage)
	}
	if err != nil {
		return out, err
	}
	for _, d := range found {
		out.DeadLetters = append(out.DeadLetters, DeadLetter{
			strconv.FormatUint(d.Number, 10), d.RouteKey, d.EventType, d.ConnectionID, d.RequestID, d.Message, d.QueuedAt, d.FailedAt, d.Reason.In(in.language()), d.Reason,
		})
	}
	if len(found) == in.Limit {
		out.Next = strconv.FormatUint(found[len(found)-1].Number, 10)
	}
	return out, nil
}

type deadLetterInput struct {
	stageInput
	ID string `uri:"deadLetterId"`
}

type deadLetterOutput struct{}

func (s Services) replayDeadLetter(ctx context.Context, in deadLetterInput) (deadLetterOutput, error) {
	number, err := letterNumber("deadLetterId", in.ID)
	if err == nil {
		err = s.Queue.Replay(ctx, in.APIID, in.Stage, number)
	}
	return deadLetterOutput{}, err
}

func (s Services) deleteDeadLetter(ctx context.Context, in deadLetterInput) (deadLetterOutput, error) {
	number, err := letterNumber("deadLetterId", in.ID)
	if err == nil {
		err = s.Queue.DiscardDeadLetter(ctx, in.APIID, in.Stage, number)
	}
	return deadLetterOutput{}, err
}

func letterNumber(name, text string) (uint64, error) {
	number, err := strconv.ParseUint(text, 10, 63)
	if err != nil {
		return 0, pasarela.Errorf(pasarela.CodeBadRequest, "Invalid parameter '%s': %q is no id of a dead letter; ids are whole numbers.", name, text)
	}
	return number, nil
}
