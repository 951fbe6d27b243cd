package state

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// A run that has ended and left a journal is taken over by one other run. The steps
// are such that a run which only seemed to have ended finds out, and that a run
// which takes over from one that died while it took over finds everything:
//
//  1. Its lease is removed, at the revision that was seen to have run out: a run that
//     renewed it meanwhile lives, and one that did not can renew it no more.
//  2. The claim node/takeover/<node>/<run> is made. There is one winner.
//  3. A message of the winner's is put behind the journal: its run can add nothing.
//  4. The winner reads the journal and those that its run had claimed, notes what is
//     owed in its own, leaves behind what connections they spoke of (NoteTaken),
//     removes them, its run's last, and only then acts on it.
//
// So a journal that is still there and claimed by a run that has ended belongs to
// the run that takes that one over.
const (
	claimPrefix = "node/takeover/"
	claimsFor   = 24 * time.Hour // after which a claim whose journal is gone is removed
)

// claim is what lies at the key of a run that was taken over.
type claim struct {
	Node  string    `json:"node"` // of the winner
	RunID string    `json:"boot"`
	At    time.Time `json:"at"` // by the winner's clock
}

func (c claim) run() pasarela.Run { return pasarela.Run{Node: c.Node, ID: c.RunID} }

func claimKey(run pasarela.Run) string {
	return claimPrefix + pasarela.EscapeKey(run.Node) + "/" + run.ID
}

// EndedRuns are the runs that are known to have ended and left a journal, those that
// other runs are taking over included, and those of this node that left one in its
// directory only and that no run has claimed.
func (s *Store) EndedRuns(ctx context.Context) ([]pasarela.Run, error) {
	runs, err := s.runsWithJournals(ctx)
	if err != nil || s.leases == nil {
		return runs, err
	}
	runs = slices.DeleteFunc(runs, func(r pasarela.Run) bool { return !s.leases.runEnded(r) })
	sort.Slice(runs, func(i, j int) bool { return claimKey(runs[i]) < claimKey(runs[j]) })
	return runs, nil
}

// runsWithJournals are the runs of all nodes, those that live included, that have left a
// journal in the cluster, and those of this node that left one in its directory only and
// that no run has claimed; on a data directory of its own, the runs before this one.
func (s *Store) runsWithJournals(ctx context.Context) ([]pasarela.Run, error) {
	own := s.Run()
	if s.leases == nil {
		runs, err := journalFiles(s.dir, own.Node)
		return slices.DeleteFunc(runs, func(r pasarela.Run) bool { return r == own }), err
	}
	runs, err := journalSubjects(ctx, s.journals)
	if err != nil {
		return nil, err
	}
	local, err := s.localRuns()
	if err != nil {
		return nil, err
	}
	local = slices.DeleteFunc(local, func(r pasarela.Run) bool { return slices.Contains(runs, r) })
	if local, err = s.unclaimed(ctx, local); err != nil {
		return nil, err
	}
	return append(runs, local...), nil
}

// TakeoverPending says whether a run of the node, or of any where node is empty, has left a
// journal that no other run has taken over to the end, and is not known to live. Of this
// node it is also true while its directory has a file of an earlier run.
func (s *Store) TakeoverPending(ctx context.Context, node string) (bool, error) {
	pending, err := s.takeoverPending(ctx, node)
	if pending || err != nil || node != "" && node != s.Run().Node {
		return pending, err
	}
	left, err := s.localRuns()
	return len(left) > 0, err
}

func (s *Store) takeoverPending(ctx context.Context, node string) (bool, error) {
	runs, err := s.runsWithJournals(ctx)
	if err == nil && s.leases != nil {
		runs = slices.DeleteFunc(runs, s.leases.isLive)
	}
	return slices.ContainsFunc(runs, func(r pasarela.Run) bool { return node == "" || r.Node == node }), err
}

// TakeOver makes this run the successor of one that has ended, by the steps above. It
// returns the journals to read and then to remove, in this order; none when another run is
// the successor, or the run lives. A successor that has ended itself is taken over in
// turn. An embedded store has one node, which takes over from itself without a claim.
// After an error nothing is decided: call again.
func (s *Store) TakeOver(ctx context.Context, run pasarela.Run) ([]pasarela.Run, error) {
	if s.leases == nil {
		return []pasarela.Run{run}, nil
	}
	for range maxClaims {
		if !s.leases.runEnded(run) {
			return nil, nil
		}
		if ok, err := s.leases.remove(ctx, run); !ok || err != nil {
			return nil, err
		}
		by, err := claimRun(ctx, s.bucket, run, s.Run())
		if err != nil {
			return nil, err
		}
		if by == s.Run() {
			journals, err := s.inheritedJournals(ctx, run)
			for _, of := range journals {
				// Also the journals that this run claimed: it may have ended before it
				// processed them.
				err = errors.Join(err, s.streamJournal(of).fence(ctx))
			}
			if err != nil {
				return nil, err
			}
			return journals, nil
		}
		run = by // it has ended: its claims come with it
	}
	return nil, fmt.Errorf("run %s of node %s: the runs that claimed it claimed each other", run.ID, run.Node)
}

const maxClaims = 1000

// inheritedJournals are the journals that come with that of run: those that it had claimed and
// not removed, and what came with them.
func (s *Store) inheritedJournals(ctx context.Context, run pasarela.Run) ([]pasarela.Run, error) {
	entries, err := s.bucket.List(ctx, claimPrefix)
	if err != nil {
		return nil, err
	}
	left, err := journalSubjects(ctx, s.journals)
	if err != nil {
		return nil, err
	}
	claimed := map[pasarela.Run][]pasarela.Run{}
	for _, entry := range entries {
		var c claim
		of, ok := runOfSubject(journalRoot + strings.ReplaceAll(strings.TrimPrefix(entry.Key, claimPrefix), "/", "."))
		if !ok || json.Unmarshal(entry.Value, &c) != nil {
			continue
		}
		if !slices.Contains(left, of) {
			if time.Since(c.At) > claimsFor {
				_ = s.bucket.Delete(ctx, entry.Key, entry.Revision) // the next takeover tries again
			}
			continue
		}
		claimed[c.run()] = append(claimed[c.run()], of)
	}
	seen := map[pasarela.Run]bool{}
	var order []pasarela.Run
	var visit func(pasarela.Run)
	visit = func(r pasarela.Run) {
		if seen[r] {
			return
		}
		seen[r] = true
		for _, child := range claimed[r] {
			visit(child)
		}
		order = append(order, r)
	}
	visit(run)
	return order, nil
}

// Journal is the journal of a run, its own or one that was taken over. Of an embedded
// store it is a file; in a cluster a subject of the stream of journals. Each value knows
// what it has appended itself, so one run is written by one value.
func (s *Store) Journal(run pasarela.Run) pasarela.Journal {
	if s.leases == nil {
		return &fileJournal{path: journalPath(s.dir, run)}
	}
	return s.streamJournal(run)
}

func (s *Store) streamJournal(run pasarela.Run) *streamJournal {
	return &streamJournal{js: s.bucket.js, stream: s.journals, subject: journalSubject(run), writer: s.Run().ID}
}

// Run is this run of the node. It is another when the one before was taken over (see
// [Store.BeginRun]).
func (s *Store) Run() pasarela.Run {
	if s.leases == nil {
		return s.run
	}
	return s.leases.run()
}

// HoldsLease says whether this run may be sure that no other has taken it over: what it
// does for its connections is done by no other run. That is so until 2 s before others may
// take its lease for ended, counted from the beginning of the last renewal; the clocks of
// nodes are not compared.
func (s *Store) HoldsLease() bool { return s.leases == nil || s.leases.unexpired() }

// Up says, without a request, whether the store responds: a cluster's if the lease was
// renewed recently, an embedded one if it has not failed. err is why the node may not use
// its name.
func (s *Store) Up() (up bool, err error) {
	if s.leases == nil {
		return s.bucket.health.now().Err() == nil, nil
	}
	return s.leases.unexpired(), s.leases.check()
}

// TakenOver receives a value each time this run was taken over; then call
// [Store.BeginRun]. Nil, which never receives, for an embedded store.
func (s *Store) TakenOver() <-chan struct{} {
	if s.leases == nil {
		return nil
	}
	return s.leases.takenOver
}

// BeginRun begins another run of this node after the one before was taken over: a new run
// id, a lease of its own, an empty journal. The file of the node's own directory goes to
// the new run, whose connections are the same.
func (s *Store) BeginRun(ctx context.Context) error {
	if s.leases == nil {
		return errors.New("a run on a data directory of its own is never taken over")
	}
	if err := s.leases.beginRun(ctx); err != nil || s.local == nil {
		return err
	}
	return s.local.move(journalPath(s.home, s.Run()))
}
