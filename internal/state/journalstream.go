package state

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/pasarela-ws/pasarela"
)

// The stream of a cluster that holds the journals of all runs, a subject each.
const (
	journalStream  = "pasarela_journal"
	journalRoot    = "pasarela.journal."
	writerHeader   = "Pasarela-Run" // the id of the run that wrote the message
	journalWindow  = 10 * time.Minute
	journalPending = 64 // messages that a reader has under way
	// journalBeat is how often a server says that it knows of a reader. A reader that
	// receives nothing for twice as long repeats its request from where it was: the
	// request was lost.
	journalBeat = time.Second
)

func openJournals(ctx context.Context, js jetstream.JetStream, copies int) (jetstream.Stream, error) {
	stream, err := js.Stream(ctx, journalStream)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return js.CreateStream(ctx, jetstream.StreamConfig{
			Name: journalStream, Subjects: []string{journalRoot + ">"}, Storage: jetstream.FileStorage,
			Replicas: copies, Duplicates: journalWindow,
		})
	}
	if err == nil && stream.CachedInfo().Config.Replicas != copies {
		config := stream.CachedInfo().Config
		config.Replicas = copies
		stream, err = js.UpdateStream(ctx, config)
	}
	return stream, err
}

func journalSubject(run pasarela.Run) string {
	return journalRoot + pasarela.EscapeKey(run.Node) + "." + run.ID
}

func runOfSubject(subject string) (run pasarela.Run, ok bool) {
	node, id, ok := strings.Cut(strings.TrimPrefix(subject, journalRoot), ".")
	if !ok {
		return run, false
	}
	name, err := url.PathUnescape(strings.ReplaceAll(node, "=", "%"))
	return pasarela.Run{Node: name, ID: id}, err == nil
}

// streamJournal is a [pasarela.Journal] in a cluster's stream. Every message is published
// with the sequence of the one that it follows, so a message of another writer makes the
// next publish of this one fail.
type streamJournal struct {
	js      jetstream.JetStream
	stream  jetstream.Stream
	subject string
	writer  string // id of the run that writes

	last   uint64 // sequence of the newest message, as this writer knows it
	trying string // id of a message whose answer is not known; "" when there is none
}

// Append publishes a message that must follow the last one of this writer.
// [pasarela.ErrConflict]: another run has put a message behind it (see [Store.TakeOver]).
// It takes [tryTimeout] at most; after another error the same batch is to be appended
// again, and the server knows it by its id for [journalWindow].
func (j *streamJournal) Append(ctx context.Context, batch []byte) error {
	_, err := j.publish(ctx, batch)
	return err
}

// publish returns the sequence of the message. A message whose answer was lost is
// published again under its id, which the server knows for journalWindow.
func (j *streamJournal) publish(ctx context.Context, batch []byte) (uint64, error) {
	if j.trying == "" {
		j.trying = pasarela.NewUUID()
	}
	message := &nats.Msg{Subject: j.subject, Data: batch, Header: nats.Header{}}
	message.Header.Set(nats.MsgIdHdr, j.trying)
	message.Header.Set(writerHeader, j.writer)
	within, cancel := context.WithTimeout(ctx, tryTimeout)
	defer cancel()
	ack, err := j.js.PublishMsg(within, message, jetstream.WithExpectLastSequencePerSubject(j.last))
	if err = bucketError(err); err == nil {
		j.last, j.trying = ack.Sequence, ""
		return ack.Sequence, nil
	}
	if !errors.Is(err, pasarela.ErrConflict) {
		return 0, unavailable("write the journal", err)
	}
	return j.behind(ctx)
}

// behind finds out what follows the message that this writer takes for the newest: one of
// its own whose acknowledgement was lost, or another writer's.
func (j *streamJournal) behind(ctx context.Context) (uint64, error) {
	newest, err := j.stream.GetLastMsgForSubject(ctx, j.subject)
	switch {
	case errors.Is(err, jetstream.ErrMsgNotFound):
		return 0, pasarela.ErrConflict // it was removed
	case err != nil:
		return 0, unavailable("read the journal", err)
	case newest.Header.Get(writerHeader) != j.writer:
		return 0, pasarela.ErrConflict
	}
	j.last = newest.Sequence
	if newest.Header.Get(nats.MsgIdHdr) == j.trying {
		j.trying = ""
		return newest.Sequence, nil
	}
	return 0, unavailable("write the journal", errors.New("an earlier message of this run came late"))
}

// Rewrite appends the new batches and then purges what lies before the first of them, so a
// run that dies between the two leaves old batches and new. An empty journal keeps one
// empty message, because the next Append names the one that it follows.
func (j *streamJournal) Rewrite(ctx context.Context, batches iter.Seq[[]byte]) error {
	first := uint64(0)
	for batch := range batches {
		sequence, err := j.fresh(ctx, batch)
		if err != nil {
			return err
		}
		if first == 0 {
			first = sequence
		}
	}
	if first == 0 { // the journal is empty; a message stays, for the next one to follow
		var err error
		if first, err = j.fresh(ctx, nil); err != nil {
			return err
		}
	}
	return j.purge(ctx, jetstream.WithPurgeSequence(first))
}

// fresh publishes a message that is no repetition of an earlier attempt.
func (j *streamJournal) fresh(ctx context.Context, batch []byte) (sequence uint64, err error) {
	j.trying = ""
	for range 3 { // one or two delayed messages of its own may come between
		if sequence, err = j.publish(ctx, batch); err == nil || errors.Is(err, pasarela.ErrConflict) {
			return sequence, err
		}
	}
	return sequence, err
}

func (j *streamJournal) purge(ctx context.Context, up ...jetstream.StreamPurgeOpt) error {
	if err := j.stream.Purge(ctx, append(up, jetstream.WithPurgeSubject(j.subject))...); err != nil {
		return unavailable("purge the journal", err)
	}
	return nil
}

// Read reads up to the message that is the newest when it begins, with [journalPending]
// messages under way. The newest must be of this writer, which has taken the journal over (see
// [Store.TakeOver]) or writes it: a server that led the stream and does not know yet that another
// does may answer with an older one. Then, and where it receives nothing for [stallLimit], Read
// ends with [pasarela.ErrUnavailable]: a part of the journal is unread.
func (j *streamJournal) Read(ctx context.Context, each func([]byte)) error {
	newest, err := j.stream.GetLastMsgForSubject(ctx, j.subject)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil
	}
	if err != nil {
		return unavailable("read the journal", err)
	}
	if newest.Header.Get(writerHeader) != j.writer {
		return unavailable("read the journal", errors.New("its newest message is not that of the run which takes it over"))
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	consumer, err := j.stream.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{FilterSubjects: []string{j.subject}})
	if err != nil {
		return unavailable("read the journal", err)
	}
	messages, err := consumer.Messages(jetstream.PullMaxMessages(journalPending), jetstream.PullHeartbeat(journalBeat))
	if err != nil {
		return unavailable("read the journal", err)
	}
	defer messages.Stop()
	for {
		message, err := messages.Next(jetstream.NextMaxWait(stallLimit))
		if err != nil {
			return unavailable("read the journal", fmt.Errorf("it ends before its newest message: %w", err))
		}
		at, err := message.Metadata()
		if err != nil {
			return err
		}
		each(message.Data())
		if at.Sequence.Stream >= newest.Sequence {
			return nil
		}
	}
}

// fence appends a message of this writer to the journal: the run whose journal it is
// cannot append any more (fencing).
func (j *streamJournal) fence(ctx context.Context) error {
	for {
		newest, err := j.stream.GetLastMsgForSubject(ctx, j.subject)
		switch {
		case errors.Is(err, jetstream.ErrMsgNotFound):
			j.last = 0
		case err != nil:
			return unavailable("read the journal", err)
		case newest.Header.Get(writerHeader) == j.writer:
			return nil
		default:
			j.last = newest.Sequence
		}
		if _, err = j.publish(ctx, nil); !errors.Is(err, pasarela.ErrConflict) {
			return err
		}
	}
}

// Remove purges the run's subject from the stream.
func (j *streamJournal) Remove(ctx context.Context) error { return j.purge(ctx) }

// Close has nothing to do: the stream is the server's.
func (*streamJournal) Close() error { return nil }

// journalSubjects are the runs that have a journal in the stream.
func journalSubjects(ctx context.Context, stream jetstream.Stream) ([]pasarela.Run, error) {
	info, err := stream.Info(ctx, jetstream.WithSubjectFilter(journalRoot+">"))
	if err != nil {
		return nil, unavailable("list the journals", err)
	}
	var runs []pasarela.Run
	for subject := range info.State.Subjects {
		if run, ok := runOfSubject(subject); ok {
			runs = append(runs, run)
		}
	}
	return runs, nil
}
