package state

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/pasarela-ws/pasarela"
)

// A node of a cluster writes its journal twice: to the stream, for other nodes, and to a
// file of its own directory, which also has what was opened while no NATS server took the
// journal. When the node starts again on the directory, the file says which connections
// are owed a $disconnect besides those in the stream. To tell them apart, the node that
// takes a run over writes down which connections the run's journal in the stream named.
const (
	takenPrefix = "node/taken/" // + node/run taken over/run that took it over/number of the part
	takenPart   = 128 << 10     // bytes: servers may take small messages only
	takenFor    = 7 * 24 * time.Hour
	// A file older than usableFor is not used: the notes of what other runs took over may
	// be deleted by then.
	usableFor = takenFor - 24*time.Hour
)

// LocalJournal is the copy of this run's journal in the node's own directory; nil where
// the journal itself lies there, and where the node has none.
func (s *Store) LocalJournal() pasarela.Journal {
	if s.local == nil {
		return nil
	}
	return s.local
}

// move gives the file another name.
func (j *fileJournal) move(path string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file != nil { // Windows renames no file that is open
		if err := j.file.Close(); err != nil {
			return err
		}
		j.file = nil
	}
	if err := os.Rename(j.path, path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	j.path = path
	return nil
}

func (j *fileJournal) at(path string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.path == path
}

// localRuns are earlier runs of this node that left a journal in its directory.
func (s *Store) localRuns() ([]pasarela.Run, error) {
	if s.local == nil {
		return nil, nil
	}
	runs, err := journalFiles(s.home, s.bus.node)
	return slices.DeleteFunc(runs, func(r pasarela.Run) bool { return s.local.at(journalPath(s.home, r)) }), err
}

// unclaimed are those of the runs that no other run has claimed yet. They have nothing in
// the stream, unless a message of theirs is still on its way.
func (s *Store) unclaimed(ctx context.Context, runs []pasarela.Run) ([]pasarela.Run, error) {
	var found []pasarela.Run
	for _, run := range runs {
		entry, err := s.bucket.Get(ctx, claimKey(run))
		var c claim
		switch {
		case errors.Is(err, pasarela.ErrNotFound):
			found = append(found, run)
		case err != nil:
			return nil, err
		case json.Unmarshal(entry.Value, &c) == nil && c.run() == run: // to go on; see reclaim
			found = append(found, run)
		}
	}
	return found, nil
}

// Left are journals that earlier runs of this node left in its directory.
type Left struct {
	Journals []pasarela.Journal
	// Taken are connections that the journals in the cluster named: the runs that took
	// those journals over are responsible for them.
	Taken map[string]bool
	// Outdated are the names of files that are too old to be used.
	Outdated []string

	keys []pasarela.Entry
}

// LocalJournals are all journals that earlier runs left in the node's directory, whatever
// other runs have taken over of them.
func (s *Store) LocalJournals() (all []pasarela.Journal, err error) {
	runs, err := s.localRuns()
	for _, run := range runs {
		all = append(all, &fileJournal{path: journalPath(s.home, run)})
	}
	return all, err
}

// Left returns what earlier runs left in the node's directory, once it is decided which
// of these runs others have taken over; nothing before that. Call Forget after acting on
// it.
func (s *Store) Left(ctx context.Context) (left Left, err error) {
	runs, err := s.localRuns()
	if err != nil || len(runs) == 0 {
		return left, err
	}
	undecided, err := s.takeoverPending(ctx, s.bus.node)
	if err != nil || undecided || !s.HoldsLease() {
		return left, err
	}
	if left.keys, err = s.bucket.List(ctx, takenPrefix+pasarela.EscapeKey(s.bus.node)+"/"); err != nil {
		return Left{}, err
	}
	left.Taken = map[string]bool{}
	for _, entry := range left.keys {
		for id := range strings.SplitSeq(string(entry.Value), "\n") {
			left.Taken[id] = true
		}
	}
	for _, run := range runs {
		path := journalPath(s.home, run)
		if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > usableFor {
			left.Outdated = append(left.Outdated, filepath.Base(path))
		} else {
			left.Journals = append(left.Journals, &fileJournal{path: path})
		}
	}
	return left, nil
}

// Forget removes the files that [Store.Left] returned, and then the notes of what others
// took, after both were acted on. When it fails in the middle the next start finds the
// rest and acts on it again, so acting must bear repetition.
func (s *Store) Forget(ctx context.Context, left Left) error {
	var failed error
	for _, j := range left.Journals {
		failed = errors.Join(failed, j.Remove(ctx))
	}
	for _, name := range left.Outdated {
		failed = errors.Join(failed, os.Remove(filepath.Join(s.home, journalFolder, name)))
	}
	if failed != nil {
		return fmt.Errorf("remove a journal of an earlier run: %w", failed)
	}
	for _, entry := range left.keys {
		if err := s.bucket.Delete(ctx, entry.Key, entry.Revision); err != nil && !errors.Is(err, pasarela.ErrNotFound) {
			return err
		}
	}
	return nil
}

// NoteTaken writes down, for the node whose run was taken over, which connections the
// run's journal named: in parts of about [takenPart] bytes, kept for [takenFor]. It must
// be called before the journal is removed, and may be called again with the same ids.
func (s *Store) NoteTaken(ctx context.Context, run pasarela.Run, ids []string) error {
	if s.leases == nil {
		return nil
	}
	key := takenPrefix + pasarela.EscapeKey(run.Node) + "/" + run.ID + "/" + s.Run().ID + "/"
	for part := 0; len(ids) > 0; part++ {
		n, size := 0, 0
		for n < len(ids) && size < takenPart {
			size += len(ids[n]) + 1
			n++
		}
		if err := s.overwrite(ctx, fmt.Sprint(key, part), []byte(strings.Join(ids[:n], "\n"))); err != nil {
			return err
		}
		ids = ids[n:]
	}
	return nil
}

// NamedWhenTaken returns the connections that a run's journal named when it was taken over;
// done is false until that takeover is complete. The notes are kept for takenFor at most,
// and by the node itself until it has used them.
func (s *Store) NamedWhenTaken(ctx context.Context, run pasarela.Run) (named map[string]bool, done bool, err error) {
	if s.leases == nil {
		return nil, true, nil
	}
	_, err = s.journals.GetLastMsgForSubject(ctx, journalSubject(run))
	switch {
	case err == nil:
		return nil, false, nil
	case !errors.Is(err, jetstream.ErrMsgNotFound):
		return nil, false, unavailable("read the journal", err)
	}
	entries, err := s.bucket.List(ctx, takenPrefix+pasarela.EscapeKey(run.Node)+"/"+run.ID+"/")
	if err != nil {
		return nil, false, err
	}
	named = map[string]bool{}
	for _, entry := range entries {
		for id := range strings.SplitSeq(string(entry.Value), "\n") {
			named[id] = true
		}
	}
	return named, true, nil
}

func (s *Store) overwrite(ctx context.Context, key string, value []byte) error {
	_, err := s.bucket.Put(ctx, key, value, 0)
	if !errors.Is(err, pasarela.ErrConflict) {
		return err
	}
	entry, err := s.bucket.Get(ctx, key) // of an earlier attempt
	if err == nil {
		_, err = s.bucket.Put(ctx, key, value, entry.Revision)
	}
	return err
}
